"""Confidence intervals as the public-health bodies of the United Kingdom publish them.

Proportions Wilson; rates Byar, exact below 10 events; means Student t.

Source: Public Health England, technical guide "Confidence intervals", 25 May 2018;
PHEindicatormethods 2.1.0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from casereview.measures.methods.special import gamma_quantile, student_quantile, two_sided

CONFIDENCES = (0.95, 0.998)
"""What every figure is given with: 95% and 99.8%."""
EXACT_BELOW = 10
"""Events from which Byar's approximation is close enough (within 0.2%)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and what it may as well be.

    Attributes:
        value: the estimate, None where nothing was counted out of.
        lower, upper: limits, None where they cannot be worked out.
        method: the name that is printed.
    """

    value: float | None
    lower: float | None
    upper: float | None
    method: str


def wilson(x: float, n: float, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of x out of n, as shares of 1.

    Args:
        x: how many had it, 0 to n.
        n: out of how many; 0 gives no estimate.
        confidence: two-sided, between 0 and 1.

    Source: Wilson 1927; domain.md T-35: 141 of 1855 is 6.48% to 8.90%.
    """
    if n <= 0:
        return Interval(None, None, None, "Wilson")
    z = two_sided(confidence)
    p, squared = x / n, z * z
    centre = 2 * n * p + squared
    reach = z * math.sqrt(squared + 4 * n * p * (1 - p))
    # Nobody and everybody end exactly on 0 and 1, where floats would miss them.
    lower = 0.0 if x == 0 else (centre - reach) / (2 * (n + squared))
    upper = 1.0 if x == n else (centre + reach) / (2 * (n + squared))
    return Interval(p, lower, upper, "Wilson")


def events(x: float, confidence: float = 0.95) -> Interval:
    """Return the interval of a number of events: Byar's, or the exact one below 10.

    Args:
        x: events, 0 or more.
        confidence: two-sided, between 0 and 1.
    """
    return exact_events(x, confidence) if x < EXACT_BELOW else byar(x, confidence)


def byar(x: float, confidence: float = 0.95) -> Interval:
    """Return Byar's approximation for x > 0 events. Source: Breslow and Day 1987, p. 69."""
    z = two_sided(confidence)
    more = x + 1
    lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3
    upper = more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3
    return Interval(x, lower, upper, "Byars")


def exact_events(x: float, confidence: float = 0.95) -> Interval:
    """Return the exact Poisson interval of x events. Source: Garwood 1936, by chi-square."""
    tail = (1 - confidence) / 2
    lower = 0.0 if x == 0 else gamma_quantile(x, tail)
    return Interval(x, lower, gamma_quantile(x + 1, tail, upper=True), "Exact")


def rate(x: float, n: float, *, per: float = 1000, confidence: float = 0.95) -> Interval:
    """Return events over time or people at risk, per so many.

    Args:
        x: events, 0 or more.
        n: what they happened in; 0 gives no estimate.
        per: multiplier, such as 1,000 or 100,000.
        confidence: two-sided, between 0 and 1.
    """
    found = events(x, confidence)
    if n <= 0 or found.lower is None or found.upper is None:
        return Interval(None, None, None, found.method)
    return Interval(x / n * per, found.lower / n * per, found.upper / n * per, found.method)


def mean(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """Return the mean with Student's interval; one value has no interval."""
    method = "Student's t-distribution"
    if not values:
        return Interval(None, None, None, method)
    centre = fmean(values)
    if len(values) < 2:
        return Interval(centre, None, None, method)
    n = len(values)
    reach = student_quantile(0.5 + confidence / 2, n - 1) * stdev(values) / math.sqrt(n)
    return Interval(centre, centre - reach, centre + reach, method)
