"""The frozen agenda: only the lines round the case in hand are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from casereview_tui.text import cell, fit, known_as
from casereview_tui.theme import Palette, palette

MARKS = {
    "not reached": " ", "offered": "+", "partly answered": "~", "reviewed": "r",
    "confirmed": "c", "skipped": "s", "left": "x",
}  # fmt: skip
"""What the meeting has done with a case, as one letter."""
STAGES = {"assess": "assess", "stabilise": "stabil", "recover": "recovr", "complete": "compl"}
WIDE = 50


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row of the window: an agenda line by its index, or a lane's heading (index None)."""

    index: int | None
    words: str


def heading(line: dict[str, Any]) -> str:
    """Return the heading that a line stands under."""
    if line["worry"] and line["was_safe"] and line["lane"] != "left":
        return "new worry, first"
    return str(line["lane_words"])


def window(lines: list[dict[str, Any]], at: int, height: int) -> list[Drawn]:
    """Return the rows to draw: the case in hand in view, its lane's heading always on top."""
    if height <= 0 or not lines:
        return []
    totals: dict[str, int] = {}
    for line in lines:
        totals[heading(line)] = totals.get(heading(line), 0) + 1
    start = max(0, min(at - height // 3, len(lines) - height))
    while True:
        rows: list[Drawn] = []
        last = ""
        for n in range(start, len(lines)):
            if heading(lines[n]) != last:
                last = heading(lines[n])
                rows.append(Drawn(None, f"{last} ({totals[last]})"))
            rows.append(Drawn(n, ""))
            if len(rows) >= height:
                break
        rows = rows[:height]
        if any(r.index == at for r in rows) or start >= at:
            return rows
        start += 1


class Agenda(Widget):
    """Draws the window; a click on a line asks for that case."""

    class Chosen(Message):
        """A line was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self) -> None:
        super().__init__(id="agenda")
        self.lines: list[dict[str, Any]] = []
        self.at = 0
        self.names = False
        self._rows: list[Drawn] = []

    def show(self, lines: list[dict[str, Any]], at: int, *, names: bool) -> None:
        """Draw other lines, or another case in hand."""
        self.lines, self.at, self.names = lines, at, names
        self.refresh()

    def render(self) -> Text:
        """Return the rows of the window."""
        colours = palette(self.app.theme)
        self._rows = window(self.lines, self.at, self.size.height)
        found = [self._row(row, colours) for row in self._rows]
        self._put_cursor()
        return Text("\n", end="").join(found)

    def _row(self, row: Drawn, colours: Palette) -> Text:
        width = self.size.width
        if row.index is None:
            return cell(fit(f"─ {row.words} ", width), colours.quiet)
        line = self.lines[row.index]
        words = line_words(line, width, names=self.names)
        if row.index == self.at:
            return cell(words, "bold reverse")
        done = line["progress"] not in ("not reached", "offered", "partly answered")
        style = colours.quiet if done else colours.text
        return cell(words, colours.level("over") if line["worry"] and not done else style)

    def _put_cursor(self) -> None:
        """Put the terminal's cursor on the case in hand, for screen readers and braille lines."""
        for y, row in enumerate(self._rows):
            if row.index == self.at:
                self.app.cursor_position = self.region.offset + Offset(0, y)

    def on_click(self, event: events.Click) -> None:
        """Ask for the case of the clicked line."""
        if 0 <= event.y < len(self._rows):
            index = self._rows[event.y].index
            if index is not None:
                self.post_message(self.Chosen(index))


def line_words(line: dict[str, Any], width: int, *, names: bool) -> str:
    """Return one line: what was done, place, who, stage, days, steps left; the lane if it fits."""
    mark = "!" if line["worry"] else MARKS.get(line["progress"], " ")
    place = f"{mark}{line['position']:>3} "
    days = f"{line['days']}d"
    stage = STAGES.get(line["stage"], line["stage"])[:6]
    tail = f" {stage:<6} {days:>5} {line['steps']:>2}"
    lane = f" {line['lane_words']}" if width >= WIDE else ""
    room = width - len(place) - len(tail) - (22 if lane else 0)
    return fit(place + fit(known_as(line, names=names), max(4, room)) + tail + lane, width)
