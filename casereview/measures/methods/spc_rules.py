"""The four rules of special cause, for one part of a series."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from casereview.measures.methods.spc_limits import Limits
from casereview.measures.methods.spc_profiles import Profile

COMMON = "Common Cause"
_TREND = {1: "7 Point Trend (Increasing)", -1: "7 Point Trend (Decreasing)"}
_TWO = {1: "2 in 3 Above CL", -1: "2 in 3 Below CL"}
_SHIFT = {1: "7 Points Above CL", -1: "7 Points Below CL"}
_OUTSIDE = {1: "Above UCL", -1: "Below LCL"}
UP = frozenset(names[1] for names in (_TREND, _TWO, _SHIFT, _OUTSIDE))
"""The rules that speak of higher values."""


def rules_of(
    values: Sequence[float], limits: Limits, profile: Profile
) -> list[tuple[str, ...]]:  # fmt: skip
    """Return for each point the rules that it meets, the most telling first.

    The order is: beyond a limit, trend (the later of two that share a point first), two in three,
    shift.
    """
    outside = [limits.side(v) if limits.outside(v) else 0 for v in values]
    trends = trends_of(values, profile.trend)
    twos = twos_of(values, limits, profile)
    shifts = shifts_of([limits.side(v) for v in values], profile.shift)
    found = []
    for n in range(len(values)):
        names = [_OUTSIDE.get(outside[n]), *(_TREND[d] for d in reversed(trends[n]))]
        names += [*(_TWO[d] for d in sorted(twos[n], reverse=True)), _SHIFT.get(shifts[n])]
        found.append(tuple(name for name in names if name is not None))
    return found


def shifts_of(sides: Sequence[int], length: int) -> list[int]:
    """Return the side of each point in a run of so many on one side; one on the mean ends it."""
    found, start = [0] * len(sides), 0
    for n in range(1, len(sides) + 1):
        if n < len(sides) and sides[n] == sides[start]:
            continue
        if sides[start] and n - start >= length:
            found[start:n] = [sides[start]] * (n - start)
        start = n
    return found


def trends_of(values: Sequence[float], length: int) -> list[list[int]]:
    """Return the directions of the trends that each point belongs to, in their order.

    A trend is `length` points, each strictly beyond the one before; a tie ends it.
    """
    steps = [(b > a) - (b < a) for a, b in pairwise(values)]
    found: list[list[int]] = [[] for _ in values]
    start = 0
    for n in range(1, len(steps) + 1):
        if n < len(steps) and steps[n] == steps[start]:
            continue
        if steps[start] and n - start >= length - 1:
            for point in range(start, n + 1):
                found[point].append(steps[start])
        start = n
    return found


def twos_of(values: Sequence[float], limits: Limits, profile: Profile) -> list[set[int]]:
    """Return the sides on which each point is one of two in three near a limit.

    Whether points beyond the limit count, and whether the third must be on the same side of the
    mean, is the profile's.
    """
    sides = [limits.side(v) for v in values]
    far = [
        limits.far(v) if profile.two_counts_outside or not limits.outside(v) else 0
        for v in values
    ]  # fmt: skip
    found: list[set[int]] = [set() for _ in values]
    for start in range(len(values) - 2):
        three = range(start, start + 3)
        for side in (1, -1):
            near = [n for n in three if far[n] == side]
            together = not profile.two_on_one_side or all(sides[n] == side for n in three)
            if len(near) >= 2 and together:
                for n in near:
                    found[n].add(side)
    return found


def label_of(rules: Sequence[str], improvement: str, profile: Profile) -> str:
    """Return the rule that names a point, "Common Cause" for none.

    The first rule names it, or where the profile says so the first that is an improvement.
    """
    if not rules:
        return COMMON
    if profile.improvement_wins and improvement != "neutral":
        better = [r for r in rules if (r in UP) == (improvement == "increase")]
        return better[0] if better else rules[0]
    return rules[0]
