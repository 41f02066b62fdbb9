"""A day as people type it in a hurry."""

from __future__ import annotations

import re
from datetime import date, timedelta

from casereview.core.meetings import WEEKDAYS
from casereview.errors import Refused

_MONTHS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip


def read_day(text: str, today: date) -> date:
    """Return the day that was typed: 2026-03-09, 9/3, 9/3/2026, 9 mar, +7, +2w, fri, today.

    A day without a year is the next one from today on; a weekday is the next after today.

    Raises:
        Refused: it is none of these (code bad_date).
    """
    raw = text.strip().lower()
    try:
        found = _read(raw, today)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Refused(
            f"{text.strip()[:40]!r} is no day.",
            code="bad_date",
            next="Type 2026-03-09, 9/3, 9 mar, +7 (days), +2w or fri.",
        )
    return found


def _read(raw: str, today: date) -> date | None:
    if raw == "today":
        return today
    if raw[:3] in WEEKDAYS and raw.isalpha():
        ahead = (WEEKDAYS.index(raw[:3]) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead)
    if plus := re.fullmatch(r"\+(\d{1,4})\s*([dw]?)", raw):
        return today + timedelta(days=int(plus[1]) * (7 if plus[2] == "w" else 1))
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", raw):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    return _of_month(raw, today)


def _of_month(raw: str, today: date) -> date | None:
    if slashed := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?", raw):
        return _ahead(int(slashed[1]), int(slashed[2]), slashed[3], today)
    worded = re.fullmatch(r"(\d{1,2})\s*([a-z]{3})[a-z]*(?:\s+(\d{4}))?", raw)
    if worded and worded[2] in _MONTHS:
        return _ahead(int(worded[1]), _MONTHS.index(worded[2]) + 1, worded[3], today)
    return None


def _ahead(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return date(int(year), month, day)
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)
