"""The decision letter of one case: from rules, answers and dates only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from casereview.core import requirements
from casereview.core.decide.moves import TRANSFERRED
from casereview.core.packs import Outcome, Pack, Question
from casereview.core.pathways import CLOSED_STAGES, OPEN_STAGES, Move, Pathway
from casereview.core.records import Answer, Decision
from casereview.core.state.case import CaseState
from casereview.core.wording import DEFAULT_WORDS, fill
from casereview.errors import Refused
from casereview.exchange.out.letter import Check, Letter, Said, Tried
from casereview.service import ids
from casereview.service.desk import Desk
from casereview.service.packs_used import pack_of
from casereview.service.work import Work

if TYPE_CHECKING:
    from datetime import date

SAFEGUARDING = "safeguarding"
UNSAID = frozenset((
    SAFEGUARDING, "open_worries", "overdue_worries", "risk_changed", "child_protection_plan",
    "children_in_household", "home_assessment_on",
))  # fmt: skip
"""Facts that tell, or may tell, of a worry about somebody; one question asks of safeguarding and
risk together."""
_TELLS = re.compile(r"safeguard|child protection|\bworr", re.IGNORECASE)


def letter(desk: Desk, case: str, *, named: bool = False) -> Letter:
    """Return what the letter of a case says.

    It holds no notes, no line that somebody typed, nobody's name but the person's own, and nothing
    about safeguarding: the letter may be read by whoever the worry is about.

    Args:
        desk: who asks, as of when.
        case: its id.
        named: True puts the person's own name in; never of a restricted person.

    Raises:
        NotFound: no such case.
        Refused: the person has died: letters stop.
    """
    with desk.reading() as work:
        state = work.case(ids.number(ids.CASE, case))
        person = work.person(state.case.person_id).person
        if person.died_on is not None:
            raise Refused(
                "The person has died; no letter is written to them.",
                code="person_died",
                next="Speak with the family; `case show` has the history.",
            )
        name = (person.name or "") if named and not person.restricted else ""
        return _written(work, state, name)


def _written(work: Work, state: CaseState, name: str) -> Letter:
    on, pathway = work.desk.on, work.desk.library.pathway(state.case.pathway)
    decision = _decision(state)
    tried = None if decision else _tried(state)
    packs = _packs(work, state, decision)
    reasons, because = _reasons(state, decision, packs, pathway)
    left = state.case.stage in CLOSED_STAGES
    return Letter(
        case=ids.out(ids.CASE, state.case.id) or "",
        name=name,
        on=on,
        stays=not pathway.waits,
        place=pathway.words.get("place") or DEFAULT_WORDS["place"],
        person=pathway.words.get("person") or DEFAULT_WORDS["person"],
        agreed_on=decision.agreed_on if decision else None,
        signed_twice=bool(decision and decision.countersigned_by),
        tried=tried,
        leaves_on=state.case.closed_on or (decision.effective_on if decision else None),
        left=left,
        completed=state.case.stage == "complete",
        ended=_ended(state, pathway) if left else "",
        because=because,
        against=_against(state, packs, pathway, open_still=not (left or decision)),
        reasons=reasons,
        checks=_checks(work, state, pathway, on),
        follow_up_days=pathway.follow_up_days,
        rules="; ".join([_rules(p) for p in packs] or [f"{pathway.title}, {pathway.id}"]),
    )


def _rules(pack: Pack) -> str:
    return f"{pack.title}, {pack.id} version {pack.ref.version} ({pack.ref.hash[:12]})"


def _decision(state: CaseState) -> Decision | None:
    """Return the decision to complete that stands or was carried out, None when there is none.

    One that was carried out before the case was opened again, or before it ended in another way, is
    not what stands now.
    """
    wanted = "departed" if state.case.stage == "complete" else "agreed"
    held = [
        d for d in state.decisions
        if d.dest == "complete" and d.status == wanted and d.agreed_on is not None
    ]  # fmt: skip
    return held[-1] if held else None


def _tried(state: CaseState) -> Tried | None:
    """Return the last proposal to complete of an open case, unless it was carried out."""
    held = [d for d in state.decisions if d.dest == "complete"]
    if state.case.stage in CLOSED_STAGES or not held or held[-1].status == "departed":
        return None
    return Tried(held[-1].proposed_on, held[-1].status, held[-1].agreed_on)


def _packs(work: Work, state: CaseState, decision: Decision | None) -> list[Pack]:
    """Return the deciding packs of the case's reviews; of several versions the last used."""
    reviews = {a.review_id for a in state.answers if a.review_id is not None}
    if decision is not None and decision.review_id is not None:
        reviews.add(decision.review_id)
    found: dict[str, Pack] = {}
    for number in sorted(reviews):
        pack = pack_of(work, work.review(number).review)
        if pack.proposals:
            found[pack.id] = pack
    return list(found.values())


