"""XmR charts ("plot the dots"): limits, special causes and icons of one series.

A series is cut where it is rebased; every part has its own mean and limits, and no moving range
crosses a cut. Limits have no floor at 0 and no cap at 100.

Source: stats.md 1a (NHSRplotthedots 0.2.2) and 1b (Making Data Count).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from casereview.errors import Usage
from casereview.measures.methods.spc_icons import Icons, icons_of, point_type
from casereview.measures.methods.spc_limits import Limits, limits_of
from casereview.measures.methods.spc_profiles import Profile
from casereview.measures.methods.spc_rules import COMMON, label_of, rules_of

IMPROVEMENTS = ("increase", "decrease", "neutral")
SHORT = 13
"""Points from which limits count as settled. Source: stats.md 1a."""
FIX_LEAST = 12
"""Points that a fixed baseline needs at least. Source: NHSRplotthedots, fix_after_n_points."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a series on the date that stands for its period."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Point:
    """One value judged.

    Attributes:
        on, value: as read.
        rebase_group: 0 for the first part of the series, 1 after the first rebase.
        limits: those of its part.
        rules: every rule that it meets, the one that names it first.
        label: the special cause by name, "Common Cause" for none.
        type: common_cause, or special_cause_ improvement, concern, neutral_high, neutral_low.
        short: True when its part has fewer than 13 points.
    """

    on: date
    value: float
    rebase_group: int
    limits: Limits
    rules: tuple[str, ...]
    label: str
    type: str
    short: bool

    @property
    def special(self) -> bool:
        """Tell whether chance alone is an unlikely reason."""
        return self.label != COMMON


@dataclass(frozen=True, slots=True)
class Chart:
    """One series judged.

    Attributes:
        points: by date.
        icons: variation and assurance as they stand at the last point.
        profile: whose rules.
        improvement: increase, decrease or neutral.
        target: None for none.
        rebased_on: the first dates of the later parts.
        fix_after: points of each part whose limits hold for the rest, None for all.
    """

    points: tuple[Point, ...]
    icons: Icons
    profile: Profile
    improvement: str
    target: float | None
    rebased_on: tuple[date, ...]
    fix_after: int | None

    def parts(self) -> list[tuple[Point, ...]]:
        """Return the points of each part."""
        last = self.points[-1].rebase_group
        return [
            tuple(p for p in self.points if p.rebase_group == n) for n in range(last + 1)
        ]  # fmt: skip


def chart(
    readings: Sequence[Reading],
    *,
    profile: Profile,
    improvement: str = "increase",
    target: float | None = None,
    targeted: bool = False,
    rebase: Collection[date] = (),
    fix_after: int | None = None,
    screen: bool | None = None,
) -> Chart:
    """Judge one series.

    Args:
        readings: in any order, each date once, at least one.
        profile: whose rules.
        improvement: which way is better; "neutral" when neither is.
        target: the figure to reach.
        targeted: True when another series of the same figure has a target.
        rebase: first dates of new parts; only dates of readings cut.
        fix_after: the first so many points of a part set its limits, at least 12.
        screen: drop moving ranges beyond their own limit; None for the profile's way.

    Raises:
        Usage: no reading, a date twice, a baseline that ends after the series or is too short.
    """
    _check(readings, improvement, fix_after)
    used = profile if screen is None else replace(profile, screen=screen)
    ordered = sorted(readings, key=lambda r: r.on)
    points: list[Point] = []
    for group, part in enumerate(_cut(ordered, rebase)):
        points += _judged(part, group, used, improvement, fix_after)
    cuts = tuple(sorted({r.on for r in ordered[1:]} & set(rebase)))
    last_part = sum(p.rebase_group == points[-1].rebase_group for p in points)
    icons = icons_of(
        points[-1].limits, points[-1].type, points[-1].label, improvement, target,
        enough=last_part >= used.icon_points,
        targeted=target is not None or (targeted and used.asks_every_facet),
    )  # fmt: skip
    return Chart(tuple(points), icons, used, improvement, target, cuts, fix_after)


def _check(readings: Sequence[Reading], improvement: str, fix_after: int | None) -> None:
    if not readings:
        raise Usage("There is no value to chart.", code="no_values", next="Give one value a date.")
    if improvement not in IMPROVEMENTS:
        raise Usage(
            f"{improvement!r} is no direction.",
            code="no_such_direction",
            next=f"Use {', '.join(IMPROVEMENTS)}.",
        )
    days = sorted(r.on for r in readings)
    twice = next((a for a, b in pairwise(days) if a == b), None)
    if twice is not None:
        raise Usage(
            f"{twice.isoformat()} has more than one value.",
            code="date_twice",
            next="Add them up, or give each series its facet.",
        )
    if fix_after is not None and fix_after < FIX_LEAST:
        raise Usage(
            f"A baseline of {fix_after} points is too short.",
            code="baseline_short",
            next=f"Fix the limits on {FIX_LEAST} points or more.",
        )
    if fix_after is not None and fix_after > len(days):
        raise Usage(
            f"The baseline ends after the series: point {fix_after} of {len(days)}.",
            code="baseline_after_end",
            next=f"Fix the limits on {len(days)} points at most, or leave the option out.",
        )


def _cut(ordered: Sequence[Reading], rebase: Collection[date]) -> list[list[Reading]]:
    parts: list[list[Reading]] = [[]]
    for reading in ordered:
        if reading.on in rebase and parts[-1]:
            parts.append([])
        parts[-1].append(reading)
    return parts


def _judged(
    part: Sequence[Reading], group: int, profile: Profile, improvement: str, fix_after: int | None
) -> list[Point]:
    values = [r.value for r in part]
    limits = limits_of(values[:fix_after], profile)
    found = rules_of(values, limits, profile)
    judged = []
    for reading, rules in zip(part, found, strict=True):
        label = label_of(rules, improvement, profile)
        judged.append(
            Point(
                reading.on, reading.value, group, limits, rules, label,
                point_type(label, improvement), len(part) < SHORT,
            )
        )  # fmt: skip
    return judged
