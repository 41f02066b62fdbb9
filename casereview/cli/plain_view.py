"""What a line-by-line review says about a case before anything is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from casereview.cli.cells import plain

if TYPE_CHECKING:
    from casereview.core.packs import Pack, Question
    from casereview.core.state.case import CaseState
    from casereview.core.state.person import PersonState
    from casereview.core.state.review import ReviewState
    from casereview.service.desk import Desk
    from casereview.service.reviews.foretold import Foretold
    from casereview.service.work import Work


@dataclass(frozen=True, slots=True)
class Card:
    """One case as a review sees it.

    Attributes:
        lines: what is read out: who, why here, last answers, open actions.
        questions: those still to be asked, in order.
        prepared: True when answers were prepared beforehand and none was given yet.
        lane: the lane on the agenda.
        drawn: True when it was drawn for full discussion.
        goal: the stage that deciding leads to.
        version: of the case, for decisions.
        seen: version of the last answer to each question, for answers.
        words: the pathway's word forms.
    """

    case: str
    lines: tuple[str, ...]
    questions: tuple[Question, ...]
    prepared: bool
    lane: str
    drawn: bool
    goal: str
    version: int
    seen: Mapping[str, int]
    words: Mapping[str, str]


def card(desk: Desk, review: str, case: str) -> Card:
    """Return a case as it stands in a review.

    Raises:
        NotFound: there is no such review or case.
    """
    from casereview.service import ids
    from casereview.service.packs_used import pack_of
    from casereview.service.reviews import agenda, answering
    from casereview.service.reviews.progress import questions_for

    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        pack = pack_of(work, state.review)
        found = work.case(ids.number(ids.CASE, case))
        given = found.answers_in(state.review.id, pack.id)
        asked = questions_for(work, state, pack, found)
        item = state.item(found.case.id)
        pathway = work.desk.library.pathway(found.case.pathway)
        goal = agenda.goal_of(pack) or pathway.next_stage(found.case.stage)
        drafts = answering.drafts_of(found, pack, date.min)
        return Card(
            case=case,
            lines=tuple(_lines(work, state, pack, found, goal)),
            questions=tuple(q for q in asked if q.id not in given),
            prepared=bool(drafts) and not given,
            lane=item.lane if item else "arrived",
            drawn=item.drawn if item else False,
            goal=goal,
            version=found.case.head,
            seen={a.question: a.n for a in found.answers if a.pack == pack.id and not a.drafted},
            words=work.pathway(work.team(state.review.team)).words,
        )


def _lines(work: Work, state: ReviewState, pack: Pack, case: CaseState, goal: str) -> Iterator[str]:
    yield from _who(work, state, case)
    yield from _why_here(work, state, case, goal)
    last = {
        a.question: a for a in case.answers if a.pack == pack.id and not a.drafted
    }  # fmt: skip
    for question in pack.questions:
        if question.id in last:
            a = last[question.id]
            yield f"Last answer, {question.id}: {a.value}, {a.on.isoformat()}, {a.said_by or a.by}."
    held = case.actions.open()
    if not held:
        yield "No open action."
    for action, spell in held:
        yield _action_line(action, spell, state.review.on)


def _who(work: Work, state: ReviewState, case: CaseState) -> Iterator[str]:
    from casereview.core.identity import initials
    from casereview.service.cases.people import age_of, local_id_of

    person = work.person(case.case.person_id)
    name = f"C{case.case.id}"
    if person.person.restricted:
        who = f"{name}, restricted"
    else:
        age = age_of(person, state.review.on)
        known = (initials(person.person.name or ""), _local(local_id_of(person, case.case.team)))
        who = ", ".join((name, *(k for k in known if k), age))
    worker = case.key_worker(state.review.on)
    days = (state.review.on - case.stage_from).days
    yield f"{who}. Days in {case.case.stage}: {days}. Key worker: {worker or 'nobody'}."
    yield from _worries(person)


def _local(local_id: str | None) -> str:
    return f"id {local_id}" if local_id else ""


def _worries(person: PersonState) -> Iterator[str]:
    worries = person.open_worries()
    if worries:
        yield f"SAFEGUARDING: {len(worries)} open, first raised {worries[0].raised_on}."


def _why_here(work: Work, state: ReviewState, case: CaseState, goal: str) -> Iterator[str]:
    from casereview.core.lanes import LANE_WORDS

    item = state.item(case.case.id)
    lane = item.lane if item else "arrived"
    drawn = ", drawn for full discussion" if item and item.drawn else ""
    yield f"Why here: {LANE_WORDS.get(lane, 'arrived since the agenda was made')}{drawn}."
    live = case.decision()
    if live is not None:
        when = f", effective {live.effective_on}" if live.effective_on else ""
        yield f"Decision to {live.dest}: {live.status}{when}, by {live.proposed_by}."
    pathway = work.desk.library.pathway(case.case.pathway)
    if pathway.move(case.case.stage, goal) is not None:
        left = work.why(case, goal, state.review.on).unmet()
        yield f"Left to do for {goal}: {len(left)} (w says what)."


def _action_line(action: Any, spell: Any, on: date) -> str:
    said = [f"owner {spell.owner or 'nobody'}"]
    if spell.due_on is not None:
        late = ", overdue" if spell.status == "open" and spell.due_on < on else ""
        said.append(f"due {spell.due_on.isoformat()}{late}")
    if spell.status == "parked":
        said.append(f"parked until {spell.parked_until}")
    if spell.carried:
        said.append(f"carried {spell.carried}")
    return f"Open action A{action.id}: {action.text} ({'; '.join(said)})."


def ask_line(question: Question, words: Mapping[str, str]) -> str:
    """Return a question as it is asked, with what may be answered."""
    from casereview.core.wording import fill

    ways = {
        "yesno": "y, n, x",
        "choice": ", ".join(o.id for o in question.options) + ", x",
        "date": "a date such as 2026-03-01, x",
        "number": "a number, x",
        "line": "one line, x",
    }[question.kind]
    never = ", v" if question.may_not_apply else ""
    return f"{question.id}: {fill(question.ask, words)} [{ways}{never}, s]"


def foretold_line(action: Foretold) -> str:
    """Return the action that an answer would bring as one line to be read out."""
    how = "Action, open already" if action.carried else "Action"
    due = plain(action.due_on) or "not set"
    return f"{how}: {action.text} (owner {action.owner or 'nobody'}; due {due})."
