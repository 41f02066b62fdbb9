"""Half-open stretches of dates, and the calendar's own: weeks, months, quarters, years."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from casereview.core.calendar import add_days, add_months, days_between, week_start
from casereview.errors import Refused, Usage

Every = Literal["week", "month", "quarter", "year", "financial-year"]
EVERY: tuple[Every, ...] = get_args(Every)
_SAME = {"financial-quarter": "quarter", "financial year": "financial-year"}
"""Other words for a kind: the quarters of the financial year are those of the calendar."""
APRIL = 4


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The dates from `from_on` up to, not including, `before_on`; at least one day.

    Attributes:
        label: short name, sorts by time within one kind; "" for a stretch without one.
        partial: True when it is a calendar period cut short by the dates that were asked for.

    Raises:
        Refused: the end is not after the start.
    """

    from_on: date
    before_on: date
    label: str = ""
    partial: bool = False

    def __post_init__(self) -> None:
        if self.before_on <= self.from_on:
            raise Refused(
                f"The period ends before it starts: from {self.from_on.isoformat()}, "
                f"before {self.before_on.isoformat()}.",
                code="period",
                next="Give an end after the start.",
            )

    def __contains__(self, on: date) -> bool:
        return self.from_on <= on < self.before_on

    @property
    def days(self) -> int:
        """Return the number of dates in it, at least 1."""
        return days_between(self.from_on, self.before_on)

    @property
    def last_on(self) -> date:
        """Return its last date."""
        return add_days(self.before_on, -1)


def every_word(text: str) -> Every:
    """Return the kind of period that a word names.

    Raises:
        Usage: it names none; the sentence lists them.
    """
    key = text.strip().lower()
    key = _SAME.get(key, key)
    for every in EVERY:
        if key == every:
            return every
    near = difflib.get_close_matches(key, EVERY, n=1, cutoff=0.5)
    raise Usage(
        f"{text!r} is not a kind of period.",
        code="unknown_period",
        next=(f"Did you mean {near[0]!r}? " if near else "") + f"Use {', '.join(EVERY)}.",
    )


def period_start(on: date, every: Every) -> date:
    """Return the first date of the week (Monday), month, quarter or year that holds `on`.

    A financial year starts on 1 April.
    """
    if every == "week":
        return week_start(on)
    if every == "month":
        return on.replace(day=1)
    if every == "quarter":
        return date(on.year, on.month - (on.month - 1) % 3, 1)
    if every == "year":
        return date(on.year, 1, 1)
    return date(on.year - (on.month < APRIL), APRIL, 1)


def period_of(on: date, every: Every) -> Period:
    """Return the whole calendar period that holds `on`, with its label."""
    start = period_start(on, every)
    if every == "week":
        before = add_days(start, 7)
    else:
        before = add_months(start, {"month": 1, "quarter": 3}.get(every, 12))
    return Period(start, before, _label(start, every))


def periods_between(from_on: date, before_on: date, every: Every) -> tuple[Period, ...]:
    """Return the calendar periods that together are exactly the half-open stretch, in order.

    The first and the last are cut to the stretch and marked partial when they are not whole.

    Raises:
        Refused: the end is not after the start.
    """
    asked = Period(from_on, before_on)
    found = []
    on = from_on
    while on < asked.before_on:
        whole = period_of(on, every)
        end = min(whole.before_on, before_on)
        found.append(Period(on, end, whole.label, partial=(on, end) != _ends(whole)))
        on = end
    return tuple(found)


def period_title(period: Period, every: Every) -> str:
    """Return how a period is named for people: quarters by the financial year, 'Q4 2014/15'.

    That is January to March 2015. Other periods are named by their label.
    """
    if every != "quarter":
        return period.label
    year = period_start(period.from_on, "financial-year")
    start = period_start(period.from_on, "quarter")
    months = (start.year - year.year) * 12 + start.month - year.month
    return f"Q{months // 3 + 1} {_label(year, 'financial-year')}"


