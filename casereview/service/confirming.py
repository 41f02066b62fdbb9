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
from casereview.service import agenda as making
from casereview.service.answering import case_in_review, mark
from casereview.service.desk import Desk, Rows
from casereview.service.packs_used import pack_of
from casereview.service.reviewing import open_line
from casereview.service.work import Work


def confirm(desk: Desk, review: str, case: str) -> Rows:
    """Confirm a case that is on plan: a decision "continue to DATE", never a fresh answer.

    Raises:
        Refused: the case is outside the on-plan lane, was drawn for full discussion, or is not on
            plan any more.
    """

    def run(work: Work) -> Rows:
        state = open_line(work, review, "confirm in its reviews", case)
        state, found = case_in_review(work, state, case)
        pack = pack_of(work, state.review)
        item = state.item(found.case.id)
        _check_may_confirm(work, state, found, pack, item)
        until = continue_to(work, state, pack, found)
        work.record([mark(state, found, "confirmed", until=until)])
        return [{
            "review": review, "case": case, "progress": "confirmed", "continue_to": until,
        }]  # fmt: skip

    return desk.change(run)


def confirm_override(desk: Desk, review: str, case: str) -> Rows:
    """Confirm in a review the overrides of a case; until then they come back at each one.

    Raises:
        Refused: none waits to be confirmed.
    """

    def run(work: Work) -> Rows:
        state = open_line(work, review, "confirm in its reviews", case)
        state, found = case_in_review(work, state, case)
        setting = work.setting(work.team(state.review.team), state.review.on, review=state)
        drafts = confirm_overrides(setting, found)
        if not drafts:
            raise Refused(
                "No override of this case waits to be confirmed.",
                code="no_override",
                next="See `case why` for its requirements.",
            )
        work.record(drafts)
        return [{"review": review, "case": case, "overrides_confirmed": len(drafts)}]

    return desk.change(run)


def _check_may_confirm(
    work: Work, state: ReviewState, case: CaseState, pack: Pack, item: Any
) -> None:
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
    found = making.candidates(
        work, pack, state.review.team, state.review.on, only=[case.case.id], unlocking=False
    )
    if not found or not on_plan(pack, found[0], state.review.on):
        raise Refused(
            f"C{case.case.id} has changed since the agenda was made and is not on plan any more.",
            code="not_on_plan",
            next="Answer its questions.",
        )


def continue_to(work: Work, state: ReviewState, pack: Pack, case: CaseState) -> date:
    """Return the day until which confirming lets a case go on: its next date, else the meeting."""
    names = ("next_action_due_on", "expected_end_on", "review_on")
    facts = work.facts(case.case.id, names, state.review.on)
    ahead = [d for d in facts.values() if isinstance(d, date) and d > state.review.on]
    if ahead:
        return min(ahead)
    setting = work.setting(work.team(state.review.team), state.review.on)
    return setting.next_meeting(pack.id, state.review.on)
