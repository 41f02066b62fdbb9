"""Typed figures of a stretch of time: what the store cannot know, or did not yet hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.core.periods import parse_period
from casereview.service.desk import Desk
from casereview.service.typed.figures import list_figures


@dataclass(frozen=True, slots=True)
class Typed:
    """One typed figure of a period, half-open."""

    from_on: date
    before_on: date
    value: float
    source: str
    grouped: str = ""

    @property
    def days(self) -> int:
        """Return the days of its period."""
        return (self.before_on - self.from_on).days


def typed_figures(desk: Desk, team: str | None) -> list[dict[str, Any]]:
    """Return the figures that were typed about one team, or about the whole service."""
    return [r for r in list_figures(desk) if r["kind"] == "figure" and r["team"] == team]


def within(
    rows: Iterable[dict[str, Any]],
    series: str,
    from_on: date,
    to_on: date,
    *,
    column: str | None = None,
    grouped: frozenset[str | None] = frozenset({None}),
) -> list[Typed]:
    """Return the figures of a series whose whole period lies between two dates, in order.

    Args:
        rows: of `typed_figures`.
        series: its name.
        from_on: first date.
        to_on: last date, itself counted.
        column: which figure of a measure, None for a series of one's own.
        grouped: which groups are meant.
    """
    found = []
    for row in rows:
        if (row["series"], row["column"]) == (series, column) and row["group"] in grouped:
            span = parse_period(row["period"])
            if from_on <= span.from_on and span.last_on <= to_on:
                found.append(
                    Typed(span.from_on, span.before_on, float(row["value"]), str(row["source"]))
                )
    return sorted(found, key=lambda t: (t.from_on, t.before_on))


def sources(found: Iterable[Typed]) -> str:
    """Return where typed figures were read."""
    return "typed: " + ", ".join(dict.fromkeys(t.source for t in found))
