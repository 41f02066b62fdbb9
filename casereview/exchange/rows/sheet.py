"""Rows of a spreadsheet: XLSX, XLS and ODS, every cell as text, dates as the layout writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from casereview.core.text import safe
from casereview.exchange.findings import Findings
from casereview.exchange.formats.survey import Survey, unreadable
from casereview.exchange.formats.workbook import load
from casereview.exchange.layouts.headings import LOOK_FOR_HEADINGS, missing, no_headings, places
from casereview.exchange.layouts.layout import Layout
from casereview.exchange.layouts.moments import NUMBERED, Format
from casereview.exchange.rows.table import CELL_MAX, Row

NO_VALUE = "This cell holds a formula with no stored value."
WENT_WRONG = "This cell holds a formula that went wrong, such as #REF!."


class SheetTable:
    """The rows of one sheet.

    Attributes:
        headings: as the sheet writes them, without empty ones at the end.
        places: heading of the layout to position.
        count: rows that are not blank, also those that were not taken.
        from_1904: True when day numbers without a format count from 1904.
    """

    def __init__(self, path: Path, found: Survey, layout: Layout, findings: Findings) -> None:
        self._name = path.name
        self._layout = layout
        self._findings = findings
        self._formats = [f for f in layout.formats if f.text not in NUMBERED and not f.zoned]
        self.headings: list[str] = []
        self.places: dict[str, int] = {}
        self.count = 0
        book = load(path, found, layout.sheet)
        self._rows, self._formulas, self._errors, self.from_1904, self._others = book
        self._start = self._find_headings()
        self._tell_of_others()

    def _tell_of_others(self) -> None:
        """Name the sheets that nobody said to leave out, for there may be people on them."""
        if not self._others or self._layout.sheet:
            return
        self._findings.warn(
            0, "", ", ".join(self._others),
            "The workbook has other sheets, which were not read.",
            f'If one holds cases, name it with sheet = "{safe(self._others[0])}" in [file] and '
            "import the file again.",
        )  # fmt: skip

    def _find_headings(self) -> int:
        """Find the headings among the first rows and return the place of the row after them.

        Raises:
            Unreadable: they are not there.
        """
        first: list[str] | None = None
        begin = self._layout.skip
        for place, row in enumerate(self._rows[begin : begin + LOOK_FOR_HEADINGS], begin):
            cells = self._headings_of(row)
            if not cells:
                continue
            if first is None or len(cells) > len(first):
                first = cells
            if not missing(self._layout, cells):
                self.headings = cells
                self.places = places(self._layout, cells, self._name, place + 1, self._findings)
                return place + 1
        if first is None:
            what = f"There are no headings among the first {LOOK_FOR_HEADINGS} rows of the sheet"
            more = f"; it has other sheets: {', '.join(map(safe, self._others[:9]))}"
            fix = " Set skip or sheet in [file], or take away the rows above them."
            raise unreadable(self._name, f"{what}{more if self._others else ''}.{fix}")
        raise no_headings(self._layout, first, self._name, 1, self._others)

    def _headings_of(self, row: Sequence[Any]) -> list[str]:
        cells = [self._text(c).strip() for c in row]
        while cells and not cells[-1]:
            cells.pop()
        return cells

    def __iter__(self) -> Iterator[Row]:
        """Yield whole rows; report the others. Lines are the rows of the sheet."""
        width = len(self.headings)
        for place in range(self._start, len(self._rows)):
            cells = [self._text(c) for c in self._rows[place][:width]]
            cells += [""] * (width - len(cells))
            line = place + 1
            odd = line in self._formulas or line in self._errors
            if not odd and not any(c.strip() for c in cells):
                continue
            self.count += 1
            if self._sound(line, cells):
                yield Row(line, hash(tuple(cells)), cells)

    def _sound(self, line: int, cells: Sequence[str]) -> bool:
        for heading, place in self.places.items():
            for where, reason in ((self._formulas, NO_VALUE), (self._errors, WENT_WRONG)):
                if place in where.get(line, ()):
                    fix = "Open it in the spreadsheet program and save it, or type the value."
                    self._findings.reject(line, heading, "", reason, fix)
                    return False
            if len(cells[place]) > CELL_MAX:
                reason = f"This cell has {len(cells[place]):,} characters; {CELL_MAX:,} are read."
                self._findings.reject(line, heading, cells[place][:80], reason, "Shorten it.")
                return False
        return True

    def _text(self, value: Any) -> str:
        if isinstance(value, str | bool):
            return value if isinstance(value, str) else str(value).upper()
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        if isinstance(value, datetime):
            return self._dated(value.date(), (value.hour, value.minute, value.second))
        if isinstance(value, date):
            return self._dated(value, (0, 0, 0))
        if isinstance(value, time | timedelta | int | float):
            return str(value)
        return ""

    def _dated(self, day: date, at: tuple[int, int, int]) -> str:
        """Write a true date as the layout's first format does, so that it is read as any other."""
        plain = [f for f in self._formats if f.timed == (at != (0, 0, 0))]
        # A time of day is left out only where the layout reads dates without one.
        fitting: list[Format] = plain or [f for f in self._formats if f.timed] or self._formats
        return fitting[0].write(day, at) if fitting else day.isoformat()
