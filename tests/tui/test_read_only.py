"""Screens opened with --read-only: they show everything, record nothing, and say why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding

from casereview.store import watching
from casereview_tui.app import CaseReviewApp
from casereview_tui.keys import COMMON, READS_ONLY
from casereview_tui.screens.actions import ActionsScreen
from casereview_tui.screens.attendance import AttendanceScreen
from casereview_tui.screens.base import BaseScreen
from casereview_tui.screens.case import CaseScreen
from casereview_tui.screens.caseload import CaseloadScreen
from casereview_tui.screens.closing import ClosingScreen
from casereview_tui.screens.meeting import MeetingScreen
from casereview_tui.screens.numbers import NumbersScreen
from casereview_tui.screens.rules import RulesScreen
from casereview_tui.screens.worry import WorriesScreen

SCREENS: dict[str, Callable[[], BaseScreen]] = {
    "meeting": lambda: MeetingScreen("R2"),
    "closing": lambda: ClosingScreen("R2"),
    "attendance": lambda: AttendanceScreen("R2"),
    "case": lambda: CaseScreen("C1"),
    "caseload": CaseloadScreen,
    "actions": ActionsScreen,
    "worries": WorriesScreen,
    "numbers": NumbersScreen,
    "rules": RulesScreen,
}


def last_entry(store: Path, p: Any) -> int:
    with p.app.desk.store.read() as connection:
        return watching.last_number(connection)


@pytest.mark.parametrize("name", SCREENS)
async def test_every_key_that_would_record_says_why_it_does_nothing(
    play: Any, meeting_store: Path, name: str
) -> None:
    async with play(meeting_store, "lead", read_only=True) as p:
        before = last_entry(meeting_store, p)
        screen = SCREENS[name]()
        await p.app.push_screen(screen)
        await p.pilot.pause(0.2)
        assert "reads only" in p.text
        writes = [
            b for b in (*screen.own_bindings(), *COMMON)
            if isinstance(b, Binding) and screen.records(b.action.partition("(")[0])
        ]  # fmt: skip
        assert any(b.action == "worry" for b in writes)
        for one in writes:
            screen.say("")
            await p.press(one.key.split(",")[0])
            assert READS_ONLY in p.text, one.key
            assert p.app.screen is screen, one.key
        assert last_entry(meeting_store, p) == before


async def test_the_meeting_offers_no_answer_and_enter_confirms_nothing(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2", read_only=True) as p:
        before = last_entry(meeting_store, p)
        assert "on plan: continue" not in p.text
        assert "y yes" not in p.text
        assert "] next case" in p.text
        await p.quiet()
        await p.press("enter")
        assert READS_ONLY in p.text
        await p.press("]")
        assert "case 2 of 12" in p.text
        assert last_entry(meeting_store, p) == before


async def test_home_does_not_offer_to_open_a_meeting(play: Any) -> None:
    async with play("caseload", "lead", read_only=True) as p:
        line = next(x for x in p.text.splitlines() if "Weekly caseload" in x)
        assert "due, not opened yet" in line
        assert not line.split()[0].isdigit()
        for key in ("1", "enter"):
            p.app.screen.say("")
            await p.press(key)
            assert "a meeting is opened on another screen" in p.text
            assert "Open Weekly caseload" not in p.text


async def test_home_shows_a_meeting_that_is_open(play: Any, meeting_store: Path) -> None:
    async with play(meeting_store, "lead", read_only=True) as p:
        await p.press("1")
        await p.until(lambda: "case 1 of 12" in p.text)


async def test_the_first_run_only_opens_what_is_there(tmp_path: Path) -> None:
    app = CaseReviewApp(None, place=tmp_path / "none.db", read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in ("n", "d"):
            await pilot.press(key)
            await pilot.pause()
            assert len(app.screen_stack) == 2
            line: Any = app.screen.query_one("#status")
            assert line.words == READS_ONLY
    assert not (tmp_path / "none.db").exists()