def _speakable(question: Question | None) -> Question | None:
    """Return a question that a letter may name: of fixed answers, and not about safeguarding."""
    if question is None or question.kind == "line" or _TELLS.search(question.ask):
        return None
    if SAFEGUARDING in question.id or question.sets in UNSAID:
        return None
    outcomes: Iterable[Outcome | None] = (
        question.otherwise, question.unknown, *(o.outcome for o in question.options)
    )  # fmt: skip
    return (
        None if any(o is not None and not UNSAID.isdisjoint(o.sets) for o in outcomes) else question
    )


def _value(question: Question, answer: Answer) -> str:
    for option in question.options:
        if option.id == answer.value:
            return option.title
    return answer.value or ""


def _against(
    state: CaseState, packs: Iterable[Pack], pathway: Pathway, *, open_still: bool
) -> list[Said]:
    """Return the answers that spoke against leaving; while it is open also what is said now."""
    by_id = {p.id: p for p in packs}
    days: dict[tuple[str, str], list[date]] = {}
    last: dict[str, tuple[str, date] | None] = {}
    for a in state.answers:
        question = _speakable(by_id[a.pack].question(a.question)) if a.pack in by_id else None
        if question is None or a.drafted:
            continue
        ask, value = fill(question.ask, pathway.words), _value(question, a)
        speaks = a.passes is False or a.value == "cannot-tell"
        last[ask] = None if speaks or not open_still else (value, a.on)
        if speaks:
            days.setdefault((ask, value), []).append(a.on)
    return [
        Said(ask, value, tuple(sorted(set(found))), last[ask])
        for (ask, value), found in days.items()
    ]


def _reasons(
    state: CaseState, decision: Decision | None, packs: Iterable[Pack], pathway: Pathway
) -> tuple[list[Said], str]:
    if decision is None or decision.review_id is None:
        return [], ""
    said: list[Said] = []
    because = ""
    for pack in packs:
        given = state.answers_in(decision.review_id, pack.id)
        for question_id, answer in given.items():
            question = _speakable(pack.question(question_id))
            if question is not None and answer.passes is True:
                ask = fill(question.ask, pathway.words)
                said.append(Said(ask, _value(question, answer), (answer.on,)))
        says = [p.say for p in pack.proposals if p.proposes == decision.dest]
        if given and len(says) == 1 and not _TELLS.search(says[0]):
            because = fill(says[0], pathway.words)
    return said, because


def _ended(state: CaseState, pathway: Pathway) -> str:
    code = state.case.exit or ""
    known = {TRANSFERRED: "another team took over"}
    known |= {e.code: e.title for e in (*pathway.completions, *pathway.exits)}
    return known.get(code) or ("completed" if state.case.stage == "complete" else "ended")


def _move(state: CaseState, pathway: Pathway) -> Move | None:
    opened = [s.stage for s in state.spells if s.stage in OPEN_STAGES]
    return pathway.move(opened[-1], "complete") if opened else None


def _checks(work: Work, state: CaseState, pathway: Pathway, on: date) -> list[Check]:
    """Return what leaving asks for, as it stood on the last day; the interlock is left out."""
    move = _move(state, pathway)
    if move is None or state.case.stage == "left":
        return []
    when = min(on, state.case.closed_on or on)
    condition_of = work.desk.library.condition
    facts = work.facts(state.case.id, requirements.facts_read(move, condition_of), when)
    return [
        Check(fill(r.say, pathway.words), condition_of(r.when).evaluate(facts))
        for r in move.requires
        if not r.guards
        and not _TELLS.search(r.say)
        and UNSAID.isdisjoint(condition_of(r.when).names)
    ]
