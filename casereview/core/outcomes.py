"""What the answers of one review amount to: a proposal, patterns, actions, what is still open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from casereview.core.facts import Facts, Value
from casereview.core.packs import Outcome, Pack, Pattern, Question, SweepRule

CANNOT_TELL = "cannot-tell"
DOES_NOT_APPLY = "does-not-apply"
TODAY = "today"
UNKNOWN = "unknown"
COMPARISON = re.compile(r"(<=|>=|<>|<|>|=) ?(-?\d{1,9})")
Because = Literal["otherwise", "unknown", "option", "line"]


class Readable(Protocol):
    """A condition that can be read for one case."""

    def evaluate(self, facts: Facts) -> bool | None:
        """Return true, false, or None for "cannot tell"."""
        ...


ConditionOf = Callable[[str], Readable]


@dataclass(frozen=True, slots=True)
class Raised:
    """An action that an answer asks for. `text` may still hold word forms such as {person}."""

    question: str
    because: Because
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the answers given so far amount to.

    Attributes:
        proposes: the stage the pack proposes, None for no proposal.
        say: the proposal's sentence, "" without one.
        patterns: the named patterns that hold, in file order.
        actions: the actions that the answers ask for, in file order.
        unanswered: ids of the questions that are asked here and have no answer.
        incomplete: True while any question is unanswered; nothing is proposed then.
        sets: facts that answers and patterns set, in that order; None means "now unknown".
    """

    proposes: str | None
    say: str
    patterns: tuple[Pattern, ...]
    actions: tuple[Raised, ...]
    unanswered: tuple[str, ...]
    incomplete: bool
    sets: Mapping[str, Value] = field(default_factory=dict)

    @property
    def asks_delay_reason(self) -> bool:
        """Return True when a pattern that holds asks for a delay reason code."""
        return any(p.asks_delay_reason for p in self.patterns)


def answer_fact(pack_id: str, question_id: str) -> str:
    """Return the fact that holds the answer to a question of a pack."""
    return f"answer_{pack_id.replace('-', '_')}_{question_id}"


def aliases(pack: Pack) -> dict[str, str]:
    """Return the short fact names that a pack may use for its own answers."""
    short: dict[str, str] = {}
    for question in (*pack.questions, *pack.waiting_questions):
        full = answer_fact(pack.id, question.id)
        short[f"answer_{question.id}"] = full
        short[f"days_since_answer_{question.id}"] = f"days_since_{full}"
    return short


def passes(question: Question, value: Value) -> bool | None:
    """Tell whether an answer passes: None where the question only records.

    "Cannot tell" never passes; "does not apply" always does, because nothing is left to do.
    A number passes where its comparison holds, e.g. "<= 3".
    """
    if value is None:
        return None
    if question.kind == "choice":
        return next((o.passes for o in question.options if o.id == value), False)
    if not question.passes_on:
        return None
    if value == DOES_NOT_APPLY:
        return True
    if question.kind == "yesno":
        return value == question.passes_on
    return _compares(question.passes_on, value)


def _compares(comparison: str, value: Value) -> bool:
    parts = COMPARISON.fullmatch(comparison)
    number = _number(value)
    if parts is None or number is None:
        return False
    sign, bound = parts[1], int(parts[2])
    if number == bound:
        return sign in {"=", "<=", ">="}
    return sign == "<>" or sign[0] == ("<" if number < bound else ">")


def _number(value: Value) -> int | None:
    if isinstance(value, bool | date):
        return None
    try:
        return None if value is None else int(value)
    except ValueError:
        return None


def as_fact(question: Question, value: Value) -> Value:
    """Return an answer as its fact holds it.

    Yes-no facts hold all four words. Of the other kinds "cannot tell" and "does not apply" are
    unknown to a condition, which a rule can name with `is null`.
    """
    if question.kind == "yesno" or value is None:
        return value
    if value in {CANNOT_TELL, DOES_NOT_APPLY}:
        return None
    if question.kind == "number":
        return _number(value)
    if question.kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def raised_by(question: Question, value: Value) -> Raised | None:
    """Return the action that this answer asks for, None when it asks for none."""
    because: Because = "otherwise"
    outcome: Outcome | None = None
    if value == CANNOT_TELL:
        because, outcome = "unknown", question.unknown
    elif question.kind == "choice":
        chosen = next((o for o in question.options if o.id == value), None)
        because, outcome = "option", chosen.outcome if chosen else None
    elif question.kind == "line":
        because, outcome = "line", question.otherwise if value else None
    elif passes(question, value) is False:
        outcome = question.otherwise
    if outcome is None or not outcome.action:
        return None
    text = outcome.action.replace("{answer}", str(value))
    return Raised(question.id, because, outcome, text)


def facts_set_by(question: Question, value: Value, *, today: Value = None) -> dict[str, Value]:
    """Return the facts that this answer sets, "today" resolved; None means "now unknown"."""
    found: dict[str, Value] = {}
    if question.sets and value is not None:
        known = value not in {CANNOT_TELL, DOES_NOT_APPLY}
        found[question.sets] = as_fact(question, value) if known else None
    outcome = outcome_of(question, value)
    if outcome is not None:
        found.update({n: _resolved(v, today) for n, v in outcome.sets.items()})
    return found


