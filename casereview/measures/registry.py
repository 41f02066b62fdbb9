"""The measures by name: which function, which relations it reads, how its rows are ordered."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from casereview.core.pathways import STAGES
from casereview.measures.ask import CASE_GROUPS
from casereview.measures.caseload import caseload, caseload_cases
from casereview.measures.left_out import (
    los_left_out,
    no_discharges,
    undone_closings,
    unmeasured_waits,
)
from casereview.measures.los import los, los_cases
from casereview.measures.measure import Measure
from casereview.measures.registry_treatment import TREATMENT
from casereview.measures.registry_work import WORK
from casereview.measures.returns import returns, returns_cases
from casereview.measures.stages import stages, stages_cases
from casereview.measures.tables import WINDOWS
from casereview.measures.throughput import throughput, throughput_cases
from casereview.measures.waits import SIDES, waits, waits_cases

__all__ = ["MEASURES", "Measure"]

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
            improvement="increase",
            charted="completed",
        ),
        "los": Measure(
            los,
            los_cases,
            by=CASE_GROUPS,
            left_out=los_left_out,
            improvement="decrease",
            charted="median_days",
        ),
        "waits": Measure(
            waits,
            waits_cases,
            by=CASE_GROUPS,
            ranks=MappingProxyType({"side": SIDES}),
            hours=True,
            waits=True,
            left_out=unmeasured_waits,
            improvement="decrease",
            charted="median_days",
        ),
        "stages": Measure(
            stages,
            stages_cases,
            by=_PLACES,
            reads=frozenset({"stage_spells"}),
            ranks=_STAGE,
            improvement="decrease",
            charted="median_days",
        ),
        "returns": Measure(
            returns,
            returns_cases,
            by=CASE_GROUPS,
            ranks=MappingProxyType({"window": WINDOWS}),
            left_out=no_discharges,
            improvement="decrease",
            charted="percent",
        ),
        "caseload": Measure(
            caseload,
            caseload_cases,
            by=(*_PLACES, "stage"),
            reads=frozenset({"stage_spells", "reopened", "milestones"}),
            ranks=_STAGE,
            at_end=True,
            charted="open",
        ),
        **TREATMENT,
        **WORK,
    }
)
