"""How far a review is with each case."""

from __future__ import annotations

from collections.abc import Mapping

from casereview.core.outcomes import answer_fact, asked, view_of
from casereview.core.packs import Pack, Question
from casereview.core.pathways import CLOSED_STAGES
from casereview.core.state.case import CaseState
from casereview.core.state.review import ReviewState
from casereview.service.work import Work
from casereview.store import standing_rows

REVIEWED, CONFIRMED, PARTLY, SKIPPED, NOT_REACHED, LEFT = (
    "reviewed", "confirmed", "partly answered", "skipped", "not reached", "left",
)  # fmt: skip


def questions_for(
    work: Work, state: ReviewState, pack: Pack, case: CaseState
) -> tuple[Question, ...]:
    """Return the questions that this review asks of a case, those of its lane that apply."""
    item = state.item(case.case.id)
    waiting = item is not None and item.lane == "waiting" and bool(pack.waiting_questions)
    lane = pack.waiting_questions if waiting else pack.questions
    if not any(q.applies for q in lane):
        return lane
    library = work.desk.library
    names = {n for q in lane if q.applies for n in library.condition(q.applies, pack).names}
    # What this pack asked is read from the answers given in this review.
    own = {answer_fact(pack.id, q.id) for q in (*pack.questions, *pack.waiting_questions)}
    names -= own | {f"days_since_{n}" for n in own}
    facts = work.facts(case.case.id, names, state.review.on)
    answers = {k: a.value for k, a in case.answers_in(state.review.id, pack.id).items()}
    view = view_of(pack, answers, facts)
    return asked(pack, view, lambda text: library.condition(text, pack), waiting=waiting)


def progress_of(work: Work, state: ReviewState, pack: Pack, case: CaseState) -> str:
    """Return how far the review is with one case."""
    review = state.review.id
    marks = [m.kind for m in case.marks if m.review_id == review]
    if "confirmed" in marks:
        return CONFIRMED
    given = case.answers_in(review, pack.id)
    wanted = questions_for(work, state, pack, case)
    if given and all(q.id in given for q in wanted):
        return REVIEWED
    if any(d.review_id == review for d in case.decisions):
        return REVIEWED
    if "skipped" in marks:
        return SKIPPED
    if given:
        return PARTLY
    return NOT_REACHED if case.open else LEFT


def progress(work: Work, state: ReviewState, pack: Pack) -> Mapping[int, str]:
    """Return how far the review is with every case of its agenda.

    What it has not touched is told from the rows alone, as long as the present is asked about.
    """
    cases = [item.case_id for item in state.agenda]
    if work.desk.as_of is not None:
        return {one: progress_of(work, state, pack, work.case(one)) for one in cases}
    touched = standing_rows.touched(work.connection, state.review.id)
    stages = standing_rows.standing(work.connection, [c for c in cases if c not in touched])
    return {
        one: (LEFT if stages[one][0] in CLOSED_STAGES else NOT_REACHED)
        if one in stages
        else progress_of(work, state, pack, work.case(one))
        for one in cases
    }


def counts_row(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of a review under stable keys."""
    return {
        "reviewed": counts.get(REVIEWED, 0),
        "confirmed": counts.get(CONFIRMED, 0),
        "partly_answered": counts.get(PARTLY, 0),
        "skipped": counts.get(SKIPPED, 0),
        "not_reached": counts.get(NOT_REACHED, 0),
        "left": counts.get(LEFT, 0),
    }
