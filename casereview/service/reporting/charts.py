"""A figure over time as a chart of a report, and what the chart says in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casereview.measures.methods.spc import Reading
from casereview.measures.methods.spc_chance import chance_of
from casereview.measures.methods.spc_profiles import profile_named
from casereview.measures.registry import MEASURES
from casereview.report.charts import Drawing, draw
from casereview.report.page_parts import Chart, Verdict, cell
from casereview.report.svg import label
from casereview.service.calculating.spc import Series, spc_series
from casereview.service.desk import Rows
from casereview.service.reporting.asking import Asking, hidden

KINDS = {"improvement": "improvement", "concern": "concern", "neutral": "special", "too": "few"}
FEWEST = 2
"""Periods with a figure below which there is no line to draw."""
HOLLOW = (
    "Hollow points are not judged: their period is not whole, not followed to its end, or marked "
    "as not reportable."
)


@dataclass(frozen=True, slots=True)
class Charted:
    """What is charted.

    Attributes:
        measure: its name.
        column: the figure.
        title: of the chart.
        unit: after the latest figure, "" for a count.
        way: which way is better, "" for the measure's own.
    """

    measure: str
    column: str
    title: str
    unit: str = ""
    way: str = ""


def spc_chart(
    asking: Asking, what: Charted, rows: Rows, only: Mapping[str, Any] | None = None
) -> tuple[Chart, Verdict]:
    """Return the chart of one column of a measure's periods and its line of the summary.

    Args:
        asking: the report's question.
        what: the figure.
        rows: of `over_time`.
        only: columns that tell this series from others of the same rows.
    """
    chosen = [r for r in rows if all(r.get(k) == v for k, v in (only or {}).items())]
    values = [r.get(what.column) for r in chosen]
    if hidden(values):
        why = (
            f"{hidden(values)} of {len(values)} figures are hidden by the disclosure rule, so the "
            "series is left out."
        )
        return Chart(what.title, None, why), Verdict(what.title, "hidden", "not published", "")
    known = [r for r in chosen if r.get(what.column) is not None]
    judged = tuple(_reading(r, what.column) for r in known if r["whole"])
    if len(judged) < FEWEST:
        why = f"fewer than {FEWEST} whole {asking.every}s have a figure."
        return Chart(what.title, None, why), Verdict(what.title, "few", "too few points to say", "")
    shown = tuple(_reading(r, what.column) for r in known if not r["whole"])
    way = what.way or MEASURES[what.measure].improvement
    found, about = spc_series([Series(what.title, judged, shown)], improvement=way)
    about["notes"] = asking.notes(what.measure)
    title = f"{what.title}, by {asking.every}"
    chance = " ".join(c["says"] for c in about["chance"])
    said = (f"{limits(about)} {chance}", *about["warnings"])
    if shown:
        said += (HOLLOW,)
    lead = {"definition": f"{title}. {_verdict(about)}.", "method": "spc", "file": "", **about}
    drawing = lean(draw("spc", found, lead, title=title, spoken=0), title)
    return Chart(title, drawing, said=said), _line(what, about, judged[-1].value)


def lean(drawing: Drawing, title: str) -> Drawing:
    """Return the drawing with a table of dates, values and causes; its limits are said apart."""
    kept = [drawing.columns.index(c) for c in ("date", "value", "special_cause_type")]
    rows = tuple(tuple(row[n] for n in kept) for row in drawing.rows)
    return replace(drawing, title=title, columns=("date", "value", "cause"), rows=rows)


def limits(about: Mapping[str, Any]) -> str:
    """Return the lines of a chart in words."""
    last = about["summary"][-1]
    if last["lpl"] is None:
        return f"Mean {label(last['mean'])}, no limits."
    return (
        f"Mean {label(last['mean'])}, limits {label(last['lpl'])} to {label(last['upl'])}."
    )  # fmt: skip


def _reading(row: Mapping[str, Any], column: str) -> Reading:
    return Reading(row["period_from"], float(row[column]))


def _verdict(about: Mapping[str, Any]) -> str:
    return str(about["summary"][-1]["variation"])


def _line(what: Charted, about: Mapping[str, Any], latest: float) -> Verdict:
    parts = [row["n"] for row in about["summary"]]
    chance = chance_of(parts, profile_named(about["profile"])).last
    icon = next(i["icon"] for i in about["icons"] if i["type"] == "variation")
    kind = KINDS.get(icon.partition("_")[0], "none")
    shown = int(latest) if latest == int(latest) else latest
    figure = f"{cell(shown)} {what.unit}".strip()
    return Verdict(what.title, kind, _verdict(about), figure, chance)
