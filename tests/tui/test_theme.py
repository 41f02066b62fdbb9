"""Light or dark is a person's own choice and is remembered; what is said for a sitting wins."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from casereview_tui.app import CaseReviewApp
from casereview_tui.settings import keep_theme, read_theme, usual

DARK, LIGHT = "casereview-dark", "casereview-light"
Sit = Callable[[], AbstractAsyncContextManager[tuple[CaseReviewApp, Pilot[int]]]]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Return a settings file that is not there yet, in a folder that is not there yet."""
    return tmp_path / "config" / "screens.json"


@pytest.fixture
def opened(settings: Path, tmp_path: Path) -> Sit:
    """Open the screens once."""

    @asynccontextmanager
    async def sit() -> AsyncIterator[tuple[CaseReviewApp, Pilot[int]]]:
        app = CaseReviewApp(None, place=tmp_path / "none.db", settings=settings)
        async with app.run_test(size=(100, 24)) as pilot:
            await pilot.pause(0.1)
            yield app, pilot

    return sit


def put(place: Path, content: bytes) -> None:
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)


def held(place: Path) -> bytes:
    return place.read_bytes()


def status(app: CaseReviewApp) -> str:
    line: Any = app.screen_stack[1].query_one("#status")
    return str(line.words)


async def test_the_choice_by_key_and_by_palette_survives_a_restart(
    opened: Sit, settings: Path
) -> None:
    async with opened() as (app, pilot):
        assert app.theme == DARK
        await pilot.press("T")
        assert app.theme == LIGHT
    async with opened() as (app, pilot):
        assert app.theme == LIGHT
        assert status(app) == ""
        await pilot.press("ctrl+p")
        await pilot.pause(0.2)
        await pilot.press(*"light or dark")
        await pilot.pause(0.3)
        await pilot.press("enter", "enter")
        await pilot.pause(0.2)
        assert app.theme == DARK
    assert read_theme(settings) == ("dark", "")


def test_keeping_it_leaves_nothing_beside_it(settings: Path) -> None:
    for theme in ("light", "dark"):
        assert keep_theme(settings, theme) == ""
    assert [p.name for p in settings.parent.iterdir()] == ["screens.json"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"theme": "pink"}', b"x" * 20_000])
async def test_a_file_that_cannot_be_read_is_left_out_with_a_notice(
    opened: Sit, settings: Path, content: bytes
) -> None:
    put(settings, content)
    async with opened() as (app, pilot):
        assert app.theme == DARK
        assert status(app).startswith("Settings left out")
        assert held(settings) == content
        await pilot.press("T")
    assert read_theme(settings) == ("light", "")


async def test_a_folder_that_takes_no_file_is_said_and_the_colours_change_all_the_same(
    opened: Sit, settings: Path
) -> None:
    put(settings.parent, b"a file where the folder should be")
    async with opened() as (app, pilot):
        await pilot.press("T")
        await pilot.pause(0.1)
        assert app.theme == LIGHT
        assert "not remembered" in status(app)


@pytest.mark.parametrize(("said", "theme"), [("light", LIGHT), ("dark", DARK), ("", LIGHT)])
async def test_what_is_said_for_this_sitting_comes_before_what_was_kept(
    opened: Sit, settings: Path, monkeypatch: pytest.MonkeyPatch, said: str, theme: str
) -> None:
    keep_theme(settings, "dark" if said == "light" else "light")
    monkeypatch.setenv("CASEREVIEW_THEME", said)
    async with opened() as (app, _):
        assert app.theme == theme


async def test_no_colour_and_reduced_motion_win_over_a_remembered_theme(
    opened: Sit, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_theme(settings, "light")
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened() as (app, _):
        assert app.no_color
        assert app.animation_level == "none"


def test_the_file_is_the_users_own_and_not_beside_a_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from casereview.cli.places import default_folder

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert usual().name == "screens.json"
    if os.name == "posix":
        assert default_folder() not in usual().parents
