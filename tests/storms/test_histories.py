"""Random histories through the public use cases, against a small reference model.

The long command runs more and longer ones: `python -m benchmarks.storms histories`.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from casereview.packs.library import Library

BUDGET = settings(
    max_examples=6,
    stateful_step_count=300,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_random_histories_agree_with_the_reference_model(load: Any, library: Library) -> None:
    machine = load("machine").machine_of(load("model"), library)
    run_state_machine_as_test(machine, settings=BUDGET)
