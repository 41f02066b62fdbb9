"""kill -9 in the middle of random commands.

The long command kills more often: `python -m benchmarks.storms kills`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from casereview.packs.library import Library
from tests.storms.killing import storm

KILLS = 200


@pytest.mark.skipif(not hasattr(os, "fork"), reason="players are forked from a warm process")
def test_after_every_kill_each_acknowledged_command_is_there_whole_and_once(
    tmp_path: Path, library: Library
) -> None:
    result = storm(tmp_path / "team.db", library, kills=KILLS, seed=20260303, whole_every=20)
    assert result.problems == []
    assert result.kills == KILLS
    # The storm is one: commands were acknowledged, and others were cut off in the middle.
    assert result.acknowledged > KILLS
    assert result.retried > KILLS // 2