def outcome_of(question: Question, value: Value) -> Outcome | None:
    """Return what this answer does, None when it does nothing."""
    if value == CANNOT_TELL:
        return question.unknown
    if question.kind == "choice":
        return next((o.outcome for o in question.options if o.id == value), None)
    if question.kind == "line" or passes(question, value) is False:
        return question.otherwise
    return None


def _resolved(value: Value, today: Value) -> Value:
    if value == UNKNOWN:
        return None
    return today if value == TODAY else value


def view_of(pack: Pack, answers: Mapping[str, Value], facts: Facts) -> dict[str, Value]:
    """Return the facts as this review sees them: of this pack's answers only those given in it."""
    view = dict(facts)
    for question in (*pack.questions, *pack.waiting_questions):
        name = answer_fact(pack.id, question.id)
        given = answers.get(question.id)
        view[name] = as_fact(question, given)
        view[f"days_since_{name}"] = None if given is None else 0
    return view


def asked(
    pack: Pack, view: Facts, condition_of: ConditionOf, *, waiting: bool = False
) -> tuple[Question, ...]:
    """Return the questions that are asked of this case, in file order.

    A question with `applies` is asked only where that is true over the facts and the answers to
    the questions before it; false and unknown leave it out. `view` is what `view_of` returns, and
    `waiting` is True for a case in the waiting lane, which has its own questions.
    """
    return _asked(pack, view, condition_of, waiting=waiting)[0]


def _asked(
    pack: Pack, view: Facts, condition_of: ConditionOf, *, waiting: bool
) -> tuple[tuple[Question, ...], dict[str, Value]]:
    """Return the questions asked and the view without answers to questions no longer asked."""
    seen = dict(view)
    for fact in pack.answer_facts:
        seen[fact.name] = None
    found: list[Question] = []
    for question in pack.waiting_questions if waiting else pack.questions:
        if question.applies and not condition_of(question.applies).evaluate(seen):
            continue
        found.append(question)
        name = answer_fact(pack.id, question.id)
        seen.update({n: view.get(n) for n in (name, f"days_since_{name}")})
    return tuple(found), seen


def assess(
    pack: Pack,
    answers: Mapping[str, Value],
    facts: Facts,
    condition_of: ConditionOf,
    *,
    waiting: bool = False,
) -> Assessment:
    """Work out what the answers of one review amount to for one case.

    Args:
        pack: the pack in force.
        answers: question id to the value given in this review; absent or None is "not asked".
        facts: the case's facts on the review's date; `today` resolves "today" in `sets`.
        condition_of: reads a condition's text, with the pack's short names.
        waiting: True for a case in the waiting lane, which has its own questions.

    Returns:
        A question not asked leaves the case incomplete and nothing is proposed. "Cannot tell"
        asks for its find-out action and nothing is proposed. The first proposal that holds wins.

    Raises:
        ConditionError: a condition of the pack cannot be read.

    Source:
        domain.md 1.1 (not asked never counts as yes), 0.1 (polarity belongs to the question)
    """
    everything = view_of(pack, answers, facts)
    questions, view = _asked(pack, everything, condition_of, waiting=waiting)
    unanswered = tuple(q.id for q in questions if answers.get(q.id) is None)
    open_ended = any(answers.get(q.id) == CANNOT_TELL for q in questions)
    actions = [r for q in questions if (r := raised_by(q, answers.get(q.id))) is not None]
    patterns = tuple(p for p in pack.patterns if condition_of(p.when).evaluate(view))
    sets: dict[str, Value] = {}
    for question in questions:
        sets.update(facts_set_by(question, answers.get(question.id), today=facts.get(TODAY)))
    sets.update(_set_by(patterns, facts))
    chosen = None
    if not unanswered and not open_ended:
        chosen = next((p for p in pack.proposals if condition_of(p.when).evaluate(view)), None)
    return Assessment(
        proposes=chosen.proposes if chosen else None,
        say=chosen.say if chosen else "",
        patterns=patterns,
        actions=tuple(actions),
        unanswered=unanswered,
        incomplete=bool(unanswered),
        sets=sets,
    )


def _set_by(patterns: tuple[Pattern, ...], facts: Facts) -> dict[str, Value]:
    """Return what patterns set; "today" only starts a date, it never moves one that is known."""
    found: dict[str, Value] = {}
    for pattern in patterns:
        for name, value in pattern.sets.items():
            if value == TODAY and facts.get(name) is not None:
                continue
            found[name] = _resolved(value, facts.get(TODAY))
    return found


def is_finding(rule: SweepRule, facts: Facts, condition_of: ConditionOf) -> bool | None:
    """Return whether a sweep rule holds for a case: true, false, or None for "cannot tell"."""
    return condition_of(rule.when).evaluate(facts)
