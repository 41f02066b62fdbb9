"""Rows as JSON, CSV, spreadsheet and Parquet; files written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path, PurePath
from typing import Any

from casereview.cli.cells import plain
from casereview.cli.table import columns_of
from casereview.core.text import cell_for_spreadsheet, safe
from casereview.errors import Usage

CELL_MAX = 32_767
"""Characters that one spreadsheet cell holds. Source: Excel specifications and limits."""
ROWS_MAX = 1_048_575
"""Rows that one sheet holds below its header. Source: Excel specifications and limits."""

Rows = Sequence[Mapping[str, Any]]


def as_json(value: Any) -> Any:
    """Return a value that JSON has a word for: dates as ISO, sets in order."""
    if isinstance(value, datetime):
        return instant(value) if value.utcoffset() is not None else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(type(value).__name__)


def instant(at: datetime) -> str:
    """Return an aware instant in UTC with a Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def dumps(value: Any) -> str:
    """Return JSON in ASCII, so that nothing stored can steer a terminal."""
    text = json.dumps(value, default=as_json, ensure_ascii=True, allow_nan=False, indent=2)
    return text.replace("\x7f", "\\u007f")


def to_csv(rows: Rows) -> str:
    """Return rows as CSV: numbers stay numbers, text can start no formula.

    Source: RFC 4180.
    """
    keys = columns_of(rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    if keys:
        writer.writerow([cell_for_spreadsheet(safe(k)) for k in keys])
    for row in rows:
        writer.writerow([_csv_cell(row.get(k), k) for k in keys])
    return out.getvalue()


def _csv_cell(value: Any, key: str) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, date):
        return plain(value)
    return cell_for_spreadsheet(plain(value, key))


def to_parquet(rows: Rows, about: Mapping[str, str]) -> bytes:
    """Return rows as Parquet with what they are in its metadata."""
    import polars as pl

    data = {key: _column([row.get(key) for row in rows], key) for key in columns_of(rows)}
    out = io.BytesIO()
    pl.DataFrame(data).write_parquet(out, metadata=dict(about))
    return out.getvalue()


def _column(values: list[Any], key: str) -> list[Any]:
    """Return one column with one type: as it is when all agree, else as text."""
    kinds = {type(v) for v in values if v is not None}
    if kinds == {int, float}:
        return [None if v is None else float(v) for v in values]
    if len(kinds) == 1 and kinds <= {int, float, bool, date, datetime}:
        return values
    return [None if v is None else plain(v, key) for v in values]


def to_xlsx(rows: Rows, about: Mapping[str, str]) -> bytes:
    """Return rows as a spreadsheet: typed cells, a header that stays, a sheet that says what.

    Raises:
        Usage: there are more rows than a sheet holds.
    """
    import xlsxwriter

    if len(rows) > ROWS_MAX:
        raise Usage(
            f"{len(rows)} rows do not fit a spreadsheet, which holds {ROWS_MAX}.",
            code="too_many_rows",
            next="Write CSV or Parquet, or ask for one team.",
        )
    out = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd",
    }  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        sheet, bold = book.add_worksheet("rows"), book.add_format({"bold": True})
        keys = columns_of(rows)
        for n, key in enumerate(keys):
            sheet.write_string(0, n, safe(key).replace("_", " "), bold)
            widest = max((len(plain(row.get(key), key)) for row in rows), default=0)
            sheet.set_column(n, n, min(max(widest, len(key)) + 2, 60))
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows, start=1):
            for n, key in enumerate(keys):
                _xlsx_cell(sheet, line, n, row.get(key), key)
        notes = book.add_worksheet("about")
        for line, (name, text) in enumerate(about.items()):
            notes.write_string(line, 0, name, bold)
            notes.write_string(line, 1, safe(text, lines=True)[:CELL_MAX])
    return out.getvalue()


def _xlsx_cell(sheet: Any, line: int, column: int, value: Any, key: str) -> None:
    if value is None and key != "holds":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, column, value)
    elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1900:
        sheet.write_datetime(line, column, value)
    else:
        sheet.write_string(line, column, plain(value, key)[:CELL_MAX])


def refuse_existing(output: str, *, yes: bool) -> Path:
    """Return the path of an output file that may be written.

    Raises:
        Usage: something is there and --yes was not given, or it is a folder.
    """
    path = Path(output).expanduser()
    if path.is_dir():
        raise Usage(f"{output} is a folder.", code="output_folder", next="Name a file in it.")
    if not yes and (path.exists() or path.is_symlink()):
        raise Usage(
            f"There is already something at {output}; it was left as it is.",
            code="output_exists",
            next="Choose another name, or add --yes to replace it.",
        )
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; it appears complete or not at all.

    Raises:
        Usage: the folder is missing or cannot be written, or the disk is full.
    """
    part = None
    try:
        # mkstemp makes the file with mode 0600.
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except OSError as error:
        if part is not None:
            Path(part).unlink(missing_ok=True)
        raise Usage(
            f"{path} cannot be written: {error.strerror}.",
            code="output_unwritable",
            next="Choose a folder that exists and that you may write to.",
        ) from error
