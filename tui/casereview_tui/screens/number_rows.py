"""Measures as figures by period, their trend in blocks, and which cases stand behind a figure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from casereview.core.calendar import add_days
from casereview.core.periods import every_word, periods_between
from casereview_tui.screens.listing import Row
from casereview_tui.text import day

BLOCKS = "▁▂▃▄▅▆▇█"
GROUPS = ("wait", "side", "stage", "window")
"""Columns of a measure's rows that say what a figure is about."""
ONCE = "cases"
"""A column that counts a case once, however often it is listed."""
BASES = {ONCE: ("entered",)}
USUAL = ("n", "left", "open", "discharges")
"""What a figure that is listed under no name of its own is about, the first that is listed."""
LIMIT = re.compile(r"(?P<how>over|from)_(?P<n>\d+)(?P<weeks>_weeks)?")
_DAYS = {"week": 7, "month": 31, "quarter": 92, "year": 366}


def periods_back(today: date, every: str, n: int) -> date:
    """Return the first day of the period that is n - 1 before the one of a day."""
    spans = every_word(every)
    before = add_days(today, 1)
    found = periods_between(today - timedelta(days=_DAYS[every] * n), before, spans)
    # The first one may be cut by the start that was asked for; it is never among the last n.
    return found[-n].from_on if len(found) > n else found[0].from_on


def spark(values: Sequence[Any]) -> str:
    """Return one block for each value, lowest to highest of them; a blank for an unknown one."""
    known = [v for v in values if v is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    if low == high:
        return "".join(" " if v is None else BLOCKS[0 if not v else 3] for v in values)
    top = len(BLOCKS) - 1
    return "".join(
        " " if v is None else BLOCKS[round((v - low) / (high - low) * top)] for v in values
    )


def table(rows: Sequence[Row], most: int, meant: Mapping[str, str]) -> tuple[list[date], list[Row]]:
    """Return the first days of the periods, and one row for each figure with its value in each.

    Keys of a row: words, column ("" for a line that only says what those below are about), group
    (column to value), values, meaning. Figures that are nowhere known, and words, are left out.
    """
    starts = sorted({r["period_from"] for r in rows})[-most:]
    figures: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        group = {g: row[g] for g in GROUPS if g in row}
        for column, value in row.items():
            if column not in ("period_from", "at", *GROUPS):
                key = (*group.values(), column)
                figure = figures.setdefault(key, _figure(group, column, meant))
                figure["by"][row["period_from"]] = None if isinstance(value, str) else value
                figure["targets"][row["period_from"]] = row.get("target_days")
    found: list[Row] = []
    for figure in figures.values():
        values = [figure["by"].get(s) for s in starts]
        if all(v is None for v in values):
            continue
        if figure["group"] and (not found or found[-1]["group"] != figure["group"]):
            words = ", ".join(str(v) for v in figure["group"].values())
            found.append({**figure, "words": words, "column": "", "values": []})
        found.append({**figure, "values": values})
    return starts, found


def _figure(group: dict[str, Any], column: str, meant: Mapping[str, str]) -> Row:
    words = column.replace("_", " ") if column != "n" else "cases"
    return {
        "words": f"  {words}" if group else words, "column": column, "group": group, "by": {},
        "targets": {}, "meaning": meant.get(column, ""),
    }  # fmt: skip


def behind(rows: Sequence[Row], figure: Row, start: date) -> list[Row]:
    """Return the cases behind one figure of one period, with a word about each.

    A count lists as many lines as it says; a mean, median or percentage lists what it is of.
    """
    if not figure["by"].get(start) and not _of_many(figure["column"]):
        return []
    mine = [r for r in rows if r["period_from"] == start and _of_group(r, figure["group"])]
    column = figure["column"]
    kinds = {r["counted"] for r in rows}
    if column == "within_target":
        target = figure["targets"][start]
        found = [r for r in mine if r["days"] is not None and r["days"] <= target]
    else:
        found = [r for r in mine if _counts(r, column, kinds)]
    if column == ONCE:
        found = list({r["case"]: r for r in found}.values())
    return [{"case": r["case"], "words": _words(r)} for r in found]


def _of_many(column: str) -> bool:
    """Tell whether a figure says something of many cases and is no count of them."""
    return column.startswith(("mean_", "median", "percent", "p9")) or column.endswith("_days")


def _of_group(row: Row, group: dict[str, Any]) -> bool:
    for name, value in group.items():
        held = row["counted"] if name == "side" else row.get(name)
        if held != value:
            return False
    return True


def _counts(row: Row, column: str, kinds: set[str]) -> bool:
    """Tell whether a listed case is one of those that a column counts, or is about."""
    if column in kinds:
        return bool(row["counted"] == column)
    base = next((b for b in BASES.get(column, USUAL) if b in kinds), None)
    if row["counted"] == "excluded" or (base is not None and row["counted"] != base):
        return False
    column = "followed_up" if column == "percent_followed" else column
    days = row.get("days")
    limit = LIMIT.fullmatch(column)
    if limit is not None and isinstance(days, int):
        most = int(limit["n"]) * (7 if limit["weeks"] else 1)
        return days > most if limit["how"] == "over" else days >= most
    if column == "negative":
        return isinstance(days, int) and days < 0
    if column in row and row[column] in (0, 1, True, False):
        return bool(row[column])
    return True


def _words(row: Row) -> str:
    said = [f"counted as {row['counted'].replace('_', ' ')}"] if row["counted"] != "n" else []
    said.append(f"came {day(row['referred_on'])}")
    said += [f"closed {day(row['closed_on'])}"] if row.get("closed_on") else []
    said += [str(row["exit"])] if row.get("exit") else []
    said += [f"{row['days']} days"] if row.get("days") is not None else []
    return ", ".join(said)
