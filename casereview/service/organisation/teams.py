"""Teams: added, posts filled, meetings moved or cancelled, listed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from casereview.core.decide.action_changes import edit_due
from casereview.core.decide.setting import check_date
from casereview.core.entries import Draft, Stream
from casereview.core.meetings import weekday_numbers
from casereview.core.state.team import TeamState
from casereview.core.text import checked_name, checked_note
from casereview.errors import Refused
from casereview.packs.holidays_data import division_of
from casereview.packs.library import Library
from casereview.packs.posts import posts_wanted
from casereview.service.access import need_lead
from casereview.service.desk import Desk, Rows
from casereview.service.near import slip
from casereview.service.organisation.calendar import meeting_days
from casereview.service.organisation.users import check_code
from casereview.service.work import Work
from casereview.store import journal, lookup

DAY_WORDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
        need_lead(work, "add teams")
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
                "emergency": team.team.emergency,
            }
        )
    return rows


def list_teams(desk: Desk) -> Rows:
    """Return every team with its calendar, posts and emergency line."""
    with desk.reading() as work:
        return _team_rows(work, lookup.team_numbers(work.connection))


def fill_post(
    desk: Desk, code: str, post: str, login: str, *, from_on: date | None, new: bool = False
) -> Rows:
    """Say who fills a post of a team from a day on.

    A post may be the team's own; with `new` also one that looks like a slip for another.

    Raises:
        NotFound: no such team or user.
        Refused: the day is after today, or the post looks like a slip for one that rules name.
    """
    check_code(post, "post")

    def run(work: Work) -> Rows:
        need_lead(work, "fill posts")
        team = work.team(code)
        if not new and not knows_post(work, team, post):
            _refuse_slip(work, team, post)
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


def knows_post(work: Work, team: TeamState, post: str) -> bool:
    """Tell whether a rule, a pathway or the team itself already knows a post."""
    return post in _posts(work, team) or any(p.post == post for p in team.posts)


def _posts(work: Work, team: TeamState) -> set[str]:
    pathway = work.pathway(team)
    fixers = {r.fixer for m in pathway.moves for r in m.requires}
    return posts_wanted(work.desk.library, pathway.id) | fixers | {"follow-up", "chair"}


def _refuse_slip(work: Work, team: TeamState, post: str) -> None:
    near = slip(post, _posts(work, team))
    if near is not None:
        raise Refused(
            f"No rule names the post {post!r}; it looks like {near}.",
            code="unknown_post",
            next=f"Did you mean {near}? Give --new if {post} is a post of its own.",
        )


def set_emergency(desk: Desk, code: str, words: str | None) -> Rows:
    """Say what a team does when somebody is in danger now: whom to ring, in one line.

    None takes the line back; screens then say that none is recorded.

    Raises:
        NotFound: no such team.
        NotAllowed: the actor is neither team lead nor administrator.
        Refused: the line is empty or longer than 200 characters.
    """
    texts = {} if words is None else {"emergency": checked_name(words, what="emergency line")}

    def run(work: Work) -> Rows:
        need_lead(work, "set the emergency line")
        team = work.team(code).team
        if team.emergency != texts.get("emergency"):
            stream = Stream("team", team.id)
            work.record([Draft(stream, "emergency_set", desk.today, {}, texts, code)])
        return [{"team": code, "emergency": work.team(code).team.emergency}]

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
        need_lead(work, "change meetings")
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
            _check_ahead(on, move_to, desk.today)
            body["moved_to"] = move_to.isoformat()
        stream = Stream("team", team.team.id)
        texts = {"reason": checked_note(reason)}
        work.record([Draft(stream, "meeting_changed", desk.today, body, texts, code)])
        moved = _move_actions(work, code, on, packs, move_to)
        return [{"team": code, "on": on, "moved_to": move_to, "actions_moved": moved}]

    return desk.change(run)


def _check_ahead(on: date, move_to: date, today: date) -> None:
    if move_to < min(on, today):
        raise Refused(
            f"{move_to.isoformat()} has passed.",
            code="date_too_early",
            next="Move the meeting to a day from today on, or cancel it.",
        )


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
