"""The measures by name: which function, which relations it reads, how its rows are ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from casereview.core.pathways import STAGES
from casereview.measures.ask import CASE_GROUPS, Ask, Wait
from casereview.measures.caseload import caseload, caseload_cases
from casereview.measures.left_out import (
    los_left_out,
    no_discharges,
    undone_closings,
    unmeasured_waits,
)
from casereview.measures.los import los, los_cases
from casereview.measures.points import relations_for
from casereview.measures.returns import returns, returns_cases
from casereview.measures.stages import stages, stages_cases
from casereview.measures.tables import WINDOWS, Lazy, Tables
from casereview.measures.throughput import throughput, throughput_cases
from casereview.measures.waits import SIDES, waits, waits_cases

Compute = Callable[[Tables, Ask], Lazy]


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


_STAGE = MappingProxyType({"stage": STAGES})
_PLACES = ("team", "worker", "pathway")

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "throughput": Measure(
            throughput,
            throughput_cases,
            by=(*CASE_GROUPS, "stage"),
            reads=frozenset({"stage_spells", "reopened"}),
            ranks=_STAGE,
            dated=True,
            left_out=undone_closings,
        ),
        "los": Measure(los, los_cases, by=CASE_GROUPS, left_out=los_left_out),
        "waits": Measure(
            waits,
            waits_cases,
            by=CASE_GROUPS,
            ranks=MappingProxyType({"side": SIDES}),
            hours=True,
            waits=True,
            left_out=unmeasured_waits,
        ),
        "stages": Measure(
            stages, stages_cases, by=_PLACES, reads=frozenset({"stage_spells"}), ranks=_STAGE
        ),
        "returns": Measure(
            returns,
            returns_cases,
            by=CASE_GROUPS,
            ranks=MappingProxyType({"window": WINDOWS}),
            left_out=no_discharges,
        ),
        "caseload": Measure(
            caseload,
            caseload_cases,
            by=(*_PLACES, "stage"),
            reads=frozenset({"stage_spells", "reopened", "milestones"}),
            ranks=_STAGE,
            at_end=True,
        ),
    }
)
