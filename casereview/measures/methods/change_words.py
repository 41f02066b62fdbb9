"""What may be said of a before and an after: "fell" and "rose" have to be earned.

Source: stats.md 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casereview.measures.methods.spc import FIX_LEAST, Reading, chart
from casereview.measures.methods.spc_profiles import Profile

FLOOR = 10
"""Cases, events or points on a side below which no change is claimed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison shows.

    Attributes:
        word: "fell", "rose", or "no change shown".
        why: why no change is claimed, "" when one is.
        sentence: for people, with the interval and the method's name.
    """

    word: str
    why: str
    sentence: str


def verdict(
    what: str,
    change: float | None,
    limits: tuple[float | None, float | None],
    sizes: tuple[float, float],
    *,
    method: str,
    unit: str = "%",
    floor: float = FLOOR,
    counted: str = "cases",
) -> Verdict:
    """Judge a change by its interval and by how much it rests on.

    Args:
        what: what changed, "The mean".
        change: after against before, 0 for none; None where it cannot be worked out.
        limits: its 95% interval, None for an open end.
        sizes: how much lies before and after.
        method: the interval's name.
        unit: of the change and the limits.
        floor: least size of each side.
        counted: what the sizes count.
    """
    why = _why_not(change, limits, sizes, floor, counted)
    what_of = what.rstrip(",")
    shown = f"{_signed(change, unit)} (95% interval {_range(limits, unit)}; {method})"
    if why or change is None:
        return Verdict("no change shown", why, f"{what_of}: no change shown, {shown}: {why}.")
    word = "fell" if change < 0 else "rose"
    amount = _measured(f"{abs(change):,.3g}", unit)
    return Verdict(
        word, "", f"{what} {word} by {amount} (95% interval {_range(limits, unit)}; {method})."
    )  # fmt: skip


def _why_not(
    change: float | None,
    limits: tuple[float | None, float | None],
    sizes: tuple[float, float],
    floor: float,
    counted: str,
) -> str:
    if change is None:
        return "there is nothing to compare with"
    if min(sizes) < floor:
        least = _measured(f"{min(sizes):g}", f" {counted}")
        return f"with {least} on one side, fewer than {floor:g}, no change is claimed"
    low, high = limits
    if not ((low is not None and low > 0) or (high is not None and high < 0)):
        return "the interval spans no change"
    return ""


def _signed(value: float | None, unit: str) -> str:
    return "unknown" if value is None else _measured(f"{value:+,.3g}", unit)


def _range(limits: tuple[float | None, float | None], unit: str) -> str:
    low, high = limits
    first = "no lower limit" if low is None else _signed(low, unit)
    return f"{first} to {'no upper limit' if high is None else _signed(high, unit)}"


def _measured(number: str, unit: str) -> str:
    """Return a number with its unit, in the singular for exactly one."""
    return number + (unit.removesuffix("s") if number.lstrip("+-") == "1" else unit)


def spc_verdict(
    values: Sequence[float],
    change_after: int,
    *,
    profile: Profile,
    improvement: str = "neutral",
    days: Sequence[date] = (),
) -> str:
    """Return what an XmR chart with limits fixed on the baseline says of the points after it.

    Args:
        values: the series in order.
        change_after: points before the change.
        profile: whose rules.
        improvement: which way is better.
        days: their dates, empty for a series that is only numbered.
    """
    if change_after < FIX_LEAST:
        return (
            f"The baseline has {_points(change_after)}; a chart needs {FIX_LEAST} to fix its "
            "limits."
        )
    if change_after >= len(values):
        return "No point lies after the baseline."
    start = date(2000, 1, 1)
    dated = days or [start + timedelta(days=n) for n in range(len(values))]
    readings = [Reading(on, value) for on, value in zip(dated, values, strict=True)]
    judged = chart(readings, profile=profile, improvement=improvement, fix_after=change_after)
    after = judged.points[change_after:]
    flagged = [n for n, p in enumerate(after, 1) if p.special]
    if not flagged:
        among = "in the 1 point" if len(after) == 1 else f"among the {len(after)} points"
        return f"No special cause {among} after the change ({profile.title})."
    first = after[flagged[0] - 1]
    return (
        f"{len(flagged)} of {_points(len(after))} after the change "
        f"{'is' if len(flagged) == 1 else 'are'} special cause, the first is number {flagged[0]}: "
        f"{first.label} ({profile.title}, limits fixed on {_points(change_after)})."
    )


def _points(n: int) -> str:
    return _measured(str(n), " points")
