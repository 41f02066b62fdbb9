"""Stored text is shown as it is: no markup is read, nothing steers the terminal."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from casereview.core.text import safe
from casereview.errors import Refused
from casereview.service.cases import cases, people
from casereview.service.reviews import answering
from casereview_tui.text import cut, fit, wrap

NASTY = [
    "see [note 3]",
    "tick [x] box",
    "[/red] end",
    "[link=http://x]y[/link]",
    "[@click=app.quit]click me[/]",
    "[bold red]Alert[/] [@click=app.quit]x[/]",
    "\x1b[2J\x1b[31mGone",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "Zo\u00eb \u4e2d\u6587 na\u00efve",
    "a\u0301\u0301\u0301 e\u0308",
    "[unterminated [/",
    "\\[escaped]",
    "{curly} $dollar %s",
    "\U0001f600 smile",
    "\u0627\u0644\u0639\u0631\u0628",
    "-- \t tabs \x00 and \x07 bells",
    "a  b   c",
]
"""The last lines of the dirty file of terminal escapes are among them."""


def squeezed(text: str) -> str:
    """Return text without blanks: lines are broken at blanks."""
    return re.sub(r"\s", "", text)


def shown(text: str) -> str:
    """Return text of one or more lines as it should stand on the screen."""
    return squeezed(safe(text.strip(), lines=True))


def shown_name(text: str) -> str:
    """Return a name, which is one line, as it should stand on the screen."""
    return squeezed(safe(text.strip()))


async def paint(play: Any, store: Path, *, name: str, note: str, reason: str) -> str:
    """Store three texts the way people do, and return all of the meeting screen's text."""
    at = date(2026, 3, 3)
    async with play(store, "dr.a", size=(200, 60)) as p:
        desk = p.app.desk
        people.correct(desk.again(), "C1", name=name)
        cases.note(desk.again(), "C1", note, on=at)
        answering.skip(desk.again(), "R1", "C1", reason)
        from casereview_tui.screens.meeting import MeetingScreen

        p.app.names_shown = True
        await p.app.push_screen(MeetingScreen("R1"))
        await p.until(lambda: "Opening" not in p.text)
        await p.press("slash")
        await p.type("C1")
        await p.press("enter")
        card = p.text
        await p.press("q")
        return str(card + p.text)


@pytest.mark.parametrize("start", range(0, len(NASTY), 3))
async def test_names_notes_and_reasons_stand_on_the_screen_as_they_are(
    play: Any, round_store: Path, start: int
) -> None:
    name, note, reason = NASTY[start : start + 3]
    whole = squeezed(await paint(play, round_store, name=name, note=note, reason=reason))
    assert shown_name(name) in whole
    assert shown(note) in whole
    assert shown(reason) in whole
    assert not set(whole) & set("\x1b\x00\x07\u202e\u200b")


TEXTS = st.text(min_size=1, max_size=24).filter(lambda t: bool(t.strip()))


@settings(
    max_examples=6, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(name=TEXTS, note=TEXTS, reason=TEXTS)
async def test_any_unicode_stands_on_the_screen_as_it_is(
    play: Any, copy: Any, sit: Any, name: str, note: str, reason: str
) -> None:
    from datetime import UTC, datetime

    from casereview.service.reviews import reviewing

    store = copy("ward")
    desk = sit(store, datetime(2026, 3, 3, 9, tzinfo=UTC), "dr.a")
    with closing(desk.store):
        reviewing.open_review(desk, pack="ward-round", team="W1", on=desk.today)
    try:
        whole = squeezed(await paint(play, store, name=name, note=note, reason=reason))
    except Refused:
        return  # nothing is left of such a text; it was never stored
    assert shown_name(name) in whole
    assert shown(note) in whole
    assert shown(reason) in whole


@given(st.text(max_size=80), st.integers(min_value=4, max_value=60))
def test_wrapping_loses_no_character_and_keeps_to_its_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert squeezed("".join(lines)) == squeezed(safe(text, lines=True))
    assert all(cell_len(line) <= width for line in lines)


@given(st.text(max_size=80), st.integers(min_value=1, max_value=60))
def test_fitting_fills_exactly_the_width(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(cut(text, width)) <= width
