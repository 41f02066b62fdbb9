"""Numbers: figures with their trend, and the cases behind each."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casereview.service import moving, stats
from casereview_tui.screens.case_list import CaseList
from casereview_tui.screens.number_rows import behind, periods_back, spark
from casereview_tui.screens.numbers import ORDER, NumbersScreen

SIZES = [(60, 16), (80, 24), (200, 60)]
FROM = date(2025, 4, 1)


@pytest.fixture
def store(copy: Any, sit: Any) -> Path:
    """Return a caseload with moves and ends."""
    from datetime import UTC, datetime

    place: Path = copy("caseload")
    desk = sit(place, datetime(2026, 2, 27, 9, tzinfo=UTC), "lead")
    with closing(desk.store):
        moving.leave(desk.again(), "C1", "moved-away", on=date(2026, 2, 20))
        moving.leave(desk.again(), "C2", "disengaged", on=date(2026, 2, 27))
    return place


async def opened(p: Any) -> NumbersScreen:
    screen = NumbersScreen()
    await p.app.push_screen(screen)
    await p.until(lambda: screen.ready)
    await p.pilot.pause()
    return screen


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_throughput_at_three_sizes_is_as_kept(
    play: Any, store: Path, size: tuple[int, int]
) -> None:
    async with play(store, "lead", size=size) as p:
        await opened(p)
        p.same_as(f"numbers-{size[0]}x{size[1]}")
        assert max(len(line) for line in p.text.splitlines()) <= size[0]


async def test_n_on_home_opens_them(play: Any, store: Path) -> None:
    async with play(store, "lead") as p:
        await p.press("n")
        await p.until(lambda: "Numbers: throughput, K1, by month" in p.text)


async def test_every_measure_period_and_team_can_be_shown(play: Any, store: Path) -> None:
    async with play(store, "lead") as p:
        screen = await opened(p)
        for n, name in enumerate(ORDER, 1):
            await p.press(str(n))
            assert screen.measure == name
            assert screen.rows or "nothing to count" in p.text
        for every in ("week", "quarter", "year", "month"):
            await p.press("p")
            assert f"by {every}" in p.text
        await p.press("t")
        assert "the whole service" in p.text
        await p.press("t")
        assert ", K1," in p.text


async def test_enter_lists_exactly_the_cases_behind_the_number(play: Any, store: Path) -> None:
    async with play(store, "lead") as p:
        screen = await opened(p)
        await p.press("left")
        screen.at = next(n for n, r in enumerate(screen.rows) if r["column"] == "left")
        await p.press("enter")
        listed = p.app.screen
        assert isinstance(listed, CaseList)
        await p.until(lambda: listed.ready)
        assert {r["case"] for r in listed.rows} == {"C1", "C2"}
        await p.press("w")
        assert "nothing to explain" in p.text
        await p.press("enter")
        await p.until(lambda: "Case C1: what happened" in p.text)
        await p.press("escape", "escape")
        assert "Numbers: throughput" in p.text


async def test_d_says_how_it_is_counted(play: Any, store: Path) -> None:
    async with play(store, "lead") as p:
        await opened(p)
        await p.press("d")
        assert "How many people came" in p.text
        assert "Left out" in p.text


@pytest.mark.parametrize("name", ["throughput", "los", "caseload"])
def test_the_cases_listed_are_as_many_as_the_number_says(store: Path, sit: Any, name: str) -> None:
    from datetime import UTC, datetime

    from casereview_tui.screens.number_rows import table

    desk = sit(store, datetime(2026, 3, 4, 9, tzinfo=UTC), "lead")
    with closing(desk.store):
        rows, _ = stats.stats(desk, name, from_on=FROM, every="month", team="K1")
        listed, _ = stats.stats(desk, name, from_on=FROM, every="month", team="K1", list_cases=True)
    starts, figures = table(rows, 12, {})
    counted = {r["counted"] for r in listed} | {"over_7", "from_21", "over_21"}
    checked = 0
    for figure in figures:
        if figure["column"] in counted:
            for start, value in zip(starts, figure["values"], strict=True):
                assert len(behind(listed, figure, start)) == value, (figure["column"], start)
                checked += bool(value)
    assert checked


@pytest.mark.parametrize(
    ("values", "blocks"),
    [((), ""), ((None, None), ""), ((1, 2, 3), "▁▅█"), ((0, 0), "▁▁"), ((4, 4), "▄▄"),
     ((None, 1, 8), " ▁█"), ((-3, 0.5), "▁█")],
)  # fmt: skip
def test_a_trend_runs_from_lowest_to_highest(values: Any, blocks: str) -> None:
    assert spark(values) == blocks


@pytest.mark.parametrize(
    ("every", "first"),
    [("month", date(2025, 4, 1)), ("week", date(2025, 12, 15)), ("year", date(2015, 1, 1)),
     ("quarter", date(2023, 4, 1))],
)  # fmt: skip
def test_twelve_periods_back_begins_on_a_first_day(every: str, first: date) -> None:
    assert periods_back(date(2026, 3, 4), every, 12) == first
