"""Rows of what was typed about a series: figures, notes, periods not to be reported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casereview.core.periods import period_label
from casereview.core.records import NotReportable, SeriesNote, TypedFigure
from casereview.core.state.figures import SeriesState

Said = TypedFigure | SeriesNote | NotReportable
KEYS = (
    "series", "entry", "kind", "team", "group", "column", "period", "value", "source", "text",
    "typed_on", "by", "corrections",
)  # fmt: skip


def said_row(name: str, said: Said) -> dict[str, Any]:
    """Return the row of a figure, a note or a mark; keys are some of KEYS."""
    row: dict[str, Any] = {"series": name, "entry": said.n, "team": said.team}
    if isinstance(said, SeriesNote):
        told = {"kind": "note", "period": said.on.isoformat(), "text": said.words}
        return {**row, **told, "by": said.by}
    row["period"] = period_label(said.from_on, said.before_on)
    if isinstance(said, NotReportable):
        return {**row, "kind": "not reportable", "text": said.reason, "by": said.by}
    return {
        **row, "kind": "figure", "group": said.grouped, "column": said.figure,
        "value": number(said.value), "source": said.source, "text": said.reason,
        "typed_on": said.typed_on, "by": said.by, "corrections": said.corrections,
    }  # fmt: skip


def number(value: str) -> int | float:
    """Return a typed value as a number: whole ones as integers."""
    return float(value) if "." in value else int(value)


def said_place(said: Said) -> tuple[Any, ...]:
    """Return where it stands in a list: figures, notes, marks, each by team, group and time."""
    start = said.on if isinstance(said, SeriesNote) else said.from_on
    kind = (TypedFigure, SeriesNote, NotReportable).index(type(said))
    return (kind, said.team or "", getattr(said, "grouped", None) or "", start, said.n)


def all_said(state: SeriesState) -> Iterable[Said]:
    """Return everything that stands about a series."""
    return (*state.figures, *state.notes, *state.unreported)
