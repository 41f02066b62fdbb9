"""Confirming in a review: the on-plan lane, and overrides that come back until confirmed."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.decide.decisions import confirm_overrides
from casereview.core.lanes import on_plan
from casereview.core.packs import Pack
from casereview.core.state.case import CaseState
from casereview.core.state.review import ReviewState
from casereview.errors import Refused
from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.packs_used import pack_of
from casereview.service.reviews import agenda as making
from casereview.service.reviews.answering import case_in_review, mark
from casereview.service.reviews.overrides import waiting
from casereview.service.reviews.reviewing import open_line
from casereview.service.work import Work


def confirm(desk: Desk, review: str, case: str) -> Rows:
    """Confirm a case that is on plan: a decision "continue to DATE", never a fresh answer.

    Of a closed case only an override can wait: it is confirmed.

    Raises:
        Refused: the case is outside the on-plan lane, was drawn for full discussion, is not on plan
            any more, or is confirmed already.
    """

    def run(work: Work) -> Rows:
        state = open_line(work, review, "confirm in its reviews", case)
        found = work.case(ids.number(ids.CASE, case))
        if not found.open and waiting(found, state):
            return [_confirm_override(work, state, found)]
        state, found = case_in_review(work, state, case)
        pack = pack_of(work, state.review)
        item = state.item(found.case.id)
        _refuse_confirmed(state, found)
        _check_may_confirm(work, state, found, pack, item)
        until = continue_to(work, state, pack, found)
        work.record([mark(state, found, "confirmed", until=until)])
        return [{
            "review": review, "case": case, "progress": "confirmed", "continue_to": until,
        }]  # fmt: skip

    return desk.change(run)


def confirm_override(desk: Desk, review: str, case: str) -> Rows:
    """Confirm in a review the overrides of a case; until then they come back at each one.

    The case may be closed: an override that closed it comes back all the same.

    Raises:
        NotAllowed: the role may not override on this pathway.
        Refused: none waits to be confirmed, or the case is another team's.
    """

    def run(work: Work) -> Rows:
        state = open_line(work, review, "confirm in its reviews", case)
        found = work.case(ids.number(ids.CASE, case))
        if found.open:
            state, found = case_in_review(work, state, case)
        return [_confirm_override(work, state, found)]

    return desk.change(run)


def _confirm_override(work: Work, state: ReviewState, case: CaseState) -> dict[str, Any]:
    if case.case.team != state.review.team:
        raise Refused(
            f"C{case.case.id} is a case of {case.case.team}; R{state.review.id} is a review of"
            f" {state.review.team}.",
            code="not_on_agenda",
            next=f"Confirm it in a review of {case.case.team}.",
        )
    setting = work.setting(work.team(state.review.team), state.review.on, review=state)
    drafts = confirm_overrides(setting, case)
    work.record(drafts)
    return {
        "review": ids.out(ids.REVIEW, state.review.id),
        "case": ids.out(ids.CASE, case.case.id),
        "progress": "override confirmed",
        "overrides_confirmed": len(drafts),
    }


def _refuse_confirmed(state: ReviewState, case: CaseState) -> None:
    """Refuse a second confirming: it would say nothing new, and undoing it would undo nothing."""
    marks = [m for m in case.marks if m.review_id == state.review.id]
    if marks and marks[-1].kind == "confirmed":
        until = marks[-1].until_on
        more = f" until {until.isoformat()}" if until else ""
        raise Refused(
            f"C{case.case.id} is confirmed{more} already in this review.",
            code="already_confirmed",
            next=f"Go on with the next case; `review undo R{state.review.id}` takes back what was"
            " done last.",
        )


def _check_may_confirm(
    work: Work, state: ReviewState, case: CaseState, pack: Pack, item: Any
) -> None:
    if waiting(case, state):
        raise Refused(
            f"C{case.case.id} is not on plan: an override of it waits to be confirmed.",
            code="not_on_plan",
            next=f"`review confirm R{state.review.id} C{case.case.id} --override` confirms that.",
        )
    if not pack.confirm or item is None or item.lane != "on-plan":
        raise Refused(
            f"C{case.case.id} is not in the on-plan lane.",
            code="not_on_plan",
            next="Answer its questions, or skip it with a reason.",
        )
    if item.drawn:
        raise Refused(
            f"C{case.case.id} was drawn for full discussion.",
            code="drawn",
            next="Answer its questions; the draw keeps the lane honest.",
        )
    if not still_on_plan(work, state, case, pack):
        raise Refused(
            f"C{case.case.id} has changed since the agenda was made and is not on plan any more.",
            code="not_on_plan",
            next="Answer its questions.",
        )


def still_on_plan(work: Work, state: ReviewState, case: CaseState, pack: Pack) -> bool:
    """Tell whether a case would be on plan if the agenda were made now, and no override waits."""
    if waiting(case, state):
        return False
    found = making.candidates(
        work, pack, state.review.team, state.review.on, only=[case.case.id], unlocking=False
    )
    return bool(found) and on_plan(pack, found[0], state.review.on)


def continue_to(work: Work, state: ReviewState, pack: Pack, case: CaseState) -> date:
    """Return the day until which confirming lets a case go on: its next date, else the meeting."""
    names = ("next_action_due_on", "expected_end_on", "review_on")
    facts = work.facts(case.case.id, names, state.review.on)
    ahead = [d for d in facts.values() if isinstance(d, date) and d > state.review.on]
    if ahead:
        return min(ahead)
    setting = work.setting(work.team(state.review.team), state.review.on)
    return setting.next_meeting(pack.id, state.review.on)
