"""Bank holidays of the three divisions of the United Kingdom, as plain dates on weekdays.

Holidays are declared ad hoc, so the published lists that could be checked are shipped here and win
over what the library works out; the library answers for every other year.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

from casereview.errors import Usage

Division = Literal["england-and-wales", "scotland", "northern-ireland"]
DIVISIONS: tuple[Division, ...] = get_args(Division)
# The key of gov.uk's bank-holidays.json to the library's name of the subdivision.
_SUBDIVISIONS = MappingProxyType(
    {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
)
# Source: gov.uk bank holidays by division. Weekend holidays stand as their
# substitute weekday.
_PUBLISHED = MappingProxyType(
    {
        ("england-and-wales", 2025): "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
        ("england-and-wales", 2026): "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
        ("england-and-wales", 2027): "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
        ("scotland", 2026): "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
        (
            "northern-ireland",
            2026,
        ): "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
    }
)


def division_of(text: str) -> Division:
    """Return the division that a word names.

    Raises:
        Usage: it names none of the three.
    """
    for division in DIVISIONS:
        if text.strip().lower() == division:
            return division
    raise Usage(
        f"There is no division called {text!r}.",
        code="unknown_division",
        next=f"Use {', '.join(DIVISIONS)}.",
    )


def holidays_of(division: Division, years: Iterable[int]) -> frozenset[date]:
    """Return the bank holidays of a division that fall on Monday to Friday.

    Args:
        division: key of gov.uk's list; Wales shares England's.
        years: calendar years, in any order.

    Source: gov.uk bank holidays (T-27, T-28); declared days such as Scotland's 15 June 2026 too.
    """
    found: set[date] = set()
    for year in years:
        found |= _of_year(division, year)
    return frozenset(found)


@lru_cache(maxsize=256)
def _of_year(division: Division, year: int) -> frozenset[date]:
    published = _PUBLISHED.get((division, year))
    if published is not None:
        return frozenset(date.fromisoformat(f"{year}-{day}") for day in published.split())
    return _worked_out(division, year)


def _worked_out(division: Division, year: int) -> frozenset[date]:
    # Imported here because the library is slow to load and most commands need no working days.
    import holidays

    listed = holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[division], years=year)
    # Near New Year the library may answer with days of the year before or after.
    return frozenset(on for on in listed if on.year == year and on.weekday() < 5)
