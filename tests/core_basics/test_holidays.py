"""Bank holidays by division, exactly as published."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from casereview.errors import Usage
from casereview.packs.holidays_data import (
    DIVISIONS,
    Division,
    division_of,
    holidays_of,
)

ENGLAND_2026 = "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"
PUBLISHED: list[tuple[Division, int, str]] = [
    ("england-and-wales", 2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
    ("england-and-wales", 2026, ENGLAND_2026),
    ("england-and-wales", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
    ("scotland", 2026, "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28"),
    ("northern-ireland", 2026, f"{ENGLAND_2026} 03-17 07-13"),
]


def days(year: int, text: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{day}") for day in text.split())


@pytest.mark.parametrize(("division", "year", "listed"), PUBLISHED)
def test_the_holidays_of_a_year_are_the_published_ones(
    division: Division, year: int, listed: str
) -> None:
    assert holidays_of(division, [year]) == days(year, listed)


@pytest.mark.parametrize(("division", "year", "listed"), PUBLISHED)
def test_the_library_agrees_with_the_shipped_lists(
    division: Division, year: int, listed: str
) -> None:
    part = {"england-and-wales": "WLS", "scotland": "SCT", "northern-ireland": "NIR"}[division]
    worked_out = holidays.country_holidays("GB", subdiv=part, years=year)
    weekdays = frozenset(day for day in worked_out if day.weekday() < 5)
    # An older library may not know a day that was declared later.
    assert weekdays - days(year, listed) == frozenset()
    assert days(year, listed) - weekdays <= {date(2026, 6, 15)}


def test_years_without_a_shipped_list_come_from_the_library() -> None:
    # The early May holiday of 2020 was moved to the Friday of the VE day anniversary.
    assert date(2020, 5, 8) in holidays_of("england-and-wales", [2020])
    assert date(2020, 5, 4) not in holidays_of("england-and-wales", [2020])
    # 1 January 2022 was a Saturday.
    assert date(2022, 1, 3) in holidays_of("england-and-wales", [2022])


@pytest.mark.parametrize("division", DIVISIONS)
def test_no_holiday_falls_on_a_weekend_or_outside_the_years_asked_for(division: Division) -> None:
    found = holidays_of(division, range(2018, 2032))
    assert all(day.weekday() < 5 and 2018 <= day.year < 2032 for day in found)
    assert len(found) >= 8 * 14


def test_a_division_is_named_by_its_published_word() -> None:
    assert division_of(" Scotland ") == "scotland"
    with pytest.raises(Usage) as refused:
        division_of("wales")
    assert "england-and-wales" in refused.value.next
