"""Measures of delay and of treatment by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from casereview.core.pathways import STAGES
from casereview.measures.ask import CASE_GROUPS, PLACES
from casereview.measures.delay_bands import (
    delay_bands,
    delay_bands_cases,
    delay_census,
    delay_census_cases,
)
from casereview.measures.delays import METHODS as DELAY_METHODS
from casereview.measures.delays import delays, delays_cases, impossible_delays
from casereview.measures.edd import edd, edd_cases
from casereview.measures.exits import EXITS, early_exit, early_exit_cases, exits, exits_cases
from casereview.measures.long_stay import bed_days_cases, long_stay, long_stay_cases
from casereview.measures.los import bed_days
from casereview.measures.measure import Measure
from casereview.measures.representation import (
    representation,
    representation_cases,
    successful_completion,
    successful_completion_cases,
    with_target,
)
from casereview.measures.treatment import long_treatment, long_treatment_cases

_DELAYS = frozenset({"milestones", "delays"})

TREATMENT: Mapping[str, Measure] = MappingProxyType(
    {
        "delays": Measure(
            delays, delays_cases, by=(*PLACES, "reason"), reads=_DELAYS | {"people"},
            left_out=impossible_delays, takes=("method",), methods=DELAY_METHODS,
            improvement="decrease", charted="delay_days",
        ),
        "delay-bands": Measure(
            delay_bands, delay_bands_cases, by=CASE_GROUPS, reads=_DELAYS,
            left_out=impossible_delays, improvement="decrease", charted="mean_days_all",
            events=("discharges",), valued="discharges",
        ),
        "delay-census": Measure(
            delay_census, delay_census_cases, by=(*PLACES, "reason"), reads=_DELAYS | {"people"},
            improvement="decrease", charted="delayed", whole_periods=False,
        ),
        "edd": Measure(
            edd, edd_cases, by=CASE_GROUPS, reads=frozenset({"facts"}), improvement="increase",
            charted="percent_on_last", events=("completed",),
        ),
        "bed-days": Measure(bed_days, bed_days_cases, by=CASE_GROUPS, charted="bed_days"),
        "long-stay": Measure(
            long_stay, long_stay_cases, by=(*PLACES, "stage"),
            reads=frozenset({"stage_spells", "reopened"}),
            ranks=MappingProxyType({"stage": STAGES}), at_end=True, improvement="decrease",
            charted="from_21",
        ),
        "representation": Measure(
            representation, representation_cases, by=CASE_GROUPS, improvement="decrease",
            charted="percent", events=("completions",),
        ),
        "successful-completion": Measure(
            successful_completion, successful_completion_cases, by=PLACES, takes=("target",),
            finish=with_target, improvement="increase", charted="percent", whole_periods=False,
        ),
        "exits": Measure(
            exits, exits_cases, by=PLACES, ranks=MappingProxyType({"class": EXITS}),
            charted="percent_of_exits", events=("n",),
        ),
        "early-exit": Measure(
            early_exit, early_exit_cases, by=CASE_GROUPS, improvement="decrease",
            charted="percent_early", events=("started",),
        ),
        "long-treatment": Measure(
            long_treatment, long_treatment_cases, by=PLACES, at_end=True,
            improvement="decrease", charted="percent",
        ),
    }
)  # fmt: skip
