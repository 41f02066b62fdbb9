"""How large a waiting list may be, and what capacity brings it there.

Lengths of time and rates are values with their unit inside, so that days and weeks cannot be mixed.

Source: Fong et al. 2022, medRxiv 10.1101/2022.08.23.22279117; NHSRwaitinglist 0.1.2.9001.
"""

from __future__ import annotations

from dataclasses import dataclass

from casereview.errors import Usage

WEEK = 7
FACTOR = 4
"""Target over mean wait: with 4 about 1.8% wait longer than the target, with 6 about 0.2%."""
TOO_BIG = 2
"""A queue of more than so many target queues needs relief before it needs balance."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A length of time."""

    days: float

    @classmethod
    def of_weeks(cls, weeks: float) -> Span:
        """Return so many weeks."""
        return cls(weeks * WEEK)

    @property
    def weeks(self) -> float:
        """Return it in weeks."""
        return self.days / WEEK


@dataclass(frozen=True, slots=True, order=True)
class Pace:
    """People in a length of time: referrals, or removals."""

    daily: float

    @classmethod
    def of_weekly(cls, people: float) -> Pace:
        """Return so many people a week."""
        return cls(people / WEEK)

    @property
    def weekly(self) -> float:
        """Return it in people a week."""
        return self.daily * WEEK


RELIEF_WITHIN = Span(26 * WEEK)


def load(demand: Pace, capacity: Pace) -> float | None:
    """Return demand over capacity: from 1 up the list grows for ever; None without capacity."""
    return demand.daily / capacity.daily if capacity.daily > 0 else None


def target_mean_wait(target: Span, factor: float = FACTOR) -> Span:
    """Return the mean wait at which nearly everybody is within the target."""
    return Span(_above_0(target.days, "The target wait") / _above_0(factor, "The factor"))


def target_queue(demand: Pace, target: Span, factor: float = FACTOR) -> float:
    """Return how many may wait, in people (Little's law)."""
    return demand.daily * target_mean_wait(target, factor).days


def too_big(queue: float, target: float) -> bool:
    """Tell whether a queue is more than twice its target."""
    return queue > TOO_BIG * target


def relief_capacity(
    demand: Pace,
    queue: float,
    target: float,
    within: Span = RELIEF_WITHIN,
    *,
    referrals: float = 0,
    cv_demand: float = 0,
) -> Pace:
    """Return the capacity that brings a queue to its target in time.

    Args:
        demand: referrals.
        queue: people now.
        target: people that may wait.
        within: by when.
        referrals: how many referrals the demand was estimated from; above 0 the demand is raised
            by two standard errors.
        cv_demand: coefficient of variation of the time between referrals, with `referrals`.
    """
    weekly = demand.weekly
    if referrals > 0:
        error = 2 * weekly * cv_demand / referrals**0.5
        # The reference leaves the demand alone where the error would turn it negative.
        weekly = weekly / (1 - error) if error < 1 else weekly
    weeks = _above_0(within.weeks, "The time to the target")
    return Pace.of_weekly(weekly + (queue - target) / weeks)


def target_capacity(
    demand: Pace,
    target: Span,
    factor: float = FACTOR,
    *,
    cv_demand: float = 1,
    cv_capacity: float = 1,
) -> Pace:
    """Return the capacity that keeps a queue at its target.

    Args:
        demand: referrals.
        target: the wait that should not be exceeded.
        factor: see FACTOR.
        cv_demand: coefficient of variation of the time between referrals, 1 for chance alone.
        cv_capacity: the same between removals.
    """
    mean = target_mean_wait(target, factor).days
    return Pace(demand.daily + (cv_demand**2 + cv_capacity**2) / 2 / mean)


def pressure(mean_wait: Span, target: Span) -> float:
    """Return twice the mean wait over the target: from 1 up the target is out of reach.

    The reference divides days by weeks here, which is seven times too much.
    """
    return 2 * mean_wait.days / _above_0(target.days, "The target wait")


def clearance(queue: float, capacity: Pace) -> Span | None:
    """Return how long the queue takes to clear if nobody joins it; None without capacity."""
    return Span(queue / capacity.daily) if capacity.daily > 0 else None


def _above_0(value: float, what: str) -> float:
    if value <= 0:
        raise Usage(f"{what} must be more than 0.", code="not_positive", next="Check its number.")
    return value
