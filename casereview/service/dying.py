"""The death of a person: every open case is left, what was due to them stops."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core import machine
from casereview.core.decide import moves
from casereview.core.decide.actions import close_all, raise_action, resolve_owner
from casereview.core.decide.setting import check_date
from casereview.core.entries import Draft, Stream
from casereview.errors import NotAllowed, Refused
from casereview.service import ids
from casereview.service.access import need_case
from casereview.service.desk import Desk, Rows
from casereview.service.moving import moved_row
from casereview.service.people import open_case_ids, person_of
from casereview.service.work import Work
from casereview.store import lookup

_CONTACTS = ("follow-up:", "rule:discharge-follow-up/")


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
                next="Correct it with an administrator if the date is wrong.",
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
                cause="worry-household",
                text="Look at the safeguarding of others in the household after the death",
                owner=resolve_owner(setting, worries[0].owner or "chair", None),
                due_on=setting.working_days(work.desk.today, 1),
                about_case=cases[0] if cases else None,
            )
        )
    work.record(drafts)
