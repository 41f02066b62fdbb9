"""Meeting dates: weekly days, bank holidays, moved and cancelled meetings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.core.meetings import MeetingDays, weekday_numbers
from casereview.errors import Refused, Usage
from casereview.packs.holidays_data import holidays_of

HOLIDAYS = holidays_of("england-and-wales", range(2025, 2028))
MON_THU = (0, 3)
TUE_FRI = (1, 4)
near = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))
calendars = st.builds(
    MeetingDays,
    weekdays=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    changes=st.dictionaries(near, st.none() | near, max_size=8),
    holidays=st.just(HOLIDAYS),
    skips_holidays=st.booleans(),
)


def d(text: str) -> date:
    return date.fromisoformat(text)


def changed(**moves: str | None) -> Mapping[date, date | None]:
    return {
        d(on.strip("_").replace("_", "-")): None if to is None else d(to)
        for on, to in moves.items()
    }


def test_t2_rounds_are_held_on_easter_monday_by_default() -> None:
    rounds = MeetingDays(MON_THU, holidays=HOLIDAYS)
    assert rounds.next_meeting(d("2026-04-02")) == d("2026-04-06")


def test_t2_with_the_option_bank_holidays_are_skipped() -> None:
    rounds = MeetingDays(MON_THU, holidays=HOLIDAYS, skips_holidays=True)
    assert rounds.next_meeting(d("2026-04-02")) == d("2026-04-09")
    assert not rounds.is_meeting(d("2026-04-06"))


@pytest.mark.parametrize(
    ("after", "following"),
    [
        ("2026-03-02", "2026-03-03"),
        ("2026-03-03", "2026-03-06"),
        ("2026-03-04", "2026-03-06"),
        ("2026-03-05", "2026-03-06"),
        ("2026-03-06", "2026-03-10"),
        ("2026-03-07", "2026-03-10"),
        ("2026-03-08", "2026-03-10"),
    ],
)
def test_the_next_tuesday_or_friday_round_is_strictly_after_each_weekday(
    after: str, following: str
) -> None:
    assert MeetingDays(TUE_FRI).next_meeting(d(after)) == d(following)


@pytest.mark.parametrize("weekday", range(7))
def test_a_weekly_meeting_on_each_weekday_comes_again_after_seven_days(weekday: int) -> None:
    weekly = MeetingDays((weekday,))
    first = weekly.next_meeting(d("2026-12-20"))
    assert first.weekday() == weekday
    assert weekly.next_meeting(first) == first + timedelta(days=7)


def test_meetings_run_over_29_february_and_the_year_end() -> None:
    assert MeetingDays((1,)).next_meeting(d("2028-02-28")) == d("2028-02-29")
    assert MeetingDays((4,)).next_meeting(d("2026-12-31")) == d("2027-01-01")


def test_a_moved_meeting_counts_at_its_new_date_only() -> None:
    rounds = MeetingDays(TUE_FRI, changed(_2026_03_10="2026-03-11"))
    assert rounds.next_meeting(d("2026-03-06")) == d("2026-03-11")
    assert not rounds.is_meeting(d("2026-03-10"))
    assert rounds.is_meeting(d("2026-03-11"))
    assert rounds.next_meeting(d("2026-03-11")) == d("2026-03-13")


def test_a_meeting_moved_forward_past_others_or_back_is_found() -> None:
    later = MeetingDays(TUE_FRI, changed(_2026_03_10="2026-03-19"))
    assert later.meetings_between(d("2026-03-09"), d("2026-03-21")) == (
        d("2026-03-13"),
        d("2026-03-17"),
        d("2026-03-19"),
        d("2026-03-20"),
    )
    earlier = MeetingDays(TUE_FRI, changed(_2026_03_10="2026-03-09"))
    assert earlier.next_meeting(d("2026-03-06")) == d("2026-03-09")
    assert earlier.next_meeting(d("2026-03-09")) == d("2026-03-13")


def test_a_cancelled_meeting_is_skipped() -> None:
    rounds = MeetingDays(TUE_FRI, changed(_2026_03_10=None))
    assert rounds.next_meeting(d("2026-03-06")) == d("2026-03-13")
    assert not rounds.is_meeting(d("2026-03-10"))


def test_a_meeting_moved_twice_is_held_where_it_was_moved_last() -> None:
    twice = MeetingDays(TUE_FRI, changed(_2026_03_10="2026-03-11", _2026_03_11="2026-03-12"))
    assert twice.meetings_between(d("2026-03-07"), d("2026-03-14")) == (
        d("2026-03-12"),
        d("2026-03-13"),
    )


def test_a_moved_meeting_that_is_then_cancelled_is_not_held() -> None:
    rounds = MeetingDays(TUE_FRI, changed(_2026_03_10="2026-03-11", _2026_03_11=None))
    assert rounds.next_meeting(d("2026-03-06")) == d("2026-03-13")


def test_a_meeting_moved_away_and_back_is_held_on_its_own_day() -> None:
    back = MeetingDays(TUE_FRI, changed(_2026_03_10="2026-03-11", _2026_03_11="2026-03-10"))
    assert back.is_meeting(d("2026-03-10"))
    assert not back.is_meeting(d("2026-03-11"))


def test_a_meeting_moved_onto_a_regular_day_leaves_that_days_own_move_alone() -> None:
    swapped = MeetingDays(TUE_FRI, changed(_2026_03_10="2026-03-13", _2026_03_13="2026-03-16"))
    assert swapped.meetings_between(d("2026-03-09"), d("2026-03-17")) == (
        d("2026-03-13"),
        d("2026-03-16"),
    )


def test_a_meeting_moved_off_a_bank_holiday_is_held() -> None:
    rounds = MeetingDays(
        (0,), changed(_2026_04_06="2026-04-07"), holidays=HOLIDAYS, skips_holidays=True
    )
    assert rounds.next_meeting(d("2026-03-30")) == d("2026-04-07")


def test_a_team_without_a_meeting_day_is_told_what_to_do() -> None:
    with pytest.raises(Refused) as refused:
        MeetingDays(()).next_meeting(d("2026-03-06"))
    assert refused.value.code == "no_meeting_day"
    assert "meeting day" in refused.value.next


def test_the_search_ends_after_370_days() -> None:
    far = MeetingDays((), {d("2026-01-01"): d("2026-01-01") + timedelta(days=370)})
    assert far.next_meeting(d("2026-01-01")) == d("2027-01-06")
    farther = MeetingDays((), {d("2026-01-01"): d("2026-01-01") + timedelta(days=371)})
    with pytest.raises(Refused):
        farther.next_meeting(d("2026-01-01"))


def test_an_empty_or_backward_stretch_has_no_meetings() -> None:
    assert MeetingDays(TUE_FRI).meetings_between(d("2026-03-10"), d("2026-03-10")) == ()
    assert MeetingDays(TUE_FRI).meetings_between(d("2026-03-10"), d("2026-03-01")) == ()


@given(calendar=calendars, after=near)
def test_the_next_meeting_is_the_first_of_all_meetings_after(
    calendar: MeetingDays, after: date
) -> None:
    held = calendar.meetings_between(after + timedelta(days=1), after + timedelta(days=371))
    if held:
        assert calendar.next_meeting(after) == held[0]
    else:
        with pytest.raises(Refused):
            calendar.next_meeting(after)


@given(calendar=calendars, start=near, days=st.integers(0, 60))
def test_the_meetings_between_are_the_days_that_are_meetings(
    calendar: MeetingDays, start: date, days: int
) -> None:
    each = tuple(start + timedelta(days=n) for n in range(days))
    held = calendar.meetings_between(start, start + timedelta(days=days))
    assert held == tuple(on for on in each if calendar.is_meeting(on))


@given(
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    after=st.dates(max_value=date(9990, 1, 1)),
)
def test_without_changes_a_week_always_holds_the_next_meeting(
    weekdays: set[int], after: date
) -> None:
    following = MeetingDays(tuple(weekdays)).next_meeting(after)
    assert 1 <= (following - after).days <= 7


def test_weekday_words_become_numbers_in_order_and_once() -> None:
    assert weekday_numbers(["Fri", "tue ", "fri"]) == (1, 4)
    assert weekday_numbers(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]) == tuple(range(7))
    assert weekday_numbers([]) == ()


def test_an_unknown_weekday_names_the_nearest() -> None:
    with pytest.raises(Usage) as refused:
        weekday_numbers(["tues"])
    assert "'tue'" in refused.value.next
