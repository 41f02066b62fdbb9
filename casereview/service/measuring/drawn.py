"""What a comparison's picture shows: the points, judged by the limits of the time before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casereview.measures.methods.spc import FIX_LEAST, Reading, chart
from casereview.measures.methods.spc_profiles import Profile

Row = dict[str, Any]
DRAWN = "drawn"
"""Where in what is said beside a comparison the picture's points are; no other format has them."""


def drawn_series(
    name: str, points: Sequence[tuple[date, float]], on: date, *, rules: Profile, improvement: str
) -> tuple[list[Row], Mapping[str, float | None]]:
    """Return the points of one series, and the limits fixed on those before the change.

    With fewer than 12 points before it there are no limits and no point is judged.

    Args:
        name: what tells the series from others.
        points: its whole periods, in order.
        on: first day after the change.
        rules: whose SPC rules.
        improvement: which way is better.
    """
    before = sum(day < on for day, _ in points)
    limits: Mapping[str, float | None] = {"lower": None, "upper": None}
    kinds = ["common_cause"] * len(points)
    if FIX_LEAST <= before < len(points):
        readings = [Reading(day, value) for day, value in points]
        judged = chart(readings, profile=rules, improvement=improvement, fix_after=before)
        kinds = [p.type for p in judged.points]
        held = judged.points[0].limits
        limits = {"lower": held.lower, "upper": held.upper}
    rows = [
        {"series": name, "date": day, "value": value, "side": "before" if n < before else "after",
         "point_type": kind}
        for n, ((day, value), kind) in enumerate(zip(points, kinds, strict=True))
    ]  # fmt: skip
    return rows, limits
