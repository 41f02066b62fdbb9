"""Numbers: figures with their trend, and the cases behind each."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casereview.service.cases import cases, moving
from casereview.service.measuring import stats
from casereview.service.organisation import teams
from casereview_tui.screens.case_list import CaseList
from casereview_tui.screens.number_rows import _of_many, behind, periods_back, spark, table
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


@pytest.fixture
def moved(store: Path, sit: Any) -> Path:
    """Return a caseload with a step back, a move past a stage, an end and a return."""
    from datetime import UTC, datetime

    desk = sit(store, datetime(2026, 3, 3, 9, tzinfo=UTC), None)
    with closing(desk.store):
        teams.add_team(desk.again(), "W1", pathway="ward")
        on = date(2025, 10, 1)
        for n in range(4):
            row = cases.refer(desk.again(), team="W1", person=f"W{n}", on=on)[0]
            case = str(row["case"])
            cases.set_fact(desk.again(), case, "safeguarding", "none", on=on)
            for dest, day in (("stabilise", 3), ("recover", 9 + n), ("stabilise", 20)):
                if (n, dest, day) != (3, "stabilise", 3):
                    moving.move(desk.again(), case, dest, on=date(2025, 10, day), override="test")
            if n < 2:
                exits = desk.library.pathway("ward").exits
                code = next(e.code for e in exits if e.exit_class == "unplanned")
                moving.leave(desk.again(), case, code, on=date(2025, 11, 5 + n))
                moving.come_back(desk.again(), case, on=date(2025, 11 + n, 10))
    return store


@pytest.mark.parametrize("name", ORDER)
@pytest.mark.parametrize("team", ["K1", "W1", None])
def test_the_cases_listed_are_as_many_as_every_count_says(
    moved: Path, sit: Any, name: str, team: str | None
) -> None:
    from datetime import UTC, datetime

    desk = sit(moved, datetime(2026, 3, 4, 9, tzinfo=UTC), None)
    with closing(desk.store):
        rows, _ = stats.stats(desk, name, from_on=FROM, every="month", team=team)
        listed, _ = stats.stats(desk, name, from_on=FROM, every="month", team=team, list_cases=True)
    starts, figures = table(rows, 12, {})
    checked = set()
    for figure in figures:
        column = figure["column"]
        if not column or _of_many(column):
            continue
        for start, value in zip(starts, figure["values"], strict=True):
            found = behind(listed, figure, start)
            assert len(found) == (value or 0), (column, figure["group"], start)
            checked.add(column if value else "")
    expected = {
        "stages": {"entered", "cases", "left", "open_at_end"},
        "returns": {"discharges", "followed_up"},
        "throughput": {"referred", "open_at_end"}, "caseload": {"open"}, "los": {"n"},
        "waits": {"n"},
    }[name]  # fmt: skip
    if team is None:
        expected |= {"stages": {"stepped_back"}, "returns": {"returned"},
                     "caseload": {"returns"}}.get(name, set())  # fmt: skip
        assert expected <= checked


@pytest.mark.parametrize(
    ("name", "column", "base"),
    [("stages", "median_days", "left"), ("returns", "percent", "discharges"),
     ("returns", "percent_followed", "followed_up"), ("los", "mean_days", "n")],
)  # fmt: skip
def test_a_figure_of_many_lists_the_cases_that_it_is_of(
    moved: Path, sit: Any, name: str, column: str, base: str
) -> None:
    from datetime import UTC, datetime

    desk = sit(moved, datetime(2026, 3, 4, 9, tzinfo=UTC), None)
    with closing(desk.store):
        rows, _ = stats.stats(desk, name, from_on=FROM, every="month")
        listed, _ = stats.stats(desk, name, from_on=FROM, every="month", list_cases=True)
    starts, figures = table(rows, 12, {})
    whole = {str(f["group"]): f for f in figures if f["column"] == base}
    for figure in (f for f in figures if f["column"] == column):
        for start in starts:
            assert behind(listed, figure, start) == behind(
                listed, whole[str(figure["group"])], start
            )


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
