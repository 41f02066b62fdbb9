"""Help and the command palette: every key of every screen is there; hostile text on every list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from casereview.core.text import safe
from casereview.errors import Refused
from casereview.service.actions import actions
from casereview.service.cases import cases, people
from casereview_tui.keys import listed
from casereview_tui.screens.actions import ActionsScreen
from casereview_tui.screens.case import CaseScreen
from casereview_tui.screens.case_list import CaseList
from casereview_tui.screens.caseload import CaseloadScreen
from casereview_tui.screens.listing import Listing
from casereview_tui.screens.numbers import NumbersScreen
from casereview_tui.screens.rules import FindingsScreen, RulesScreen

SCREENS: dict[str, Callable[[], Listing]] = {
    "case": lambda: CaseScreen("C1"), "caseload": CaseloadScreen, "actions": ActionsScreen,
    "numbers": NumbersScreen, "rules": RulesScreen,
    "findings": lambda: FindingsScreen("caseload-sweep", "Weekly"),
}  # fmt: skip
NASTY = [
    "tick [x] box [/red] end", "[@click=app.quit]click me[/]", "\x1b[2J\x1b[31mGone \u202egnp.exe",
    "Zo\u00eb \u4e2d\u6587 \U0001f600 zero\u200bwidth", "[unterminated [/ \\[x] {c} %s",
]  # fmt: skip


async def push(p: Any, screen: Any) -> Any:
    await p.app.push_screen(screen)
    await p.until(lambda: screen.ready)
    await p.pilot.pause()
    return screen


@pytest.mark.parametrize("name", SCREENS)
async def test_help_lists_every_key_of_the_screen(play: Any, copy: Any, name: str) -> None:
    async with play(copy("caseload"), "lead", size=(120, 90)) as p:
        screen = await push(p, SCREENS[name]())
        await p.press("question_mark")
        for hint in listed(screen.own_bindings()):
            assert hint.word[:40] in p.text, hint
        await p.press("j", "k", "escape")
        assert p.app.screen is screen
        await p.press("f1", "f1")
        assert p.app.screen is screen


@pytest.mark.parametrize("name", SCREENS)
async def test_the_palette_has_every_command_of_the_screen(play: Any, copy: Any, name: str) -> None:
    from casereview_tui.commands import CaseCommands

    async with play(copy("caseload"), "lead") as p:
        screen = await push(p, SCREENS[name]())
        words = {w.lower() for w, _, _ in CaseCommands(screen)._commands()}
        for hint in listed(screen.own_bindings()):
            assert hint.word.lower() in words
        assert {"go to caseload", "go to actions", "go to numbers", "go to rules"} <= words


@pytest.mark.parametrize("name", SCREENS)
async def test_keys_that_move_back_and_resize_work_on_every_list(
    play: Any, copy: Any, name: str
) -> None:
    async with play(copy("caseload"), "lead") as p:
        screen = await push(p, SCREENS[name]())
        for key in ("j", "k", "down", "up", "pagedown", "pageup", "G", "g", "home", "end"):
            await p.press(key)
            assert p.app.screen is screen
        for size in ((60, 16), (200, 60), (80, 24), (40, 10), (80, 24)):
            await p.pilot.resize_terminal(*size)
            await p.pilot.pause()
            assert max(len(line) for line in p.text.splitlines()) <= size[0]
        await p.press("f")
        assert "Safeguarding worry" in p.text
        await p.press("escape", "T", "i", "escape", "z", "z")
        assert p.app.screen is screen
        await p.press("escape")
        assert p.app.screen is not screen


async def test_read_only_leaves_writing_keys_out_of_palette_and_help(play: Any, copy: Any) -> None:
    from casereview_tui.commands import CaseCommands

    async with play(copy("caseload"), "lead", read_only=True) as p:
        screen = await push(p, CaseScreen("C1"))
        words = {w for w, _, _ in CaseCommands(screen)._commands()}
        assert "A note" not in words
        assert not any("worry" in w for w in words)
        assert "What is known, with its age" in words
        await p.press("question_mark")
        assert "These screens only read" in p.text


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def shown(text: str) -> str:
    return squeezed(safe(text.strip(), lines=True))


async def everywhere(play: Any, store: Path, text: str) -> dict[str, str]:
    """Store a text as name, note, reason and action, and return what each screen shows."""
    seen = {}
    async with play(store, "lead", size=(110, 40)) as p:
        desk = p.app.desk
        people.correct(desk.again(), "C1", name=text)
        cases.note(desk.again(), "C1", text, on=date(2026, 3, 4))
        row = actions.add(desk.again(), ["C1"], text, owner="lead", due_on=date(2026, 3, 4))[0]
        gone = actions.add(desk.again(), ["C1"], "x", owner="lead", due_on=date(2026, 3, 4))[0]
        actions.close(desk.again(), gone["action"], done=False, reason=text)
        assert row["text"]
        p.app.names_shown = True
        for name, make in (
            ("case", lambda: CaseScreen("C1")), ("caseload", CaseloadScreen),
            ("actions", ActionsScreen),
            ("cases", lambda: CaseList("x", lambda _: [{"case": "C1", "words": text}])),
        ):  # fmt: skip
            screen = await push(p, make())
            seen[name] = squeezed(p.text)
            if name != "case":
                await p.press("escape")
                continue
            for kind in ("notes", "actions"):
                screen.at = next(n for n, r in enumerate(screen.rows) if r["kind"] == kind)
                await p.press("enter")
                seen[f"case {kind}"] = squeezed(p.text)
                await p.press("escape")
            await p.press("escape")
    return seen


@pytest.mark.parametrize("text", NASTY)
async def test_hostile_text_stands_on_every_screen_as_it_is(
    play: Any, copy: Any, text: str
) -> None:
    for name, seen in (await everywhere(play, copy("caseload"), text)).items():
        assert shown(text) in seen, name
        assert not set(seen) & set("\x1b\x00\x07\u202e\u200b"), name


@settings(
    max_examples=3, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(text=st.text(min_size=1, max_size=18).filter(lambda t: len(t.strip().splitlines()) == 1))
async def test_any_unicode_stands_on_every_screen_as_it_is(play: Any, copy: Any, text: str) -> None:
    try:
        found = await everywhere(play, copy("caseload"), text)
    except Refused:
        assume(False)
    for name, seen in found.items():
        assert shown(text) in seen, (name, text)
