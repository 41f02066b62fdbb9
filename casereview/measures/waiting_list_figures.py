"""A waiting list over time, and every figure of it.

The reference's slips are not copied: its mean wait is in days where weeks are promised, it counts
for ever who left before the window, a referral after the window stops it, and the order of the
rows changes its figures.

Source: NHSRwaitinglist 0.1.2.9001 (wl_queue_size, wl_referral_stats, wl_removal_stats, wl_stats);
stats.md 2a.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, stdev

from casereview.errors import Usage
from casereview.measures import waiting_list as formulas
from casereview.measures.waiting_list import Pace, Span

DAYS_MAX = 40_000
"""Days of a window; more is a slip of the pen in a year."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One person's wait; `removed_on` is None while it lasts."""

    referred_on: date
    removed_on: date | None

    def waits_on(self, day: date) -> bool:
        """Tell whether the person is on the list at the end of a day."""
        return self.referred_on <= day and (self.removed_on is None or self.removed_on > day)


@dataclass(frozen=True, slots=True)
class Flow:
    """People arriving or leaving.

    Attributes:
        pace: None when nobody came, or all on one day.
        variation: coefficient of variation of the time between them, None as above.
        intervals: times between them that this rests on.
    """

    pace: Pace | None
    variation: float | None
    intervals: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a list is, and what it would take.

    Attributes:
        from_on, to_on: the window, both days inside.
        referrals: people referred in the window.
        demand, capacity: arrivals and removals.
        load: demand over capacity, None without capacity.
        queue: people waiting at the end.
        target_queue: people that may wait.
        queue_too_big: more than twice that.
        mean_wait: so far, of those waiting at the end; None for nobody.
        target_capacity: None where the queue needs relief first, or nobody was removed.
        relief_capacity: None where the queue needs none.
        pressure: None for nobody waiting.
        clearance: None without capacity.
        removed_later: removals after the window, which the capacity counts as the reference does.
    """

    from_on: date
    to_on: date
    referrals: int
    demand: Flow
    capacity: Flow
    load: float | None
    queue: int
    target_queue: float | None
    queue_too_big: bool | None
    mean_wait: Span | None
    target_capacity: Pace | None
    relief_capacity: Pace | None
    pressure: float | None
    clearance: Span | None
    removed_later: int


def window_of(
    waits: Sequence[Wait], from_on: date | None = None, to_on: date | None = None
) -> tuple[date, date]:
    """Return the window asked for, its ends the first and last referral where not given.

    Raises:
        Usage: nobody is on the list, or the window ends before it starts or is far too long.
    """
    if not waits:
        raise Usage("The list holds nobody.", code="no_values", next="Give one referral.")
    start = from_on or min(w.referred_on for w in waits)
    end = to_on or max(w.referred_on for w in waits)
    if end < start:
        raise Usage(
            f"The window ends before it starts: {start.isoformat()} to {end.isoformat()}.",
            code="period",
            next="Give an end on or after the start.",
        )
    if (end - start).days > DAYS_MAX:
        raise Usage(
            f"The window has more than {DAYS_MAX:,} days.",
            code="period",
            next="Look for a wrong year in the dates.",
        )
    return start, end


def queue_by_day(waits: Sequence[Wait], from_on: date, to_on: date) -> list[tuple[date, int]]:
    """Return how many wait at the end of each day of a window, both ends inside."""
    came = Counter(max(w.referred_on, from_on) for w in waits)
    gone: Counter[date] = Counter()
    for wait in waits:
        if wait.removed_on is not None:
            # Who left before the window came and went before its first day.
            gone[max(wait.removed_on, from_on)] += 1
    rows, queue, day = [], 0, from_on
    while day <= to_on:
        queue += came[day] - gone[day]
        rows.append((day, queue))
        day += timedelta(days=1)
    return rows


def arrivals(waits: Sequence[Wait], from_on: date, to_on: date) -> Flow:
    """Return the demand: the ends of the window count as arrivals, as in the reference."""
    inside = sorted(w.referred_on for w in waits if from_on <= w.referred_on <= to_on)
    return _flow([(b - a).days for a, b in pairwise([from_on, *inside, to_on])])


def removals(waits: Sequence[Wait], from_on: date) -> Flow:
    """Return the capacity: time between removals while somebody waited.

    A stretch in which the list was empty counts from its last empty day.
    """
    left = sorted(w.removed_on for w in waits if w.removed_on is not None)
    left = [day for day in left if day >= from_on]
    span = window_of(waits)
    empty = {day for day, queue in queue_by_day(waits, *span) if queue == 0 and day >= from_on}
    gaps, last = [], from_on
    # As in the reference, the removal that empties the list adds no time of its own.
    for day, removed in sorted([*((d, 1) for d in left), *((d, 0) for d in empty)]):
        if removed:
            gaps.append((day - last).days)
        last = day
    return _flow(gaps, single=0.0)


def _flow(gaps: Sequence[int], single: float | None = None) -> Flow:
    if not gaps or sum(gaps) == 0:
        return Flow(None, None, len(gaps))
    mean = fmean(gaps)
    spread = stdev(gaps) if len(gaps) > 1 else single
    return Flow(Pace(1 / mean), None if spread is None else spread / mean, len(gaps))


def figures(
    waits: Sequence[Wait], target: Span, from_on: date | None = None, to_on: date | None = None
) -> Figures:
    """Return every figure of a list.

    Args:
        waits: the people, in any order.
        target: the wait that should not be exceeded.
        from_on: first day of the window, None for the first referral.
        to_on: its last day, None for the last referral.

    Raises:
        Usage: see `window_of`; or the target is not above 0.
    """
    start, end = window_of(waits, from_on, to_on)
    demand, capacity = arrivals(waits, start, end), removals(waits, start)
    waiting = [w for w in waits if w.waits_on(end)]
    queue = len(waiting)
    mean_wait = Span(fmean((end - w.referred_on).days for w in waiting)) if waiting else None
    wanted = None if demand.pace is None else formulas.target_queue(demand.pace, target)
    big = None if wanted is None else formulas.too_big(queue, wanted)
    relief = None
    if demand.pace is not None and wanted is not None and big:
        relief = formulas.relief_capacity(demand.pace, queue, wanted)
    return Figures(
        from_on=start, to_on=end,
        referrals=sum(start <= w.referred_on <= end for w in waits),
        demand=demand, capacity=capacity,
        load=formulas.load(demand.pace, capacity.pace) if demand.pace and capacity.pace else None,
        queue=queue, target_queue=wanted, queue_too_big=big, mean_wait=mean_wait,
        target_capacity=None if big else _balance(demand, capacity, target),
        relief_capacity=relief,
        pressure=None if mean_wait is None else formulas.pressure(mean_wait, target),
        clearance=formulas.clearance(queue, capacity.pace) if capacity.pace else None,
        removed_later=sum(w.removed_on is not None and w.removed_on > end for w in waits),
    )  # fmt: skip


def _balance(demand: Flow, capacity: Flow, target: Span) -> Pace | None:
    if demand.pace is None or demand.variation is None or capacity.variation is None:
        return None
    return formulas.target_capacity(
        demand.pace, target, cv_demand=demand.variation, cv_capacity=capacity.variation
    )
