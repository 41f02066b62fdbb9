"""Funnel limits: is a team's figure further from the pooled one than chance puts teams of its size.

Source: PHEindicatormethods 2.1.0 (calculate_funnel_limits, assign_funnel_significance); Fingertips
technical guidance. Its upper limit of a proportion stops at 100 whatever the multiplier; here it
stops at the multiplier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from casereview.measures.methods.intervals import byar, events, exact_events
from casereview.measures.methods.special import two_sided

LEVELS = ((0.998, "0.001"), (0.95, "0.025"))
"""Two-sided confidence and the name of its tail, the stricter first."""
LIMIT_ROWS = 100
EXACT_TO = 10_000
_GRID = 2**23
NO_LEAGUE = (
    "Among teams that do not differ, one in twenty lies outside the inner lines; this is no league "
    "table."
)
ALONE = "One team alone is the pooled figure itself, so it lies inside the lines whatever it did."


@dataclass(frozen=True, slots=True)
class Unit:
    """One team.

    Attributes:
        area: its name.
        num: those who had it, or events.
        den: out of how many, or what the events happened in; above 0.
    """

    area: str
    num: float
    den: float


def said_of(units: Sequence[Unit]) -> list[str]:
    """Return what has to be said beside a funnel of these teams."""
    return [NO_LEAGUE] if len(units) > 1 else [ALONE]


def pooled(units: Sequence[Unit]) -> float:
    """Return the figure of all teams together."""
    return sum(u.num for u in units) / sum(u.den for u in units)


def significance(unit: Unit, average: float, *, rates: bool) -> str:
    """Return "Low (0.001)", "Low (0.025)", "High ..." or "Not significant".

    A proportion is held against the funnel around the average; for a rate the average is held
    against the interval of the team's events.
    """
    for confidence, tail in LEVELS:
        low, high = _bounds(unit, average, confidence, rates=rates)
        if low:
            return f"Low ({tail})"
        if high:
            return f"High ({tail})"
    return "Not significant"


def _bounds(unit: Unit, average: float, confidence: float, *, rates: bool) -> tuple[bool, bool]:
    if rates:
        found = events(unit.num, confidence)
        expected = average * unit.den
        return expected > (found.upper or 0), expected < (found.lower or 0)
    lower, upper = proportion_limits(average, unit.den, confidence)
    return unit.num / unit.den < lower, unit.num / unit.den > upper


def proportion_limits(average: float, n: float, confidence: float) -> tuple[float, float]:
    """Return the shares between which Wilson's interval of a team of n holds the average."""
    reach = two_sided(confidence) * math.sqrt(average * (1 - average) / n)
    return max(0.0, average - reach), min(1.0, average + reach)


def limit_rows(
    units: Sequence[Unit], *, rates: bool, per: float, years: float = 1
) -> list[dict[str, float]]:
    """Return 100 points of the funnel's lines for a chart, closer together for small teams.

    Args:
        units: the teams.
        rates: True for events over something, False for shares.
        per: 100 for percent, 1,000 for a rate per 1,000.
        years: years that the data cover; rates only.
    """
    average = pooled(units)
    low, high = _axis(units, years if rates else 1)
    if rates:
        low, high = math.floor(low * average), math.ceil(high * average)
    steps = [max(1, low)]
    for j in range(2, LIMIT_ROWS + 1):
        last = steps[-1]
        steps.append(max(round((high / last) ** (1 / (LIMIT_ROWS + 1 - j)) * last), last + 1))
    row = _rate_row if rates else _proportion_row
    return [row(n, average, per, years) for n in steps]


def _axis(units: Sequence[Unit], years: float) -> tuple[float, float]:
    least, most = min(u.den for u in units), max(u.den for u in units)
    low = 0.0 if most > 2 * least else _tidy(least / years * 0.95, 1, down=True) * years
    return low, _tidy(most / years * 1.05, 2, down=False) * years


def _tidy(value: float, digits: int, *, down: bool) -> float:
    whole = math.floor(value) if down else math.ceil(value)
    step = 10.0 ** (len(str(whole)) - digits)
    return (math.floor(value / step) if down else math.ceil(value / step)) * step


def _proportion_row(n: float, average: float, per: float, _years: float) -> dict[str, float]:
    two, three = (proportion_limits(average, n, c) for c in (0.95, 0.998))
    return {
        "Population": n,
        "lower_2s_limit": two[0] * per, "upper_2s_limit": two[1] * per,
        "lower_3s_limit": three[0] * per, "upper_3s_limit": three[1] * per,
        "baseline": average * per,
    }  # fmt: skip


def _rate_row(count: float, average: float, per: float, years: float) -> dict[str, float]:
    row: dict[str, float] = {"Events": count}
    for name, confidence in (("2s", 0.95), ("3s", 0.998)):
        # Far from 0 Byar's approximation is nearer than the grid below, and at once.
        limits = exact_events if count <= EXACT_TO else byar
        found = limits(count, confidence)
        for side, limit in (("lower", found.upper), ("upper", found.lower)):
            population = _on_grid(limit or 0.0, count) / average
            row[f"{side}_{name}_population_1_year"] = population / years
            row[f"{side}_{name}_limit"] = count / population * per
    row["baseline"] = average * per
    return row


def _on_grid(limit: float, count: float) -> float:
    """Return a Poisson limit as the published spreadsheet gives it.

    It halves the share z / (1 + count + z) 23 times and takes the middle of what is left, within
    2e-7 of the exact limit. These lines are only drawn; `significance` uses no such step.
    """
    share = limit / (1 + count + limit)
    middle = (math.floor(share * _GRID) + 0.5) / _GRID
    return (1 + count) * middle / (1 - middle)
