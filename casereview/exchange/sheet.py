"""Rows of a spreadsheet: XLSX, XLS and ODS, every cell as text, dates as the layout writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from casereview.exchange.archives import Parts, empty_formulas, extent, repeated_too_often
from casereview.exchange.findings import Findings
from casereview.exchange.headings import LOOK_FOR_HEADINGS, missing, no_headings, places
from casereview.exchange.layout import Layout
from casereview.exchange.moments import NUMBERED, Format
from casereview.exchange.sheet_parts import part_of
from casereview.exchange.survey import Survey, unreadable
from casereview.exchange.table import CELL_MAX, Row
from casereview.packs.reader import nearest

ROWS_MAX = 100_000
COLUMNS_MAX = 200
OLD_MAX = 20 * 1024**2
"""Bytes of an old spreadsheet (XLS), which cannot be looked into before it is read."""
NO_VALUE = "This cell holds a formula with no stored value."


class SheetTable:
    """The rows of one sheet.

    Attributes:
        headings: as the sheet writes them, without empty ones at the end.
        places: heading of the layout to position.
        count: rows that are not blank, also those that were not taken.
    """

    def __init__(self, path: Path, found: Survey, layout: Layout, findings: Findings) -> None:
        self._name = path.name
        self._layout = layout
        self._findings = findings
        self._formats = [f for f in layout.formats if f.text not in NUMBERED and not f.zoned]
        self._formulas: dict[int, set[int]] = {}
        self.headings: list[str] = []
        self.places: dict[str, int] = {}
        self.count = 0
        self._rows = self._load(path, found)
        self._start = self._find_headings()

    def _load(self, path: Path, found: Survey) -> list[list[Any]]:
        zipped = found.head.startswith(b"PK")
        parts = Parts(path) if zipped else None
        if parts is None:
            self._check_old(path, found)
        elif "xl/workbook.xml" not in parts.names and "content.xml" not in parts.names:
            raise unreadable(
                self._name,
                "This zip file is no spreadsheet that is read; read are XLSX, XLS and ODS.",
            )
        book = _opened(path)
        sheet = self._choose(book.sheet_names)
        if parts is not None:
            self._look_into(parts, sheet)
        rows = _values(book, sheet, self._name)
        if len(rows) > ROWS_MAX or max(map(len, rows), default=0) > COLUMNS_MAX:
            raise self._too_large(len(rows), max(map(len, rows), default=0))
        return rows

    def _check_old(self, path: Path, found: Survey) -> None:
        if path.suffix.lower() != ".xls":
            raise unreadable(
                self._name,
                "This is protected by a password, or it is an old .xls file under another ending. "
                "Save it as XLSX without a password.",
            )
        if found.size > OLD_MAX:
            raise unreadable(
                self._name, f"It has {found.size:,} bytes; of XLS at most {OLD_MAX:,} are read."
            )

    def _too_large(self, rows: int, columns: int) -> Exception:
        return unreadable(
            self._name,
            f"The sheet has {rows:,} rows and {columns:,} columns; at most {ROWS_MAX:,} and "
            f"{COLUMNS_MAX} are read. Save it as CSV.",
        )

    def _look_into(self, parts: Parts, sheet: str) -> None:
        """Check the true size of the sheet and find formulas without a value."""
        if "content.xml" in parts.names:
            if repeated_too_often(parts.text("content.xml"), ROWS_MAX, COLUMNS_MAX):
                raise self._too_large(ROWS_MAX + 1, COLUMNS_MAX + 1)
            return
        for name in sorted(parts.names):
            if name.endswith(".xml") and "sheet" in name.lower():
                rows, columns = extent(parts.text(name))
                if rows > ROWS_MAX or columns > COLUMNS_MAX:
                    raise self._too_large(rows, columns)
        self._formulas = empty_formulas(parts.text(part_of(parts, sheet)))

    def _choose(self, names: Sequence[str]) -> str:
        wanted = self._layout.sheet
        if not names:
            raise unreadable(self._name, "The workbook has no sheet.")
        if wanted and wanted not in names:
            raise unreadable(
                self._name, f"There is no sheet {wanted!r}.", near=nearest(wanted, names)
            )
        return wanted or names[0]

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
                self.places = places(
                    self._layout, cells, self._name, place + 1, self._findings
                )
                return place + 1
        if first is None:
            raise unreadable(self._name, "The sheet has no heading line.")
        raise no_headings(self._layout, first, self._name, 1)

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
            if not any(c.strip() for c in cells) and line not in self._formulas:
                continue
            self.count += 1
            if self._sound(line, cells):
                yield Row(line, hash(tuple(cells)), cells)

    def _sound(self, line: int, cells: Sequence[str]) -> bool:
        for heading, place in self.places.items():
            if place in self._formulas.get(line, ()):
                fix = "Open it in the spreadsheet program and save it, or type the value."
                self._findings.reject(line, heading, "", NO_VALUE, fix)
                return False
            if len(cells[place]) > CELL_MAX:
                reason = f"This cell has {len(cells[place]):,} characters; {CELL_MAX:,} are read."
                self._findings.reject(line, heading, cells[place][:80], reason, "Shorten it.")
                return False
        return True

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
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
        fitting: list[Format] = plain or [f for f in self._formats if f.timed]
        return fitting[0].write(day, at) if fitting else day.isoformat()


def _opened(path: Path) -> Any:
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as error:
        raise unreadable(
            path.name, "It is protected by a password. Save it as XLSX without a password."
        ) from error
    except (calamine.CalamineError, OSError) as error:
        raise unreadable(
            path.name,
            "This spreadsheet cannot be read: it is damaged, or protected by a password. Save it "
            "again as XLSX without a password.",
        ) from error


def _values(book: Any, sheet: str, name: str) -> list[list[Any]]:
    import python_calamine as calamine

    try:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError) as error:
        what = f"The sheet {sheet!r} cannot be read. Save the file again as XLSX."
        raise unreadable(name, what) from error
    return [list(row) for row in rows]
