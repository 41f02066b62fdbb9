"""Answers in a review: given, prepared beforehand, confirmed from a draft; skipping; confirming."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.decide.answers import answer as decide_answer
from casereview.core.decide.facts import pattern_facts, state_facts
from casereview.core.decide.judging import Given
from casereview.core.decide.safeguarding import check_kept_open
from casereview.core.decide.setting import check_open
from casereview.core.entries import Draft, Stream
from casereview.core.outcomes import Assessment, assess
from casereview.core.packs import Pack, Question
from casereview.core.state.case import CaseState
from casereview.core.state.review import ReviewState
from casereview.core.text import checked_note
from casereview.errors import NotFound, Refused
from casereview.service import ids
from casereview.service.access import need_case
from casereview.service.actions.owners import check_owner
from casereview.service.desk import Desk, Rows
from casereview.service.near import nearest
from casereview.service.packs_used import pack_of
from casereview.service.reasons import need_reason
from casereview.service.reviews.reviewing import ensure_on_agenda, open_line
from casereview.service.stale import refuse_stale
from casereview.service.work import Work


def question_of(pack: Pack, question: str) -> Question:
    """Return a question of a pack.

    Raises:
        NotFound: there is no such question; the nearest is named.
    """
    found = pack.question(question)
    if found is None:
        known = [q.id for q in (*pack.questions, *pack.waiting_questions)]
        near = nearest(question, known)
        hint = f"Did you mean {near}?" if near else f"Questions: {', '.join(known)}."
        raise NotFound(f"{pack.id} has no question {question!r}.", next=hint)
    return found


def assessment_of(work: Work, state: ReviewState, pack: Pack, case: CaseState) -> Assessment:
    """Return what the answers given in this review amount to for a case."""
    library = work.desk.library
    read = {n for p in pack.proposals for n in library.condition(p.when, pack).names}
    read |= {n for p in pack.patterns for n in library.condition(p.when, pack).names}
    read |= {
        n
        for q in (*pack.questions, *pack.waiting_questions)
        if q.applies
        for n in library.condition(q.applies, pack).names
    }
    read |= {name for p in pack.patterns for name in p.sets}
    known = {n for n in read if not n.startswith(("answer_", "days_since_answer_"))} | {"today"}
    on = state.review.on
    facts = state_facts(case, known, on, library.catalogue.__getitem__)
    facts |= work.facts(case.case.id, known - facts.keys(), on)
    given = {k: a.value for k, a in case.answers_in(state.review.id, pack.id).items()}
    item = state.item(case.case.id)
    waiting = item is not None and item.lane == "waiting" and bool(pack.waiting_questions)
    return assess(pack, given, facts, lambda text: library.condition(text, pack), waiting=waiting)


def case_in_review(work: Work, state: ReviewState, case: str) -> tuple[ReviewState, CaseState]:
    """Return an open case and the review, with the case on its agenda."""
    case_id = ids.number(ids.CASE, case)
    found = work.case(case_id)
    check_open(found, "nothing can be answered about it")
    state = ensure_on_agenda(work, state, case_id)
    return state, found


def _check_seen(work: Work, case: CaseState, pack: Pack, question: str, seen: int | None) -> None:
    held = [
        a for a in case.answers
        if (a.pack, a.question) == (pack.id, question) and not a.drafted
    ]  # fmt: skip
    if held:
        stream = Stream("case", case.case.id)
        refuse_stale(work, stream, seen, held[-1].n, f"The answer to {question}")


def answer(
    desk: Desk,
    review: str,
    case: str,
    question: str,
    given: Given,
    *,
    seen: int | None = None,
) -> Rows:
    """Record one answer with what it brings, durable before it returns.

    `seen` is the version of this question's answer that the person saw, None when they saw none.

    Returns:
        One row: action (id or null), carried, leech, closed, proposes, asks_delay_reason.

    Raises:
        Refused: review closed, case not on the agenda, a value that does not fit, a stale write.
    """

    def run(work: Work) -> Rows:
        state = open_line(work, review, "answer in its reviews", case)
        state, found = case_in_review(work, state, case)
        pack = pack_of(work, state.review)
        asked = question_of(pack, question)
        _check_seen(work, found, pack, asked.id, seen)
        return [give(work, state, found, pack, asked, given)]

    return desk.change(run)


def give(
    work: Work, state: ReviewState, case: CaseState, pack: Pack, question: Question, given: Given
) -> dict[str, Any]:
    """Record an answer in a command that is under way, and return its row."""
    team = work.team(state.review.team)
    setting = work.setting(team, state.review.on, review=state)
    if given.owner is not None:
        check_owner(work, setting, given.owner)
    spec_of = work.desk.library.catalogue.__getitem__
    before = {a.id for a, _ in case.actions.open()}
    effects = decide_answer(setting, case, pack, question, given, fact_of=spec_of)
    check_kept_open(effects.drafts, work.person, case=case.case.id)
    work.record(effects.drafts)
    after = work.case(case.case.id)
    assessed = assessment_of(work, state, pack, after)
    if not given.drafted:
        set_by_patterns = pattern_facts(setting, after, assessed.patterns, spec_of)
        check_kept_open(set_by_patterns, work.person, case=case.case.id)
        work.record(set_by_patterns)
        after = work.case(case.case.id)
    still = {a.id for a, _ in after.actions.open()}
    closed = sorted(before - still)
    return {
        "review": ids.out(ids.REVIEW, state.review.id),
        "case": ids.out(ids.CASE, case.case.id),
        "question": question.id,
        "value": effects.drafts[0].body.get("value", "given"),
        "action": ids.out(ids.ACTION, effects.action),
        "carried": effects.carried,
        "leech": effects.carried >= 3,
        "closed": [ids.out(ids.ACTION, i) for i in closed],
        "proposes": assessed.proposes,
        "unanswered": list(assessed.unanswered),
        "asks_delay_reason": assessed.asks_delay_reason and not _delayed(after),
        "version": after.case.head,
    }


def _delayed(case: CaseState) -> bool:
    return any(d.before_on is None for d in case.delays)


def prepare(desk: Desk, case: str, pack_id: str, question: str, given: Given) -> Rows:
    """Prepare an answer before the meeting; it counts when the meeting confirms it.

    Raises:
        Refused: a value that does not fit, or a closed case.
    """

    def run(work: Work) -> Rows:
        found = work.case(ids.number(ids.CASE, case))
        need_case(work, found, "prepare its answers")
        check_open(found, "nothing can be prepared for it")
        pack = desk.library.pack(pack_id)
        asked = question_of(pack, question)
        setting = work.setting(work.team(found.case.team), desk.today)
        drafted = Given(given.value, given.reason, drafted=True)
        spec_of = desk.library.catalogue.__getitem__
        effects = decide_answer(setting, found, pack, asked, drafted, fact_of=spec_of)
        work.record(effects.drafts)
        return [{
            "case": case, "question": asked.id, "drafted": True, "drafted_by": setting.speaker,
        }]  # fmt: skip

    return desk.change(run)


def drafts_of(case: CaseState, pack: Pack, since: date) -> dict[str, Any]:
    """Return prepared answers that are newer than the last real one, by question."""
    found = {}
    for a in case.answers:
        if a.pack != pack.id:
            continue
        if a.drafted and a.on >= since:
            found[a.question] = a
        elif not a.drafted:
            found.pop(a.question, None)
    return found


def take_drafts(desk: Desk, review: str, case: str) -> Rows:
    """Confirm in the meeting what was prepared: each becomes an answer of today.

    Raises:
        Refused: nothing was prepared.
    """

    def run(work: Work) -> Rows:
        state = open_line(work, review, "answer in its reviews", case)
        state, found = case_in_review(work, state, case)
        pack = pack_of(work, state.review)
        prepared = drafts_of(found, pack, date.min)
        if not prepared:
            raise Refused(
                "Nothing was prepared for this case.", code="no_drafts", next="Answer it here."
            )
        rows = []
        for name, a in prepared.items():
            given = Given(a.value or "", a.reason or "")
            rows.append(
                give(work, state, work.case(found.case.id), pack, question_of(pack, name), given)
            )
        return rows

    return desk.change(run)


def skip(desk: Desk, review: str, case: str, reason: str) -> Rows:
    """Skip a case with a reason; it comes first next time and does not count as reviewed.

    Raises:
        Refused: the reason is empty, or the case is not on the agenda.
    """
    need_reason(reason, "Skipping")

    def run(work: Work) -> Rows:
        state = open_line(work, review, "skip in its reviews", case)
        state, found = case_in_review(work, state, case)
        work.record([mark(state, found, "skipped", reason=checked_note(reason))])
        return [{"review": review, "case": case, "progress": "skipped"}]

    return desk.change(run)


def mark(
    state: ReviewState,
    case: CaseState,
    kind: str,
    *,
    reason: str = "",
    because: str = "",
    until: date | None = None,
) -> Draft:
    """Draft a mark of what the review did with a case."""
    body: dict[str, Any] = {"kind": kind}
    if until is not None:
        body["until_on"] = until.isoformat()
    if because:
        body["because"] = because
    return Draft(
        Stream("case", case.case.id), "marked", state.review.on, body,
        {"reason": reason} if reason else {}, state.review.team, review=state.review.id,
    )  # fmt: skip
