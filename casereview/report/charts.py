"""Drawings of calculations and measures as inline SVG, with their data as text and as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from casereview.report.chart_bars import draw_bands, draw_compare, draw_intervals
from casereview.report.chart_change import draw_change
from casereview.report.chart_curves import draw_queue, draw_survival
from casereview.report.chart_funnel import draw_funnel, draw_funnels
from casereview.report.chart_groups import draw_groups
from casereview.report.chart_spc import draw_spc
from casereview.report.svg import Canvas, label, words

Row = Mapping[str, Any]
SPOKEN = 200
"""Rows that the description of a drawing reads out; the table has all."""

DRAWINGS: Mapping[str, Callable[[Sequence[Row], Mapping[str, Any]], Canvas]] = MappingProxyType(
    {
        "spc": draw_spc,
        "survival": draw_survival,
        "queue": draw_queue,
        "bands": draw_bands,
        "intervals": draw_intervals,
        "funnel": draw_funnel,
        "funnels": draw_funnels,
        "compare": draw_compare,
        "change": draw_change,
        "groups": draw_groups,
    }
)
_SPOKEN_KEYS = {
    "spc": ("facet", "date", "value", "mean", "lpl", "upl", "special_cause_type"),
    "survival": ("time", "n_risk", "surv", "lower_loglog", "upper_loglog"),
    "queue": ("dates", "queue_size"),
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing.

    Attributes:
        svg: the whole element, also a file of its own.
        title: its name.
        description: what it shows, in words and numbers.
        columns: of the data table.
        rows: of the data table.
    """

    svg: str
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def table(self) -> str:
        """Return the data as an HTML table, for screen readers and for checking."""
        head = "".join(f'<th scope="col">{words(c)}</th>' for c in self.columns)
        body = "".join(_line(row) for row in self.rows)
        return (
            f"<table><caption>{words(self.title)}: data</caption>\n<thead><tr>{head}</tr></thead>\n"
            f"<tbody>\n{body}</tbody></table>\n"
        )


def _line(row: Sequence[str]) -> str:
    first, *rest = row
    cells = "".join(f"<td>{words(cell)}</td>" for cell in rest)
    return f'<tr><th scope="row">{words(first)}</th>{cells}</tr>\n'


def draw(
    kind: str,
    rows: Sequence[Row],
    about: Mapping[str, Any],
    *,
    title: str = "",
    spoken: int = SPOKEN,
) -> Drawing:
    """Draw rows with their provenance.

    Args:
        kind: a key of DRAWINGS.
        rows: of the calculation.
        about: its provenance.
        title: name of the drawing, "" for method and file.
        spoken: rows that its description reads out; 0 where the table stands beside it.
    """
    canvas = DRAWINGS[kind](rows, about)
    named = title or f"{about['method']} of {about['file']}"
    shown = about["km"] if kind == "survival" else rows
    columns = tuple(
        k for k in _SPOKEN_KEYS.get(kind, tuple(shown[0]) if shown else ()) if k in shown[0]
    )
    table = tuple(tuple(_cell(row.get(k)) for k in columns) for row in shown)
    description = _described(about, columns, table, spoken)
    return Drawing(canvas.svg(named, description), named, description, columns, table)


def _described(
    about: Mapping[str, Any],
    columns: Sequence[str],
    table: Sequence[Sequence[str]],
    spoken: int,
) -> str:
    said = [str(about["definition"])]
    verdict = about.get("verdict")
    if isinstance(verdict, Mapping):
        said.append(str(verdict["sentence"]))
    said += [str(w) for w in about.get("warnings") or []]
    if not spoken:
        return " ".join([*said, "The data are in the table below the drawing."])
    read = [
        ", ".join(f"{c.replace('_', ' ')} {v}" for c, v in zip(columns, row, strict=True) if v)
        for row in table[:spoken]
    ]
    said.append("Data: " + "; ".join(read) + ".")
    if len(table) > spoken:
        said.append(f"{len(table) - spoken} more rows are in the table.")
    return " ".join(said)


def _cell(value: Any) -> str:
    match value:
        case None:
            found = ""
        case bool():
            found = "yes" if value else "no"
        case int() | float():
            found = label(value)
        case date():
            found = value.isoformat()
        case Mapping():
            found = ", ".join(f"{k} {_cell(v)}" for k, v in value.items())
        case list() | tuple():
            found = " to ".join(_cell(v) or "none" for v in value)
        case _:
            found = str(value)
    return found