def parse_period(text: str) -> Period:
    """Read a label: 2026-W14, 2026-03, 2026-Q1, Q4 2025/26, 2026, 2025/26 or a date 2026-03-02.

    Q1 of 2026 is January to March; Q1 of 2025/26 is April to June 2025, also as 2025/26 Q1. Two
    dates with .. between them are both inside: 2026-03-02..2026-03-15.

    Raises:
        Usage: it is none of these, or names a week, month or day that does not exist.
        Refused: the second date is before the first.
    """
    key = text.strip().upper()
    for pattern, read in _FORMS:
        found = pattern.fullmatch(key)
        if found:
            try:
                period = read(found)
            except ValueError:
                break
            if period is not None:
                return period
    raise Usage(
        f"{text!r} does not name a period.",
        code="unknown_period",
        next="Write 2026-W14, 2026-03, 2026-Q1, Q4 2025/26, 2026, 2025/26, 2026-03-02 or "
        "2026-03-02..2026-03-15.",
    )


def period_label(from_on: date, before_on: date) -> str:
    """Return the name of a half-open stretch: a calendar period's, else its first and last date.

    `parse_period` reads it back.
    """
    for every in EVERY:
        whole = period_of(from_on, every)
        if _ends(whole) == (from_on, before_on):
            return period_title(whole, every)
    last = add_days(before_on, -1)
    if last == from_on:
        return from_on.isoformat()
    return f"{from_on.isoformat()}..{last.isoformat()}"


def _ends(period: Period) -> tuple[date, date]:
    return period.from_on, period.before_on


def _label(start: date, every: Every) -> str:
    if every == "week":
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    if every == "month":
        return f"{start.year:04}-{start.month:02}"
    if every == "quarter":
        return f"{start.year:04}-Q{(start.month + 2) // 3}"
    if every == "year":
        return f"{start.year:04}"
    return f"{start.year:04}/{(start.year + 1) % 100:02}"


def _week(found: re.Match[str]) -> Period:
    return period_of(date.fromisocalendar(int(found[1]), int(found[2]), 1), "week")


def _month(found: re.Match[str]) -> Period:
    return period_of(date(int(found[1]), int(found[2]), 1), "month")


def _quarter(found: re.Match[str]) -> Period:
    return period_of(date(int(found[1]), int(found[2]) * 3, 1), "quarter")


def _year(found: re.Match[str]) -> Period:
    return period_of(date(int(found[1]), 1, 1), "year")


def _financial_year(found: re.Match[str]) -> Period | None:
    start = int(found[1])
    if (start + 1) % 100 != int(found[2]):
        return None
    return period_of(date(start, APRIL, 1), "financial-year")


_QUARTER_FIRST = r"Q([1-4])[ ]*([0-9]{4})/([0-9]{2})"


def _financial_quarter(found: re.Match[str]) -> Period | None:
    start, number = int(found[2]), int(found[1])
    if (start + 1) % 100 != int(found[3]):
        return None
    return period_of(add_months(date(start, APRIL, 1), 3 * (number - 1)), "quarter")


def _quarter_after_year(found: re.Match[str]) -> Period | None:
    turned = re.fullmatch(_QUARTER_FIRST, f"Q{found[3]} {found[1]}/{found[2]}")
    return _financial_quarter(turned) if turned else None


def _dates(found: re.Match[str]) -> Period:
    first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
    return Period(first, add_days(last, 1), f"{first.isoformat()}..{last.isoformat()}")


def _day(found: re.Match[str]) -> Period:
    on = date(int(found[1]), int(found[2]), int(found[3]))
    return Period(on, add_days(on, 1), on.isoformat())


_ISO = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Period | None]], ...] = (
    (re.compile(r"([0-9]{4})-W([0-9]{2})"), _week),
    (re.compile(r"([0-9]{4})-([0-9]{2})"), _month),
    (re.compile(r"([0-9]{4})-Q([1-4])"), _quarter),
    (re.compile(r"([0-9]{4})"), _year),
    (re.compile(r"([0-9]{4})/([0-9]{2})"), _financial_year),
    (re.compile(_QUARTER_FIRST), _financial_quarter),
    (re.compile(r"([0-9]{4})/([0-9]{2})[ ]*Q([1-4])"), _quarter_after_year),
    (re.compile(rf"({_ISO})[ ]*\.\.[ ]*({_ISO})"), _dates),
    (re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"), _day),
)
