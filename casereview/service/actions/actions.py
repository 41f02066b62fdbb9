"""Actions by hand: added, listed, edited, assigned, parked, done, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from casereview.core.decide import action_changes as changes
from casereview.core.decide import actions as decide
from casereview.core.decide.setting import Setting, check_date, check_due, check_open
from casereview.core.entries import Draft, Stream
from casereview.core.records import Action, ActionSpell
from casereview.core.state.case import CaseState
from casereview.core.state.person import PersonState
from casereview.core.state.team import TeamState
from casereview.core.text import checked_name, checked_note
from casereview.errors import NotFound, Refused
from casereview.service import ids
from casereview.service.access import need_team
from casereview.service.actions.action_rows import row_of, stream_of_action
from casereview.service.actions.owners import check_owner
from casereview.service.cases.people import person_of
from casereview.service.desk import Desk, Rows
from casereview.service.reasons import need_reason
from casereview.service.reviews.reviewing import open_line
from casereview.service.stale import refuse_stale
from casereview.service.work import Work
from casereview.store import lookup

EFFORTS = ("small", "medium", "large")


def add(
    desk: Desk,
    targets: Iterable[str],
    text: str,
    *,
    owner: str,
    due_on: date,
    effort: str = "small",
    doer: str = "",
    from_on: date | None = None,
    team: str | None = None,
    person: str | None = None,
    on: date | None = None,
    review: str | None = None,
) -> Rows:
    """Add an action by hand for one case, for several (siblings), a person or a team.

    Without `team` an action for a person is the work of the one team that has open cases of theirs.

    Raises:
        Refused: no text, an unknown owner, a due date in the past, a closed case.
    """
    words = checked_note(text)
    helper = checked_name(doer, what="doer") if doer else ""
    cases = [ids.number(ids.CASE, t) for t in targets]
    opened = on or desk.today
    if effort not in EFFORTS:
        raise Refused(f"{effort!r} is no effort.", code="bad_choice", next=", ".join(EFFORTS))
    check_due(opened, due_on)
    if from_on is not None and from_on > due_on:
        raise Refused(
            f"It can be done from {from_on} only, which is after {due_on}.",
            code="dates_out_of_order",
            next="Let it begin before it is due.",
        )
    if not (cases or team or person):
        raise Refused("For whom is missing.", code="no_target", next="Name a case or a team.")

    def run(work: Work) -> Rows:
        state = open_line(work, review, "work in its reviews") if review else None
        made: Rows = []
        for stream, code, held in _targets(work, cases, team, person):
            need_team(work, code, "add actions for it")
            setting = work.setting(work.team(code), opened, review=state)
            earliest = held.case.referred_on if held is not None else None
            check_date(opened, desk.today, earliest=earliest, what="the referral")
            check_owner(work, setting, owner)
            draft = decide.raise_action(
                setting, stream, cause="manual", text=words, due_on=due_on, effort=effort,
                owner=decide.resolve_owner(setting, owner, held), doer=helper, from_on=from_on,
            )  # fmt: skip
            work.record([draft])
            made.append(_one(work, stream, draft.body["id"]))
        return made

    return desk.change(run)


def _targets(
    work: Work, cases: Iterable[int], team: str | None, person: str | None
) -> list[tuple[Stream, str, CaseState | None]]:
    found: list[tuple[Stream, str, CaseState | None]] = []
    for case_id in cases:
        case = work.case(case_id)
        check_open(case, "it takes no new action")
        found.append((Stream("case", case_id), case.case.team, case))
    if person is not None:
        who = person_of(work, person)
        code = team or _only_team(work, who.person.id)
        found.append((Stream("person", who.person.id), work.team(code).team.code, None))
    elif team is not None:
        held = work.team(team)
        found.append((Stream("team", held.team.id), held.team.code, None))
    return found


def _only_team(work: Work, person: int) -> str:
    """Return the one team in which a person has open cases.

    Raises:
        Refused: there is none, or there are several; they are named (code no_team).
    """
    cases = lookup.cases_of(work.connection, [person], only_open=True)
    teams = sorted({work.case(c).case.team for c in cases})
    if len(teams) == 1:
        return teams[0]
    why = f"open cases in {', '.join(teams)}" if teams else "no open case"
    raise Refused(
        f"An action for a person needs the team that does it; this person has {why}.",
        code="no_team",
        next="Name it with --team.",
    )


def _found(work: Work, stream: Stream, action_id: int) -> tuple[Action, ActionSpell]:
    state = work.state(stream)
    if not isinstance(state, CaseState | PersonState | TeamState):
        raise NotFound("The action's case is gone.", next="Run `casereview verify`.")
    action = state.actions.get(action_id)
    if action is None:
        raise NotFound(f"There is no action A{action_id}.", next="See `action list`.")
    return action, state.actions.now(action_id)


def _one(work: Work, stream: Stream, action_id: int) -> dict[str, Any]:
    return row_of(*_found(work, stream, action_id), work.desk.on)


Change = Callable[[Work, Setting, Stream, tuple[Action, ActionSpell]], Iterable[Draft]]


def _change(
    desk: Desk,
    action: str,
    on: date | None,
    seen: int | None,
    change: Change,
    *,
    review: str | None = None,
) -> Rows:
    def run(work: Work) -> Rows:
        action_id = ids.number(ids.ACTION, action)
        stream = stream_of_action(work, action_id)
        found, spell = _found(work, stream, action_id)
        code = _team_of(work, stream, found)
        need_team(work, code, "change its actions")
        refuse_stale(work, stream, seen, spell.n, f"Action {action}")
        day = on or desk.today
        check_date(day, desk.today, earliest=found.opened_on, what="the day it was added")
        state = open_line(work, review, "work in its reviews") if review else None
        setting = work.setting(work.team(code), day, review=state)
        work.record(change(work, setting, stream, (found, spell)))
        return [_one(work, stream, action_id)]

    return desk.change(run)


def _team_of(work: Work, stream: Stream, action: Action) -> str:
    if stream.kind == "case":
        return work.case(stream.id).case.team
    if action.team is None:
        raise NotFound("The action belongs to no team.", next="Run `casereview verify`.")
    return action.team


def close(
    desk: Desk,
    action: str,
    *,
    done: bool,
    reason: str = "",
    on: date | None = None,
    seen: int | None = None,
    review: str | None = None,
) -> Rows:
    """Mark an action done, or cancel it with a reason.

    Raises:
        Refused: it has ended already, or a cancelling has no reason.
    """
    if not done:
        need_reason(reason, "Cancelling")

    def change(
        _: Work, setting: Setting, stream: Stream, held: tuple[Action, ActionSpell]
    ) -> list[Draft]:
        changes.check_still_open(*held)
        words = checked_note(reason, what="reason") if reason else ""
        return [
            decide.close_action(
                setting, stream, held[0].id, done=done, reason=words, automatic=False
            )
        ]

    return _change(desk, action, on, seen, change, review=review)


def park(
    desk: Desk,
    action: str,
    *,
    until: date,
    reason: str = "",
    seen: int | None = None,
    review: str | None = None,
) -> Rows:
    """Park an action until a day; from then on it is open again by itself.

    Raises:
        Refused: it has ended, the day is not ahead, or it is a leech.
    """

    def change(
        _: Work, setting: Setting, stream: Stream, held: tuple[Action, ActionSpell]
    ) -> list[Draft]:
        words = checked_note(reason, what="reason") if reason else ""
        return [changes.park_action(setting, stream, held, until, words)]

    return _change(desk, action, None, seen, change, review=review)


def edit(
    desk: Desk,
    action: str,
    *,
    text: str | None = None,
    due_on: date | None = None,
    owner: str | None = None,
    doer: str | None = None,
    effort: str | None = None,
    seen: int | None = None,
    review: str | None = None,
) -> Rows:
    """Change wording, date, owner, outside doer or effort; identity and carry count stay.

    Raises:
        Refused: only the date of a leech would change, it has ended, or nothing is given.
    """
    if all(v is None for v in (text, due_on, owner, doer, effort)):
        raise Refused("Nothing to change was given.", code="nothing", next="See --help.")
    words = checked_note(text) if text is not None else None

    helper = checked_name(doer, what="doer") if doer else doer

    def change(
        work: Work, setting: Setting, stream: Stream, held: tuple[Action, ActionSpell]
    ) -> list[Draft]:
        resolved = None
        if owner is not None:
            check_owner(work, setting, owner)
            case = work.case(stream.id) if stream.kind == "case" else None
            resolved = decide.resolve_owner(setting, owner, case)
        return [
            changes.edit_action(
                setting, stream, held, text=words, due_on=due_on, owner=resolved,
                doer=helper, effort=effort,
            )
        ]  # fmt: skip

    return _change(desk, action, None, seen, change, review=review)


def accept(desk: Desk, action: str) -> Rows:
    """Accept an action that was given to one while absent.

    Raises:
        Refused: it is somebody else's.
    """

    def change(
        _: Work, setting: Setting, stream: Stream, held: tuple[Action, ActionSpell]
    ) -> list[Draft]:
        changes.check_still_open(*held)
        if held[1].owner != setting.speaker:
            raise Refused(
                f"The action is owned by {held[1].owner}.",
                code="not_owner",
                next="Only its owner accepts it.",
            )
        return [changes.accepted(setting, stream, held[0].id)]

    return _change(desk, action, None, None, change)
