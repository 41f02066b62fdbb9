"""`calc compare`: before and after a change, in cases, rates, shares or a series.

What is compared follows from the columns: values of single cases (period, value), events in a time
(period, events, time), those who had it out of all (period, x, n), or with --change-after a series.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from casereview.errors import Usage
from casereview.measures.methods.change_counts import Counted
from casereview.measures.methods.spc_profiles import Profile, profile_named
from casereview.service.calculating import change, options
from casereview.service.calculating.options import Typed
from casereview.service.calculating.read import (
    CellFault,
    Column,
    Line,
    Sheet,
    above_0,
    count,
    number,
    read_sheet,
    text,
)
from casereview.service.calculating.read import day as a_day

Rows = list[dict[str, Any]]
Found = tuple[Rows, dict[str, Any]]
SIDES = ("before", "after")
COUNTED_MAX = 1_000_000
"""Events up to which exact tests are worked out."""
COLUMNS = (
    Column("period", text),
    Column("value", number, optional=True),
    Column("events", count, optional=True),
    Column("time", above_0, optional=True),
    Column("x", count, optional=True),
    Column("n", count, optional=True),
)


def compare_file(
    file: str,
    *,
    change_after: Typed = None,
    improvement: str = "neutral",
    profile: str = "mdc",
) -> Found:
    """Compare a before and an after.

    Args:
        file: the CSV; period is before or after, or with `change_after` a date or number in order.
        change_after: the series' points before the change: how many, or the first date after it.
        improvement: which way is better, for the SPC verdict.
        profile: whose SPC rules.
    """
    options.one_of(improvement, ("increase", "decrease", "neutral"), "--improvement")
    rules = profile_named(profile)
    sheet = read_sheet(file, COLUMNS)
    if change_after is not None:
        _need(sheet, ("value",))
        found = _series(sheet, str(change_after), rules, improvement)
    elif sheet.has("events") or sheet.has("time"):
        _need(sheet, ("events", "time"))
        found = change.compare_rates(*_counted(sheet, "events", "time"))
    elif sheet.has("x") or sheet.has("n"):
        _need(sheet, ("x", "n"))
        found = change.compare_shares(*_counted(sheet, "x", "n"))
    else:
        _need(sheet, ("value",))
        found = change.compare_values(*_sides(sheet))
    about = {
        "columns_ignored": sheet.ignored,
        "compared": found.kind,
        "interval_method": change.METHODS[found.kind],
        "verdict": asdict(found.verdict),
        "spc": found.spc,
        "warnings": list(found.warnings),
    }
    return [found.figures], about


def _need(sheet: Sheet, names: Sequence[str]) -> None:
    for name in names:
        if not sheet.has(name):
            what = f"There is no column {name}; the file has {', '.join(sheet.headings)}."
            sheet.fault(None, name, what)
    sheet.check()


def _side(sheet: Sheet, line: Line) -> str | None:
    word = str(line.values["period"]).casefold()
    if word not in SIDES:
        what = f"The period {line.values['period']!r} is neither before nor after."
        sheet.fault(line, "period", what)
        return None
    return word


def _sides(sheet: Sheet) -> tuple[list[float], list[float]]:
    found: dict[str | None, list[float]] = {"before": [], "after": []}
    for line in sheet.lines:
        found.setdefault(_side(sheet, line), []).append(line.values["value"])
    for name in SIDES:
        if not found[name]:
            sheet.fault(None, "period", f"No row is of the period {name}.")
    sheet.check()
    return found["before"], found["after"]


def _counted(sheet: Sheet, part: str, whole: str) -> tuple[Counted, Counted]:
    sums = {name: [0.0, 0.0] for name in SIDES}
    for line in sheet.lines:
        if part == "x" and line.values["x"] > line.values["n"]:
            what = f"{line.values['x']} is more than n, which is {line.values['n']}."
            sheet.fault(line, "x", what)
        name = _side(sheet, line)
        if name is not None:
            sums[name][0] += line.values[part]
            sums[name][1] += line.values[whole]
    if sums["before"][0] + sums["after"][0] > COUNTED_MAX:
        sheet.fault(None, part, f"More than {COUNTED_MAX:,} are counted, too many for exact tests.")
    for name in SIDES:
        if sums[name][1] <= 0:
            sheet.fault(None, "period", f"There is nothing to count out of {name}.")
    sheet.check()
    return Counted(*sums["before"]), Counted(*sums["after"])


# --- a series


def _series(sheet: Sheet, change_after: str, rules: Profile, improvement: str) -> change.Compared:
    days, values = _ordered(sheet)
    before = _points_before(change_after, days, len(values))
    return change.compare_series(values, before, profile=rules, improvement=improvement, days=days)


def _ordered(sheet: Sheet) -> tuple[list[date], list[float]]:
    """Return dates, none where the periods are numbers, and values in order."""
    periods = [str(line.values["period"]) for line in sheet.lines]
    read: Callable[[str], Any] = number if all(p.isdigit() for p in periods) else a_day
    keyed: list[tuple[Any, float]] = []
    for line, period in zip(sheet.lines, periods, strict=True):
        try:
            keyed.append((read(period), line.values["value"]))
        except CellFault as error:
            sheet.fault(line, "period", str(error))
    sheet.check()
    keyed.sort(key=lambda pair: pair[0])
    keys = [k for k, _ in keyed]
    if len(set(keys)) < len(keys):
        sheet.fault(None, "period", "A period occurs twice.")
        sheet.check()
    return [k for k in keys if isinstance(k, date)], [v for _, v in keyed]


def _points_before(change_after: str, days: Sequence[date], n: int) -> int:
    if change_after.strip().isdigit():
        before = int(change_after)
    elif days:
        first = options.a_day(change_after, "--change-after")
        before = sum(d < first for d in days)
    else:
        raise Usage(
            "--change-after names a date, but the periods are numbers.",
            code="bad_change",
            next="Say after how many points the change came.",
        )
    if not 2 <= before <= n - 2 or n < 5:
        raise Usage(
            f"{before} of {n} points lie before the change.",
            code="too_few_points",
            next="Two lines need at least 2 points on each side and 5 in all.",
        )
    return before
