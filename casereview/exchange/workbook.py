"""A spreadsheet opened: XLSX, XLS or ODS, within limits that are checked before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casereview.exchange.archives import Parts, empty_formulas, extent, repeated_too_often
from casereview.exchange.sheet_parts import part_of
from casereview.exchange.survey import Survey, Unreadable, unreadable
from casereview.packs.reader import nearest

ROWS_MAX = 100_000
COLUMNS_MAX = 200
OLD_MAX = 20 * 1024**2
"""Bytes of an old spreadsheet (XLS), which cannot be looked into before it is read."""
Cells = list[list[Any]]
Formulas = dict[int, set[int]]
"""1-based row to 0-based columns of formulas that have no stored value."""


def load(path: Path, found: Survey, wanted: str = "") -> tuple[Cells, Formulas]:
    """Return the cells of a sheet, row 1 first, and its formulas without a value.

    Args:
        path: the file.
        found: its survey.
        wanted: name of the sheet, "" for the first.

    Raises:
        Unreadable: it is damaged, protected, no spreadsheet, or passes a limit.
    """
    name = path.name
    parts = Parts(path) if found.head.startswith(b"PK") else None
    if parts is None:
        _check_old(path, found)
    elif "xl/workbook.xml" not in parts.names and "content.xml" not in parts.names:
        raise unreadable(
            name, "This zip file is no spreadsheet that is read; read are XLSX, XLS and ODS."
        )
    book = _opened(path)
    sheet = _choose(book.sheet_names, wanted, name)
    formulas = {} if parts is None else _look_into(parts, sheet, name)
    rows = _values(book, sheet, name)
    _check_size(len(rows), max(map(len, rows), default=0), name)
    return rows, formulas


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


def _look_into(parts: Parts, sheet: str, name: str) -> Formulas:
    """Check how far the cells reach, whatever the file says of it, and find empty formulas."""
    if "content.xml" in parts.names:
        if repeated_too_often(parts.text("content.xml"), ROWS_MAX, COLUMNS_MAX):
            _check_size(ROWS_MAX + 1, COLUMNS_MAX + 1, name)
        return {}
    for part in sorted(parts.names):
        if part.endswith(".xml") and "sheet" in part.lower():
            _check_size(*extent(parts.text(part)), name)
    return empty_formulas(parts.text(part_of(parts, sheet)))


def _choose(names: Sequence[str], wanted: str, name: str) -> str:
    if not names:
        raise unreadable(name, "The workbook has no sheet.")
    if wanted and wanted not in names:
        raise unreadable(name, f"There is no sheet {wanted!r}.", near=nearest(wanted, names))
    return wanted or names[0]


def _not_read(name: str) -> Unreadable:
    return unreadable(
        name,
        "This spreadsheet cannot be read: it is damaged, or protected by a password. Save it "
        "again as XLSX without a password.",
    )


def _is_panic(error: BaseException) -> bool:
    """Tell whether the reader of spreadsheets gave up on a file in a way of its own."""
    return type(error).__name__ == "PanicException"


def _opened(path: Path) -> Any:
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except (calamine.CalamineError, OSError) as error:
        raise _not_read(path.name) from error
    except BaseException as error:
        # A panic of the Rust reader is no Exception; everything else goes on as it came.
        if _is_panic(error):
            raise _not_read(path.name) from error
        raise


def _values(book: Any, sheet: str, name: str) -> Cells:
    import python_calamine as calamine

    try:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError) as error:
        raise _not_read(name) from error
    except BaseException as error:
        if _is_panic(error):
            raise _not_read(name) from error
        raise
    return [list(row) for row in rows]
