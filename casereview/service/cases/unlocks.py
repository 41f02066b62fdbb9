"""How many steps and how much effort lie before each case's next move, for a whole team at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from casereview.core.conditions import Condition, unlock
from casereview.core.facts import Catalogue, Facts
from casereview.core.pathways import OPEN_STAGES, Pathway
from casereview.packs.library import Library

Least = tuple[int | None, int | None]
Group = tuple[tuple[Condition, ...], tuple[str, ...]]
_TIME = ""
"""Stands for all facts that time changes: they move together, so they tie conditions together."""


class Unlocks:
    """Steps and effort to a case's next move.

    Conditions that share no fact are unlocked apart, so each group of them is worked out once for
    the same values, however the cases differ otherwise.
    """

    def __init__(self, library: Library, pathway: Pathway, goal: str | None, on: date) -> None:
        self._catalogue = library.catalogue
        self._on = on
        self._groups: dict[str, list[Group] | None] = {}
        for stage in OPEN_STAGES:
            move = pathway.way_on(stage, goal)
            conditions = [library.condition(r.when) for r in move.requires] if move else []
            self._groups[stage] = _grouped(conditions, library.catalogue) if move else None
        self._memo: dict[tuple[Any, ...], Least] = {}

    @property
    def names(self) -> frozenset[str]:
        """Return every fact that the next moves read."""
        held = (group for groups in self._groups.values() for group in groups or ())
        return frozenset(n for _, names in held for n in names)

    def of(self, facts: Facts) -> Least:
        """Return (steps, effort) of a case, (None, None) when nothing unlocks its next move."""
        stage = str(facts.get("stage"))
        groups = self._groups.get(stage)
        if groups is None:
            return None, None
        steps = effort = 0
        for n, (conditions, names) in enumerate(groups):
            key = (stage, n, *map(facts.get, names))
            least = self._memo.get(key)
            if least is None:
                least = self._memo[key] = self._work_out(conditions, facts)
            if least[0] is None or least[1] is None:
                return None, None
            steps += least[0]
            effort += least[1]
        return steps, effort

    def _work_out(self, conditions: Sequence[Condition], facts: Facts) -> Least:
        least = unlock(conditions, facts, self._catalogue, on=self._on)
        return (len(least.changes), least.cost) if least.possible else (None, None)


def _grouped(conditions: Sequence[Condition], catalogue: Catalogue) -> list[Group]:
    """Return the conditions in groups that share no fact, each with the facts that it reads."""
    held: list[tuple[set[str], list[Condition]]] = []
    for condition in conditions:
        tied = {_TIME if catalogue[n].changes == "time" else n for n in condition.names}
        joined = [group for group in held if group[0] & tied]
        held = [group for group in held if not group[0] & tied]
        members = [c for _, group in joined for c in group]
        held.append((tied.union(*(names for names, _ in joined)), [*members, condition]))
    return [(tuple(group), tuple(sorted({n for c in group for n in c.names}))) for _, group in held]
