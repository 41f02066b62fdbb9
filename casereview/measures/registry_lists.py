"""Measures of waiting lists by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from casereview.measures.ask import CASE_GROUPS, PLACES
from casereview.measures.banded import banded, banded_cases, readings
from casereview.measures.left_out import unmeasured_waits
from casereview.measures.measure import Measure
from casereview.measures.queues import figures_of, waiting_lists, waiting_lists_cases
from casereview.measures.waits import SIDES

LISTS: Mapping[str, Measure] = MappingProxyType(
    {
        "rtt": Measure(
            banded, banded_cases, by=CASE_GROUPS, ranks=MappingProxyType({"side": SIDES}),
            waits=True, left_out=unmeasured_waits, collect=readings, improvement="increase",
            charted="percent_within_18",
        ),
        "waiting-list": Measure(
            waiting_lists, waiting_lists_cases, by=PLACES, waits=True, first_waits=True,
            takes=("target-wait",), collect=figures_of, improvement="decrease", charted="queue",
            events=("referrals", "removals"),
        ),
    }
)  # fmt: skip
