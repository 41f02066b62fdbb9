"""Days, working days, months and anniversaries.

Every date is a business date in the local calendar. Counting in days is counting midnights: the
same day is 0, and a clock change never makes a day longer or shorter.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casereview.errors import Refused, Usage

LONG_TREATMENT_YEARS = 6
THURSDAY = 3
# Longer than any statutory timescale; a larger number is a slip of the keyboard.
WORKING_DAYS_MAX = 10_000


def _beyond() -> Refused:
    return Refused(
        "The date lies beyond the calendar (years 1 to 9999).",
        code="date_out_of_range",
        next="Check the date and the number of days, months or years.",
    )


def add_days(on: date, n: int) -> date:
    """Return the date `n` days after `on` (before it when negative).

    Raises:
        Refused: the result lies outside years 1 to 9999.
    """
    try:
        return on + timedelta(days=n)
    except OverflowError:
        raise _beyond() from None


def days_between(a: date, b: date) -> int:
    """Return the midnights from `a` to `b`: 0 on the same day, negative when `b` is earlier.

    This is length of stay when `a` is the admission and `b` the discharge. Never add 1, never
    divide a time span by 24 hours.

    Source: NHS England monthly mental-health statistics code, length of stay (T-8, T-9, T-10).
    """
    return b.toordinal() - a.toordinal()


def add_months(on: date, n: int) -> date:
    """Return the same day `n` months on, clamped to the last day of that month.

    31 January and one month is 28 or 29 February. `n` may be negative.

    Raises:
        Refused: the result lies outside years 1 to 9999.
    """
    year, month0 = divmod(on.year * 12 + on.month - 1 + n, 12)
    if not date.min.year <= year <= date.max.year:
        raise _beyond()
    last = monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(on.day, last))


def years_since(start: date, on: date) -> int:
    """Return whole years from `start` to `on` by exact anniversaries; negative before `start`.

    Who starts on 29 February has the anniversary on 1 March of a common year, as ages are read in
    the United Kingdom.
    """
    passed = (on.month, on.day) >= (start.month, start.day)
    return on.year - start.year - (0 if passed else 1)


def week_start(on: date) -> date:
    """Return the Monday of the week of `on`."""
    return date.fromordinal(on.toordinal() - on.weekday())


def last_thursday(year: int, month: int) -> date:
    """Return the last Thursday of a month, the day of the Scottish delayed-discharge census.

    Source: Public Health Scotland, delayed discharges monthly, census date (T-16).
    """
    last = date(year, month, monthrange(year, month)[1])
    return date.fromordinal(last.toordinal() - (last.weekday() - THURSDAY) % 7)


def local_date(at: datetime, zone: str) -> date:
    """Return the calendar date of an aware instant in a time zone, e.g. "Europe/London".

    Raises:
        Usage: the instant is naive, or no such time zone is known.
    """
    if at.utcoffset() is None:
        raise Usage(
            "An instant without a time zone cannot be put on a date.",
            code="naive_instant",
            next="Say in which time zone it was recorded.",
        )
    return at.astimezone(time_zone(zone)).date()


def time_zone(zone: str) -> ZoneInfo:
    """Return the named time zone.

    Raises:
        Usage: no such time zone is known on this machine.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Usage(
            f"There is no time zone called {zone!r}.",
            code="unknown_time_zone",
            next="Use a name such as 'Europe/London' or 'UTC'.",
        ) from None


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Monday to Friday without the bank holidays of one division.

    Attributes:
        holidays: bank holidays that fall on a weekday; they must cover every year counted in.

    Counting starts after the trigger: the trigger is day 0, whatever day it is.

    Source: domain rule for children's social care timescales (T-27, T-28).
    """

    holidays: frozenset[date]

    def is_working(self, on: date) -> bool:
        """Tell whether `on` is Monday to Friday and no bank holiday."""
        return on.weekday() < 5 and on not in self.holidays

    def add(self, on: date, n: int) -> date:
        """Return the `n`-th working day after `on`; `on` itself for 0, even on a weekend.

        Raises:
            Refused: `n` is negative or above 10,000, or the result is beyond the calendar.
        """
        if not 0 <= n <= WORKING_DAYS_MAX:
            raise Refused(
                f"{n} is not a number of working days to add.",
                code="working_days_out_of_range",
                next=f"Use a whole number from 0 to {WORKING_DAYS_MAX:,}.",
            )
        day = on
        while n:
            day = add_days(day, 1)
            n -= self.is_working(day)
        return day

    def between(self, a: date, b: date) -> int:
        """Count the working days after `a` up to and including `b`, negative when `b` is before."""
        if b < a:
            return -self.between(b, a)
        off = sum(1 for day in self.holidays if a < day <= b and day.weekday() < 5)
        return _weekdays_until(b) - _weekdays_until(a) - off


def _weekdays_until(on: date) -> int:
    # 1 January of year 1 is a Monday and has ordinal 1, so whole weeks can be counted at once.
    weeks, rest = divmod(on.toordinal(), 7)
    return weeks * 5 + min(rest, 5)
