"""Overrides that wait to be confirmed, in the meeting and on its closing card."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.service.cases import moving
from casereview.service.reviews import overrides, reviewing

DAY_BEFORE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROUND = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def overridden(copy: Any, sit: Any) -> Path:
    """The ward's round open as R1; C1 left yesterday past what it lacked, C2 came to recover so."""
    store: Path = copy("ward")
    desk = sit(store, DAY_BEFORE, "dr.a")
    with closing(desk.store):
        moving.move(desk.again(), "C1", "complete", on=DAY_BEFORE.date(), override="[no] bed")
    desk = sit(store, ROUND, "dr.a")
    with closing(desk.store):
        reviewing.open_review(desk, pack="ward-round", team="W1", on=desk.today)
    return store


def left(p: Any) -> list[str]:
    return [o["case"] for o in overrides.to_confirm(p.desk("dr.b"), "R1")]


async def test_b_in_the_meeting_confirms_an_override_of_a_closed_case_and_u_takes_it_back(
    play: Any, overridden: Path
) -> None:
    async with play(overridden, "dr.b", review="R1") as p:
        assert left(p) == ["C1"]
        await p.press("b")
        assert "C1 L000, complete, closed" in p.words
        assert "medicines" in p.words
        assert "[no] bed" in p.words
        await p.press("y")
        await p.until(lambda: "override of C1 is confirmed" in p.words)
        assert left(p) == []
        await p.press("b")
        assert "No override waits" in p.words
        await p.press("u")
        await p.until(lambda: left(p) == ["C1"])


async def test_the_closing_card_lists_them_and_confirms_before_the_meeting_is_closed(
    play: Any, overridden: Path
) -> None:
    async with play(overridden, "dr.b", review="R1") as p:
        await p.press("q")
        await p.until(lambda: "to be confirmed: b" in p.words)
        await p.press("b", "y")
        await p.until(lambda: "to be confirmed: b" not in p.words)
        assert left(p) == []


async def test_escape_confirms_nothing(play: Any, overridden: Path) -> None:
    async with play(overridden, "dr.b", review="R1") as p:
        await p.press("b", "escape")
        assert left(p) == ["C1"]
