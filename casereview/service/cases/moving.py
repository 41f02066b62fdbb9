"""Moving cases: forward, out, to another team, back again."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.decide import moves, transfers
from casereview.core.decide.actions import close_all
from casereview.core.decide.setting import check_date
from casereview.core.entries import Stream
from casereview.core.pathways import STAGES
from casereview.core.state.case import CaseState
from casereview.core.state.person import PersonState
from casereview.core.text import checked_note
from casereview.errors import NotFound, Refused
from casereview.service import ids
from casereview.service.access import need_case, need_team
from casereview.service.cases.cases import open_case_of
from casereview.service.cases.people import death_taken_back, kept_person, open_case_ids
from casereview.service.desk import Desk, Rows
from casereview.service.near import nearest
from casereview.service.reasons import need_reason
from casereview.service.stale import refuse_stale_case
from casereview.service.work import Work
from casereview.store import journal


def moved_row(work: Work, case_id: int, **more: Any) -> dict[str, Any]:
    """Return the row that says where a case is now."""
    case = work.case(case_id).case
    return {
        "case": ids.out(ids.CASE, case_id), "stage": case.stage, "on": case.closed_on,
        "exit": case.exit, **more,
    }  # fmt: skip


def move(
    desk: Desk,
    case: str,
    stage: str,
    *,
    on: date,
    override: str | None = None,
    seen: int | None = None,
) -> Rows:
    """Move a case to a stage along a declared edge.

    `override` is the reason for going past unmet requirements; safeguarding is never overridden.

    Raises:
        Refused: every unmet requirement at once, no such move, dates out of order.
    """
    if stage not in STAGES or stage == "left":
        near = nearest(stage, STAGES[:-1])
        hint = f"Did you mean {near}?" if near else f"Stages: {', '.join(STAGES[:-1])}."
        if stage == "left":
            hint = "Use `case leave` with its exit code."
        raise NotFound(f"There is no stage {stage!r} to move to.", next=hint)

    def run(work: Work) -> Rows:
        state = work.case(ids.number(ids.CASE, case))
        need_case(work, state, "move it")
        refuse_stale_case(work, state, seen)
        setting = work.setting(work.team(state.case.team), on)
        _check_before_why(state, on, desk.today)
        if not state.open:
            raise _closed(state)
        if state.case.stage == stage:
            raise Refused(
                f"The case is in {stage} since {state.stage_from}.",
                code="same_stage",
                next="Nothing to do.",
            )
        why = work.why(state, stage, on)
        person = work.person(state.case.person_id)
        reason = checked_note(override) if override else None
        entries = work.record(moves.move(setting, state, person, why, override=reason))
        overridden = any(e.kind == "overridden" for e in entries)
        return [moved_row(work, state.case.id, moved_on=on, overridden=overridden)]

    return desk.change(run)


def _closed(state: CaseState) -> Refused:
    return Refused(
        f"The case is closed ({state.case.stage} on {state.case.closed_on}).",
        code="case_closed",
        next="Reopen it with `case reopen`, or record a return with `case return`.",
    )


def _check_before_why(state: CaseState, on: date, today: date) -> None:
    check_date(on, today, earliest=state.case.referred_on, what="the referral")


def leave(
    desk: Desk,
    case: str,
    exit_code: str,
    *,
    on: date,
    override: str | None = None,
    seen: int | None = None,
) -> Rows:
    """End a case otherwise than by completing, with a coded reason.

    Raises:
        Refused: open or unknown safeguarding, unknown exit, dates out of order.
    """

    def run(work: Work) -> Rows:
        state = work.case(ids.number(ids.CASE, case))
        need_case(work, state, "close it")
        refuse_stale_case(work, state, seen)
        if not state.open:
            raise _closed(state)
        setting = work.setting(work.team(state.case.team), on)
        _check_before_why(state, on, desk.today)
        found = moves.check_exit(setting, state, exit_code)
        if found.exit_class == "died":
            person = work.person(state.case.person_id)
            if person.person.died_on is None:
                raise Refused(
                    "The death has not been recorded.",
                    code="death_not_recorded",
                    next="Record it with `person died`; that ends every open case.",
                )
        why = work.why(state, "left", on)
        person = work.person(state.case.person_id)
        reason = checked_note(override) if override else None
        work.record(moves.move(setting, state, person, why, exit_=found, override=reason))
        return [moved_row(work, state.case.id, exit_class=found.exit_class)]

    return desk.change(run)


def transfer(desk: Desk, case: str, *, team: str, on: date) -> Rows:
    """Offer a case to another team; it stays on this team's agenda until accepted.

    Raises:
        Refused: open or unknown safeguarding, already offered, the same team.
    """

    def run(work: Work) -> Rows:
        state = work.case(ids.number(ids.CASE, case))
        need_case(work, state, "transfer it")
        if not state.open:
            raise _closed(state)
        work.team(team)
        setting = work.setting(work.team(state.case.team), on)
        _check_before_why(state, on, desk.today)
        why = work.why(state, "left", on)
        work.record(transfers.propose_transfer(setting, state, why, team))
        return [moved_row(work, state.case.id, transfer_to=team)]

    return desk.change(run)


def accept(desk: Desk, case: str, *, on: date) -> Rows:
    """Accept an offered case: the sender's ends, a linked one opens with its facts and actions.

    Raises:
        Refused: it was not offered, or safeguarding is open or unknown by now.
        NotAllowed: the actor does not belong to the receiving team.
    """

    def run(work: Work) -> Rows:
        state = work.case(ids.number(ids.CASE, case))
        to = state.case.transfer_to if state.open else None
        if to is None:
            raise Refused(
                "This case was not offered to another team.",
                code="not_offered",
                next="The sending team offers it with `case transfer`.",
            )
        need_team(work, to, "accept for it")
        check_date(on, desk.today, earliest=state.stage_from, what="the last move")
        held = open_case_of(work, state.case.person_id, to)
        if held is not None:
            raise Refused(
                f"The person has an open case in {to} already: C{held}.",
                code="case_open",
                next="Close one of the two first.",
            )
        new_case = journal.next_id(work.connection, "case")
        work.record(
            transfers.accept_transfer(
                work.setting(work.team(state.case.team), on), work.setting(work.team(to), on),
                state, work.why(state, "left", on), new_case,
            )
        )  # fmt: skip
        return [moved_row(work, new_case, team=to, linked_case=ids.out(ids.CASE, state.case.id))]

    return desk.change(run)


def come_back(desk: Desk, case: str, *, on: date) -> Rows:
    """Record the return of somebody whose case is closed, as a new linked case.

    Raises:
        Refused: the case is open, the date is before its closing, or another case is open.
    """

    def run(work: Work) -> Rows:
        state = work.case(ids.number(ids.CASE, case))
        need_case(work, state, "record a return")
        if state.open:
            raise Refused(
                "The case is still open, so this is no return.",
                code="case_open",
                next="Record the contact or a re-referral on the open case.",
            )
        _refuse_went_on(work, state)
        person = kept_person(work, state.case.person_id)
        _refuse_second(work, state, person)
        setting = work.setting(work.team(state.case.team), on)
        new_case = journal.next_id(work.connection, "case")
        work.record(moves.returned(setting, state, new_case, person=person.person.id))
        return [moved_row(work, new_case, linked_case=ids.out(ids.CASE, state.case.id))]

    return desk.change(run)


def _refuse_second(work: Work, state: CaseState, person: PersonState) -> None:
    if person.person.died_on is not None:
        raise Refused(
            f"The person died on {person.person.died_on}.",
            code="person_died",
            next=death_taken_back(person.person.id),
        )
    held = open_case_of(work, person.person.id, state.case.team)
    if held is not None and held != state.case.id:
        raise Refused(
            f"The person has an open case in this team already: C{held}.",
            code="case_open",
            next="Record it on that case.",
        )


def _refuse_went_on(work: Work, state: CaseState) -> None:
    """Refuse a return of a case that is still worked on in the team that accepted it."""
    if state.case.exit != moves.TRANSFERRED:
        return
    for held in open_case_ids(work, [state.case.person_id]):
        case = work.case(held).case
        if (case.linked_case_id, case.link) == (state.case.id, "transfer"):
            raise Refused(
                f"The case went on as C{held} in {case.team} and is open there.",
                code="case_transferred",
                next=f"Have C{held} transferred back, or refer the person anew with `case refer`.",
            )


def _refuse_merged(state: CaseState, person: PersonState) -> None:
    into = person.person.merged_into
    if into is not None:
        raise Refused(
            f"C{state.case.id} is of P{person.person.id}, whose record was merged into P{into}.",
            code="person_merged",
            next=f"`case return C{state.case.id} --on DATE` opens a linked case of P{into}; or take"
            f" the merge back with `person split P{person.person.id}`.",
        )


def reopen(desk: Desk, case: str, *, reason: str, on: date | None = None) -> Rows:
    """Open a closed case again, with exactly the actions that its closing closed.

    Raises:
        Refused: the case is open, the reason is empty, or another case is open.
    """
    need_reason(reason, "Reopening")

    def run(work: Work) -> Rows:
        state = work.case(ids.number(ids.CASE, case))
        need_case(work, state, "reopen it")
        person = work.person(state.case.person_id)
        _refuse_merged(state, person)
        _refuse_second(work, state, person)
        setting = work.setting(work.team(state.case.team), on or desk.today)
        drafts = moves.reopen(setting, state, checked_note(reason))
        held = person.actions.of_cause(f"follow-up:{state.case.id}")
        if held is not None:
            drafts += [
                d for d in close_all(
                    setting, Stream("person", person.person.id), person.actions, "reopened"
                ) if d.body["id"] == held[0].id
            ]  # fmt: skip
        work.record(drafts)
        return [moved_row(work, state.case.id)]

    return desk.change(run)
