"""The frozen agenda: only the lines round the case in hand are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.text import Text
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from casereview_tui.keys import Hint
from casereview_tui.text import cell, day, fit, known_as
from casereview_tui.theme import Palette, palette

MARKS = {
    "not reached": " ", "offered": "+", "partly answered": "~", "reviewed": "r",
    "confirmed": "c", "skipped": "s", "left": "x",
}  # fmt: skip
"""What the meeting has done with a case, as one letter."""
SIGNS = (
    Hint("!", "a worry is open; behind an answer: it does not pass, something is to be done"),
    Hint("c", "confirmed"), Hint("r", "reviewed"), Hint("s", "skipped"),
    Hint("~", "partly answered"), Hint("+", "arrived since the agenda was made"),
    Hint("x", "left since"),
    Hint("12 AB 4711", "place on the agenda, initials, local id; then stage, days in the stage,"
         " steps left"),
    Hint("on plan %", "cases confirmed with one key, of those done"),
    Hint("complex m", "minutes kept for the cases that need time"),
    Hint("LEECH x3", "an action carried three times: new owner, new words, or an end"),
)  # fmt: skip
"""What the signs of a meeting mean, for help."""
STAGES = {"assess": "assess", "stabilise": "stabil", "recover": "recovr", "complete": "compl"}
WIDE = 50
LEAST = 4
"""Rows of an agenda below which the line above the case shows worries instead."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row: an agenda line by its index, a worry of nobody on the agenda, or a heading."""

    index: int | None
    words: str
    worry: str = ""


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


def pinned(worries: list[dict[str, Any]], held: str | None, height: int) -> list[Drawn]:
    """Return the rows on top of the window: worries about people who are not on the agenda."""
    most = max(1, height // 3)
    if not worries or height < LEAST:
        return []
    at = next((n for n, w in enumerate(worries) if w["worry"] == held), 0)
    start = max(0, min(at - most // 2, len(worries) - most))
    head = Drawn(None, f"worry, not on agenda ({len(worries)})")
    return [head, *(Drawn(None, "", w["worry"]) for w in worries[start : start + most])]


class Agenda(Widget):
    """Draws the window; a click on a line asks for that case, or for that worry."""

    class Chosen(Message):
        """A line was clicked: a case by its index, or a worry by its id."""

        def __init__(self, index: int | None, worry: str = "") -> None:
            super().__init__()
            self.index, self.worry = index, worry

    def __init__(self) -> None:
        super().__init__(id="agenda")
        self.lines: list[dict[str, Any]] = []
        self.at = 0
        self.names = False
        self.worries: list[dict[str, Any]] = []
        self.worry: str | None = None
        self._rows: list[Drawn] = []

    def show(
        self,
        lines: list[dict[str, Any]],
        at: int,
        *,
        names: bool,
        worries: list[dict[str, Any]] | None = None,
        worry: str | None = None,
    ) -> None:
        """Draw other lines, or another case in hand, or the worry in hand."""
        self.lines, self.at, self.names = lines, at, names
        self.worries, self.worry = worries or [], worry
        self.refresh()

    def render(self) -> Text:
        """Return the rows of the window."""
        colours = palette(self.app.theme)
        above = pinned(self.worries, self.worry, self.size.height)
        self._rows = [*above, *window(self.lines, self.at, self.size.height - len(above))]
        found = [self._row(row, colours) for row in self._rows]
        self._put_cursor()
        return Text("\n", end="").join(found)

    def _row(self, row: Drawn, colours: Palette) -> Text:
        width = self.size.width
        if row.worry:
            held = next(w for w in self.worries if w["worry"] == row.worry)
            said = worry_words(held, width, names=self.names)
            mark = row.worry == self.worry
            return cell(said, "bold reverse" if mark else colours.level("over"))
        if row.index is None:
            return cell(fit(f"─ {row.words} ", width), colours.quiet)
        line = self.lines[row.index]
        words = line_words(line, width, names=self.names)
        if row.index == self.at and self.worry is None:
            return cell(words, "bold reverse")
        done = line["progress"] not in ("not reached", "offered", "partly answered")
        style = colours.quiet if done else colours.text
        return cell(words, colours.level("over") if line["worry"] and not done else style)

    def _put_cursor(self) -> None:
        """Put the terminal's cursor on the case in hand, for screen readers and braille lines."""
        for y, row in enumerate(self._rows):
            if (row.worry == self.worry) if self.worry else (row.index == self.at):
                self.app.cursor_position = self.region.offset + Offset(0, y)

    def on_click(self, event: events.Click) -> None:
        """Ask for the case of the clicked line."""
        if 0 <= event.y < len(self._rows):
            row = self._rows[event.y]
            if row.index is not None or row.worry:
                self.post_message(self.Chosen(row.index, row.worry))


def worry_words(row: dict[str, Any], width: int, *, names: bool) -> str:
    """Return one line of a worry: who, and by when; never its words."""
    when = "NOW" if row["danger_now"] else "LATE" if row["overdue"] else _by(row["act_by"])
    room = max(4, width - len(row["worry"]) - len(when) - 4)
    return fit(f"! {row['worry']} {fit(known_as(row, names=names), room)} {when}", width)


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


def _by(on: date | None) -> str:
    return "" if on is None else day(on, today=on)
