"""Did a rate or a share change: exact rate ratio, difference of shares.

Source: base R poisson.test, prop.test and fisher.test; Newcombe 1998, method 10.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from casereview.measures.methods.intervals import wilson
from casereview.measures.methods.special import beta_quantile, chi_square_tail, two_sided

_NEARLY = 1 + 1e-7
"""Outcomes as likely as the observed one count, float noise aside. Source: R, binom.test."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Events in a time, or those who had it out of all: one period."""

    x: float
    n: float


@dataclass(frozen=True, slots=True)
class RateRatio:
    """The rate after over the rate before.

    Attributes:
        ratio: None without events before.
        lower, upper: exact limits; upper is None without events before.
        p: exact, two-sided.
        wald_lower, wald_upper: limits on the log scale; None where a count is 0.
    """

    ratio: float | None
    lower: float
    upper: float | None
    p: float
    wald_lower: float | None
    wald_upper: float | None


def rate_ratio(before: Counted, after: Counted, confidence: float = 0.95) -> RateRatio:
    """Return the ratio of two rates; counts are whole numbers, times above 0."""
    a, b = int(after.x), int(before.x)
    total, share = a + b, after.n / (after.n + before.n)
    tail = (1 - confidence) / 2
    low = 0.0 if a == 0 else beta_quantile(a, b + 1, tail)
    high = 1.0 if b == 0 else beta_quantile(a + 1, b, 1 - tail)
    times = before.n / after.n
    ratio = None if b == 0 else a / b * times
    wald = _wald(a, b, ratio, confidence)
    return RateRatio(
        ratio, low / (1 - low) * times, None if high >= 1 else high / (1 - high) * times,
        _binomial_p(a, total, share), *wald,
    )  # fmt: skip


def _wald(
    a: int, b: int, ratio: float | None, confidence: float
) -> tuple[float | None, float | None]:  # fmt: skip
    if ratio is None:
        return None, None
    if a == 0:
        return 0.0, None
    reach = two_sided(confidence) * math.sqrt(1 / a + 1 / b)
    return ratio * math.exp(-reach), ratio * math.exp(reach)


def _binomial_p(x: int, n: int, share: float) -> float:
    def chance(k: int) -> float:
        return math.exp(
            _log_choose(n, k) + k * math.log(share) + (n - k) * math.log1p(-share)
        )  # fmt: skip

    return _as_unlikely(chance, x, range(n + 1))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _as_unlikely(chance: Callable[[int], float], x: int, possible: range) -> float:
    bound = chance(x) * _NEARLY
    return min(1.0, math.fsum(p for k in possible if (p := chance(k)) <= bound))


@dataclass(frozen=True, slots=True)
class ShareChange:
    """The share after minus the share before, as shares of 1.

    Attributes:
        diff: the difference.
        lower, upper: Newcombe's limits, from both Wilson intervals.
        p_score: chi-square without continuity correction; None where nobody or everybody had it.
        p_fisher: exact, two-sided.
    """

    diff: float
    lower: float
    upper: float
    p_score: float | None
    p_fisher: float


def share_change(before: Counted, after: Counted, confidence: float = 0.95) -> ShareChange:
    """Return the difference of two shares; counts are whole numbers, each n above 0."""
    first, last = wilson(before.x, before.n, confidence), wilson(after.x, after.n, confidence)
    p, q = before.x / before.n, after.x / after.n
    down = math.hypot(q - (last.lower or 0.0), (first.upper or 0.0) - p)
    up = math.hypot((last.upper or 0.0) - q, p - (first.lower or 0.0))
    diff = q - p
    return ShareChange(
        diff, diff - down, diff + up, _score_p(before, after, diff), _fisher_p(before, after)
    )  # fmt: skip


def _score_p(before: Counted, after: Counted, diff: float) -> float | None:
    pooled = (before.x + after.x) / (before.n + after.n)
    spread = pooled * (1 - pooled) * (1 / before.n + 1 / after.n)
    return chi_square_tail(diff * diff / spread, 1) if spread > 0 else None


def _fisher_p(before: Counted, after: Counted) -> float:
    n, m, had = int(after.n), int(before.n), int(after.x + before.x)
    total = _log_choose(n + m, had)

    def chance(k: int) -> float:
        return math.exp(_log_choose(n, k) + _log_choose(m, had - k) - total)

    return _as_unlikely(chance, int(after.x), range(max(0, had - m), min(n, had) + 1))
