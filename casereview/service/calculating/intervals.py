"""`calc proportion`, `rate`, `mean` and `funnel`: figures with the intervals the NHS publishes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import stdev
from typing import Any

from casereview.errors import Usage
from casereview.measures.methods import funnel as fun
from casereview.measures.methods import intervals
from casereview.measures.methods.intervals import CONFIDENCES, Interval
from casereview.service.calculating import options
from casereview.service.calculating.options import Typed
from casereview.service.calculating.read import (
    Column,
    Sheet,
    above_0,
    count,
    not_negative,
    number,
    read_sheet,
    text,
)

Rows = list[dict[str, Any]]
Found = tuple[Rows, dict[str, Any]]
_NAMES = ("area", "name", "label")
_LABELS = tuple(Column(name, text, optional=True) for name in _NAMES)


def proportion_file(file: str, *, multiplier: Typed = 1, confidence: Typed = None) -> Found:
    """Wilson's interval of columns x and n.

    Args:
        file: the CSV; x of n had it.
        multiplier: 1 for shares, 100 for percent.
        confidence: one confidence, 0.95; None for 95% and 99.8%.
    """
    times = _positive(multiplier, "--multiplier")
    sheet = read_sheet(file, (*_LABELS, Column("x", count), Column("n", count)))
    _within(sheet, "x", "n")
    word = "percentage" if times == 100 else f"proportion of {times:g}"
    asked = _confidences(confidence)
    rows = []
    for line in sheet.lines:
        x, n = line.values["x"], line.values["n"]
        found = [_times(intervals.wilson(x, n, c), times) for c in asked]
        rows.append(_row(_labelled(line.values, "x", "n"), asked, word, found))
    return rows, {"columns_ignored": sheet.ignored, "warnings": _empty(rows)}


def rate_file(file: str, *, per: Typed = 1000, confidence: Typed = None) -> Found:
    """Byar's interval of columns x and n, the exact one below 10 events.

    Args:
        file: the CSV; x events in n.
        per: the rate is per so many.
        confidence: one confidence, 0.95; None for 95% and 99.8%.
    """
    times = _positive(per, "--per")
    sheet = read_sheet(file, (*_LABELS, Column("x", count), Column("n", not_negative)))
    asked = _confidences(confidence)
    rows = []
    for line in sheet.lines:
        x, n = line.values["x"], line.values["n"]
        found = [intervals.rate(x, n, per=times, confidence=c) for c in asked]
        rows.append(_row(_labelled(line.values, "x", "n"), asked, f"rate per {times:g}", found))
    return rows, {"columns_ignored": sheet.ignored, "warnings": _empty(rows)}


def mean_file(file: str, *, confidence: Typed = None) -> Found:
    """Student's interval of column x, for each g where there are groups."""
    sheet = read_sheet(file, (Column("g", text, optional=True), Column("x", number)))
    groups: dict[str, list[float]] = {}
    for line in sheet.lines:
        groups.setdefault(line.values.get("g", "all"), []).append(line.values["x"])
    asked = _confidences(confidence)
    rows = []
    for name, values in groups.items():
        lead = {
            "g": name, "value_sum": options.whole(math.fsum(values)), "value_count": len(values),
            "stdev": stdev(values) if len(values) > 1 else None,
        }  # fmt: skip
        rows.append(_row(lead, asked, "mean", [intervals.mean(values, c) for c in asked]))
    single = sum(r["value_count"] == 1 for r in rows)
    said = [f"{single} groups have one value and no interval."] if single else []
    return rows, {"columns_ignored": sheet.ignored, "warnings": said}


