"""The measures by name: which function, which relations it reads, how its rows are ordered."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from casereview.core.pathways import STAGES
from casereview.measures.ask import CASE_GROUPS, PLACES
from casereview.measures.caseload import caseload, caseload_cases
from casereview.measures.common import UTC
from casereview.measures.left_out import (
    los_left_out,
    no_discharges,
    undone_closings,
    unmeasured_waits,
)
from casereview.measures.los import los, los_cases
from casereview.measures.measure import Measure
from casereview.measures.registry_lists import LISTS
from casereview.measures.registry_treatment import TREATMENT
from casereview.measures.registry_work import WORK
from casereview.measures.returns import METHODS as RETURN_METHODS
from casereview.measures.returns import returns, returns_cases
from casereview.measures.stages import stages, stages_cases
from casereview.measures.tables import ELAPSED_WINDOWS, WINDOWS
from casereview.measures.throughput import throughput, throughput_cases
from casereview.measures.waits import SIDES, waits, waits_cases

__all__ = ["MEASURES", "Measure"]

_STAGE = MappingProxyType({"stage": STAGES})

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
            takes=("method",),
            methods=("local", UTC),
            improvement="increase",
            charted="completed",
            events=("referred", "returned", "moved_on", "completed", "removed", "left"),
        ),
        "los": Measure(
            los,
            los_cases,
            by=CASE_GROUPS,
            left_out=los_left_out,
            improvement="decrease",
            charted="median_days",
            events=("n",),
            valued="n",
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
            valued="completed",
        ),
        "stages": Measure(
            stages,
            stages_cases,
            by=PLACES,
            reads=frozenset({"stage_spells"}),
            ranks=_STAGE,
            improvement="decrease",
            charted="median_days",
            events=("entered", "left", "stepped_back", "skipped"),
            valued="left",
        ),
        "returns": Measure(
            returns,
            returns_cases,
            by=CASE_GROUPS,
            ranks=MappingProxyType({"window": (*WINDOWS, *ELAPSED_WINDOWS)}),
            left_out=no_discharges,
            takes=("method",),
            methods=RETURN_METHODS,
            improvement="decrease",
            charted="percent",
            events=("discharges",),
        ),
        "caseload": Measure(
            caseload,
            caseload_cases,
            by=(*PLACES, "stage"),
            reads=frozenset({"stage_spells", "reopened", "milestones"}),
            ranks=_STAGE,
            at_end=True,
            charted="open",
        ),
        **LISTS,
        **TREATMENT,
        **WORK,
    }
)
