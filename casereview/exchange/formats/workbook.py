"""A spreadsheet opened: XLSX, XLS or ODS, within limits that are checked before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from casereview.exchange.formats import sheet_apart
from casereview.exchange.formats.archives import (
    Parts,
    counts_from_1904,
    empty_formulas,
    error_cells,
    extent,
    repeated_too_often,
)
from casereview.exchange.formats.sheet_parts import is_whole, part_of
from casereview.exchange.formats.survey import Survey, unreadable
from casereview.packs.reader import nearest

ROWS_MAX = 100_000
COLUMNS_MAX = 200
OLD_MAX = 20 * 1024**2
"""Bytes of an old spreadsheet (XLS), which cannot be looked into before it is read."""
Cells = list[list[Any]]
Places = dict[int, set[int]]
"""1-based row to 0-based columns."""


class Book(NamedTuple):
    """A sheet and what its cells do not say.

    Attributes:
        rows: cells, row 1 first.
        formulas: formulas that have no stored value; only of XLSX.
        errors: cells whose formula went wrong; only of XLSX.
        from_1904: True when day numbers without a format count from 1904; only of XLSX.
        others: further sheets that are shown and, of XLSX, have more than one row.
    """

    rows: Cells
    formulas: Places
    errors: Places
    from_1904: bool = False
    others: Sequence[str] = ()


def load(path: Path, found: Survey, wanted: str = "") -> Book:
    """Return the cells of a sheet.

    Args:
        path: the file.
        found: its survey.
        wanted: name of the sheet, "" for the first that is shown.

    Raises:
        Unreadable: it is damaged, protected, no spreadsheet, or passes a limit.
    """
    name = path.name
    parts = Parts(path) if found.head.startswith(b"PK") else None
    if parts is None:
        _check_old(path, found)
    elif not {"xl/workbook.xml", "content.xml"} & parts.names:
        raise unreadable(
            name, "This zip file is no spreadsheet that is read; read are XLSX, XLS and ODS."
        )
    else:
        _check_extent(parts, name)
    told = sheet_apart.read(path, wanted, (ROWS_MAX, COLUMNS_MAX))
    if told is None:
        raise unreadable(
            name,
            "This spreadsheet cannot be read: it is damaged, protected by a password, or takes "
            "too much memory or time. Save it again as XLSX without a password, or as CSV.",
        )
    sheet = _choose(told.names, wanted, name)
    _check_size(*told.size, name)
    if parts is None or "content.xml" in parts.names:
        return Book(told.rows, {}, {}, others=told.others)
    cells = parts.text(part_of(parts, sheet))
    from_1904 = counts_from_1904(parts.text("xl/workbook.xml"))
    others = [n for n in told.others if extent(parts.text(part_of(parts, n)))[0] > 1]
    return Book(told.rows, empty_formulas(cells), error_cells(cells), from_1904, others)


def _check_old(path: Path, found: Survey) -> None:
    if path.suffix.lower() != ".xls":
        raise unreadable(
            path.name,
            "This is protected by a password, or it is an old .xls file under another ending. "
            "Save it as XLSX without a password.",
        )
    if found.size > OLD_MAX:
        raise unreadable(
            path.name, f"It has {found.size:,} bytes; of XLS at most {OLD_MAX:,} are read."
        )


def _check_size(rows: int, columns: int, name: str) -> None:
    if rows > ROWS_MAX or columns > COLUMNS_MAX:
        raise unreadable(
            name,
            f"The sheet has {rows:,} rows and {columns:,} columns; at most {ROWS_MAX:,} and "
            f"{COLUMNS_MAX} are read. Save it as CSV.",
        )


def _check_extent(parts: Parts, name: str) -> None:
    """Check how far the cells reach, whatever the file says of it."""
    if "content.xml" in parts.names:
        if not is_whole(parts.text("content.xml")):
            # The library that reads it would look for the end of it for ever.
            raise unreadable(name, "It is damaged inside: its cells are no whole XML.")
        if repeated_too_often(parts.text("content.xml"), ROWS_MAX, COLUMNS_MAX):
            _check_size(ROWS_MAX + 1, COLUMNS_MAX + 1, name)
        return
    for part in sorted(parts.names):
        if part.endswith(".xml") and "sheet" in part.lower():
            _check_size(*extent(parts.text(part)), name)


def _choose(names: Sequence[str], wanted: str, name: str) -> str:
    if not names:
        raise unreadable(name, "The workbook has no sheet.")
    if wanted and wanted not in names:
        raise unreadable(name, f"There is no sheet {wanted!r}.", near=nearest(wanted, names))
    return wanted or names[0]
