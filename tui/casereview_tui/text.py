"""Stored text on its way to the screen: never markup, never a control character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text
from textual.widgets import Static

from casereview.core.calendar import time_zone
from casereview.core.text import safe

MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CUT = "…"


def cell(text: object, style: str = "") -> Text:
    """Return text as it is, in one line: no markup is read, what controls a terminal is replaced.

    None becomes nothing.
    """
    return Text(safe("" if text is None else str(text)), style=style, end="")


class PlainStatic(Static):
    """A static that never reads markup and never wraps by itself: its maker sets out the lines."""

    def __init__(
        self,
        text: str | Text = "",
        *,
        id: str | None = None,  # noqa: A002 - the word of Textual
        classes: str | None = None,
    ) -> None:
        super().__init__(text, markup=False, id=id, classes=classes)


def fit(text: object, width: int) -> str:
    """Return safe text cut or filled with blanks to so many columns; a cut shows an ellipsis."""
    clean = safe("" if text is None else str(text))
    if cell_len(clean) > width:
        clean = set_cell_size(clean, max(0, width - 1)).rstrip() + CUT if width > 0 else ""
    return set_cell_size(clean, max(0, width))


def cut(text: object, width: int) -> str:
    """Return safe text cut to so many columns, not filled."""
    return fit(text, width).rstrip() if cell_len(safe(str(text))) > width else safe(str(text))


def wrap(text: object, width: int, *, lines: int | None = None) -> list[str]:
    """Return safe text broken into lines of so many columns, at blanks where there are any.

    Blanks inside a line stay as they are; a tab is shown as one. With `lines`, text that needs more
    is cut and ends with an ellipsis.
    """
    width = max(1, width)
    found: list[str] = []
    for paragraph in safe("" if text is None else str(text), lines=True).split("\n"):
        found += _broken(paragraph.replace("\t", " "), width)
    if lines is not None and len(found) > lines:
        found = found[: max(0, lines)]
        if found:
            last = found[-1]
            found[-1] = (last if cell_len(last) < width else set_cell_size(last, width - 1)) + CUT
    return found


def _broken(rest: str, width: int) -> list[str]:
    found = []
    while cell_len(rest) > width:
        head = chop_cells(rest, width)[0] or rest[:1]
        blank = head.rfind(" ")
        if rest[len(head) : len(head) + 1] == " ":
            blank = len(head)
        if blank > 0:
            found.append(rest[:blank])
            rest = rest[blank + 1 :]
        else:
            found.append(head)
            rest = rest[len(head) :]
    return [*found, rest]


def day(on: date | None, *, today: date | None = None) -> str:
    """Return a day as people say it: 9 Mar; with the year when it is another than today's."""
    if on is None:
        return "no date"
    year = "" if today is not None and on.year == today.year else f" {on.year}"
    return f"{on.day} {MONTHS[on.month - 1]}{year}"


def weekday(on: date) -> str:
    """Return a day with its weekday and year: Wed 4 Mar 2026."""
    return f"{WEEKDAYS[on.weekday()]} {day(on)}"


def clock(at: datetime, zone: str) -> str:
    """Return the time of day in a zone: 09:02."""
    return at.astimezone(time_zone(zone)).strftime("%H:%M")


def minutes(seconds: int) -> str:
    """Return a length of time: 9:02, 1:04:10."""
    hours, rest = divmod(max(0, seconds), 3600)
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


def lines_of(rows: Iterable[Text]) -> Text:
    """Return rows joined by newlines, as one widget shows them."""
    return Text("\n", end="").join(rows)


def cropped(rows: Iterable[Text], width: int) -> Iterator[Text]:
    """Yield rows cut to so many columns: one turned over would push others off the screen."""
    for row in rows:
        row.truncate(width, overflow="crop")
        yield row


def count(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: 1 case, 2 cases."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def known_as(row: dict[str, Any], *, names: bool) -> str:
    """Return how a service user is named on this screen.

    On a shared screen initials and local id, a restricted case by its number only; with names
    shown the name and local id.
    """
    number = str(row.get("case") or row.get("person_id") or "")
    if names:
        return " ".join(str(x) for x in (row.get("name") or number, row.get("local_id")) if x)
    if row.get("restricted"):
        return number
    return " ".join(str(x) for x in (row.get("initials"), row.get("local_id")) if x) or number
