"""Days, working days, months, anniversaries and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.core.calendar import (
    WorkingDays,
    add_days,
    add_months,
    days_between,
    last_thursday,
    local_date,
    week_start,
    years_since,
)
from casereview.errors import Refused, Usage
from casereview.packs.holidays_data import holidays_of

ENGLAND = WorkingDays(holidays_of("england-and-wales", range(2025, 2028)))
SCOTLAND = WorkingDays(holidays_of("scotland", range(2026, 2027)))
LONDON = ZoneInfo("Europe/London")
dates = st.dates(min_value=date(1900, 1, 1), max_value=date(2150, 12, 31))


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("trigger", "days", "due"),
    [
        ("2026-03-27", 45, "2026-06-04"),
        ("2026-03-27", 15, "2026-04-21"),
        ("2026-04-02", 1, "2026-04-07"),
    ],
)
def test_t27_working_days_after_a_trigger_in_england(trigger: str, days: int, due: str) -> None:
    assert ENGLAND.add(d(trigger), days) == d(due)


def test_t28_easter_monday_is_a_working_day_in_scotland_only() -> None:
    assert ENGLAND.between(d("2026-04-02"), d("2026-04-10")) == 4
    assert SCOTLAND.between(d("2026-04-02"), d("2026-04-10")) == 5


@pytest.mark.parametrize(
    ("trigger", "due"),
    [
        ("2026-03-02", "2026-03-03"),
        ("2026-03-03", "2026-03-04"),
        ("2026-03-04", "2026-03-05"),
        ("2026-03-05", "2026-03-06"),
        ("2026-03-06", "2026-03-09"),
        ("2026-03-07", "2026-03-09"),
        ("2026-03-08", "2026-03-09"),
    ],
)
def test_the_next_working_day_from_each_of_the_seven_weekdays(trigger: str, due: str) -> None:
    assert ENGLAND.add(d(trigger), 1) == d(due)


def test_a_trigger_on_any_day_is_day_0() -> None:
    assert ENGLAND.add(d("2026-03-07"), 0) == d("2026-03-07")
    assert ENGLAND.between(d("2026-03-07"), d("2026-03-07")) == 0


def test_working_days_over_christmas_and_the_year_end() -> None:
    # 25 and 28 December 2026 and 1 January 2027 are holidays; the 26th and 27th are a weekend.
    assert ENGLAND.add(d("2026-12-24"), 1) == d("2026-12-29")
    assert ENGLAND.between(d("2026-12-24"), d("2027-01-04")) == 4


@pytest.mark.parametrize("days", [-1, 10_001])
def test_an_impossible_number_of_working_days_is_refused(days: int) -> None:
    with pytest.raises(Refused) as refused:
        ENGLAND.add(d("2026-03-02"), days)
    assert refused.value.code == "working_days_out_of_range"


@given(on=dates, n=st.integers(0, 300))
def test_adding_and_counting_working_days_agree(on: date, n: int) -> None:
    due = ENGLAND.add(on, n)
    assert ENGLAND.between(on, due) == n
    assert n == 0 or ENGLAND.is_working(due)


@given(a=dates, n=st.integers(-800, 800))
def test_counting_working_days_equals_looking_at_each_day(a: date, n: int) -> None:
    b = a + timedelta(days=n)
    first, last = min(a, b), max(a, b)
    each = (first + timedelta(days=k) for k in range(1, (last - first).days + 1))
    count = sum(ENGLAND.is_working(day) for day in each)
    assert ENGLAND.between(a, b) == (count if n >= 0 else -count)


@pytest.mark.parametrize(
    ("admitted", "discharged", "days"),
    [
        ("2026-03-03", "2026-03-24", 21),
        ("2026-03-03", "2026-03-23", 20),
        ("2026-03-03", "2026-03-03", 0),
    ],
)
def test_t8_length_of_stay_counts_midnights(admitted: str, discharged: str, days: int) -> None:
    assert days_between(d(admitted), d(discharged)) == days


def test_t9_bed_days_of_the_months_add_up_to_the_stay() -> None:
    february = days_between(d("2025-02-20"), d("2025-03-01"))
    march = days_between(d("2025-03-01"), d("2025-03-05"))
    assert (february, march) == (9, 4)
    assert days_between(d("2025-02-20"), d("2025-03-05")) == 13


def test_t10_an_hour_over_midnight_at_the_start_of_summer_time_is_one_day() -> None:
    admitted = datetime(2026, 3, 28, 23, 30, tzinfo=LONDON)
    discharged = datetime(2026, 3, 29, 0, 30, tzinfo=LONDON)
    on = local_date(admitted, "Europe/London"), local_date(discharged, "Europe/London")
    assert days_between(*on) == 1


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2026, 3, 28, 23, 59, tzinfo=UTC), "2026-03-28"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 22, 59, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 23, 0, tzinfo=UTC), "2026-03-30"),
        (datetime(2026, 10, 24, 22, 59, tzinfo=UTC), "2026-10-24"),
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 23, 59, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), "2026-10-26"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2026-12-31"),
    ],
)
def test_the_local_date_around_both_clock_changes_and_new_year(at: datetime, on: str) -> None:
    assert local_date(at, "Europe/London") == d(on)


def test_the_hour_that_comes_twice_in_october_is_one_date() -> None:
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=0)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert local_date(first, "Europe/London") == local_date(second, "Europe/London")


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(Usage) as refused:
        local_date(datetime(2026, 3, 28, 23, 30), "Europe/London")
    assert refused.value.code == "naive_instant"
    assert refused.value.next


@pytest.mark.parametrize("zone", ["Europe/Londn", "", "../etc/passwd", "Europe", "\0"])
def test_an_unknown_time_zone_is_a_usage_error(zone: str) -> None:
    with pytest.raises(Usage) as refused:
        local_date(datetime(2026, 3, 28, tzinfo=UTC), zone)
    assert refused.value.code == "unknown_time_zone"


@pytest.mark.parametrize(
    ("on", "months", "result"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-03-31", 0, "2026-03-31"),
    ],
)
def test_months_clamp_to_the_month_end(on: str, months: int, result: str) -> None:
    assert add_months(d(on), months) == d(result)


@given(on=dates, n=st.integers(-600, 600))
def test_adding_months_lands_in_that_month_on_the_same_or_an_earlier_day(on: date, n: int) -> None:
    there = add_months(on, n)
    assert there.year * 12 + there.month == on.year * 12 + on.month + n
    assert there.day == on.day or add_days(there, 1).day == 1


@pytest.mark.parametrize("n", [10**6, -(10**6)])
def test_dates_beyond_the_calendar_are_refused(n: int) -> None:
    with pytest.raises(Refused) as refused:
        add_months(d("2026-01-01"), n)
    assert refused.value.code == "date_out_of_range"
    with pytest.raises(Refused):
        add_days(d("2026-01-01"), n * 10)


@pytest.mark.parametrize(
    ("start", "on", "years"),
    [
        ("2000-03-24", "2026-03-23", 25),
        ("2000-03-24", "2026-03-24", 26),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-28", 19),
        ("2008-02-29", "2028-02-29", 20),
        ("2025-12-31", "2026-01-01", 0),
        ("2025-12-31", "2026-12-31", 1),
        ("2026-03-24", "2026-03-24", 0),
        ("2026-03-24", "2026-03-23", -1),
    ],
)
def test_years_are_exact_anniversaries(start: str, on: str, years: int) -> None:
    assert years_since(d(start), d(on)) == years


@pytest.mark.parametrize(
    "on",
    [
        "2026-01-29", "2026-02-26", "2026-03-26", "2026-04-30", "2026-05-28", "2026-06-25",
        "2026-07-30", "2026-08-27", "2026-09-24", "2026-10-29", "2026-11-26", "2026-12-31",
    ],
)  # fmt: skip
def test_t16_last_thursdays_of_2026(on: str) -> None:
    assert last_thursday(d(on).year, d(on).month) == d(on)


@given(year=st.integers(1900, 2150), month=st.integers(1, 12))
def test_t16_the_last_thursday_has_no_later_thursday_in_its_month(year: int, month: int) -> None:
    on = last_thursday(year, month)
    assert (on.year, on.month, on.weekday()) == (year, month, 3)
    assert (on + timedelta(days=7)).month != month


@pytest.mark.parametrize("day", range(7))
def test_every_day_of_a_week_starts_on_its_monday(day: int) -> None:
    assert week_start(date(2026, 12, 28 + day) if day < 4 else date(2027, 1, day - 3)) == date(
        2026, 12, 28
    )
