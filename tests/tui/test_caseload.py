"""The caseload: narrowed, sorted, paged by the store; what each key shows."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import NotFound, Refused
from casereview.service.actions import actions
from casereview.service.cases import caseload, cases, flagging, moving
from casereview.service.cases.caseload import ONLY, SORTS, Wanted
from casereview.service.cases.showing import list_cases
from casereview.service.desk import batched
from casereview_tui.screens.caseload import CaseloadScreen

SIZES = [(60, 16), (80, 24), (200, 60)]
TODAY = datetime(2026, 3, 4, 9, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def many(templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a caseload of 112 children, some with actions, some without a worker."""
    from casereview.packs.library import Library
    from casereview.service.organisation.signing_in import sit_down

    store = tmp_path_factory.mktemp("many") / "caseload.db"
    shutil.copy(templates["caseload"], store)
    at = datetime(2026, 2, 26, 9, tzinfo=UTC)
    desk = sit_down(store, library=Library(), clock=lambda: at, as_login="lead")
    with closing(desk.store), batched(desk) as held:
        for n in range(100):
            row = cases.refer(
                held.again(), team="K1", person=f"M{n:03}", name=f"Cay{n} Dee{n}",
                born=date(2014, 1, 1 + n % 28), on=date(2026, 1, 1 + n % 28),
            )[0]  # fmt: skip
            if n % 3 == 0:
                held_case = row["case"]
                cases.allocate(held.again(), held_case, "kw1", on=date(2026, 2, 1))
                actions.add(held.again(), [held_case], f"Ring {n}", owner="kw1",
                            due_on=date(2026, 2, 26 + n % 2))  # fmt: skip
    return store


@pytest.fixture
def store(many: Path, tmp_path: Path) -> Path:
    """Return a copy of one's own."""
    place = tmp_path / "caseload.db"
    shutil.copy(many, place)
    return place


async def opened(p: Any) -> CaseloadScreen:
    screen = CaseloadScreen()
    await p.app.push_screen(screen)
    await p.until(lambda: screen.ready)
    await p.pilot.pause()
    return screen


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_caseload_at_three_sizes_is_as_kept(
    play: Any, store: Path, size: tuple[int, int]
) -> None:
    async with play(store, "lead", size=size) as p:
        await opened(p)
        p.same_as(f"caseload-{size[0]}x{size[1]}")
        assert max(len(line) for line in p.text.splitlines()) <= size[0]


async def test_l_on_home_opens_it_and_enter_opens_a_case(play: Any, store: Path) -> None:
    async with play(store, "lead") as p:
        await p.press("l")
        await p.until(lambda: "1 to 40 of 112" in p.text)
        assert "next 40 of 112" in p.text
        await p.press("enter")
        await p.until(lambda: "Case C1: what happened" in p.text)
        await p.press("escape")
        assert "1 to 40 of 112" in p.text


async def test_pages_follow_each_other_and_no_more_than_a_page_is_held(
    play: Any, store: Path
) -> None:
    async with play(store, "lead") as p:
        screen = await opened(p)
        seen = [r["case"] for r in screen.rows]
        for ahead in ("81 to", "41 to"):
            del ahead
            await p.press("right_square_bracket")
            seen += [r["case"] for r in screen.rows]
            assert len(screen.rows) <= 40
        assert seen == [f"C{n}" for n in range(1, 113)]
        assert "81 to 112 of 112" in p.text
        await p.press("right_square_bracket")
        assert "That is the end of the list" in p.text
        await p.press("left_square_bracket", "left_square_bracket")
        assert "1 to 40 of 112" in p.text


async def test_moving_past_the_last_line_reads_the_next_page_and_back(
    play: Any, store: Path
) -> None:
    async with play(store, "lead") as p:
        screen = await opened(p)
        await p.press("G", "j")
        assert screen.marked is not None
        assert screen.marked["case"] == "C41"
        await p.press("k")
        assert screen.marked["case"] == "C40"
        await p.press("g", "pagedown", "pageup")
        assert screen.marked["case"] == "C1"


@pytest.mark.parametrize("key", ["2", "3", "4", "5", "6", "7", "8", "9", "1"])
async def test_each_number_shows_the_list_that_the_service_gives(
    play: Any, store: Path, key: str
) -> None:
    async with play(store, "lead") as p:
        screen = await opened(p)
        await p.press(key)
        desk = p.desk("kw1")
        with closing(desk.store):
            held = caseload.caseload(desk, screen.wanted, limit=40)
        assert [r["case"] for r in screen.rows] == [r["case"] for r in held["rows"]]
        assert ("by case number" in p.text) is True


