"""How much a stable process signals by chance alone.

Charts of independent normal values are drawn with a fixed seed and judged by the same rules, so
that the same chart always prints the same figure. Skewed values signal more often.

Source: stats.md 1d.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from casereview.measures.methods.spc_limits import limits_of
from casereview.measures.methods.spc_profiles import Profile
from casereview.measures.methods.spc_rules import rules_of

SEED = 20_260_301
CHARTS = 1000
LONGEST = 104
"""Points of the longest chart that is drawn; longer ones are scaled up from it."""


@dataclass(frozen=True, slots=True)
class Chance:
    """What chance alone gives.

    Attributes:
        any: share of stable charts with one flagged point or more, 0 to 1.
        points: flagged points of a chart, on average.
        last: share whose last point is flagged.
    """

    any: float
    points: float
    last: float


def chance_of(parts: Sequence[int], profile: Profile, fix_after: int | None = None) -> Chance:
    """Return what chance gives for a chart.

    Args:
        parts: points of each part, at least one part.
        profile: whose rules, its screening included.
        fix_after: points of each part that set its limits.
    """
    found = [_part(n, profile, fix_after) for n in parts]
    none = 1.0
    for one in found:
        none *= 1 - one.any
    return Chance(1 - none, sum(one.points for one in found), found[-1].last)


def _part(n: int, profile: Profile, fix_after: int | None) -> Chance:
    drawn = min(n, LONGEST)
    base = _drawn(drawn, profile, None if fix_after is None else min(fix_after, drawn))
    times = n / drawn
    return Chance(1 - (1 - base.any) ** times, base.points * times, base.last)


@cache
def _drawn(n: int, profile: Profile, fix_after: int | None) -> Chance:
    source = random.Random(SEED)  # noqa: S311 - a repeatable figure, not a secret
    some = points = last = 0
    for _ in range(CHARTS):
        values = [source.gauss(0, 1) for _ in range(n)]
        flags = [bool(r) for r in rules_of(values, limits_of(values[:fix_after], profile), profile)]
        some += any(flags)
        points += sum(flags)
        last += flags[-1]
    return Chance(some / CHARTS, points / CHARTS, last / CHARTS)
