"""Half-open periods and the calendar's own."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.core.periods import (
    EVERY,
    Every,
    Period,
    every_word,
    parse_period,
    period_label,
    period_of,
    periods_between,
)
from casereview.errors import Refused, Usage

dates = st.dates(min_value=date(1900, 1, 1), max_value=date(2150, 12, 31))


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "every", "from_on", "before_on", "label"),
    [
        ("2026-03-29", "week", "2026-03-23", "2026-03-30", "2026-W13"),
        ("2026-03-30", "week", "2026-03-30", "2026-04-06", "2026-W14"),
        ("2027-01-01", "week", "2026-12-28", "2027-01-04", "2026-W53"),
        ("2024-12-31", "week", "2024-12-30", "2025-01-06", "2025-W01"),
        ("2024-02-29", "month", "2024-02-01", "2024-03-01", "2024-02"),
        ("2026-12-31", "month", "2026-12-01", "2027-01-01", "2026-12"),
        ("2026-01-01", "quarter", "2026-01-01", "2026-04-01", "2026-Q1"),
        ("2026-12-31", "quarter", "2026-10-01", "2027-01-01", "2026-Q4"),
        ("2026-12-31", "year", "2026-01-01", "2027-01-01", "2026"),
        ("2026-03-31", "financial-year", "2025-04-01", "2026-04-01", "2025/26"),
        ("2026-04-01", "financial-year", "2026-04-01", "2027-04-01", "2026/27"),
        ("1999-06-01", "financial-year", "1999-04-01", "2000-04-01", "1999/00"),
    ],
)
def test_the_calendar_period_that_holds_a_date(
    on: str, every: Every, from_on: str, before_on: str, label: str
) -> None:
    assert period_of(d(on), every) == Period(d(from_on), d(before_on), label)


@given(on=dates, every=st.sampled_from(EVERY))
def test_a_period_holds_its_date_and_its_label_reads_back(on: date, every: Every) -> None:
    period = period_of(on, every)
    assert on in period
    assert period.before_on not in period
    assert period.last_on in period
    assert parse_period(period.label) == period
    assert period_of(period.before_on, every).from_on == period.before_on


@given(on=dates, days=st.integers(1, 900), every=st.sampled_from(EVERY))
def test_periods_between_cover_the_stretch_once_and_whole_ones_only_are_not_partial(
    on: date, days: int, every: Every
) -> None:
    before = on + timedelta(days=days)
    periods = periods_between(on, before, every)
    assert periods[0].from_on == on
    assert periods[-1].before_on == before
    assert all(a.before_on == b.from_on for a, b in pairwise(periods))
    assert sum(period.days for period in periods) == days
    for period in periods:
        whole = period_of(period.from_on, every)
        ends = (period.from_on, period.before_on)
        assert period.partial is (ends != (whole.from_on, whole.before_on))


def test_weeks_over_the_clock_change_have_seven_days() -> None:
    weeks = periods_between(d("2026-03-23"), d("2026-04-06"), "week")
    assert [week.days for week in weeks] == [7, 7]


def test_the_ends_of_a_stretch_are_cut_and_marked() -> None:
    months = periods_between(d("2026-01-15"), d("2026-03-02"), "month")
    assert [(m.label, m.days, m.partial) for m in months] == [
        ("2026-01", 17, True),
        ("2026-02", 28, False),
        ("2026-03", 1, True),
    ]


@pytest.mark.parametrize("before", ["2026-03-01", "2026-02-28"])
def test_an_end_that_is_not_after_the_start_is_refused_with_a_sentence(before: str) -> None:
    with pytest.raises(Refused, match="ends before it starts") as refused:
        Period(d("2026-03-01"), d(before))
    assert refused.value.next
    with pytest.raises(Refused):
        periods_between(d("2026-03-01"), d(before), "week")


def test_one_date_is_a_period_of_one_day() -> None:
    assert parse_period(" 2024-02-29 ") == Period(d("2024-02-29"), d("2024-03-01"), "2024-02-29")


@pytest.mark.parametrize(
    ("text", "from_on", "before_on"),
    [
        ("Q4 2014/15", "2015-01-01", "2015-04-01"),
        ("2014/15 Q4", "2015-01-01", "2015-04-01"),
        (" 2014/15  q1 ", "2014-04-01", "2014-07-01"),
        ("2026-03-02..2026-03-15", "2026-03-02", "2026-03-16"),
        ("2026-03-02 .. 2026-03-02", "2026-03-02", "2026-03-03"),
    ],
)
def test_quarters_of_a_financial_year_and_two_dates_are_periods(
    text: str, from_on: str, before_on: str
) -> None:
    found = parse_period(text)
    assert (found.from_on, found.before_on) == (d(from_on), d(before_on))
    again = parse_period(period_label(found.from_on, found.before_on))
    assert (again.from_on, again.before_on) == (found.from_on, found.before_on)


def test_two_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(Refused, match="ends before it starts"):
        parse_period("2026-03-15..2026-03-02")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "last week",
        "2014/16 Q4",
        "2014/15 Q5",
        "2026-03-01..2026-02-30",
        "2026-W54",
        "2026-W00",
        "2026-13",
        "2026-Q5",
        "2026-02-30",
        "2025/27",
        "26",
    ],
)
def test_text_that_names_no_period_is_a_usage_error(text: str) -> None:
    with pytest.raises(Usage) as refused:
        parse_period(text)
    assert "2026-W14" in refused.value.next


def test_words_for_kinds_of_period() -> None:
    assert [every_word(f" {word.upper()}") for word in EVERY] == list(EVERY)
    with pytest.raises(Usage) as refused:
        every_word("months")
    assert "'month'" in refused.value.next
