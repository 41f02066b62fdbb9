"""Why a move is blocked: every requirement at once, its facts, who can fix it, the least to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.core.conditions import Condition, Unlock, unlock
from casereview.core.facts import Catalogue, Facts, Value
from casereview.core.pathways import Move, Pathway, Requirement
from casereview.core.wording import fill

ConditionOf = Callable[[str], Condition]
DECISION = Requirement(
    id="decision",
    when="",
    say="The decision has been agreed in a review, by two people where the pathway asks for it.",
    fixer="the review",
    effort="small",
    at="departure",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement looked at.

    Attributes:
        holds: True, False, or None when it cannot be told.
        facts: the facts it reads with their values on the day.
        missing: those whose being unknown keeps it from being told.
        in_smallest_set: True when a fact of the smallest unlock set belongs to it.
    """

    requirement: Requirement
    sentence: str
    holds: bool | None
    facts: tuple[tuple[str, Value], ...]
    missing: tuple[str, ...] = ()
    in_smallest_set: bool = False

    def as_row(self) -> dict[str, Any]:
        """Return the row that `case why` and refusals print."""
        return {
            "requirement": self.requirement.id,
            "holds": self.holds,
            "sentence": self.sentence,
            "facts": [name for name, _ in self.facts],
            "values": {n: v.isoformat() if isinstance(v, date) else v for n, v in self.facts},
            "missing": list(self.missing),
            "fixer": self.requirement.fixer,
            "effort": self.requirement.effort,
            "at": self.requirement.at,
            "in_smallest_set": self.in_smallest_set,
        }


@dataclass(frozen=True, slots=True)
class Why:
    """All checks of a move and the least that would open it."""

    move: Move
    checks: tuple[Check, ...]
    unlock: Unlock

    def unmet(self, at: str | None = None) -> tuple[Check, ...]:
        """Return the blockers: requirements not known to be true, of one phase or of both."""
        return tuple(
            c for c in self.checks if c.holds is not True and (at is None or c.requirement.at == at)
        )

    def least(self) -> str:
        """Return the least that would open the move, in words."""
        if not self.unmet():
            return "Nothing is left to do."
        if not self.unlock.possible:
            return "Nothing that can be changed opens this move."
        if not self.unlock.changes:
            return "Nothing else is to be recorded first."
        most = "" if self.unlock.exact else "at most "
        return f"Least to do: {most}{'; '.join(c.say for c in self.unlock.changes)}."


def facts_read(move: Move, condition_of: ConditionOf) -> frozenset[str]:
    """Return the names of all facts that a move's requirements read."""
    names: set[str] = set()
    for requirement in move.requires:
        names |= condition_of(requirement.when).names
    return frozenset(names)


def why(
    pathway: Pathway,
    move: Move,
    facts: Facts,
    *,
    condition_of: ConditionOf,
    catalogue: Catalogue,
    on: date,
    decision_agreed: bool,
) -> Why:
    """Look at every requirement of a move on a day."""
    conditions = [condition_of(r.when) for r in move.requires]
    verdicts = [c.evaluate(facts) for c in conditions]
    if all(v is True for v in verdicts):
        least = Unlock(changes=(), cost=0, exact=True, possible=True)
    else:
        least = unlock(conditions, facts, catalogue, on=on)
    wanted = {change.fact for change in least.changes}
    checks = [
        Check(
            requirement=requirement,
            sentence=fill(requirement.say, pathway.words),
            holds=holds,
            facts=tuple((n, facts.get(n)) for n in sorted(condition.names)),
            missing=condition.missing(facts) if holds is None else (),
            in_smallest_set=holds is not True and bool(condition.names & wanted),
        )
        for requirement, condition, holds in zip(move.requires, conditions, verdicts, strict=True)
    ]
    if move.needs_decision:
        checks.append(
            Check(
                requirement=DECISION,
                sentence=DECISION.say,
                holds=decision_agreed,
                facts=(("decision", "agreed" if decision_agreed else None),),
                in_smallest_set=not decision_agreed,
            )
        )
    return Why(move, tuple(checks), least)
