"""Overrides: they come back at the team's reviews until confirmed, also when they closed a case."""

from __future__ import annotations

from typing import Any

from casereview.core.records import Override
from casereview.core.state.case import CaseState
from casereview.core.state.fold import VOID
from casereview.core.state.review import ReviewState
from casereview.service import ids
from casereview.service.cases.people import local_id_of
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.override_rows import closed_unconfirmed, unconfirmed

LANE = "override"
LANE_WORDS = "closed, its override to confirm"
TO_CONFIRM = "to confirm"


def waiting(case: CaseState, state: ReviewState) -> list[Override]:
    """Return the overrides of a case that a review may confirm: made by its day, unconfirmed."""
    return [o for o in case.overrides if o.confirmed_on is None and o.on <= state.review.on]


def to_confirm(desk: Desk, review: str) -> Rows:
    """Return the overrides that a review may confirm, of the team's open and closed cases.

    One row for each: case, person, stage, open, requirements, by, on, reason.

    Raises:
        NotFound: there is no such review.
    """
    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        team = state.review.team
        found = unconfirmed(work.connection, team, state.review.on)
        return [
            {
                "case": ids.out(ids.CASE, case_id),
                "person": local_id_of(work.person(case.case.person_id), team),
                "stage": case.case.stage, "open": case.open, "requirements": o.requirements,
                "by": o.by, "on": o.on, "reason": o.reason,
            }
            for case_id in found
            for case in (work.case(case_id),)
            for o in waiting(case, state)
        ]  # fmt: skip


def agenda_part(work: Work, state: ReviewState, after: int) -> Rows:
    """Return agenda lines, from position `after` + 1, of closed cases with an override to confirm.

    They stand apart from the frozen agenda, since nothing is asked about a closed case.
    """
    team = state.review.team
    found = closed_unconfirmed(work.connection, team, state.review.on)
    return [
        {
            "position": after + n,
            "case": ids.out(ids.CASE, case_id),
            "person": local_id_of(work.person(case.case.person_id), team),
            "lane": LANE,
            "lane_words": LANE_WORDS,
            "stage": case.case.stage,
            "blockers": _went_past(waiting(case, state)),
            "unlock_effort": None,
            "drawn": False,
            "late": False,
            "progress": TO_CONFIRM,
            "facts": {},
        }
        for n, case_id in enumerate(found, 1)
        for case in (work.case(case_id),)
    ]


def _went_past(overrides: list[Override]) -> list[str]:
    return sorted({name for o in overrides for name in o.requirements.split()})


def of_minutes(work: Work, state: ReviewState) -> list[dict[str, Any]]:
    """Return what minutes say: overrides confirmed in the review, and those of closed cases left.

    Keys: case, person, stage, requirements, by, on, reason, confirmed.
    """
    confirmed = _confirmed(work, state)
    left = closed_unconfirmed(work.connection, state.review.team, state.review.on)
    rows = []
    for case_id in sorted({*left, *(c for c, _ in confirmed)}):
        case = work.case(case_id)
        open_ = waiting(case, state) if case_id in left else []
        rows += [
            {
                "case": ids.out(ids.CASE, case_id),
                "person": local_id_of(work.person(case.case.person_id), state.review.team),
                "stage": case.case.stage,
                "requirements": o.requirements, "by": o.by, "on": o.on, "reason": o.reason,
                "confirmed": (case_id, o.n) in confirmed,
            }
            for o in case.overrides
            if (case_id, o.n) in confirmed or o in open_
        ]  # fmt: skip
    return rows


def _confirmed(work: Work, state: ReviewState) -> set[tuple[int, int]]:
    """Return (case, entry of the override) of what this review confirmed and did not undo."""
    recorded = journal.by_review(work.connection, state.review.id)
    voided = {e.body["command"] for e in recorded if e.kind == VOID}
    return {
        (e.stream.id, e.body["n"])
        for e in recorded
        if e.kind == "override_confirmed" and e.command not in voided
    }
