"""Dates and times are read as stated and never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.exchange.layouts.moments import EPOCH, Clock, Format, FormatError, conflicting


def clock(*formats: str, zone: str = "Europe/London") -> Clock:
    return Clock([Format.read(f) for f in formats], zone)


@pytest.mark.parametrize(
    ("form", "text", "on"),
    [
        ("dd/mm/yyyy", "03/04/2024", date(2024, 4, 3)),
        ("mm/dd/yyyy", "03/04/2024", date(2024, 3, 4)),
        ("d/m/yy", "1/4/24", date(2024, 4, 1)),
        ("d-mon-yy", "01-Apr-24", date(2024, 4, 1)),
        ("d month yyyy", "1 April 2024", date(2024, 4, 1)),
        ("yyyymmdd", "20240229", date(2024, 2, 29)),
        ("dd/mm/yyyy", "29/02/2023", None),
        ("dd/mm/yyyy", "04/13/2024", None),
        ("dd/mm/yyyy", "3/4/2024", None),
        ("dd/mm/yyyy", "03/04/2024 ", None),
        ("dd/mm/yyyy", "\u0660\u0663/04/2024", None),
        ("d month yyyy", "1 Aprle 2024", None),
        ("yyyy-mm-dd", "0000-01-01", None),
        ("yyyy-mm-dd", "9999-12-31", date(9999, 12, 31)),
    ],
)
def test_a_date_fits_its_format_or_is_none(form: str, text: str, on: date | None) -> None:
    found = clock(form).read(text)
    assert (None if found is None else date.fromordinal(found.day + EPOCH)) == on


STAMP = "yyyy-mm-ddTHH:MM:SS"


@pytest.mark.parametrize(
    ("form", "text", "utc", "day", "flaw"),
    [
        (STAMP, "2024-01-05T09:30:00", "2024-01-05T09:30:00", 5, ""),
        (STAMP, "2024-07-05T00:30:00", "2024-07-04T23:30:00", 5, ""),
        (STAMP, "2024-03-31T00:30:00", "2024-03-31T00:30:00", 31, ""),
        (STAMP, "2024-03-31T01:30:00", "2024-03-31T01:30:00", 31, "gap"),
        (STAMP, "2024-03-31T02:30:00", "2024-03-31T01:30:00", 31, ""),
        (STAMP, "2024-10-27T01:30:00", "2024-10-27T00:30:00", 27, "twice"),
        (STAMP + "zz", "2024-06-30T23:30:00Z", "2024-06-30T23:30:00", 1, ""),
        (STAMP + "zz", "2024-06-30T19:30:00-05:00", "2024-07-01T00:30:00", 1, ""),
        (STAMP + ".fff", "2024-01-05T09:30:00.123456789", "2024-01-05T09:30:00.123456", 5, ""),
    ],
)
def test_times_are_placed_in_the_stated_zone(
    form: str, text: str, utc: str, day: int, flaw: str
) -> None:
    found = clock(form).read(text)
    assert found is not None
    assert found.at_us is not None
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found.at_us == round(at.timestamp() * 1_000_000)
    assert date.fromordinal(found.day + EPOCH).day == day
    assert found.flaw == flaw


@pytest.mark.parametrize("text", ["2024-01-05T24:00:00", "2024-01-05T09:60:00", "2024-01-05"])
def test_a_time_that_cannot_be_is_none(text: str) -> None:
    assert clock(STAMP).read(text) is None


@pytest.mark.parametrize("form", ["dd/mm", "yyyy-mm-dd hh:mm", "dd/dd/yyyy", "yyyy-mm-dd HH", "Qq"])
def test_a_format_that_says_too_little_or_nothing_is_refused(form: str) -> None:
    with pytest.raises(FormatError):
        Format.read(form)


def test_day_first_and_month_first_together_conflict() -> None:
    day, month = Format.read("dd/mm/yyyy"), Format.read("m-d-yyyy")
    assert conflicting([day, Format.read("yyyy-mm-dd")]) is None
    assert conflicting([day, month]) == (day, month)


@given(st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1)))
def test_every_written_local_time_is_read_back(at: datetime) -> None:
    found = clock("yyyy/mm/dd HH:MM:SS.fff").read(f"{at:%Y/%m/%d %H:%M:%S.%f}")
    assert found is not None
    assert found.day == at.date().toordinal() - EPOCH


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    clock("dd/mm/yyyy", "d month yy", STAMP + "zz").read(text)
