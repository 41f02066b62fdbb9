"""What the registry holds of a measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casereview.measures.ask import Ask, Wait
from casereview.measures.points import relations_for
from casereview.measures.tables import Lazy, Tables

Compute = Callable[[Tables, Ask], Lazy]
Row = dict[str, Any]
Finish = Callable[[Row, Ask], Row]
Collect = Callable[[list[Row], Ask], tuple[list[Row], Row]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Attributes:
        compute: rows from tables and a question.
        cases: the cases behind the rows.
        by: groups that it knows.
        reads: relations it reads besides the cases.
        ranks: columns of its rows whose order is not that of the alphabet.
        hours: True when it can be asked in hours.
        at_end: True when a figure is that of the period's end, so that `at` names the day.
        dated: True when its rows always name the period.
        waits: True when it is asked about waits.
        left_out: what it kept out besides cases marked by an import, None for nothing.
        always_by: groups that its rows always have.
        takes: what can be asked of it besides: method, target, capacity, show, target-wait.
        finish: adds to a row what needs exact fractions, None for nothing.
        collect: turns the rows into others and says more about them, None for the rows themselves.
        improvement: which way is better on a chart: increase, decrease or neutral.
        charted: the column that a chart shows unless another is named, "" for none.
        methods: words that --method takes, the usual one first.
        events: columns that count what happened in the period, so that a rate can be compared.
        valued: what a listed case counts as whose days the means and medians are of, "" for none.
        whole_periods: False when a figure reaches out of its period, so that two of them overlap.
        keeps_order: True when the rows of `collect` are in order and have columns of their own.
        first_waits: True when only the first wait of each pathway is asked unless one is named.
    """

    compute: Compute
    cases: Compute
    by: tuple[str, ...]
    reads: frozenset[str] = frozenset()
    ranks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hours: bool = False
    at_end: bool = False
    dated: bool = False
    waits: bool = False
    left_out: Compute | None = None
    always_by: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    finish: Finish | None = None
    collect: Collect | None = None
    improvement: str = "neutral"
    charted: str = ""
    methods: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    valued: str = ""
    whole_periods: bool = True
    keeps_order: bool = False
    first_waits: bool = False

    def relations(self, by: Iterable[str], waits: Iterable[Wait]) -> frozenset[str]:
        """Return the relations that a question needs, besides the cases."""
        groups = frozenset(by)
        needed = self.reads
        if "worker" in groups:
            needed |= {"workers"}
        if "stage" in groups:
            needed |= {"stage_spells"}
        for wait in waits:
            needed |= relations_for(wait.start) | relations_for(wait.stop)
        return needed
