"""The death of a person: every open case is left, what was due to them stops; and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core import machine
from casereview.core.decide import moves
from casereview.core.decide.actions import (
    close_action,
    close_all,
    raise_action,
    resolve_owner,
    restore,
)
from casereview.core.decide.setting import check_date
from casereview.core.entries import Draft, Entry, Stream
from casereview.core.state.fold import live
from casereview.core.state.person import PersonState
from casereview.core.text import checked_note
from casereview.errors import NotAllowed, Refused
from casereview.service import ids
from casereview.service.access import need_case, need_lead
from casereview.service.cases.moving import moved_row
from casereview.service.cases.people import death_taken_back, open_case_ids, person_of
from casereview.service.desk import Desk, Rows
from casereview.service.reasons import need_reason
from casereview.service.work import Work
from casereview.store import journal, lookup

_HOUSEHOLD = "worry-household"
_CONTACTS = ("follow-up:", "rule:discharge-follow-up/")
"""Causes of a person's actions that are about being in contact with the person."""


def died(desk: Desk, who: str, *, on: date) -> Rows:
    """Record a death: every open case is left, contact and follow-up actions are cancelled.

    It is never blocked. A worry that is still open becomes an action about the household.

    Raises:
        Refused: the date is after today, or the death is recorded already.
    """

    def run(work: Work) -> Rows:
        person = person_of(work, who)
        if person.person.died_on is not None:
            raise Refused(
                f"The death is recorded for {person.person.died_on}.",
                code="already_recorded",
                next=death_taken_back(person.person.id),
            )
        check_date(on, desk.today, earliest=person.person.born_on, what="the date of birth")
        cases = open_case_ids(work, [person.person.id])
        _need_one(work, cases)
        stream = Stream("person", person.person.id)
        work.record([Draft(stream, "died", on)])
        rows = [_leave_dead(work, case_id, on) for case_id in cases]
        _settle_person(work, person.person.id, on, cases)
        return rows or [{"person": ids.out(ids.PERSON, person.person.id), "died_on": on}]

    return desk.change(run)


def _need_one(work: Work, cases: list[int]) -> None:
    """Refuse somebody who belongs to none of the teams; the other teams' cases end as well."""
    refusals = []
    for case_id in cases:
        try:
            need_case(work, work.case(case_id), "record a death")
        except NotAllowed as error:
            refusals.append(error)
    if cases and len(refusals) == len(cases):
        raise refusals[0]


def _leave_dead(work: Work, case_id: int, on: date) -> dict[str, Any]:
    state = work.case(case_id)
    setting = work.setting(work.team(state.case.team), max(on, state.stage_from))
    found = next((e for e in setting.pathway.exits if e.exit_class == "died"), None)
    if found is None:
        raise Refused(
            f"The {setting.pathway.title} pathway names no exit for a death.",
            code="no_such_exit",
            next="Add an exit of class died to the pathway file.",
        )
    edge = machine.declared(setting.pathway, state.case.stage, "left")
    why = work.why(state, edge.dest, setting.on)
    person = work.person(state.case.person_id)
    work.record(moves.move(setting, state, person, why, exit_=found))
    return moved_row(work, case_id, exit_class="died")


def _settle_person(work: Work, person_id: int, on: date, cases: list[int]) -> None:
    """Cancel what was to be done with the person; a worry becomes work about the household."""
    person = work.person(person_id)
    last = lookup.last_team_of(work.connection, person_id)
    team = work.case(cases[0]).case.team if cases else last
    if team is None:
        return
    setting = work.setting(work.team(team), on)
    stream = Stream("person", person_id)
    contact = [a.id for a, _ in person.actions.open() if a.cause.startswith(_CONTACTS)]
    drafts = [
        d for d in close_all(setting, stream, person.actions, "the person died")
        if d.body["id"] in contact
    ]  # fmt: skip
    worries = person.open_worries()
    if worries:
        drafts.append(
            raise_action(
                setting,
                stream,
                cause=_HOUSEHOLD,
                text="Look at the safeguarding of others in the household after the death",
                owner=resolve_owner(setting, worries[0].owner or "chair", None),
                due_on=setting.working_days(work.desk.today, 1),
                about_case=cases[0] if cases else None,
            )
        )
    work.record(drafts)


def withdraw(desk: Desk, who: str, *, reason: str) -> Rows:
    """Take back a death that was recorded of the wrong person, or on the wrong day.

    It counts for no day any more; what was recorded by an earlier instant still shows it. Actions
    that the death cancelled are open again. The cases that it ended are in the rows: each is opened
    again by `case reopen`, because a person has to say so for each.

    Raises:
        Refused: no death is recorded, or the reason is empty.
        NotAllowed: the actor is neither administrator nor team lead.
    """
    need_reason(reason, "Taking a death back")

    def run(work: Work) -> Rows:
        need_lead(work, "take back a death")
        state = person_of(work, who)
        person, name = state.person, ids.out(ids.PERSON, state.person.id)
        if person.died_on is None:
            raise Refused(
                f"No death of {name} is recorded.",
                code="death_not_recorded",
                next=f"See `person show {name}`.",
            )
        stream = Stream("person", person.id)
        recorded = live(journal.load(work.connection, stream))
        # Dated like the death itself, so that no day knows one without the other.
        why = {"reason": checked_note(reason)}
        work.record([Draft(stream, "death_withdrawn", person.died_on, {}, why)])
        restored = _restore(work, state, recorded)
        cases = lookup.cases_of(work.connection, [person.id], only_open=False)
        ended = [c for c in cases if work.case(c).case.exit_class == "died"]
        common = {"person": name, "died_on": None, "restored": restored}
        return [{**common, **moved_row(work, c)} for c in ended] or [
            {**common, "case": None, "stage": None, "on": None, "exit": None}
        ]

    return desk.change(run)


def _restore(work: Work, state: PersonState, recorded: list[Entry]) -> int:
    """Undo what the death did to the person's actions; return how many are open again."""
    death = next(e for e in reversed(recorded) if e.kind == "died")
    did = [e for e in recorded if e.seq > death.seq and e.command == death.command]
    gone = [e.body["id"] for e in did if e.kind == "action_cancelled"]
    lost = [
        a.id for a in state.actions.actions
        if a.id in gone and a.automatic and a.closed_how == "cancelled"
    ]  # fmt: skip
    made = [e.body["id"] for e in did if e.kind == "action_raised"]
    needless = [
        a.id for a, _ in state.actions.open() if a.id in made and a.cause == _HOUSEHOLD
    ]  # fmt: skip
    team = lookup.last_team_of(work.connection, state.person.id)
    if team is None or not lost + needless:
        return 0
    setting = work.setting(work.team(team), work.desk.today)
    stream = Stream("person", state.person.id)
    why = "the death was taken back"
    work.record([
        *restore(setting, stream, state.actions, lost),
        *(close_action(setting, stream, a, done=False, reason=why, automatic=True)
          for a in needless),
    ])  # fmt: skip
    return len(lost)
