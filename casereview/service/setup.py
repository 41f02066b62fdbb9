"""Setting a store up: the first administrator, users, teams, posts, the calendar of meetings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from casereview.core.decide.action_changes import edit_due
from casereview.core.decide.setting import check_date
from casereview.core.entries import Draft, Stream
from casereview.core.identity import initials
from casereview.core.meetings import weekday_numbers
from casereview.core.state.actions import OPEN
from casereview.core.text import checked_name, checked_note
from casereview.errors import NotAllowed, Refused
from casereview.packs.holidays_data import division_of
from casereview.packs.library import Library
from casereview.service import ids
from casereview.service.calendar import meeting_days
from casereview.service.desk import Desk, Rows, operating_system_user
from casereview.service.near import nearest
from casereview.service.work import Work
from casereview.store import journal, lookup
from casereview.store.opening import Store, create_store

ROLES = ("clinician", "team-lead", "manager", "auditor", "administrator")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}")
DAY_WORDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def create(
    place: str | Path,
    *,
    library: Library,
    now: datetime,
    rehearsal: bool = False,
    zone: str = "Europe/London",
) -> Rows:
    """Make a store and make the operating-system user its administrator.

    Raises:
        StoreError: the place cannot hold a store, or holds something already.
    """
    name = operating_system_user()
    store: Store = create_store(place, rehearsal=rehearsal, time_zone=zone, at=now)
    try:
        desk = Desk(store=store, library=library, now=now, actor=_login_of(name))

        def run(work: Work) -> Rows:
            on = desk.today
            work.record([
                Draft(
                    Stream("store", 1), "initialised", on, {"rehearsal": rehearsal, "zone": zone}
                ),
                _user_draft(work, on, desk.actor, "administrator", name, [], os_user=name),
            ])  # fmt: skip
            return [
                {"store": str(store.place), "rehearsal": rehearsal, "administrator": desk.actor}
            ]

        return desk.change(run)
    finally:
        store.close()


def _login_of(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)[:31] or "administrator"


def _user_draft(
    work: Work,
    on: date,
    login: str,
    role: str,
    name: str,
    teams: Iterable[str],
    *,
    os_user: str | None = None,
) -> Draft:
    texts = {"name": name, "initials": initials(name)}
    if os_user is not None:
        texts["os_user"] = os_user
    stream = Stream("user", journal.next_id(work.connection, "user"))
    return Draft(
        stream, "user_added", on, {"login": login, "role": role, "teams": list(teams)}, texts
    )


def need_administrator(work: Work, what: str) -> None:
    """Refuse anybody but an administrator or a team lead.

    Raises:
        NotAllowed: the actor has another role.
    """
    if work.user(work.desk.actor).user.role not in ("administrator", "team-lead"):
        raise NotAllowed(f"Your role may not {what}.", next="Ask the administrator.")


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


# --- users


def add_user(
    desk: Desk,
    login: str,
    *,
    name: str,
    role: str,
    teams: Iterable[str] = (),
    os_user: str | None = None,
) -> Rows:
    """Add a user; one that exists joins the teams named and takes the role.

    Raises:
        Refused: unknown role or team, or a login that is not one.
    """
    check_code(login, "login")
    if role not in ROLES:
        near = nearest(role, ROLES)
        hint = f"Did you mean {near}?" if near else f"Roles: {', '.join(ROLES)}."
        raise Refused(f"There is no role {role!r}.", code="no_such_role", next=hint)
    wanted = list(teams)

    def run(work: Work) -> Rows:
        need_administrator(work, "add users")
        for code in wanted:
            work.team(code)
        if _exists(work, login):
            user = work.user(login)
            stream = Stream("user", user.user.id)
            drafts = [Draft(stream, "joined", desk.today, {"team": t}) for t in wanted]
            if user.user.role != role:
                drafts.append(Draft(stream, "role_set", desk.today, {"role": role}))
            if user.user.removed_on is not None:
                drafts.append(Draft(stream, "user_restored", desk.today))
            work.record(drafts)
        else:
            named = checked_name(name)
            work.record(
                [_user_draft(work, desk.today, login, role, named, wanted, os_user=os_user)]
            )
        return [{"login": login, "role": role, "teams": sorted(work.user(login).teams(desk.today))}]

    return desk.change(run)


def _exists(work: Work, login: str) -> bool:
    return login in lookup.user_numbers(work.connection)


def remove_user(desk: Desk, login: str) -> Rows:
    """Remove a user: what they recorded stays; their open actions are listed to be reassigned."""

    def run(work: Work) -> Rows:
        need_administrator(work, "remove users")
        user = work.user(login)
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


# --- teams


def add_team(
    desk: Desk,
    code: str,
    *,
    pathway: str,
    name: str = "",
    division: str = "england-and-wales",
    meets: Iterable[str] = (),
    bank_holidays: str = "pack",
) -> Rows:
    """Add a team; one that exists takes the meeting days given, nothing else changes.

    `meets` holds "tue,fri" for every pack or "PACK=tue,fri" for one.

    Raises:
        Refused: unknown pathway, division or weekday.
    """
    check_code(code, "team code")
    if bank_holidays not in ("pack", "meet", "skip"):
        raise Refused(
            f"{bank_holidays!r} is no way to treat bank holidays.",
            code="bad_choice",
            next="Use meet, skip, or pack to follow each pack.",
        )
    calendars = [_calendar(desk.library, text) for text in meets]
    chosen = desk.library.pathway(pathway)
    division = division_of(division)

    def run(work: Work) -> Rows:
        need_administrator(work, "add teams")
        number = lookup.team_numbers(work.connection).get(code)
        drafts = []
        if number is None:
            stream = Stream("team", journal.next_id(work.connection, "team"))
            body = {
                "code": code, "pathway": chosen.id, "division": division,
                "bank_holidays": bank_holidays,
            }  # fmt: skip
            texts = {"name": checked_name(name)} if name else {}
            drafts.append(Draft(stream, "team_added", desk.today, body, texts, code))
        else:
            stream = Stream("team", number)
            held = work.team(code).team
            if held.pathway != chosen.id:
                raise Refused(
                    f"The team {code} is on the pathway {held.pathway}.",
                    code="team_exists",
                    next="Choose another code for the new team.",
                )
        drafts += [
            Draft(stream, "meetings_set", desk.today, {"pack": p, "weekdays": list(d)}, {}, code)
            for p, d in calendars
        ]
        work.record(drafts)
        return _team_rows(work, [code])

    return desk.change(run)


def _calendar(library: Library, text: str) -> tuple[str, tuple[int, ...]]:
    pack, _, days = text.rpartition("=")
    if pack:
        library.pack(pack)
    return pack, weekday_numbers(d for d in days.split(",") if d.strip())


def _team_rows(work: Work, codes: Iterable[str]) -> Rows:
    on = work.desk.today
    rows: Rows = []
    for code in codes:
        team = work.team(code)
        packs = sorted({m.pack for m in team.meetings})
        meets = {p or "any": ",".join(DAY_WORDS[d] for d in team.weekdays(p, on)) for p in packs}
        posts = {p.post: p.login for p in team.posts if p.before_on is None}
        rows.append(
            {
                "team": code,
                "name": team.team.name,
                "pathway": team.team.pathway,
                "division": team.team.division,
                "meets": meets,
                "posts": posts,
            }
        )
    return rows


def list_teams(desk: Desk) -> Rows:
    """Return every team with its calendar and posts."""
    with desk.reading() as work:
        return _team_rows(work, lookup.team_numbers(work.connection))


def fill_post(desk: Desk, code: str, post: str, login: str, *, from_on: date | None) -> Rows:
    """Say who fills a post of a team from a day on.

    Raises:
        NotFound: no such team or user.
        Refused: the day is after today.
    """
    check_code(post, "post")

    def run(work: Work) -> Rows:
        need_administrator(work, "fill posts")
        team = work.team(code)
        user = work.user(login)
        if user.user.removed_on is not None:
            raise Refused(f"{login} was removed.", code="user_removed", next="Name another user.")
        on = from_on or desk.today
        check_date(on, desk.today, earliest=None, what="")
        work.record(
            [Draft(Stream("team", team.team.id), "post_set", on, {"post": post, "login": login},
                   {}, code)]
        )  # fmt: skip
        return [{"team": code, "post": post, "login": login, "from_on": on}]

    return desk.change(run)


def change_meeting(
    desk: Desk, code: str, on: date, *, move_to: date | None, reason: str, pack: str = ""
) -> Rows:
    """Move or cancel (move_to None) one meeting; the actions due there move with it.

    They keep their first due date and gain no carry.

    Raises:
        Refused: the team does not meet that day, or the reason is empty.
    """
    if not reason.strip():
        raise Refused(
            "Moving or cancelling a meeting needs a reason.",
            code="reason_missing",
            next="Give one with --reason.",
        )

    def run(work: Work) -> Rows:
        need_administrator(work, "change meetings")
        team = work.team(code)
        packs = [pack] if pack else sorted(_packs_meeting(work, code, on))
        if not packs or not all(
            meeting_days(desk.library, team, p, on).is_meeting(on) for p in packs
        ):
            raise Refused(
                f"{code} has no meeting on {on.isoformat()}.",
                code="no_meeting",
                next="See `team list` for its days.",
            )
        body: dict[str, Any] = {"pack": pack, "on": on.isoformat()}
        if move_to is not None:
            body["moved_to"] = move_to.isoformat()
        stream = Stream("team", team.team.id)
        texts = {"reason": checked_note(reason)}
        work.record([Draft(stream, "meeting_changed", desk.today, body, texts, code)])
        moved = _move_actions(work, code, on, packs, move_to)
        return [{"team": code, "on": on, "moved_to": move_to, "actions_moved": moved}]

    return desk.change(run)


def _packs_meeting(work: Work, code: str, on: date) -> set[str]:
    desk = work.desk
    team = work.team(code)
    return {
        p.id
        for p in desk.library.packs.values()
        if (not p.pathways or team.team.pathway in p.pathways)
        and meeting_days(desk.library, team, p.id, on).is_meeting(on)
    }


def _move_actions(
    work: Work, code: str, on: date, packs: Iterable[str], move_to: date | None
) -> int:
    desk = work.desk
    wanted = set(packs)
    rows = lookup.open_cases_of_team(work.connection, code)
    drafts = []
    team = work.team(code)
    for case_id in rows:
        case = work.case(case_id)
        for action, spell in case.actions.open():
            if spell.due_on == on and spell.due_pack in wanted:
                setting = work.setting(team, desk.today)
                to = move_to or setting.next_meeting(spell.due_pack or "", _before(on))
                drafts.append(edit_due(setting, Stream("case", case_id), action.id, to))
    work.record(drafts)
    return len(drafts)


def _before(on: date) -> date:
    return date.fromordinal(on.toordinal() - 1)