def funnel_file(
    file: str, *, statistic: str = "proportion", per: Typed = None, limits: bool = False
) -> Found:
    """Hold teams against the funnel around their pooled figure: columns area, num and den.

    Args:
        file: the CSV; num of den had it, or num events in den.
        statistic: proportion or rate.
        per: 100 for percent, the default of proportions; 1,000 is that of rates.
        limits: return 100 points of the funnel's lines instead of the teams.
    """
    rates = options.one_of(statistic, ("proportion", "rate"), "--statistic") == "rate"
    times = _positive(per if per is not None else 1000 if rates else 100, "--per")
    columns = (Column("area", text), Column("num", count), Column("den", above_0))
    sheet = read_sheet(file, columns)
    if not rates:
        _within(sheet, "num", "den")
    units = [fun.Unit(v["area"], v["num"], v["den"]) for v in (s.values for s in sheet.lines)]
    average = fun.pooled(units)
    if average <= 0 or (not rates and average >= 1):
        raise Usage(
            "All teams together have " + ("nothing" if average <= 0 else "everybody") + " counted, "
            "so there is no funnel.",
            code="no_funnel",
            next="Give a longer period, or show the counts alone.",
        )
    rows = options.plain_rows(_team(u, average, times, rates=rates) for u in units)
    lines = options.plain_rows(fun.limit_rows(units, rates=rates, per=times))
    name = f"rate (crude per {times:,.0f})" if rates else "proportion"
    method = "Poisson" if rates else "Wilson"
    about = {
        "columns_ignored": sheet.ignored, "statistic": name, "per": options.whole(times),
        "limits_method": method, "baseline": average * times,
        "limits": lines,
        "warnings": fun.said_of(units),
    }  # fmt: skip
    named = [{**line, "statistic": name, "method": method} for line in lines]
    return (named if limits else rows), about


def _team(unit: fun.Unit, average: float, per: float, *, rates: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"area": unit.area, "num": unit.num, "den": unit.den}
    if rates:
        row["rate"] = unit.num / unit.den * per
    return {**row, "significance": fun.significance(unit, average, rates=rates)}


# --- shared


def _positive(value: Typed, option: str) -> float:
    found = options.a_number(value, option)
    if found <= 0:
        raise Usage(f"{option} must be more than 0.", code="not_positive", next="Try 1 or 100.")
    return found


def _confidences(confidence: Typed) -> tuple[float, ...]:
    if confidence is None:
        return CONFIDENCES
    found = options.a_number(confidence, "--confidence")
    if found >= 1:
        found /= 100
    if not 0.5 <= found <= 0.9999:
        raise Usage(
            f"--confidence: {confidence} is none.",
            code="bad_confidence",
            next="Give a share such as 0.95.",
        )
    return (found,)


def _row(
    lead: Mapping[str, Any],
    confidences: tuple[float, ...],
    statistic: str,
    found: Sequence[Interval],
) -> dict[str, Any]:
    row = {**lead, "value": found[0].value}
    for confidence, one in zip(confidences, found, strict=True):
        name = "" if len(found) == 1 else f"{confidence * 100:.1f}".replace(".", "_")
        row |= {f"lower{name}cl": one.lower, f"upper{name}cl": one.upper}
    shown = ", ".join(f"{c * 100:g}%" for c in confidences)
    return {**row, "confidence": shown, "statistic": statistic, "method": found[0].method}


def _labelled(values: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {k: options.whole(values[k]) for k in (*_NAMES, *keys) if k in values}


def _times(found: Interval, by: float) -> Interval:
    value, lower, upper = (
        None if v is None else v * by for v in (found.value, found.lower, found.upper)
    )
    return Interval(value, lower, upper, found.method)


def _within(sheet: Sheet, part: str, whole: str) -> None:
    for line in sheet.lines:
        if line.values[part] > line.values[whole]:
            what = f"{line.values[part]:g} is more than {whole}, which is {line.values[whole]:g}."
            sheet.fault(line, part, what)
    sheet.check()


def _empty(rows: Rows) -> list[str]:
    n = sum(r["value"] is None for r in rows)
    counted = "1 row counts" if n == 1 else f"{n} rows count"
    return [f"{counted} out of nothing and no figure is shown there."] if n else []
