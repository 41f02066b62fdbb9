"""Did the values of single cases change: means, geometric means, and the shift of the whole.

Source: base R t.test and wilcox.test (normal approximation with ties and continuity correction).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from casereview.measures.methods.special import (
    normal_tail,
    student_quantile,
    student_tail,
    two_sided,
)

PAIRS_MAX = 1_000_000
"""Pairs of one value each side; with more the shift of the whole is not worked out."""


@dataclass(frozen=True, slots=True)
class PercentChange:
    """The change of the mean in percent, with the delta method's interval on the log scale."""

    percent: float
    lower: float | None
    upper: float | None


def percent_change_of_means(
    before: Sequence[float], after: Sequence[float], confidence: float = 0.95
) -> PercentChange | None:
    """Return the change of the mean in percent, None where the mean before is not above 0.

    The interval is None with fewer than two values on a side, or a mean after of 0 or below.
    """
    first, last = fmean(before), fmean(after)
    if first <= 0:
        return None
    percent = (last / first - 1) * 100
    if last <= 0 or min(len(before), len(after)) < 2:
        return PercentChange(percent, None, None)
    spread = sum(variance(v) / (len(v) * fmean(v) ** 2) for v in (before, after))
    reach = two_sided(confidence) * math.sqrt(spread)
    low, high = (math.expm1(math.log(last / first) + s * reach) * 100 for s in (-1, 1))
    return PercentChange(percent, low, high)


@dataclass(frozen=True, slots=True)
class Welch:
    """The difference of two means whose spreads may differ: after minus before."""

    diff: float
    lower: float
    upper: float
    t: float
    df: float
    p: float


def welch(
    before: Sequence[float], after: Sequence[float], confidence: float = 0.95
) -> Welch | None:  # fmt: skip
    """Return Welch's test, None with fewer than two values on a side or no spread at all."""
    if min(len(before), len(after)) < 2:
        return None
    parts = [variance(v) / len(v) for v in (before, after)]
    total = sum(parts)
    if total == 0:
        return None
    sizes = (len(before), len(after))
    df = total**2 / sum(p * p / (n - 1) for p, n in zip(parts, sizes, strict=True))
    diff, error = fmean(after) - fmean(before), math.sqrt(total)
    reach = student_quantile(0.5 + confidence / 2, df) * error
    t = diff / error
    return Welch(diff, diff - reach, diff + reach, t, df, 2 * student_tail(abs(t), df))


def welch_of_logs(
    before: Sequence[float], after: Sequence[float], confidence: float = 0.95
) -> Welch | None:
    """Return Welch's test of the logarithms, `diff` and limits as percent change.

    The ratio of geometric means suits skewed values. None where a value is 0 or below.
    """
    if min(*before, *after) <= 0:
        return None
    found = welch([math.log(v) for v in before], [math.log(v) for v in after], confidence)
    if found is None:
        return None
    diff, low, high = (math.expm1(v) * 100 for v in (found.diff, found.lower, found.upper))
    return Welch(diff, low, high, found.t, found.df, found.p)


# --- the shift of the whole


@dataclass(frozen=True, slots=True)
class Shift:
    """Wilcoxon's rank sum test with the Hodges-Lehmann shift, after minus before."""

    w: float
    p: float
    shift: float
    lower: float
    upper: float


def wilcoxon(
    before: Sequence[float], after: Sequence[float], confidence: float = 0.95
) -> Shift | None:  # fmt: skip
    """Return the rank sum test, None where all values are alike or there are too many pairs."""
    pairs = len(before) * len(after)
    if not 0 < pairs <= PAIRS_MAX or len({*before, *after}) < 2:
        return None
    test = _Ranked(before, after)
    centred = test.statistic(0.0)
    z = (centred - math.copysign(0.5, centred) * bool(centred)) / test.sigma(0.0)
    steps = sorted({a - b for a in after for b in before})
    z_half = two_sided(confidence)
    return Shift(
        w=centred + pairs / 2,
        p=min(1.0, 2 * normal_tail(abs(z))),
        shift=test.root(steps, 0.0, corrected=False),
        lower=test.root(steps, z_half, corrected=True),
        upper=test.root(steps, -z_half, corrected=True),
    )


class _Ranked:
    """The rank sum of `after` moved down by d, against `before`."""

    def __init__(self, before: Sequence[float], after: Sequence[float]) -> None:
        self.before, self.after = before, after

    def statistic(self, d: float) -> float:
        """Return how far the rank sum lies from what no change would give."""
        ranks = _mid_ranks([*(a - d for a in self.after), *self.before])
        n, m = len(self.after), len(self.before)
        return sum(ranks[:n]) - n * (n + 1) / 2 - n * m / 2

    def sigma(self, d: float) -> float:
        """Return its standard deviation, less for ties."""
        n, m = len(self.after), len(self.before)
        total = n + m
        counts = Counter([*(a - d for a in self.after), *self.before]).values()
        ties = sum(c**3 - c for c in counts) / (total * (total - 1))
        return math.sqrt(n * m / 12 * (total + 1 - ties))

    def root(self, steps: Sequence[float], z: float, *, corrected: bool) -> float:
        """Return the shift at which the standardised statistic crosses z.

        The statistic falls in steps, at the differences of pairs; on a step that lies exactly on z
        the middle of it is returned.
        """
        ends = [*steps, steps[-1] + 1]
        low, high = 0, len(steps)
        while low < high:
            middle = (low + high) // 2
            inside = (ends[middle] + ends[middle + 1]) / 2 if middle < len(steps) else ends[-1]
            if self._above(inside, z, corrected=corrected) > 0:
                low = middle + 1
            else:
                high = middle
        if low >= len(steps) - 1:
            return steps[-1]
        inside = (ends[low] + ends[low + 1]) / 2
        return inside if self._above(inside, z, corrected=corrected) == 0 else steps[low]

    def _above(self, d: float, z: float, *, corrected: bool) -> float:
        centred = self.statistic(d)
        step = math.copysign(0.5, centred) if corrected and centred else 0.0
        return (centred - step) / self.sigma(d) - z


def _mid_ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or values[order[end]] != values[order[start]]:
            for n in order[start:end]:
                ranks[n] = (start + end + 1) / 2
            start = end
    return ranks
