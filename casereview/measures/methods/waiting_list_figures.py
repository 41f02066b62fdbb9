"""A waiting list over time, and every figure of it.

The reference's slips are not copied: its mean wait is in days where weeks are promised, it counts
for ever who left before the window, a referral after the window stops it, and the order of the
rows changes its figures.

Source: NHSRwaitinglist 0.1.2.9001 (wl_queue_size, wl_referral_stats, wl_removal_stats, wl_stats);
stats.md 2a.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from casereview.core.calendar import add_days
from casereview.errors import Usage
from casereview.measures.methods import waiting_list as formulas
from casereview.measures.methods.waiting_list import Pace, Span

DAYS_MAX = 40_000
"""Days of a window; more is a slip of the pen in a year."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One person's wait; `removed_on` is None while it lasts."""

    referred_on: date
    removed_on: date | None


@dataclass(frozen=True, slots=True)
class Days:
    """A list by its days: all that its figures need, however many people are on it.

    Attributes:
        came: people referred on each day.
        gone: people removed on each day.
        came_of_gone: days on which those were referred, as ordinals added up.
    """

    came: Mapping[date, int]
    gone: Mapping[date, int]
    came_of_gone: Mapping[date, int]

    @classmethod
    def of(cls, waits: Iterable[Wait]) -> Days:
        """Count people by their days."""
        came: Counter[date] = Counter()
        gone: Counter[date] = Counter()
        sums: Counter[date] = Counter()
        for wait in waits:
            came[wait.referred_on] += 1
            if wait.removed_on is not None:
                gone[wait.removed_on] += 1
                sums[wait.removed_on] += wait.referred_on.toordinal()
        return cls(came, gone, sums)

    def known_by(self, end: date) -> Days:
        """Return the list as it was known at the end of a day."""
        came, gone, sums = (
            {d: n for d, n in part.items() if d <= end}
            for part in (self.came, self.gone, self.came_of_gone)
        )
        return Days(came, gone, sums)

    def waiting(self, end: date) -> tuple[int, int]:
        """Return how many wait at the end of a day, and the days that they have, added up."""
        came = [(d, n) for d, n in self.came.items() if d <= end]
        gone = [d for d in self.gone if d <= end]
        people = sum(n for _, n in came) - sum(self.gone[d] for d in gone)
        since = sum(d.toordinal() * n for d, n in came) - sum(self.came_of_gone[d] for d in gone)
        return people, people * end.toordinal() - since


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
    days: Days, from_on: date | None = None, to_on: date | None = None
) -> tuple[date, date]:
    """Return the window asked for, its ends the first and last referral where not given.

    Raises:
        Usage: nobody is on the list, or the window ends before it starts or is far too long.
    """
    if not days.came:
        raise Usage("The list holds nobody.", code="no_values", next="Give one referral.")
    start = from_on or min(days.came)
    end = to_on or max(days.came)
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


def queue_by_day(days: Days, from_on: date, to_on: date) -> list[tuple[date, int]]:
    """Return how many wait at the end of each day of a window, both ends inside."""
    before = add_days(from_on, -1)
    queue, _ = days.waiting(before)
    rows, day = [], from_on
    while day <= to_on:
        queue += days.came.get(day, 0) - days.gone.get(day, 0)
        rows.append((day, queue))
        day += timedelta(days=1)
    return rows


def arrivals(days: Days, from_on: date, to_on: date) -> Flow:
    """Return the demand: the ends of the window count as arrivals, as in the reference."""
    inside = sorted((d, n) for d, n in days.came.items() if from_on <= d <= to_on)
    marks = [from_on, *(d for d, _ in inside), to_on]
    # People of one day come at no distance from each other.
    alike = sum(n - 1 for _, n in inside)
    return _flow([(b - a).days for a, b in pairwise(marks)], alike)


def removals(days: Days, from_on: date) -> Flow:
    """Return the capacity: time between removals while somebody waited.

    A stretch in which the list was empty counts from its last empty day.
    """
    left = {d: n for d, n in days.gone.items() if d >= from_on}
    first, last_came = window_of(days)
    empty = {d for d, queue in queue_by_day(days, first, last_came) if not queue and d >= from_on}
    gaps, last = [], from_on
    # As in the reference, the removal that empties the list adds no time of its own.
    for day in sorted({*left, *empty}):
        if day in empty:
            last = day
        if day in left:
            gaps.append((day - last).days)
        last = day
    return _flow(gaps, sum(n - 1 for n in left.values()), single=0.0)


def _flow(gaps: Sequence[int], alike: int, single: float | None = None) -> Flow:
    """Return the flow of some gaps and so many more of no length."""
    n, total = len(gaps) + alike, sum(gaps)
    if not n or total == 0:
        return Flow(None, None, n)
    pace = Pace(n / total)
    if n < 2:
        return Flow(pace, None if single is None else single * n / total, n)
    # Whole numbers to the end: the spread is exact however many people share a day.
    square = Fraction(n * sum(g * g for g in gaps) - total * total, n * (n - 1))
    return Flow(pace, math.sqrt(square) * n / total, n)


def figures(
    days: Days, target: Span, from_on: date | None = None, to_on: date | None = None
) -> Figures:
    """Return every figure of a list.

    Args:
        days: the list.
        target: the wait that should not be exceeded.
        from_on: first day of the window, None for the first referral.
        to_on: its last day, None for the last referral.

    Raises:
        Usage: see `window_of`; or the target is not above 0.
    """
    start, end = window_of(days, from_on, to_on)
    demand, capacity = arrivals(days, start, end), removals(days, start)
    queue, waited = days.waiting(end)
    mean_wait = Span(waited / queue) if queue else None
    wanted = None if demand.pace is None else formulas.target_queue(demand.pace, target)
    big = None if wanted is None else formulas.too_big(queue, wanted)
    relief = None
    if demand.pace is not None and wanted is not None and big:
        relief = formulas.relief_capacity(demand.pace, queue, wanted)
    return Figures(
        from_on=start, to_on=end,
        referrals=sum(n for d, n in days.came.items() if start <= d <= end),
        demand=demand, capacity=capacity,
        load=formulas.load(demand.pace, capacity.pace) if demand.pace and capacity.pace else None,
        queue=queue, target_queue=wanted, queue_too_big=big, mean_wait=mean_wait,
        target_capacity=None if big else _balance(demand, capacity, target),
        relief_capacity=relief,
        pressure=None if mean_wait is None else formulas.pressure(mean_wait, target),
        clearance=formulas.clearance(queue, capacity.pace) if capacity.pace else None,
        removed_later=sum(n for d, n in days.gone.items() if d > end),
    )  # fmt: skip


def _balance(demand: Flow, capacity: Flow, target: Span) -> Pace | None:
    if demand.pace is None or demand.variation is None or capacity.variation is None:
        return None
    return formulas.target_capacity(
        demand.pace, target, cv_demand=demand.variation, cv_capacity=capacity.variation
    )
