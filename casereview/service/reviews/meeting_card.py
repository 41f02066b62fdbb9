"""One case as a meeting sees it: who, why here, what changed, what to ask, what is left to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.decide.answers import cause_of
from casereview.core.facts import Value
from casereview.core.lanes import LANE_FACTS, LANE_WORDS, plain
from casereview.core.outcomes import Assessment
from casereview.core.packs import Pack, Question
from casereview.core.records import Answer
from casereview.core.state.case import CaseState
from casereview.core.state.review import ReviewState
from casereview.core.wording import fill
from casereview.service import ids
from casereview.service.actions.action_rows import row_of
from casereview.service.cases.case_words import CARD_FACTS, changes, flags
from casereview.service.desk import Desk, Rows
from casereview.service.packs_used import pack_of
from casereview.service.reviews import agenda as making
from casereview.service.reviews.answering import assessment_of, drafts_of
from casereview.service.reviews.confirming import continue_to, still_on_plan
from casereview.service.reviews.meeting import who
from casereview.service.reviews.progress import progress_of, questions_for
from casereview.service.work import Work
from casereview.store import lookup


def case_card(desk: Desk, review: str, case: str) -> dict[str, Any]:
    """Return everything that a meeting shows about one case, as of the review's date.

    Keys: case, person_id, version, number of the line (`position`), names (see `who`), worker,
    lane, why, goal, stage, days_in_stage, expected_end_on, slip_days, questions, next, actions,
    flags, changed, since, may_confirm, continue_to, decision, proposes, say, dissent, notes,
    worries, delays_open.
    """
    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        pack = pack_of(work, state.review)
        found = work.case(ids.number(ids.CASE, case))
        last = making.last_review(work, pack.id, state.review.team)
        facts = work.facts(
            found.case.id, {*CARD_FACTS, *LANE_FACTS, *pack.watched}, state.review.on
        )
        return {
            **_identity(work, state, found),
            **_place(work, state, pack, found, facts, last),
            **_dates(state, found, facts),
            **_asking(work, state, pack, found),
            **_changed(work, pack, found, facts, last),
            "actions": _actions(work, state, found),
            "flags": flags(facts, found, state.review.on),
            "notes": [
                {"on": n.on, "by": n.by, "words": n.words} for n in reversed(found.notes)
            ],
            "delays_open": any(d.before_on is None for d in found.delays),
        }  # fmt: skip


def _identity(work: Work, state: ReviewState, case: CaseState) -> dict[str, Any]:
    person = work.person(case.case.person_id)
    return {
        "case": ids.out(ids.CASE, case.case.id),
        "person_id": ids.out(ids.PERSON, case.case.person_id),
        "version": case.case.head,
        **who(person, state.review.team, state),
        "worker": case.key_worker(state.review.on),
        "worries": [
            {
                "worry": ids.out(ids.WORRY, w.id), "words": w.words, "owner": w.owner,
                "act_by": w.act_by, "danger_now": w.danger_now, "raised_by": w.raised_by,
                "told": w.told, "handed_to": w.handed_to,
            }
            for w in person.open_worries()
        ],
    }  # fmt: skip


def _place(
    work: Work,
    state: ReviewState,
    pack: Pack,
    case: CaseState,
    facts: dict[str, Value],
    last: int | None,
) -> dict[str, Any]:
    item = state.item(case.case.id)
    how = "offered" if item is None else progress_of(work, state, pack, case)
    lane = "arrived" if item is None else item.lane
    on_plan = item is not None and pack.confirm and lane == "on-plan" and not item.drawn
    given = case.answers_in(state.review.id, pack.id)
    may = on_plan and not given and how not in ("confirmed", "skipped") and case.open
    # What the card offers is what confirming would do: a worry or a late action may have come.
    gone = may and not still_on_plan(work, state, case, pack)
    marks = [m for m in case.marks if m.review_id == state.review.id]
    return {
        "position": item.position if item is not None else None,
        "lane": lane,
        "lane_words": "not on plan any more"
        if gone
        else LANE_WORDS.get(lane, "arrived since the agenda was made"),
        "drawn": item is not None and item.drawn,
        "late": item is not None and item.late,
        "progress": how,
        "open": case.open,
        "why": _why(work, state, pack, case, facts, last),
        "goal": _goal(work, pack, case) if case.open else None,
        "may_confirm": may and not gone,
        "continue_to": continue_to(work, state, pack, case) if may and not gone else None,
        "confirmed_until": next((m.until_on for m in marks if m.kind == "confirmed"), None),
        "skipped_because": next((m.reason for m in marks if m.kind == "skipped"), None),
    }


def _why(
    work: Work,
    state: ReviewState,
    pack: Pack,
    case: CaseState,
    facts: dict[str, Value],
    last: int | None,
) -> list[str]:
    said = []
    goal = _goal(work, pack, case)
    if goal is not None:
        why = work.why(case, goal, state.review.on)
        least = why.unlock
        unmet = [c for c in why.unmet() if c.requirement.id != "decision"]
        if not unmet:
            said.append(f"Nothing is left to do for {goal}.")
        elif not least.possible:
            said.append(f"Nothing that can be changed opens {goal}.")
        else:
            steps = len(unmet)
            what = "; ".join(c.say for c in least.changes[:2])
            more = f"; and {len(least.changes) - 2} more" if len(least.changes) > 2 else ""
            said.append(f"{steps} step{'s' * (steps != 1)} to {goal}: {what}{more}.")
    waiting = facts.get("waiting_for")
    if waiting not in (None, "nothing"):
        said.append(f"Waiting {facts.get('days_waiting')} days for {waiting}.")
    skipped = [m for m in case.marks if m.review_id == last and m.kind == "skipped"]
    if last is not None and skipped:
        said.append("Skipped last time.")
    return said


def _goal(work: Work, pack: Pack, case: CaseState) -> str | None:
    """Return where the review wants a case to go, None when no move leads there from its stage."""
    pathway = work.desk.library.pathway(case.case.pathway)
    goal = making.goal_of(pack) or pathway.next_stage(case.case.stage)
    return goal if pathway.move(case.case.stage, goal) is not None else None


def _dates(state: ReviewState, case: CaseState, facts: dict[str, Value]) -> dict[str, Any]:
    return {
        "stage": case.case.stage,
        "days_in_stage": facts.get("days_in_stage"),
        "days_since_referral": facts.get("days_since_referral"),
        "expected_end_on": facts.get("expected_end_on"),
        "first_expected_end_on": facts.get("first_expected_end_on"),
        "slip_days": facts.get("expected_end_slippage"),
        "days_past_end": facts.get("days_past_expected_end"),
        "review_on": facts.get("review_on"),
        "on": state.review.on,
    }


def _actions(work: Work, state: ReviewState, case: CaseState) -> Rows:
    person = work.person(case.case.person_id)
    about = [
        (a, s) for a, s in person.actions.open() if a.about_case_id in (None, case.case.id)
    ]  # fmt: skip
    rows = [row_of(a, s, state.review.on) for a, s in (*case.actions.open(), *about)]
    fresh = {
        ids.out(ids.ACTION, a.id) for a in case.actions.actions if a.review_id == state.review.id
    }
    for row in rows:
        row["new"] = row["action"] in fresh
    return sorted(rows, key=lambda r: (r["due_on"] is None, r["due_on"] or date.max))


# --- what to ask


def _asking(work: Work, state: ReviewState, pack: Pack, case: CaseState) -> dict[str, Any]:
    words = work.pathway(work.team(state.review.team)).words
    questions = questions_for(work, state, pack, case)
    today = case.answers_in(state.review.id, pack.id)
    prepared = drafts_of(case, pack, date.min)
    rows = [
        {**_question(q, words), **_given(state, pack, case, q, today.get(q.id), prepared)}
        for q in questions
    ]
    found = assessment_of(work, state, pack, case)
    return {
        "questions": rows,
        "next": next((q.id for q in questions if q.id not in today), None),
        "prepared": any(r["draft"] for r in rows),
        "proposes": found.proposes,
        "say": _say(found, words),
        "asks_delay_reason": found.asks_delay_reason,
        "decision": _decision(case),
        "dissent": [
            {"by": d.by, "words": d.words} for d in case.dissents if d.withdrawn_on is None
        ],
    }  # fmt: skip


def _say(found: Assessment, words: Any) -> str:
    said = found.say or next((p.say for p in found.patterns if p.say), "")
    return fill(said, words) if said else ""


def _question(question: Question, words: Any) -> dict[str, Any]:
    return {
        "question": question.id,
        "label": question.id.replace("_", " "),
        "ask": fill(question.ask, words),
        "help": fill(question.help, words) if question.help else "",
        "kind": question.kind,
        "passes_on": question.passes_on,
        "may_not_apply": question.may_not_apply,
        "options": [{"id": o.id, "title": fill(o.title, words)} for o in question.options],
    }


def _given(
    state: ReviewState,
    pack: Pack,
    case: CaseState,
    question: Question,
    today: Answer | None,
    prepared: dict[str, Answer],
) -> dict[str, Any]:
    held = [
        a for a in case.answers
        if (a.pack, a.question) == (pack.id, question.id) and not a.drafted
    ]  # fmt: skip
    before = [a for a in held if a.review_id != state.review.id]
    draft = prepared.get(question.id)
    return {
        "today": _answer(question, today, state.review.on) if today is not None else None,
        "last": _answer(question, before[-1], state.review.on) if before else None,
        "draft": _answer(question, draft, state.review.on) if draft is not None else None,
        "seen": held[-1].n if held else 0,
        "cause": cause_of(pack, question),
    }


def _answer(question: Question, held: Answer, on: date) -> dict[str, Any]:
    titles = {o.id: o.title for o in question.options}
    value = held.value if held.value is not None else "(erased)"
    return {
        "value": value,
        "words": titles.get(value, value.replace("-", " ") if held.passes is not None else value),
        "by": held.said_by or held.by,
        "on": held.on,
        "days": (on - held.on).days,
        "at_s": held.at_s,
        "passes": held.passes,
        "reason": held.reason,
    }


def _decision(case: CaseState) -> dict[str, Any] | None:
    live = case.decision()
    if live is None:
        return None
    return {
        "to": live.dest, "status": live.status, "proposed_by": live.proposed_by,
        "proposed_on": live.proposed_on, "effective_on": live.effective_on,
        "countersigned_by": live.countersigned_by,
    }  # fmt: skip


# --- what changed


def _changed(
    work: Work, pack: Pack, case: CaseState, facts: dict[str, Value], last: int | None
) -> dict[str, Any]:
    if last is None:
        return {"since": None, "changed": ["First review by this team."]}
    since = work.review(last).review.on
    before = lookup.frozen_facts(work.connection, last).get(case.case.id)
    if before is None:
        return {"since": since, "changed": ["New since the last meeting."]}
    now = {name: plain(value) for name, value in facts.items()}
    return {"since": since, "changed": changes(pack, case, before, now, since)}
