"""Users: added, given teams and roles, removed, listed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from casereview.core.entries import Draft, Stream
from casereview.core.identity import initials
from casereview.core.state.actions import OPEN
from casereview.core.text import checked_name
from casereview.errors import NotAllowed, Refused
from casereview.service import ids
from casereview.service.access import need_lead
from casereview.service.desk import Desk, Rows
from casereview.service.near import nearest
from casereview.service.work import Work
from casereview.store import journal, lookup

ROLES = ("clinician", "team-lead", "manager", "auditor", "administrator")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}")


def check_code(code: str, what: str) -> str:
    """Return a code that is safe to show and to type.

    Raises:
        Refused: it is empty, too long or holds other characters.
    """
    if not _CODE.fullmatch(code):
        raise Refused(
            f"{code!r} is no {what}.",
            code="bad_code",
            next="Use up to 31 letters, digits, dots, dashes and underscores.",
        )
    return code


def user_draft(
    work: Work,
    on: date,
    login: str,
    role: str,
    name: str,
    teams: Iterable[str],
    *,
    os_user: str | None = None,
) -> Draft:
    """Draft the entry that adds a user."""
    texts = {"name": name, "initials": initials(name)}
    if os_user is not None:
        texts["os_user"] = os_user
    stream = Stream("user", journal.next_id(work.connection, "user"))
    return Draft(
        stream, "user_added", on, {"login": login, "role": role, "teams": list(teams)}, texts
    )


def add_user(
    desk: Desk,
    login: str,
    *,
    name: str,
    role: str,
    teams: Iterable[str] = (),
    os_user: str | None = None,
) -> Rows:
    """Add a user; one that exists joins the teams named, takes the role and the computer's name.

    Raises:
        Refused: unknown role or team, a login that is not one, or a computer's name that is
            somebody else's.
        NotAllowed: the actor is neither administrator nor team lead, or a team lead who would make
            an administrator or change a role.
    """
    check_code(login, "login")
    if role not in ROLES:
        near = nearest(role, ROLES)
        hint = f"Did you mean {near}?" if near else f"Roles: {', '.join(ROLES)}."
        raise Refused(f"There is no role {role!r}.", code="no_such_role", next=hint)
    wanted = list(teams)

    def run(work: Work) -> Rows:
        need_lead(work, "add users")
        for code in wanted:
            work.team(code)
        held = work.user(login).user.role if _exists(work, login) else None
        _refuse_role(work, held, role)
        if held is not None:
            user = work.user(login).user
            _refuse_taken(work, os_user or user.os_user, login)
            stream = Stream("user", user.id)
            drafts = [Draft(stream, "joined", desk.today, {"team": t}) for t in wanted]
            if user.role != role:
                drafts.append(Draft(stream, "role_set", desk.today, {"role": role}))
            if user.removed_on is not None:
                drafts.append(Draft(stream, "user_restored", desk.today))
            if os_user is not None and os_user != user.os_user:
                texts = {"os_user": os_user}
                drafts.append(Draft(stream, "os_user_set", desk.today, texts=texts))
            work.record(drafts)
        else:
            _refuse_taken(work, os_user, login)
            named = checked_name(name)
            work.record([user_draft(work, desk.today, login, role, named, wanted, os_user=os_user)])
        return [{"login": login, "role": role, "teams": sorted(work.user(login).teams(desk.today))}]

    return desk.change(run)


def _refuse_role(work: Work, held: str | None, role: str) -> None:
    """Refuse a team lead who would make an administrator, or change what somebody may do.

    Args:
        work: who adds the user.
        held: the role of a user who exists, None for a new one.
        role: the role to be given.

    Raises:
        NotAllowed: that is for an administrator.
    """
    if work.user(work.desk.actor).user.role == "administrator":
        return
    if role == "administrator" or held not in (None, role):
        raise NotAllowed(
            "Only an administrator makes administrators and changes roles.",
            next="Ask the administrator.",
        )


def _refuse_taken(work: Work, os_user: str | None, login: str) -> None:
    """Refuse the name of a computer's user who acts as somebody else: nobody could tell them apart.

    Raises:
        Refused: it is taken (code os_user_taken).
    """
    holder = None if os_user is None else lookup.login_of(work.connection, os_user)
    if holder is None or holder == login or work.user(holder).user.removed_on is not None:
        return
    raise Refused(
        f"The computer's user {os_user!r} acts as {holder!r} already.",
        code="os_user_taken",
        next=f"Leave --os-user out: {login!r} then acts with --as {login} and a PIN.",
    )


def _exists(work: Work, login: str) -> bool:
    return login in lookup.user_numbers(work.connection)


def remove_user(desk: Desk, login: str) -> Rows:
    """Remove a user: what they recorded stays; their open actions are listed to be reassigned."""

    def run(work: Work) -> Rows:
        need_lead(work, "remove users")
        user = work.user(login)
        _refuse_role(work, None, user.user.role)
        if login == desk.actor:
            raise Refused("You cannot remove yourself.", code="self", next="Ask another.")
        work.record([Draft(Stream("user", user.user.id), "user_removed", desk.today)])
        held = lookup.actions_on(work.connection, desk.today, owner=login)
        left = [ids.out(ids.ACTION, a.id) for a, s in held if s.status in OPEN]
        return [{"login": login, "removed_on": desk.today, "open_actions": left}]

    return desk.change(run)


def list_users(desk: Desk) -> Rows:
    """Return every user with role and teams."""
    with desk.reading() as work:
        teams = lookup.teams_of_users(work.connection)
        return [
            {
                "login": user["login"],
                "name": user["name"],
                "role": user["role"],
                "teams": teams.get(user["login"], []),
                "pin_set": user["pin"] is not None,
                "removed_on": user["removed_on"],
            }
            for user in lookup.users(work.connection)
        ]
