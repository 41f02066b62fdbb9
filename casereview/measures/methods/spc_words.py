"""What must be said beside a chart before anybody reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from statistics import fmean, pstdev

from casereview.measures.methods.spc import SHORT, Chart
from casereview.measures.methods.spc_chance import chance_of

SKEW = 1.0
"""Skewness from which values count as skewed; an exponential wait has 2, a weekly count near 0."""
SPREAD = 0.6
"""Coefficient of variation that single waits reach and periodic figures hardly do."""


def warnings_of(
    chart: Chart, *, name: str = "", asked: Collection[date] = (), reasons: Collection[date] = ()
) -> list[str]:
    """Return sentences about what weakens a chart.

    Args:
        chart: the chart.
        name: of its series, "" for the only one.
        asked: dates of rebasing that were asked for.
        reasons: dates on which something is noted, which may be why.
    """
    lead = f"{name}: " if name else ""
    said = [
        *_short(chart), *_rebasing(chart, asked, reasons), *_flat(chart), *_skewed(chart)
    ]  # fmt: skip
    return [lead + sentence for sentence in said]


def _short(chart: Chart) -> list[str]:
    said: list[str] = []
    for part in chart.parts():
        if part[0].short:
            count = "1 point" if len(part) == 1 else f"{len(part)} points"
            held = "the limits are trial limits" if len(part) > 1 else "there are no limits"
            said.append(
                f"The part from {part[0].on.isoformat()} has {count}: {held} until there are "
                f"{SHORT}."
            )
    return said


def _rebasing(chart: Chart, asked: Collection[date], reasons: Collection[date]) -> list[str]:
    days = [p.on for p in chart.points]
    said = []
    for day in sorted(asked):
        if day not in days:
            later = next((d for d in days if d > day), None)
            hint = f"the next value is on {later.isoformat()}" if later else "no value is later"
            said.append(f"No value is dated {day.isoformat()}, so nothing is rebased; {hint}.")
        elif day == days[0]:
            said.append(f"{day.isoformat()} is the first value, so nothing is rebased.")
        elif day not in reasons:
            said.append(f"No reason is noted for the rebasing on {day.isoformat()}.")
    if chart.fix_after is not None:
        said += [
            f"The part from {part[0].on.isoformat()} ends before its baseline of "
            f"{chart.fix_after} points."
            for part in chart.parts()
            if len(part) < chart.fix_after
        ]
    return said


def _flat(chart: Chart) -> list[str]:
    last = chart.points[-1].limits
    if last.lower is None and len(chart.parts()[-1]) > 1:
        return ["Nothing ever changed and screening left no range, so there are no limits."]
    return []


def _skewed(chart: Chart) -> list[str]:
    values = [p.value for p in chart.points]
    mean, spread = fmean(values), pstdev(values)
    if len(values) < SHORT or spread == 0 or mean <= 0 or spread / mean < SPREAD:
        return []
    skew = fmean(((v - mean) / spread) ** 3 for v in values)
    if skew < SKEW:
        return []
    sentence = (
        f"The values are skewed (skewness {skew:.1f}), as single waits or stays are: about 7 of 10 "
        "stable charts of those show a signal. Chart counts, medians or percentages by week or "
        "month."
    )
    return [sentence]


def chance_sentence(chart: Chart) -> str:
    """Return how many flags the chart has and how many chance alone gives."""
    lengths = [len(part) for part in chart.parts()]
    found = chance_of(lengths, chart.profile, chart.fix_after)
    flagged = sum(p.special for p in chart.points)
    return (
        f"{flagged} of {len(chart.points)} points flagged; chance alone flags about "
        f"{found.points:.1f} on a stable chart of this length, and {found.any:.0%} of such charts "
        "show a flag."
    )


def noted(notes: Mapping[date, str], days: Sequence[date]) -> list[str]:
    """Return sentences about notes whose day lies outside the series."""
    if not days:
        return []
    return [
        f"The note on {day.isoformat()} lies outside the series."
        for day in sorted(notes)
        if not days[0] <= day <= days[-1]
    ]
