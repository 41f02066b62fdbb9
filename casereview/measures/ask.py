"""What is asked of a measure: periods, groups, unit, waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from casereview.core.calendar import add_days, time_zone
from casereview.core.periods import Period

EPOCH = date(1970, 1, 1).toordinal()
TRAITS = (
    "sex", "age_band", "ethnic_group", "disability", "language", "district", "site", "provider",
    "substance_group",
)  # fmt: skip
"""Groups that are read with the cases only when they are asked for."""
CASE_GROUPS = ("team", "worker", "pathway", "exit", "exit_class", *TRAITS)
"""Groups that are a property of the case."""
PLACES = ("team", "worker", "pathway", *TRAITS)
"""The same without the exit, for measures of cases that need not have ended."""
PLACE_GROUPS = frozenset({"team", "worker", "pathway", "site", "provider"})
"""Groups within which an accepted transfer is an end and a new start."""
DISCHARGES = ("planned", "unplanned")
"""Classes of exit after which somebody can come back."""
NO_STAY = ("administrative", "list-removal")
"""Classes of exit that end no stay: the work had not begun, or the record was wrong."""


def day_of(on: date) -> int:
    """Return whole days since 1970-01-01."""
    return on.toordinal() - EPOCH


def date_of(day: int) -> date:
    """Return the date of a number of days since 1970-01-01."""
    return date.fromordinal(day + EPOCH)


@dataclass(frozen=True, slots=True)
class Wait:
    """The time between two milestones.

    Attributes:
        label: how the row names it.
        start, stop: names of milestones, or of the moments listed in `points.py`.
        target_days: within so many days is within target; None for no target.
        pathways: pathways it belongs to, () for every pathway.
    """

    label: str
    start: str
    stop: str
    target_days: int | None = None
    pathways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a measure.

    Attributes:
        periods: in order, without gaps; at least one.
        as_of: last business date that the relations know.
        by: names of groups, () for one row for the whole.
        joined: True when an accepted transfer is one journey, not an end and a new start.
        unit: "days" counts midnights, "hours" reads instants.
        waits: the waits that are asked.
        waiting_pathways: pathways whose people wait at home before the work begins.
        zone: time zone of the business dates, for waits in hours.
        method: one of the measure's methods, such as date_diff, scotland or mhs26.
        target: share to reach in percent, exact; None for none.
        capacities: agreed weight of cases of each worker, () when none is known.
        show: rows of the time to the end: km, cif, quantiles or logrank.
        target_wait: weeks that a wait should not exceed, None for the pathway's own target.
    """

    periods: tuple[Period, ...]
    as_of: date
    by: tuple[str, ...] = ()
    joined: bool = True
    unit: Literal["days", "hours"] = "days"
    waits: tuple[Wait, ...] = field(default=())
    waiting_pathways: tuple[str, ...] = ()
    zone: str = "Europe/London"
    method: str = "date_diff"
    target: Fraction | None = None
    capacities: tuple[tuple[str, int], ...] = ()
    show: str = "km"
    target_wait: float | None = None

    @property
    def first_day(self) -> int:
        """Return the first day of the first period."""
        return day_of(self.periods[0].from_on)

    @property
    def before_day(self) -> int:
        """Return the first day after the last period."""
        return day_of(self.periods[-1].before_on)

    @property
    def as_of_day(self) -> int:
        """Return the as-of date as a day number."""
        return day_of(self.as_of)

    @property
    def ends(self) -> tuple[int, ...]:
        """Return the last known day of each period: its end, or the as-of date when earlier."""
        return tuple(self.end(n) for n in range(len(self.periods)))

    def end(self, period: int) -> int:
        """Return the last known day of one period, by its place."""
        return day_of(min(add_days(self.periods[period].before_on, -1), self.as_of))

    @property
    def end_seconds(self) -> tuple[int, ...]:
        """Return the instant of the midnight that ends each period's last known day."""
        zone = time_zone(self.zone)
        nights = (date_of(end + 1) for end in self.ends)
        return tuple(int(datetime(n.year, n.month, n.day, tzinfo=zone).timestamp()) for n in nights)
