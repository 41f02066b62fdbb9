"""Random histories through the public use cases, against a small reference model.

The long command runs more of them: `python -m benchmarks.storms histories`.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from casereview.packs.library import Library
from tests.storms.machine import Histories

BUDGET = settings(
    max_examples=8,
    stateful_step_count=300,
    deadline=None,
    derandomize=True,
    database=None,
    # Shrinking three hundred commands takes an hour; the long command shrinks.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_random_histories_agree_with_the_reference_model(
    tmp_path_factory: pytest.TempPathFactory, library: Library
) -> None:
    Histories.prepare(tmp_path_factory.mktemp("histories"), library)
    run_state_machine_as_test(Histories, settings=BUDGET)
