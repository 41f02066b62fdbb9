"""Mean and natural process limits of one part of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from casereview.measures.methods.spc_profiles import Profile

RANGE_LIMIT = 3.267
"""Upper limit of a moving range over the mean range. Source: stats.md 1a."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a stable process stays; limits are None when no range could be measured.

    Attributes:
        mean: of the points that set the limits.
        lower, upper: natural process limits, three sigma.
        near_lower, near_upper: two thirds of the way there.
    """

    mean: float
    lower: float | None
    upper: float | None
    near_lower: float | None
    near_upper: float | None

    def outside(self, value: float) -> bool | None:
        """Tell whether a value lies beyond a limit, None without limits."""
        if self.lower is None or self.upper is None:
            return None
        return value < self.lower or value > self.upper

    def side(self, value: float) -> int:
        """Return 1 above the mean, -1 below, 0 on it."""
        return (value > self.mean) - (value < self.mean)

    def far(self, value: float) -> int:
        """Return 1 beyond the upper near limit, -1 beyond the lower, else 0."""
        if self.near_lower is None or self.near_upper is None:
            return 0
        return (value > self.near_upper) - (value < self.near_lower)

    def close(self, value: float) -> bool | None:
        """Tell whether a value lies in the outer third but not beyond, None without limits."""
        outside = self.outside(value)
        return None if outside is None else bool(self.far(value)) and not outside


def limits_of(values: Sequence[float], profile: Profile) -> Limits:
    """Return the limits that values set; the mean is never recomputed after screening."""
    mean = fmean(values)
    ranges = [abs(b - a) for a, b in pairwise(values)]
    average = _average_range(ranges, profile)
    if average is None:
        return Limits(mean, None, None, None, None)
    reach, near = profile.limit * average, profile.limit / 3 * 2 * average
    return Limits(mean, mean - reach, mean + reach, mean - near, mean + near)


def _average_range(ranges: Sequence[float], profile: Profile) -> float | None:
    if not ranges:
        return None
    average = fmean(ranges)
    if not profile.screen or (average == 0 and profile.keep_flat):
        return average
    kept = [r for r in ranges if r < RANGE_LIMIT * average]
    return fmean(kept) if kept else None
