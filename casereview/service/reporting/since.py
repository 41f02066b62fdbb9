"""The section of a report about a dated change: headline figures, and charts with fixed limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from casereview.core.calendar import add_days, week_start
from casereview.measures.methods.spc import FIX_LEAST, Reading
from casereview.measures.publishing.disclosure import HIDDEN
from casereview.report.charts import draw
from casereview.report.page_parts import Chart, Section, cell, grid
from casereview.service.calculating.spc import Series, spc_series
from casereview.service.desk import Rows
from casereview.service.reporting.asking import Asking, hidden
from casereview.service.reporting.charts import lean, limits
from casereview.service.reporting.headline import (
    LEAST_EXAMPLE,
    beside_rows,
    headline_rows,
    sides_of,
)
from casereview.service.reporting.told import TO_SUNDAY, Sides

CHARTED = (
    ("throughput", "completed", "Planned completions", "increase"),
    ("los", "mean_days", "Mean stay of those who left", "decrease"),
)
_CLAIM = (
    "A change is claimed only where the 95% interval leaves no change out and each side has 10 or "
    "more. Other things may have changed on the same day."
)


def since_section(asking: Asking, since: date, baseline: tuple[date, date] | None) -> Section:
    """Return the headline figures before and since a change.

    Raises:
        Refused: the dates do not fit together.
    """
    sides = sides_of(since, asking.to_on, baseline)
    rows = headline_rows(asking, sides, asking.publish)
    dates = (
        f"The baseline is {sides.baseline_from} to {sides.baseline_to}; since the change means "
        f"{sides.since} to {sides.to}."
    )
    said = (dates, _CLAIM, LEAST_EXAMPLE)
    tables = [_figures(rows), _sentences(rows)]
    if not asking.guarded:
        beside = {"figure": "figure", "before": "baseline", "after": "since"}
        tables.append(grid("What belongs beside them", beside_rows(asking, sides), beside))
    charts = tuple(_chart(asking, sides, *what) for what in CHARTED)
    short = tuple(f"Since {since}: {r['sentence']}" for r in rows if r["why"] == "")
    if not short:
        short = (f"Since {since} no change is shown in any of the headline figures.",)
    return Section("since", f"Before and since {since}", said, (*tables, *charts), short=short)


def _figures(rows: Rows) -> Any:
    shown = [
        {**r, "change": _signed(r["change_percent"]), "interval": _interval(r),
         "example": _signed(r["example_percent"])}
        for r in rows
    ]  # fmt: skip
    return grid(
        "Headline figures", shown,
        {"figure": "figure", "unit": "unit", "n_before": "number before", "before": "before",
         "n_after": "number since", "after": "since", "change": "change, %",
         "interval": "95% interval, %", "example": "example, %"},
    )  # fmt: skip


def _sentences(rows: Rows) -> Any:
    shown = [
        {"figure": r["figure"], "sentence": r["sentence"],
         "from": "; ".join(dict.fromkeys((r["before_from"], r["after_from"]))), "spc": r["spc"]}
        for r in rows
    ]  # fmt: skip
    return grid(
        "What may be said of them", shown,
        {"figure": "figure", "sentence": "verdict",
         "from": "figures from", "spc": "chart with limits fixed on the baseline"},
    )  # fmt: skip


def _signed(value: Any) -> str:
    return cell(value) if value is None or value == HIDDEN else f"{value:+,.3g}"


def _interval(row: dict[str, Any]) -> str:
    if row["lower"] is None and row["upper"] is None:
        return cell(None)
    low = "no limit" if row["lower"] is None else _signed(row["lower"])
    return f"{low} to {'no limit' if row['upper'] is None else _signed(row['upper'])}"


def _chart(
    asking: Asking, sides: Sides, measure: str, column: str, what: str, way: str
) -> Chart:  # fmt: skip
    title = f"{what} by week, limits fixed on the baseline"
    start = week_start(add_days(sides.baseline_from, 6))
    weekly = replace(asking, every="week", from_on=start)
    rows = [r for r in weekly.over_time(measure) if r.get(column) is not None and r["whole"]]
    if hidden([r[column] for r in rows]):
        return Chart(title, None, "some of its figures are hidden by the disclosure rule.")
    before = [r for r in rows if r["period_from"] + TO_SUNDAY <= sides.baseline_to]
    after = [r for r in rows if r["period_from"] >= sides.since]
    if len(before) < FIX_LEAST or not after:
        why = f"the baseline has {len(before)} whole weeks with a figure; limits need {FIX_LEAST}."
        return Chart(title, None, why if after else "no whole week lies after the change.")
    readings = tuple(Reading(r["period_from"], float(r[column])) for r in (*before, *after))
    found, about = spc_series(
        [Series(what, readings, ())], improvement=way, fix_after=len(before),
        note=[f"{after[0]['period_from']}=the first whole week since the change"],
    )  # fmt: skip
    lead = {"definition": f"{title}.", "method": "spc", "file": "", **about}
    drawing = lean(draw("spc", found, lead, title=title, spoken=0), title)
    return Chart(title, drawing, said=(limits(about), *about["warnings"]))
