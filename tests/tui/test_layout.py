"""Sizes, colours, contrast: what is on the screen at three sizes and in both themes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rich.color import Color

from casereview_tui.app import CaseReviewApp
from casereview_tui.theme import DARK, LIGHT, Palette
from casereview_tui.widgets.case_lines import flag_lines
from casereview_tui.widgets.floor import View

SIZES = [(60, 16), (80, 24), (200, 60)]
AA = 4.5
"""Source: WCAG 2.2, 1.4.3 Contrast (Minimum), level AA for text of ordinary size."""


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("kind", ["meeting", "home", "decision", "help", "closing", "who"])
async def test_screens_at_three_sizes_are_as_kept(
    play: Any, round_store: Path, kind: str, size: tuple[int, int]
) -> None:
    review = None if kind == "home" else "R1"
    async with play(round_store, "dr.a", review=review, size=size) as p:
        keys = {
            "decision": ("slash", "enter", "y", "y", "y", "c"), "help": ("question_mark",),
            "closing": ("q",), "who": ("h",), "meeting": ("n",), "home": (),
        }[kind]  # fmt: skip
        await p.press(*keys)
        p.same_as(f"{kind}-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_question_and_its_keys_are_on_the_screen_at_every_size(
    play: Any, meeting_store: Path, size: tuple[int, int]
) -> None:
    async with play(meeting_store, "lead", review="R2", size=size) as p:
        for words in ("Where does this case go now", "5 Escalate", "on plan: continue", "s skip"):
            assert words in p.text
        assert max(len(line) for line in p.text.splitlines()) <= size[0]


async def test_the_case_is_drawn_for_the_new_size_while_the_window_changes(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        for wide, high in ((200, 60), (60, 16), (80, 24)):
            await p.pilot.resize_terminal(wide, high)
            await p.pilot.pause()
            assert "Where does this case go now" in p.text
            assert ("on plan (10)" in p.text) is (wide >= 80)


def luminance(rgb: Iterable[int]) -> float:
    """Source: WCAG 2.2, relative luminance."""
    parts = [x / 255 for x in rgb]
    lines = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * lines[0] + 0.7152 * lines[1] + 0.0722 * lines[2]


def ratio(one: str, other: str) -> float:
    pair = [luminance(Color.parse(c).get_truecolor()) for c in (one, other)]
    return (max(pair) + 0.05) / (min(pair) + 0.05)


@pytest.mark.parametrize("held", [DARK, LIGHT], ids=["dark", "light"])
def test_every_colour_of_both_themes_reads_on_its_ground(held: Palette) -> None:
    for colour in (held.text, held.ok, held.due, held.over, held.quiet, held.head):
        assert ratio(colour, held.ground) >= AA, colour


def _poor(app: CaseReviewApp) -> list[str]:
    """Return painted words whose contrast is below AA."""
    found = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            if not segment.text.strip(" ─│┌┐└┘▇▁▂▃▄▅▆█▔▕") or style is None:
                continue
            if style.color is None or style.bgcolor is None:
                continue
            pair = [
                luminance(c.get_truecolor()) for c in (style.color, style.bgcolor)
            ]  # fmt: skip
            if (max(pair) + 0.05) / (min(pair) + 0.05) < AA:
                found.append(f"{segment.text!r} {style}")
    return found


@pytest.mark.parametrize("theme", ["casereview-dark", "casereview-light"])
async def test_every_painted_word_passes_aa_contrast(
    play: Any, round_store: Path, theme: str
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        p.app.theme = theme
        for keys in ((), ("n",), ("e",), ("escape", "w"), ("escape", "slash"), ("escape", "q"),
                     ("escape", "h"), ("escape", "f"), ("escape", "question_mark"),
                     ("escape", "ctrl+p"), ("escape", "escape")):  # fmt: skip
            await p.press(*keys)
            await p.pilot.pause(0.05)
            assert _poor(p.app) == [], keys


async def test_without_colour_the_words_are_all_there(
    play: Any, round_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("n")
        assert p.app.no_color
        assert "Agree what will stabilise the crisis" in p.words


async def test_the_terminal_cursor_stands_on_the_case_in_hand(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("]", "]")
        line = p.text.splitlines()[p.app.cursor_position.y]
        assert p.app.screen.card["local_id"] in line


@pytest.mark.parametrize("width", [38, 40, 48, 52, 60])
@pytest.mark.parametrize(
    "words",
    [
        ("no next action", "past its end 3d", "decided, not left"),
        ("safeguarding not recorded", "OVERDUE 12d", "leech", "contact missed twice"),
        ("a single flag that is longer than any line could ever be on this screen, whatever",),
    ],
)
def test_flags_take_one_line_and_say_how_many_are_left_out(
    words: tuple[str, ...], width: int
) -> None:
    flags = [(w, "due") for w in words]
    (line,) = flag_lines({"flags": flags}, View(width, 20, DARK, names=False))
    assert line.cell_len <= width
    shown = [w for w in words if w in line.plain]
    left = len(words) - len(shown)
    assert left == 0 or f"+{left} more" in line.plain or line.plain.endswith("…")


def test_no_colour_stands_alone() -> None:
    """The three colours of care are only used through words of their own level."""
    assert DARK.level("over").endswith(DARK.over)
    assert LIGHT.level("note") == LIGHT.text
