"""Hostile text on every screen there is: it stands as it is, and steers nothing."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casereview.core.text import safe
from casereview.errors import Refused
from casereview.service.actions import actions
from casereview.service.cases import cases, flagging
from casereview.service.organisation import teams, users
from casereview.service.reviews import answering, attending, reviewing

TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
ON = date(2026, 3, 3)
NASTY = ("[@click=app.quit]x[/]", "[/red] end", "tick [x] box", "\x1b]0;title\x07 \x9b31m")


def squeezed(text: str) -> str:
    """Return text without blanks and frames: lines are broken at blanks, windows have frames."""
    return re.sub("[\\s\u2500-\u257f\u2580-\u259f]", "", text)


def shown(text: str) -> str:
    """Return a text as it should stand on a screen."""
    return squeezed(safe(text.strip()))


def dirty() -> list[str]:
    """Return the names and notes of the file of terminal escapes; skip where it is not."""
    here = Path(__file__).resolve().parents[2].parent / "shared"
    place = Path(os.environ.get("CASEREVIEW_SHARED", here)) / "dirty" / "08_terminal_escapes.csv"
    if not place.exists():
        if os.environ.get("CASEREVIEW_REQUIRE_SHARED"):
            pytest.fail(f"the published inputs are not here: {place}")
        pytest.skip("the published inputs are not here (CASEREVIEW_SHARED names their folder)")
    with place.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row[column] for row in rows for column in ("name", "notes") if row[column]]


def store_texts(store: Path, sit: Any, texts: Sequence[str]) -> None:
    """Record each text as a name, note, fact, action, outside body, worry, guest and reason."""
    desk = sit(store, TUESDAY, None)
    with closing(desk.store):
        teams.set_emergency(desk.again(), "W1", texts[0])
        users.add_user(desk.again(), "x.y", name=texts[0], role="clinician", teams=["W1"])
        found = []
        for n, text in enumerate(texts):
            row = cases.refer(desk.again(), team="W1", person=f"H{n}", name=text, on=ON)[0]
            cases.set_fact(desk.again(), row["case"], "destination", text, on=ON)
            found.append(row["case"])
        reviewing.open_review(desk.again(), pack="ward-round", team="W1", on=ON)
        for n, (case, text) in enumerate(zip(found, texts, strict=True)):
            cases.note(desk.again(), case, text, on=ON)
            actions.add(
                desk.again(), [case], text, owner="dr.a", due_on=ON, doer=text, on=ON, review="R1"
            )
            flagging.raise_worry(desk.again(), case, text, told=text, danger_now=n == 0)
            attending.attend(desk.again(), "R1", text, "guest")
            answering.skip(desk.again(), "R1", case, text)


async def visit(p: Any, n: int) -> dict[str, str]:
    """Return the text of every screen, by its name; names are shown."""
    from casereview_tui.screens.actions import ActionsScreen
    from casereview_tui.screens.attendance import AttendanceScreen
    from casereview_tui.screens.case import CaseScreen
    from casereview_tui.screens.caseload import CaseloadScreen
    from casereview_tui.screens.closing import ClosingScreen
    from casereview_tui.screens.meeting import MeetingScreen
    from casereview_tui.screens.numbers import NumbersScreen
    from casereview_tui.screens.rules import RulesScreen
    from casereview_tui.screens.worry import WorriesScreen

    p.app.names_shown = True
    found = {"home": p.text}
    made = {
        "closing": ClosingScreen("R1"), "attendance": AttendanceScreen("R1"),
        "worries": WorriesScreen(), "caseload": CaseloadScreen(), "actions": ActionsScreen(),
        "numbers": NumbersScreen(), "rules": RulesScreen(),
    }  # fmt: skip
    for name, screen in made.items():
        await p.app.push_screen(screen)
        await p.pilot.pause(0.15)
        await p.until(lambda s=screen: getattr(s, "ready", True))
        found[name] = p.text
        for _ in range(9 if name in ("caseload", "actions") else 0):
            await p.press("j")
            found[name] += p.text  # the marked line is said whole below the list
        if name in ("numbers", "rules"):
            await p.press("enter")
            await p.pilot.pause(0.15)
            found[f"{name}, cases"] = p.text
            await p.press("escape")
        await p.press("escape")
    for panel in ("timeline", "facts"):
        found[panel] = ""
        for case in range(4, 4 + n):
            await p.app.push_screen(CaseScreen(f"C{case}", panel))
            await p.pilot.pause(0.1)
            await p.until(lambda: p.app.screen.ready)
            found[panel] += p.text
            await p.press("escape")
    await p.app.push_screen(MeetingScreen("R1"))
    await p.until(lambda: "Opening" not in p.text)
    found["meeting"] = ""
    for case in range(4, 4 + n):
        await p.press("slash")
        await p.type(f"C{case}")
        await p.press("enter")
        found["meeting"] += p.text
    for name, key in (("help", "question_mark"), ("palette", "ctrl+p")):
        await p.press(key)
        await p.pilot.pause(0.2)
        found[name] = p.text
        await p.press("escape")
    return found


SHOW_THEM = (
    "closing", "attendance", "worries", "caseload", "actions", "timeline", "facts", "meeting",
)  # fmt: skip
"""Screens on which every one of the texts stands; the others show none of them."""
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def check(screens: dict[str, str], texts: Sequence[str]) -> None:
    for name, text in screens.items():
        assert not CONTROLS.search(text), name
        assert len(text.splitlines()) > 1, name
    for name in SHOW_THEM:
        whole = squeezed(screens[name])
        for text in texts:
            assert shown(text) in whole, (name, text)


@pytest.fixture
def ward(copy: Any, sit: Any) -> Path:
    """Return the ward with a second team beside it."""
    store: Path = copy("ward")
    desk = sit(store, TUESDAY, None)
    with closing(desk.store):
        teams.add_team(desk.again(), "W2", pathway="ward")
    return store


async def test_the_texts_of_the_dirty_file_stand_on_every_screen(
    play: Any, ward: Path, sit: Any
) -> None:
    texts = dirty()
    assert len(texts) == 4
    store_texts(ward, sit, texts)
    async with play(ward, "dr.a", size=(200, 60)) as p:
        check(await visit(p, len(texts)), texts)


async def test_markup_and_escapes_stand_on_every_screen(play: Any, ward: Path, sit: Any) -> None:
    store_texts(ward, sit, NASTY)
    async with play(ward, "dr.a", size=(200, 60)) as p:
        check(await visit(p, len(NASTY)), NASTY)


TEXTS = st.text(min_size=1, max_size=20).filter(lambda t: bool(t.strip()))


@settings(
    max_examples=2, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(text=TEXTS)
async def test_any_unicode_stands_on_every_screen(
    play: Any, copy: Any, sit: Any, text: str
) -> None:
    store = copy("ward")
    desk = sit(store, TUESDAY, None)
    with closing(desk.store):
        teams.add_team(desk.again(), "W2", pathway="ward")
    try:
        store_texts(store, sit, [text])
    except Refused:
        return  # nothing is left of such a text; it was never stored
    async with play(store, "dr.a", size=(200, 60)) as p:
        check(await visit(p, 1), [text])
