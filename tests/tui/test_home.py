"""Home, the first run, and what every screen has: help, names, blank, palette, themes."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from casereview.packs.library import Library
from casereview.service.cases import flagging
from casereview.service.organisation import setup, teams
from casereview.service.organisation.signing_in import sit_down
from casereview_tui.app import CaseReviewApp


async def test_home_lists_what_is_due_with_its_keys_and_how_the_caseload_stands(play: Any) -> None:
    async with play("caseload", "lead") as p:
        assert "REHEARSAL" in p.text
        assert "Weekly caseload meeting, K1: due, not opened yet" in p.text
        assert "K1              12      11       0       0       1" in p.text


async def test_a_meeting_that_is_open_is_offered_to_go_on_with(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead") as p:
        assert " 1  Weekly caseload meeting, K1 of 4 Mar" in p.text
        await p.press("1")
        await p.until(lambda: "case 1 of 12" in p.text)


async def test_opening_a_meeting_asks_first_then_who_is_here_then_begins(play: Any) -> None:
    async with play("caseload", "lead") as p:
        line = next(x for x in p.text.splitlines() if "Weekly caseload" in x)
        await p.press(line.split()[0])
        assert "The agenda is made now" in p.words
        await p.press("enter")
        assert "Due today" in p.text
        await p.press(line.split()[0], "y")
        assert "Who is here?" in p.text
        await p.press("P")
        assert p.text.count("present") >= 3
        await p.press("enter")
        await p.until(lambda: "case 1 of 12" in p.text)


async def test_moving_and_enter_open_the_marked_line(play: Any, meeting_store: Path) -> None:
    async with play(meeting_store, "lead") as p:
        await p.press("j", "k", "enter")
        await p.until(lambda: "case 1 of 12" in p.text)
        await p.press("escape")
        assert "Due today" in p.text


async def test_overdue_safeguarding_comes_first(play: Any, copy: Any, sit: Any) -> None:
    store = copy("caseload")
    desk = sit(store, datetime(2026, 2, 26, 9, tzinfo=UTC), "kw1")
    with closing(desk.store):
        flagging.raise_worry(desk, "C1", "Bruises seen [twice]")
    async with play(store, "lead") as p:
        first = p.text.splitlines()[2]
        assert "Safeguarding: 1 open worry, 1 OVERDUE" in first
        await p.press("g")
        assert "OVERDUE 27 Feb" in p.text
        assert "Bruises" not in p.text
        await p.press("i", "y")
        assert "Bruises seen [twice]" in p.text


async def test_my_actions_that_are_due_are_counted(play: Any) -> None:
    async with play("caseload", "kw1") as p:
        assert "My actions: 5 due" in p.text


def _empty(place: Path, *, team: bool) -> None:
    setup.create(place, library=Library(), now=datetime(2026, 1, 5, 9, tzinfo=UTC), rehearsal=True)
    if team:
        desk = sit_down(place, library=Library(), clock=lambda: datetime(2026, 1, 5, 9, tzinfo=UTC))
        with closing(desk.store):
            teams.add_team(desk, "W1", pathway="ward")


@pytest.mark.parametrize(
    ("team", "words"),
    [(False, "There is no team yet."), (True, "There is no open case yet.")],
)
async def test_an_empty_store_says_what_to_do(
    play: Any, tmp_path: Path, *, team: bool, words: str
) -> None:
    place = tmp_path / "empty.db"
    _empty(place, team=team)
    at = datetime(2026, 1, 8, 9, tzinfo=UTC)
    async with play(place, None, at=at) as p:
        shown = p.words
        assert words in shown or "due, not opened yet" in shown
        assert "casereview" in shown


async def test_the_first_run_makes_a_store_and_shows_home(tmp_path: Path) -> None:
    place = tmp_path / "new" / "service.db"
    now = datetime(2026, 3, 4, 9, tzinfo=UTC)
    app = CaseReviewApp(None, place=place, library=Library(), clock=lambda: now)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("n", "enter")
        await pilot.pause(0.3)
        strips = app.screen._compositor.render_strips()
        text = "\n".join(s.text for s in strips)
        assert "There is no team yet." in text
        assert "REHEARSAL" not in text
    assert place.exists()
    app.desk.store.close()


async def test_the_first_run_opens_a_file_or_says_why_not(copy: Any, tmp_path: Path) -> None:
    app = CaseReviewApp(None, place=tmp_path / "none.db", library=Library())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.held_desk is None
        await pilot.press("o")
        line = app.focused
        assert isinstance(line, Input)
        line.value = str(tmp_path / "missing.db")
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert app.held_desk is None
        assert line.value.endswith("missing.db")


async def test_the_first_run_opens_the_demo_that_is_made_for_it(copy: Any, tmp_path: Path) -> None:
    app = CaseReviewApp(
        None, place=tmp_path / "none.db", library=Library(), demo=lambda: _owned(tmp_path)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("d")
        await pilot.pause(0.5)
        assert app.rehearsal
    app.desk.store.close()


def _owned(folder: Path) -> Path:
    place = folder / "demo.db"
    _empty(place, team=True)
    return place


async def test_help_lists_the_keys_of_the_screen_and_of_every_screen(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2", size=(80, 90)) as p:
        for key in ("question_mark", "f1"):
            await p.press(key)
            assert "cannot tell" in p.text
            assert "record a safeguarding worry, about anybody" in p.words
            assert "Two terminals" in p.words
            await p.press("escape")
        assert "case 1 of 12" in p.text


async def test_the_palette_has_every_command_and_no_screenshot(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2", size=(100, 60)) as p:
        await p.press("ctrl+p")
        await p.pilot.pause(0.3)
        assert "Cannot tell" in p.text
        assert "Record dissent" in p.text
        assert "creenshot" not in p.text
        assert "aximize" not in p.text


async def test_names_are_shown_only_after_a_warning_and_hidden_at_once(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        assert "names hidden" in p.text
        assert "Bee" not in p.text
        await p.press("i")
        assert "Everybody who sees this screen" in p.words
        await p.press("enter")
        assert "Bee" not in p.text
        await p.press("i", "y")
        assert "NAMES SHOWN" in p.text
        assert "Bee" in p.text
        await p.press("i")
        assert "Bee" not in p.text


async def test_z_blanks_the_screen_and_only_z_brings_it_back(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("z")
        assert p.words == "Screen blanked. z shows it again."
        await p.press("enter", "y", "escape")
        assert p.words == "Screen blanked. z shows it again."
        await p.press("z")
        assert "case 1 of 12" in p.text


async def test_a_screen_too_small_to_work_on_asks_for_a_larger_window(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2", size=(40, 10)) as p:
        assert "Enlarge the window" in p.words
        await p.pilot.resize_terminal(80, 24)
        await p.pilot.pause()
        assert "Where does this case go now" in p.text


async def test_a_fault_ends_the_screens_without_showing_local_variables(tmp_path: Path) -> None:
    app = CaseReviewApp(None, place=tmp_path / "none.db", library=Library())

    def fail() -> None:
        name = "Ann Bee"
        raise RuntimeError(len(name))

    with pytest.raises(RuntimeError):
        async with app.run_test(size=(80, 24)) as pilot:
            app.call_later(fail)
            await pilot.pause(0.1)
    assert isinstance(app.fault, RuntimeError)
    assert app._exit_renderables == []


async def test_a_refusal_under_a_key_is_said_and_the_meeting_goes_on(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("p")
        assert "Nothing was prepared for this case" in p.words
        await p.press("escape", "]")
        assert "case 2 of 12" in p.text
