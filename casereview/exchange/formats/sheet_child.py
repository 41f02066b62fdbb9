"""Reads one spreadsheet in a process of its own; run as a script by `sheet_apart`.

Prints {"names": [...], "others": [...], "rows": [[...]]}; the first name is the sheet that was
read, others are further ones that are shown and can hold rows. Dates and times are
{"d": ISO date}, {"t": ISO instant}, {"s": text}. It imports nothing of casereview, so that it
starts fast and isolated.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return {"s": str(value)}


def _bound(memory: int, seconds: int) -> None:
    """Hold the process to some bytes of memory and seconds of work where the system can."""
    try:
        import resource
    except ImportError:
        return  # Windows: the time limit of the parent stands alone.
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main() -> None:
    """Print the cells of a sheet: file, sheet ("" for the first), bytes, seconds, rows, columns."""
    path, wanted, memory, seconds, rows_max, columns_max = sys.argv[1:]
    import python_calamine as calamine

    _bound(int(memory), int(seconds))
    book = calamine.CalamineWorkbook.from_path(path)
    names = list(book.sheet_names)
    shown = [
        one.name for one in book.sheets_metadata
        if one.visible == calamine.SheetVisibleEnum.Visible
        and one.typ == calamine.SheetTypeEnum.WorkSheet
    ]  # fmt: skip
    chosen = wanted or next(iter(shown or names), "")
    told: dict[str, Any] = {"names": names, "rows": []}
    if chosen in names:
        told["names"] = [chosen, *(n for n in names if n != chosen)]
        told["others"] = [n for n in shown if n != chosen]
        sheet = book.get_sheet_by_name(chosen)
        told["size"] = [sheet.total_height, sheet.total_width]
        if sheet.total_height <= int(rows_max) and sheet.total_width <= int(columns_max):
            rows = sheet.to_python(skip_empty_area=False)
            told["rows"] = [[_plain(v) for v in row] for row in rows]
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
