"""What a review leaves: minutes, the card at its end, the printed form, one case's extract."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from casereview.core.entries import Stream
from casereview.core.packs import Pack
from casereview.core.state.case import CaseState
from casereview.core.state.review import ReviewState
from casereview.core.wording import fill
from casereview.errors import Refused
from casereview.service import ids
from casereview.service.actions.action_rows import row_of
from casereview.service.cases.people import local_id_of
from casereview.service.desk import Desk, Rows
from casereview.service.organisation.calendar import next_meeting
from casereview.service.packs_used import pack_of
from casereview.service.reviews import overrides
from casereview.service.reviews.agenda import one_step
from casereview.service.reviews.progress import (
    CONFIRMED,
    LEFT,
    REVIEWED,
    counts_row,
    progress,
    questions_for,
)
from casereview.service.work import Work
from casereview.store import journal, seals


def minutes(desk: Desk, review: str) -> dict[str, Any]:
    """Return everything that the minutes of a review say, for a writer to set out.

    Keys: review, pack, version, hash, team, on, status, chair, present, cases, decisions,
    actions_by_owner, not_reached, worries, dissent, overrides, leeches, one_step,
    missing_delay_reasons, counts, pace, journal_head.
    """
    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        if state.review.status != "closed":
            return collect(work, state)
        return _sealed(work, state)


def _sealed(work: Work, state: ReviewState) -> dict[str, Any]:
    """Return the minutes as they stood when the review closed, with the head that sealed them."""
    entries = journal.load(work.connection, Stream("review", state.review.id))
    closing = next(e for e in reversed(entries) if e.kind == "review_closed")
    if "minutes" not in closing.texts:
        raise Refused(
            f"The words of R{state.review.id} were erased.",
            code="erased",
            next="The journal still proves that the review took place.",
        )
    found: dict[str, Any] = json.loads(closing.texts["minutes"])
    found["journal_head"] = seals.head_after(work.connection, closing.number)
    return found


def frozen(work: Work, state: ReviewState) -> str:
    """Return the minutes of a review that is closing, as the text that its last entry keeps."""
    closed = int(work.desk.now.timestamp())
    review = dataclasses.replace(state.review, status="closed", closed_s=closed)
    found = collect(work, dataclasses.replace(state, review=review))
    return json.dumps(found, default=lambda on: on.isoformat(), sort_keys=True)


def collect(work: Work, state: ReviewState) -> dict[str, Any]:
    """Return the minutes of a review inside a transaction."""
    pack = pack_of(work, state.review)
    done = progress(work, state, pack)
    lapsed = _lapsed(work, state.review.id)
    cases = [_case(work, state, pack, i.case_id, done[i.case_id], lapsed) for i in state.agenda]
    return {
        "review": ids.out(ids.REVIEW, state.review.id),
        "pack": pack.title,
        "pack_id": pack.id,
        "version": state.review.version,
        "hash": state.review.hash,
        "team": state.review.team,
        "on": state.review.on,
        "status": state.review.status,
        "chair": state.review.chair,
        "next_meeting": next_meeting(
            work.desk.library, work.team(state.review.team), pack.id, state.review.on
        ),
        "present": _present(state),
        "cases": cases,
        "decisions": [d for c in cases for d in c["decisions"]],
        "actions_by_owner": _by_owner(cases),
        "not_reached": [c for c in cases if c["progress"] not in (REVIEWED, CONFIRMED, LEFT)],
        "worries": _worries(work, state),
        "dissent": [d for c in cases for d in c["dissent"]],
        "overrides": overrides.of_minutes(work, state),
        "leeches": [a for c in cases for a in c["open_actions"] if a["leech"]],
        "one_step": one_step(work, state),
        "missing_delay_reasons": [c["case"] for c in cases if c["delay_reason_missing"]],
        "counts": _counts(list(done.values())),
        "pace": _pace(state, pack, list(done.values())),
        "journal_head": None,
    }


def _worries(work: Work, state: ReviewState) -> list[dict[str, Any]]:
    """Return the worries raised in the review about anybody; their words stay with the person."""
    return [
        {"worry": ids.out(ids.WORRY, w.id), "case": ids.out(ids.CASE, w.case_id),
         "owner": w.owner, "act_by": w.act_by, "danger_now": w.danger_now}
        for e in journal.by_review(work.connection, state.review.id) if e.kind == "worry_raised"
        for w in work.person(e.stream.id).worries if w.id == e.body["id"]
    ]  # fmt: skip


def _present(state: ReviewState) -> list[dict[str, str | None]]:
    last = {a.login or f"guest {a.n}": a for a in state.attendances}
    rows: list[dict[str, str | None]] = [
        {"who": a.login or a.guest, "status": a.status} for a in last.values()
    ]
    if state.review.chair not in last:
        rows.insert(0, {"who": state.review.chair, "status": "present"})
    return rows


def _lapsed(work: Work, review: int) -> set[tuple[int, int]]:
    """Return case and number of every decision that lapsed in the review, whenever it was made."""
    return {
        (e.stream.id, e.body["n"])
        for e in journal.by_review(work.connection, review)
        if e.kind == "decision_ended" and e.body["how"] == "lapsed"
    }


def _case(
    work: Work, state: ReviewState, pack: Pack, case_id: int, how: str,
    lapsed: set[tuple[int, int]],
) -> dict[str, Any]:  # fmt: skip
    case = work.case(case_id)
    review = state.review.id
    given = case.answers_in(review, pack.id)
    marks = [m for m in case.marks if m.review_id == review]
    asked = questions_for(work, state, pack, case)
    item = state.item(case_id)
    raised = [
        row_of(a, s, work.desk.on)
        for a in case.actions.actions
        if a.review_id == review
        for s in [case.actions.now(a.id)]
    ]
    return {
        "case": ids.out(ids.CASE, case_id),
        "person": local_id_of(work.person(case.case.person_id), state.review.team),
        "stage": case.case.stage,
        "lane": item.lane if item else "",
        "progress": how,
        "answers": [_answer(work, state, q, given.get(q.id)) for q in asked if q.id in given],
        "unanswered": [q.id for q in asked if q.id not in given],
        "marks": [{"kind": m.kind, "until_on": m.until_on, "reason": m.reason} for m in marks],
        "decisions": _decisions(case, review, lapsed),
        "actions": raised,
        "open_actions": [row_of(a, s, work.desk.on) for a, s in case.actions.open()],
        "closed_actions": [
            row_of(a, case.actions.now(a.id), work.desk.on)
            for a in case.actions.actions
            if a.closed_on == state.review.on
        ],
        "dissent": [
            {"case": ids.out(ids.CASE, case_id), "by": d.by, "words": d.words}
            for d in case.dissents
            if d.review_id == review and d.withdrawn_on is None
        ],
        "overrides": [
            {"requirements": o.requirements, "by": o.by, "on": o.on, "reason": o.reason}
            for o in case.overrides
            if o.confirmed_on is None
        ],
        "delay_reason_missing": _delay_missing(case),
    }


def _answer(work: Work, state: ReviewState, question: Any, answer: Any) -> dict[str, Any]:
    words = work.pathway(work.team(state.review.team)).words
    return {
        "question": question.id,
        "ask": fill(question.ask, words),
        "value": answer.value,
        "said_by": answer.said_by or answer.by,
        "recorded_by": answer.by,
        "note": answer.reason,
        "paper": answer.paper,
        "passes": answer.passes,
    }


def _decisions(case: CaseState, review: int, lapsed: set[tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {
            "case": ids.out(ids.CASE, case.case.id), "to": d.dest, "status": d.status,
            "proposed_by": d.proposed_by, "countersigned_by": d.countersigned_by,
            "effective_on": d.effective_on, "reason": d.reason,
        }
        for d in case.decisions
        if d.review_id == review or (d.status == "lapsed" and (d.case_id, d.n) in lapsed)
    ]  # fmt: skip


def _delay_missing(case: CaseState) -> bool:
    ready = [f for f in case.facts if f.fact == "ready_on" and f.before_on is None]
    known = bool(ready) and ready[-1].number is not None
    return case.open and known and not any(d.before_on is None for d in case.delays)


def _by_owner(cases: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        for action in case["open_actions"]:
            found.setdefault(action["owner"] or "nobody", []).append(action)
    return dict(sorted(found.items()))


def _counts(done: list[str]) -> dict[str, int]:
    return counts_row({how: done.count(how) for how in set(done)})


def _pace(state: ReviewState, pack: Pack, done: list[str]) -> dict[str, Any]:
    closed = state.review.closed_s
    reached = sum(how in (REVIEWED, CONFIRMED) for how in done)
    seconds = (closed - state.review.opened_s) if closed else None
    each = None if seconds is None or not reached else f"{seconds / reached:.1f}"
    return {
        "seconds": seconds,
        "seconds_per_case": each,
        "target_seconds_per_case": pack.seconds_per_case,
        "confirmed_share": round(100 * done.count(CONFIRMED) / reached) if reached else None,
    }


def extract(desk: Desk, review: str, case: str) -> str:
    """Return one case's part of a review as plain text to paste into the main record.

    Raises:
        Refused: the case was not on the agenda.
    """
    from casereview.report.minutes import extract_text

    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        case_id = ids.number(ids.CASE, case)
        if state.item(case_id) is None:
            raise Refused(
                f"{case} was not on the agenda of {review}.",
                code="not_on_agenda",
                next="See `review agenda`.",
            )
        pack = pack_of(work, state.review)
        done = progress(work, state, pack)
        lapsed = _lapsed(work, state.review.id)
        found = _case(work, state, pack, case_id, done[case_id], lapsed)
        head = seals.last_seal(work.connection)
        return extract_text(
            {"pack": pack.title, "team": state.review.team, "on": state.review.on,
             "chair": state.review.chair, "journal_head": head[3] if head else None},
            found,
        )  # fmt: skip


def form(desk: Desk, review: str) -> dict[str, Any]:
    """Return what the printed agenda form shows: each case, its open actions, empty answers."""
    from casereview.service.reviews.reviewing import agenda_rows

    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        pack = pack_of(work, state.review)
        words = work.pathway(work.team(state.review.team)).words
        lines: Rows = []
        for row in agenda_rows(work, state, pack):
            if row["lane"] == "left":
                continue
            case = work.case(ids.number(ids.CASE, row["case"]))
            waiting = row["lane"] == "waiting" and pack.waiting_questions
            asked = pack.waiting_questions if waiting else pack.questions
            lines.append({
                **row,
                "questions": [fill(q.ask, words) for q in asked if not q.applies],
                "open_actions": [row_of(a, s, work.desk.on) for a, s in case.actions.open()],
            })  # fmt: skip
        if state.review.status == "open":
            lines += [
                {**row, "open_actions": [],
                 "questions": [f"Is the override confirmed? {', '.join(row['blockers'])}"]}
                for row in overrides.agenda_part(work, state, len(lines))
            ]  # fmt: skip
        return {
            "review": review, "pack": pack.title, "team": state.review.team,
            "on": state.review.on, "cases": lines,
        }  # fmt: skip
