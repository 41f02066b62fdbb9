"""A measure over time as an XmR chart: `stats NAME --every week --spc`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casereview.errors import Refused, Usage
from casereview.measures.methods.spc import Reading
from casereview.service.calculating.options import listed
from casereview.service.calculating.spc import Series, spc_series
from casereview.service.measuring.beside import Beside
from casereview.service.measuring.question import Question
from casereview.service.near import nearest
from casereview.service.typed.said import beside_chart

Rows = list[dict[str, Any]]
WHOLE = "whole"


def charted(rows: Rows, beside: Beside, options: Mapping[str, Any]) -> tuple[Rows, dict[str, Any]]:
    """Return one row for each point of each series, judged, and what is said beside a chart.

    Args:
        rows: of the measure, one for each period and series.
        beside: the question, which must name periods, and what was typed about the measure. A
            period cut short or not to be reported is shown and not judged.
        options: column, profile, improvement and the other options of `calc spc`.

    Raises:
        Usage: no periods, no such column or profile.
        Refused: no period has a figure.
    """
    asked, ask, said = beside.asked, beside.ask, beside.about
    if asked.every is None:
        raise Usage(
            "A chart needs periods.", code="no_periods", next="Add --every week or --every month."
        )
    column = column_of(rows, asked, options.get("column"))
    given = {k: v for k, v in options.items() if k != "column" and v is not None}
    given.setdefault("improvement", asked.measure.improvement)
    stored = said.chart_notes(ask.periods, asked.team)
    if stored:
        given["note"] = [*listed(given.get("note")), *stored]
    series = _series(rows, beside, column)
    found, about = spc_series(series, **given)
    names = _names(rows, asked)
    found, typed = beside.points(found, rows, column, lambda row: _facet(row, names))
    told = beside_chart(said.provenance(ask.periods, asked.team), about)
    return found, {"charted": column, **about, **typed, **told}


def column_of(rows: Rows, asked: Question, column: str | None) -> str:
    """Return the figure that is meant: one of the rows', or the measure's usual one.

    Raises:
        Usage: there is no such figure; the nearest is named.
    """
    wanted = column or asked.measure.charted
    known = [c for c in (rows[0] if rows else ()) if _numeric(rows, c)]
    if not wanted or (rows and wanted not in known):
        near = nearest(wanted, known) if wanted else None
        raise Usage(
            f"{asked.name} has no figure {wanted[:60]!r} to chart.",
            code="unknown_column",
            next=(f"Did you mean {near}? " if near else "") + f"There are {', '.join(known)}.",
        )
    return wanted


def _numeric(rows: Rows, column: str) -> bool:
    values = [r[column] for r in rows if r[column] is not None]
    return bool(values) and all(isinstance(v, int | float) for v in values)


def _facet(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return " / ".join(str(row[n] or "nobody") for n in names) or WHOLE


def _series(rows: Rows, beside: Beside, column: str) -> list[Series]:
    ask = beside.ask
    known = (p for p in ask.periods if not p.partial and p.last_on <= ask.as_of)
    whole = {p.from_on for p in known}
    names = _names(rows, beside.asked)
    judged: dict[str, list[Reading]] = {}
    shown: dict[str, list[Reading]] = {}
    for row in rows:
        facet = _facet(row, names)
        if row[column] is None:
            continue
        reading = Reading(row["period_from"], float(row[column]))
        good = reading.on in whole and beside.reason(row) is None
        held = judged if good else shown
        held.setdefault(facet, []).append(reading)
    if not judged:
        raise Refused(
            f"No whole period has a figure for {column}.",
            code="nothing_to_chart",
            next="Ask for more periods, or for another column.",
        )
    return [Series(f, tuple(judged[f]), tuple(shown.get(f, ()))) for f in judged]


def _names(rows: Sequence[dict[str, Any]], asked: Question) -> list[str]:
    """Return the columns that tell series apart: groups, and words such as wait and side."""
    first: Mapping[str, Any] = rows[0] if rows else {}
    named = {*asked.by, "period"}
    words = [c for c, v in first.items() if isinstance(v, str) and c not in named]
    return [*asked.by, *words]
