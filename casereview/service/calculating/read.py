"""A plain CSV of figures: every fault of it at once, with line and column."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from casereview.core.text import safe
from casereview.errors import Fault, FileFaults, Usage
from casereview.service.calculating.hints import instead_of
from casereview.service.near import nearest

BYTES_MAX = 200_000_000
FAULTS_SHOWN = 50
NUMBER_MAX = 1e12
"""A figure beyond it is a slip, and its square would not fit."""
NUMBER_MIN = 1e-9
"""A figure nearer to 0 is a slip, and what is divided by it would not fit."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_WENT_WRONG = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)", re.IGNORECASE)
_SHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHOWN = 40
_BETWEEN = (",", ";", "\t")


class CellFault(Exception):
    """A cell that cannot be read."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a method reads.

    Attributes:
        name: its heading; capitals and blanks around it do not matter.
        read: turns a cell into a value.
        optional: True when the file may leave the column out.
        blank: True when a cell may be empty, which reads as None.
    """

    name: str
    read: Callable[[str], Any]
    optional: bool = False
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its 1-based line in the file and its values by column."""

    number: int
    values: dict[str, Any]


class Sheet:
    """The rows of a file, and the faults that its method finds in them.

    Attributes:
        file: its name, without folders.
        lines: the rows in order.
        columns: headings that were read.
        ignored: headings that the method does not know.
    """

    def __init__(self, file: str, headings: Sequence[str], known: Sequence[Column]) -> None:
        self.file = file
        self.lines: list[Line] = []
        self.headings = list(headings)
        names = {c.name for c in known}
        self.columns = [c.name for c in known if c.name in self.headings]
        self.ignored = [h for h in self.headings if h not in names]
        self.faults: list[Fault] = []

    def has(self, name: str) -> bool:
        """Tell whether the file has a column."""
        return name in self.headings

    def fault(self, line: Line | None, name: str, what: str, near: str | None = None) -> None:
        """Note a fault of a cell, or of the whole file."""
        number = None if line is None else line.number
        place = self.headings.index(name) + 1 if line and name in self.headings else None
        self.faults.append(Fault(self.file, name, what, line=number, column=place, nearest=near))

    def check(self) -> None:
        """Refuse the file when a fault was found.

        Raises:
            FileFaults: with every fault, at most 50 of them in full.
        """
        if self.faults:
            raise _refused(self.file, self.faults)


def _refused(file: str, faults: Sequence[Fault]) -> FileFaults:
    shown = list(faults[:FAULTS_SHOWN])
    if len(faults) > FAULTS_SHOWN:
        shown.append(Fault(file, "", f"There are {len(faults) - FAULTS_SHOWN} more faults."))
    return FileFaults(f"{file} cannot be worked out", shown)


def read_sheet(file: str | Path, columns: Sequence[Column]) -> Sheet:
    """Read a file.

    Args:
        file: UTF-8 with a heading line; comma, semicolon or tab between cells.
        columns: what the method reads; others are ignored and named.

    Raises:
        Usage: the file is not there or too large.
        FileFaults: with every fault of it.
    """
    path = Path(file)
    name = safe(path.name)
    rows = _rows(name, _text(path, name))
    if not rows:
        raise _refused(name, [Fault(name, "", "The file is empty.")])
    number, head = rows[0]
    headings = [safe(h.strip().casefold()) for h in head]
    while not headings[-1]:
        headings.pop()
    sheet = Sheet(name, headings, columns)
    _check_headings(sheet, columns, number)
    for number, cells in rows[1:]:
        _add(sheet, columns, number, cells)
    if not sheet.lines and not sheet.faults:
        sheet.fault(None, "", "There is a heading but no row.")
    sheet.check()
    return sheet


def _text(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise Usage(
                f"{name} is larger than {BYTES_MAX // 1_000_000} MB.",
                code="file_too_large",
                next="Give the figures, not the records behind them.",
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no file name"
        raise Usage(
            f"{name or 'The file'} cannot be read: {why}.",
            code="unreadable_file",
            next="Name a CSV file.",
        ) from error
    if data.startswith(_SHEETS):
        raise _refused(name, [Fault(name, "", "This is a spreadsheet; save it as CSV UTF-8.")])
    if b"\x00" in data:
        line = data.count(b"\n", 0, data.index(b"\x00")) + 1
        what = "There is a NUL character, as in UTF-16 text; save the file as CSV UTF-8."
        raise _refused(name, [Fault(name, "", what, line=line)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = "The text is not UTF-8; save the file as CSV UTF-8."
        raise _refused(name, [Fault(name, "", what, line=line)]) from error


def _rows(name: str, text: str) -> list[tuple[int, list[str]]]:
    head = text.partition("\n")[0].strip().strip('"')
    stated = head[4:] if head[:4].casefold() == "sep=" and head[4:] in _BETWEEN else ""
    between = stated or max(_BETWEEN, key=head.count)
    rows, start = [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise _refused(name, [Fault(name, "", _broken(error, start), line=start)]) from error
    return rows[1:] if stated else rows


def _broken(error: csv.Error, start: int) -> str:
    if "end of data" in str(error):
        return f"A quote that opens on line {start} is not closed."
    if "field limit" in str(error):
        return f"A cell has more than {csv.field_size_limit():,} characters."
    return "A quote stands inside a cell; put the whole cell in quotes and write it twice."


def _check_headings(sheet: Sheet, columns: Sequence[Column], number: int) -> None:
    for heading in dict.fromkeys(h for h in sheet.headings if sheet.headings.count(h) > 1):
        sheet.faults.append(
            Fault(sheet.file, heading, "The heading occurs twice.", line=number)
        )  # fmt: skip
    for column in columns:
        if not column.optional and not sheet.has(column.name):
            near = nearest(column.name, sheet.ignored)
            what = f"There is no column {column.name}; the file has {', '.join(sheet.headings)}."
            fault = Fault(sheet.file, column.name, what, line=number, nearest=near)
            sheet.faults.append(fault)
    sheet.check()


def _add(sheet: Sheet, columns: Sequence[Column], number: int, cells: list[str]) -> None:
    width = len(sheet.headings)
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) != width:
        many = "cell" if len(cells) == 1 else "cells"
        what = f"The row has {len(cells)} {many}; the heading has {width}."
        sheet.faults.append(Fault(sheet.file, "", what, line=number, column=len(cells)))
        return
    by_name = dict(zip(sheet.headings, cells, strict=True))
    line = Line(number, {})
    for column in columns:
        cell = by_name.get(column.name)
        if cell is None:
            continue
        if not cell.strip() and column.blank:
            line.values[column.name] = None
            continue
        try:
            line.values[column.name] = column.read(cell.strip())
        except CellFault as error:
            sheet.fault(line, column.name, str(error))
    sheet.lines.append(line)


# --- cells


def text(cell: str) -> str:
    """Read words."""
    if not cell:
        raise CellFault("The cell is empty.")
    if _WENT_WRONG.fullmatch(cell):
        raise CellFault(f"{cell} is the sign for a formula that went wrong.")
    return safe(cell)


def number(cell: str) -> float:
    """Read a number with a point: no thousands separators, no units."""
    if not _NUMBER.fullmatch(cell):
        shown = safe(cell[:_SHOWN])
        instead = instead_of(cell) if len(cell) <= _SHOWN else ""
        what = f"{shown!r} is no number{f'; {instead}' if instead else ''}."
        raise CellFault(what if cell else "The cell is empty.")
    found = float(cell)
    if not math.isfinite(found) or abs(found) > NUMBER_MAX:
        raise CellFault(f"The number is larger than {NUMBER_MAX:g}.")
    if found and abs(found) < NUMBER_MIN:
        raise CellFault(f"The number is nearer to 0 than {NUMBER_MIN:g}; write 0, or correct it.")
    return found


def not_negative(cell: str) -> float:
    """Read a number of 0 or more."""
    found = number(cell)
    if found < 0:
        raise CellFault(f"{cell} is less than 0.")
    return found


def above_0(cell: str) -> float:
    """Read a number above 0."""
    found = number(cell)
    if found <= 0:
        raise CellFault(f"{cell} is not more than 0.")
    return found


def count(cell: str) -> int:
    """Read a whole number of 0 or more."""
    found = not_negative(cell)
    if found != int(found):
        raise CellFault(f"{cell} is no whole number.")
    return int(found)


def day(cell: str) -> date:
    """Read a date as year-month-day."""
    try:
        if _DATE.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    shown = safe(cell[:_SHOWN])
    raise CellFault(
        "The cell is empty." if not cell
        else f"{shown!r} is no date; write year-month-day, 2026-03-01."
    )  # fmt: skip
