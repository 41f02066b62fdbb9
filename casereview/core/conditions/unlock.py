"""The smallest unlock set: the least effort by which conditions become true, named as facts.

Recursing down the tree and adding up is wrong: it pays twice for a fact that two clauses share, and
it joins changes that cannot hold together. So facts are searched and answers checked whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casereview.core.conditions.condition import Condition, check_values
from casereview.core.conditions.english import noun, value_words
from casereview.core.conditions.plan import Component, Plan, plan_for
from casereview.core.conditions.search import Found, cheapest, moved
from casereview.core.facts import EFFORT, Catalogue, Facts, FactSpec, Value

SIGNED = {
    "safeguarding": "have safeguarding settled or handed over, signed by a second person",
}
"""What to do about a known code that nobody may change by their word alone."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact to change.

    Attributes:
        fact: its name.
        to: a value that will do; None for unknown.
        say: what to do, in English, without capital or full stop.
        cost: 1 to 3 by the fact's effort; 0 where time alone changes it.
        from_on: the day from which waiting has changed it, None for what people change.
    """

    fact: str
    to: Value
    say: str
    cost: int
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class Unlock:
    """The least-effort joint change that makes all conditions true.

    Attributes:
        changes: in catalogue order; () when all are true already or nothing unlocks them.
        cost: sum of the costs of `changes`.
        exact: True when no cheaper change exists (and, when not possible, none at all); False means
            "at most" (and, when not possible, that none was found).
        possible: False when no change of the facts on offer makes all conditions true.
    """

    changes: tuple[Change, ...] = ()
    cost: int = 0
    exact: bool = True
    possible: bool = True

    @property
    def facts(self) -> frozenset[str]:
        """Return the names of the facts to change."""
        return frozenset(change.fact for change in self.changes)

    @property
    def from_on(self) -> date | None:
        """Return the day to wait for, None when no waiting is needed."""
        return max((c.from_on for c in self.changes if c.from_on is not None), default=None)


def unlock(
    conditions: Sequence[Condition], facts: Facts, catalogue: Catalogue, *, on: date
) -> Unlock:
    """Return the least-effort set of facts to change so that all conditions are true together.

    A fact costs 1, 2 or 3 by its effort and counts once. Facts that change by 'never' are not
    offered. Facts that change by 'time' cost nothing and move together, one a day. Exact for up to
    16 facts tied together by clauses; ties go to the shorter wait, then by catalogue order.

    Args:
        conditions: loaded with `catalogue`.
        facts: the case's facts on `on`; a missing one is unknown.
        catalogue: gives the order of facts.
        on: the day of the question.

    Raises:
        ConditionError: a fact's value is not of its declared type.
    """
    held = [condition.evaluate(facts) is True for condition in conditions]
    if all(held):
        return Unlock()
    plan = plan_for(conditions, catalogue)
    check_values(plan.specs, facts)
    if any(clause.run(facts) is not True for clause in plan.fixed):
        return Unlock(possible=False)
    changes: list[Change] = []
    exact = True
    for component in plan.components:
        if all(clause.run(facts) is True for clause in component.clauses):
            continue
        found, complete = cheapest(component, facts, on)
        if found is None:
            return Unlock(possible=False, exact=complete)
        exact = exact and found.exact
        changes.extend(_changes(component, found, facts, on))
    return _answer(changes, exact, plan)


def _answer(changes: list[Change], exact: bool, plan: Plan) -> Unlock:
    ordered = tuple(sorted(changes, key=lambda change: plan.order.get(change.fact, -1)))
    return Unlock(ordered, sum(change.cost for change in ordered), exact)


def _changes(component: Component, found: Found, facts: Facts, on: date) -> list[Change]:
    specs = {spec.name: spec for spec in component.by_hand}
    changes = [
        Change(
            name, value, _say(specs[name], value, component, on, facts), EFFORT[specs[name].effort]
        )
        for name, value in found.values.items()
    ]
    if found.wait:
        from_on = on + timedelta(found.wait)
        say = f"wait until {value_words(from_on)}"
        for spec in _needed(component, found, facts):
            value = moved(facts.get(spec.name), found.wait)
            changes.append(Change(spec.name, value, say, 0, from_on))
    return changes


def _needed(component: Component, found: Found, facts: Facts) -> list[FactSpec]:
    """Return the facts for which one waits: without each of them some clause would not hold."""
    still = {**facts, **found.values}
    later = {s.name: moved(facts.get(s.name), found.wait) for s in component.movers}
    needed = [
        spec
        for spec in component.movers
        if not _hold(component, {**still, **later, spec.name: facts.get(spec.name)})
    ]
    if needed:
        return needed
    # Any one of several would do: name the first that moves at all.
    return [spec for spec in component.movers if facts.get(spec.name) is not None][:1]


def _hold(component: Component, facts: Mapping[str, Value]) -> bool:
    return all(clause.run(facts) is True for clause in component.clauses)


def _say(
    spec: FactSpec, value: Value, component: Component, on: date, facts: Mapping[str, Value]
) -> str:
    name = noun(spec)
    if value is None:
        return f"clear {name}"
    if spec.changes == "answer":
        return f"answer {name}: {value_words(value)}"
    if spec.type == "integer":
        return f"bring {name} to {value_words(value)}"
    if spec.type == "code":
        # An unknown code is found out, never suggested: a list of things to do must not put the
        # convenient value into somebody's mouth.
        known = facts.get(spec.name) is not None
        if known and spec.name in SIGNED:
            return SIGNED[spec.name]
        return f"change {name} to {value_words(value)}" if known else f"find out and record {name}"
    stand_in = spec.type == "text" and value not in component.words.get(spec.name, ())
    # Any day or word would do as well, so none is named.
    return f"record {name}" if stand_in or value == on else f"record {name}: {value_words(value)}"
