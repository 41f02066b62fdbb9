"""Spreadsheets are read in a process of their own, which a damaged file may break.

The library that reads them asks for as much memory as a damaged file says, ends its process when
there is not so much, and goes round for ever where an ODS was cut off inside. So that process is
another, with limits of memory and time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

CHILD = Path(__file__).with_name("sheet_child.py")
MEMORY_MAX = 500 * 1024**2
"""Bytes of address space that reading one file may take."""
WORK_MAX = 5
"""Seconds of work that reading one file may take; the largest that is read takes two."""
SECONDS_MAX = 11
"""Seconds until an answer, on a computer that has other things to do."""


class Sheet(NamedTuple):
    """What a spreadsheet holds.

    Attributes:
        names: of its sheets, the one that was read first.
        rows: cells of the sheet that was asked for; empty when there is none of that name, or when
            it is larger than was asked for.
        size: rows and columns of that sheet.
        others: further sheets that are shown and can hold rows.
    """

    names: list[str]
    rows: list[list[Any]]
    size: tuple[int, int]
    others: list[str]


def read(path: Path, wanted: str, limits: tuple[int, int]) -> Sheet | None:
    """Return the cells of a sheet, None when the file cannot be read within the limits.

    Args:
        path: the file.
        wanted: name of the sheet, "" for the first that is shown.
        limits: most rows and columns that are handed over.
    """
    command = [sys.executable, "-P", str(CHILD), str(path.absolute()), wanted]
    try:
        done = subprocess.run(  # noqa: S603 - our own script, no shell; the file is an argument
            [*command, *map(str, (MEMORY_MAX, WORK_MAX, *limits))], capture_output=True,
            check=False, timeout=SECONDS_MAX,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return None
    if done.returncode:
        return None
    told = json.loads(done.stdout)
    rows = [[_cell(v) for v in row] for row in told["rows"]]
    height, width = told.get("size", (0, 0))
    return Sheet(told["names"], rows, (height, width), told.get("others", []))


def _cell(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "t" in value:
        return datetime.fromisoformat(value["t"])
    return date.fromisoformat(value["d"]) if "d" in value else value["s"]
