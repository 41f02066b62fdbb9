"""What a review pack says: questions, decisions, sweep rules, examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from casereview.core.entries import PackRef
from casereview.core.facts import FactSpec

QuestionKind = Literal["yesno", "choice", "date", "number", "line"]
YESNO = ("yes", "no", "cannot-tell", "does-not-apply")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer does: raise an action, set a fact, or both.

    Attributes:
        action: the action's text, "" for none; `{person}` and other word forms are filled in.
        owner: a post of the team, "key-worker" or "chair".
        effort: small, medium or large.
        due_days: due so many days after the review; None means the next meeting of this pack.
        working_days: True when due_days counts working days of the team's division.
        from_days: the action can be done from so many days after the review, None from now.
        sets: fact name to value, e.g. {"safeguarding": "open"}.
        doer: outside organisation that does it beside the inside owner, "" for none.
    """

    action: str = ""
    owner: str = "key-worker"
    effort: str = "small"
    due_days: int | None = None
    working_days: bool = False
    from_days: int | None = None
    sets: Mapping[str, Any] = field(default_factory=dict)
    doer: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice question; `passes` tells whether it counts as passing."""

    id: str
    title: str
    passes: bool = True
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a pack.

    Attributes:
        passes_on: the yesno answer that passes ("yes" or "no"), of a number a comparison such as
            "<= 3"; "" when the question only records.
        applies: condition text; the question is asked only where it is true, "" for always.
        may_not_apply: True when "does not apply" is allowed (it then needs a reason).
        otherwise: what a non-passing answer does; of a line, what every answer does: "{answer}" in
            the action's text stands for the line.
        unknown: what "cannot tell" does.
        options: for kind "choice".
        minimum, maximum: bounds (closed) of a number, None for none.
        sets: fact that a given answer (date, number, choice, line) is stored to, "" for none.
    """

    id: str
    kind: QuestionKind
    ask: str
    passes_on: str = ""
    applies: str = ""
    may_not_apply: bool = False
    otherwise: Outcome | None = None
    unknown: Outcome | None = None
    options: tuple[Option, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    sets: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision that the pack proposes when its condition over this review's answers holds."""

    when: str
    proposes: str
    say: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A named pattern of answers with an effect, e.g. ready but the destination is not."""

    id: str
    when: str
    sets: Mapping[str, Any] = field(default_factory=dict)
    asks_delay_reason: bool = False
    say: str = ""


@dataclass(frozen=True, slots=True)
class SweepRule:
    """A rule run over every open and waiting case.

    Attributes:
        when: condition text; true is a finding, unknown is reported apart.
        title: short name shown in lists.
        unknown_is_finding: True when "cannot tell" also raises the action.
        outcome: the action it raises, None to report only.
        says: why the rule exists, one sentence.
    """

    id: str
    when: str
    title: str
    outcome: Outcome | None = None
    unknown_is_finding: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """An example that is run as a test: given facts or answers, expect results."""

    title: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pack:
    """One review rule file.

    Attributes:
        pathways: ids of the pathways it is for, () for every pathway.
        applies: condition text over a case; it is on the agenda only where true, "" for all.
        meets: default weekdays ("mon".."sun"); the team's own calendar wins. () = not a meeting.
        bank_holidays: "meet" or "skip".
        answers_last_days: after so many days an answer becomes unknown.
        seconds_per_case: pace target.
        confirm: True when the on-plan lane may be confirmed.
        sample_one_in: 1 in N confirmed cases is drawn for full discussion, 0 for none.
        waiting: True when the waiting lane is part of it.
        watched: facts whose change takes a case off the on-plan lane.
        text: the file as read, kept whole in the store by hash.
        shipped: False for a user's own pack.
    """

    ref: PackRef
    title: str
    source: str
    pathways: tuple[str, ...] = ()
    applies: str = ""
    meets: tuple[str, ...] = ()
    bank_holidays: Literal["meet", "skip"] = "meet"
    answers_last_days: int = 7
    seconds_per_case: int = 60
    confirm: bool = False
    sample_one_in: int = 0
    waiting: bool = False
    complex_share: int = 25
    watched: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    waiting_questions: tuple[Question, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    rules: tuple[SweepRule, ...] = ()
    examples: tuple[Example, ...] = ()
    answer_facts: tuple[FactSpec, ...] = ()
    text: str = field(default="", repr=False)
    file: str = ""
    shipped: bool = True

    @property
    def id(self) -> str:
        """Return the pack's id."""
        return self.ref.id

    def question(self, question_id: str) -> Question | None:
        """Return the question (of either lane), or None."""
        both = (*self.questions, *self.waiting_questions)
        return next((q for q in both if q.id == question_id), None)
