"""Answers, decisions and actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `before_on` is when a later answer to the same question replaced it.

    `value` is yes / no / cannot-tell / does-not-apply, an option id, an ISO date, a number or the
    line itself. `passes` is None where the question only records. A draft counts when confirmed.
    """

    case_id: int
    n: int
    review_id: int | None
    pack: str
    question: str
    value: str | None
    on: date
    by: str
    before_on: date | None = None
    at_s: int | None = None
    passes: bool | None = None
    said_by: str | None = None
    drafted: bool = False
    paper: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a review did with a case besides answers: confirmed, skipped, discussed, not-reached."""

    case_id: int
    n: int
    review_id: int
    kind: str
    on: date
    by: str
    at_s: int | None = None
    until_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that a case may move. Live while `ended_on` is None.

    status: proposed, needs_countersign, agreed, declined, lapsed, departed.
    """

    case_id: int
    n: int
    dest: str
    status: str
    proposed_on: date
    proposed_by: str
    review_id: int | None = None
    pack: str | None = None
    agreed_on: date | None = None
    countersigned_by: str | None = None
    effective_on: date | None = None
    ended_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionSpell:
    """A stretch in which the live decision `decision` (its `n`) stood in one way.

    status: proposed, needs_countersign, agreed. The end of the decision ends the last stretch.
    """

    case_id: int
    n: int
    decision: int
    status: str
    from_on: date
    before_on: date | None = None


@dataclass(frozen=True, slots=True)
class Dissent:
    """Somebody in the review disagreed with a decision; open until withdrawn."""

    case_id: int
    n: int
    review_id: int
    by: str
    on: date
    words: str | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """An unmet requirement that a named person went past; comes back until confirmed."""

    case_id: int
    n: int
    dest: str
    requirements: str
    by: str
    on: date
    reason: str | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a case."""

    case_id: int
    n: int
    on: date
    by: str
    words: str | None = None
    review_id: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A piece of work with one inside owner. The dated part is in ActionSpell.

    cause: "manual", "answer:PACK/QUESTION", "rule:PACK/RULE", "decision", "follow-up", "worry",
    "next-step:SOURCE" of an imported list.
    `about_case_id` names a closed case that the action of a person concerns: a closed case itself
    never has an open action.
    """

    id: int
    case_id: int | None
    person_id: int | None
    team: str | None
    cause: str
    opened_on: date
    first_due_on: date | None
    effort: str
    raised_by: str
    text: str | None = None
    review_id: int | None = None
    from_on: date | None = None
    closed_on: date | None = None
    closed_how: str | None = None
    automatic: bool = False
    needs_owner_accept: bool = False
    reason: str | None = None
    about_case_id: int | None = None


@dataclass(frozen=True, slots=True)
class ActionSpell:
    """A stretch of an action's life between two changes.

    status: open, parked, done, cancelled. A parked spell counts as open again from `parked_until`.
    `due_pack` names the pack when the action is due at a meeting that may move.
    """

    action_id: int
    n: int
    status: str
    owner: str | None
    post: str | None
    doer: str | None
    due_on: date | None
    carried: int
    from_on: date
    before_on: date | None = None
    parked_until: date | None = None
    due_pack: str | None = None
