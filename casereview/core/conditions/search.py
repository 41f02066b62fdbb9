"""Branch and bound over one component: the cheapest joint change that makes every clause true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from casereview.core.conditions.candidates import candidates
from casereview.core.conditions.plan import Component
from casereview.core.facts import EFFORT, Facts, Value

EXACT_FACTS = 16
EXACT_NODES = 50_000
GREEDY_NODES = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for one component: new values, days to wait, its cost, and whether it is least."""

    values: dict[str, Value]
    wait: int
    cost: int
    exact: bool


def cheapest(component: Component, facts: Facts, on: date) -> tuple[Found | None, bool]:
    """Return the least-effort change of a component and whether the search was complete.

    Ties go to the shorter wait, then to the fact that stands earlier in the catalogue. None means
    that no change was found; with a complete search, that there is none.
    """
    search = _Search(component, facts, on)
    search.descend(0, 0, 0, 0, [i for i in range(len(search.masks)) if not search.true(i)])
    if search.best is None:
        return None, search.complete
    cost, wait, values = search.best
    if not search.complete:
        values, wait = search.trimmed(values, wait)
        cost = sum(search.price[name] for name in values)
    return Found(values, wait, cost, search.complete), search.complete


class _Search:
    """Handle 0 is waiting (bit 1); the others are facts in catalogue order.

    Why it misses nothing: any answer that keeps the changes made so far must change one more fact
    of every clause that is not true yet, so branching over one such clause's facts covers them all;
    and what one branch has covered is barred from the next.
    """

    def __init__(self, component: Component, facts: Facts, on: date) -> None:
        self.component = component
        self.base = facts
        self.facts: dict[str, Value] = dict(facts)
        found = candidates(component, facts, on)
        names = [spec.name for spec in component.by_hand]
        self.values: list[tuple[Value, ...]] = [found.waits, *(found.values[n] for n in names)]
        self.names = ["", *names]
        self.price = {spec.name: EFFORT[spec.effort] for spec in component.by_hand}
        self.costs = [0, *(self.price[name] for name in names)]
        movers = frozenset(spec.name for spec in component.movers)
        bits = {name: 1 << n for n, name in enumerate(self.names) if n and self.values[n]}
        self.masks = [
            sum(bits.get(name, 0) for name in clause.names)
            | (1 if found.waits and clause.names & movers else 0)
            for clause in component.clauses
        ]
        self.greedy = len(names) > EXACT_FACTS
        self.nodes = GREEDY_NODES if self.greedy else EXACT_NODES
        self.complete = found.whole and not self.greedy
        self.best: tuple[int, int, dict[str, Value]] | None = None
        self.changes: dict[str, Value] = {}

    def true(self, clause: int) -> bool:
        return self.component.clauses[clause].run(self.facts) is True

    def descend(self, changed: int, barred: int, cost: int, wait: int, unmet: list[int]) -> None:
        """Change one more fact of the tightest unmet clause, in every useful way."""
        if not unmet:
            self.best = (cost, wait, dict(self.changes))
            return
        self.nodes -= 1
        if self.nodes < 0:
            self.complete = False
            return
        chosen, bound = self._tightest(unmet, ~(changed | barred))
        if chosen < 0 or self._beaten(cost + bound, wait):
            return
        free = self.masks[chosen] & ~(changed | barred)
        handles = [n for n in range(len(self.names)) if free >> n & 1]
        if self.greedy:
            handles.sort(key=self.costs.__getitem__)
        for handle in handles:
            bit = 1 << handle
            sole = len(handles) == 1
            for value in self.values[handle]:
                later = value if not handle and isinstance(value, int) else wait
                if self._beaten(cost + self.costs[handle], later):
                    break
                self._put(handle, value)
                still = self._unmet(unmet, bit)
                if not (sole and chosen in still):
                    self.descend(changed | bit, barred, cost + self.costs[handle], later, still)
            self._undo(handle)
            barred |= bit

    def _tightest(self, unmet: list[int], free: int) -> tuple[int, int]:
        """Return the unmet clause with fewest free facts (-1: one has none) and a bound on cost."""
        chosen, fewest, bound, used = -1, 99_999, 0, 0
        for clause in unmet:
            mask = self.masks[clause] & free
            if not mask:
                return -1, 0
            count = mask.bit_count()
            if count < fewest:
                chosen, fewest = clause, count
            if not mask & used:  # clauses without a fact in common are paid for separately
                used |= mask
                bound += min(c for n, c in enumerate(self.costs) if mask >> n & 1)
        return chosen, bound

    def _beaten(self, cost: int, wait: int) -> bool:
        return self.best is not None and (cost, wait) >= self.best[:2]

    def _unmet(self, unmet: list[int], bit: int) -> list[int]:
        before = set(unmet)
        return [
            n
            for n, mask in enumerate(self.masks)
            if (not self.true(n) if mask & bit else n in before)
        ]

    def _put(self, handle: int, value: Value) -> None:
        if handle:
            self.facts[self.names[handle]] = self.changes[self.names[handle]] = value
        elif isinstance(value, int):
            self._move(value)

    def _undo(self, handle: int) -> None:
        if handle:
            name = self.names[handle]
            self.facts[name] = self.base.get(name)
            self.changes.pop(name, None)
        else:
            self._move(0)

    def _move(self, days: int) -> None:
        for spec in self.component.movers:
            self.facts[spec.name] = moved(self.base.get(spec.name), days)

    def trimmed(self, values: dict[str, Value], wait: int) -> tuple[dict[str, Value], int]:
        """Drop from an unproven answer every change that it holds without."""
        kept = dict(values)
        for name in values:
            fewer = {n: v for n, v in kept.items() if n != name}
            if self._holds(fewer, wait):
                kept = fewer
        return kept, 0 if wait and self._holds(kept, 0) else wait

    def _holds(self, values: dict[str, Value], wait: int) -> bool:
        self.facts = {**self.base, **values}
        self._move(wait)
        return all(self.true(n) for n in range(len(self.masks)))


def moved(value: Value, days: int) -> Value:
    """Return a day count or a date `days` later; unknown stays unknown."""
    if isinstance(value, date):
        return value + timedelta(days)
    return value + days if isinstance(value, int) else value