async def test_typing_narrows_by_worker_and_by_the_start_of_a_local_id(
    play: Any, store: Path
) -> None:
    async with play(store, "lead") as p:
        screen = await opened(p)
        await p.press("slash")
        await p.type("worker kw2")
        await p.press("enter")
        assert {r["worker"] for r in screen.rows} == {"kw2"}
        assert "worker kw2" in p.text
        await p.press("escape", "slash")
        await p.type("m00")
        await p.press("enter")
        assert [r["local_id"] for r in screen.rows] == [f"M{n:03}" for n in range(10)]
        await p.press("escape", "slash")
        await p.type("C77")
        await p.press("enter")
        assert [r["case"] for r in screen.rows] == ["C77"]
        await p.press("slash")
        await p.type("worker nobody")
        await p.press("enter")
        assert "No case fits" in p.text or screen.rows


async def test_orders_change_with_s_and_turn_with_capital_s(play: Any, store: Path) -> None:
    async with play(store, "lead") as p:
        screen = await opened(p)
        await p.press("s")
        days = [r["days_since_referral"] for r in screen.rows]
        assert days == sorted(days, reverse=True)
        await p.press("S")
        days = [r["days_since_referral"] for r in screen.rows]
        assert days == sorted(days)
        assert "longest stay, turned" in p.text


async def test_a_worry_is_about_the_marked_case(play: Any, store: Path) -> None:
    async with play(store, "lead") as p:
        await opened(p)
        await p.press("j", "f")
        assert p.app.screen.query_one("#field-who").value == "C2"
        assert p.app.screen.query_one("#field-words").has_focus


def test_lists_agree_with_those_of_the_command_line(store: Path, sit: Any) -> None:
    desk = sit(store, TODAY, "lead")
    with closing(desk.store):
        moving.leave(desk.again(), "C12", "moved-away", on=desk.today)
        flagging.raise_worry(desk.again(), "C3", "words", danger_now=False, owner="kw1", told="")
        for name in ("overdue", "waiting", "decided", "closed"):
            held = caseload.caseload(desk, Wanted(only=name), limit=500)
            assert {r["case"] for r in held["rows"]} == {
                r["case"] for r in list_cases(desk, only=name)
            }, name
        assert caseload.caseload(desk, Wanted(only="safeguarding"))["total"] == 1
        assert caseload.caseload(desk, Wanted(stage="left"))["total"] == 1
        assert caseload.caseload(desk, Wanted(worker="-"))["total"] == 66


def test_every_filter_and_order_can_be_asked_together(store: Path, sit: Any) -> None:
    desk = sit(store, TODAY, "lead")
    with closing(desk.store):
        for only in ONLY:
            for sort in SORTS:
                wanted = Wanted(only=only, sort=sort, turned=True, worker="kw1", lane="complex")
                held = caseload.caseload(desk, wanted)
                assert held["total"] == len(held["rows"])


def test_a_page_past_the_end_is_the_last_one(store: Path, sit: Any) -> None:
    desk = sit(store, TODAY, "lead")
    with closing(desk.store):
        held = caseload.caseload(desk, Wanted(), offset=4_000, limit=50)
        assert (held["offset"], held["total"], len(held["rows"])) == (100, 112, 12)


def test_what_is_asked_wrongly_is_refused_with_what_there_is(store: Path, sit: Any) -> None:
    desk = sit(store, TODAY, "lead")
    with closing(desk.store):
        for wanted, error in (
            (Wanted(stage="stabilize"), NotFound), (Wanted(lane="x"), NotFound),
            (Wanted(teams=("K2",)), NotFound), (Wanted(only="x"), Refused),
            (Wanted(sort="x"), Refused),
        ):  # fmt: skip
            with pytest.raises(error):
                caseload.caseload(desk, wanted)
        with pytest.raises(Refused):
            caseload.caseload(desk, Wanted(), limit=501)
        for words in ("%", "_", "\\", "'", "C" + "9" * 40):
            assert caseload.caseload(desk, replace(Wanted(), words=words))["total"] == 0


async def test_where_there_is_no_case_it_says_what_to_do(play: Any, store: Path) -> None:
    async with play(store, "lead") as p:
        await opened(p)
        await p.press("slash")
        await p.type("zzz")
        await p.press("enter")
        assert "No case fits. Esc clears what narrows the list." in p.text
        await p.press("j", "k", "enter", "G", "g")
        await p.press("escape")
        assert "1 to 40 of 112" in p.text
