"""The words of a file turned into values of facts, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from casereview.core.facts import FactSpec
from casereview.core.text import checked_name
from casereview.errors import Refused

FactValue = str | int | bool | None
"""As an entry holds it: dates as ISO text."""

_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def parse_fact(
    spec: FactSpec, text: str, day: Callable[[str], date | None] | None = None
) -> FactValue:
    """Return the value of a cell.

    Args:
        spec: the fact.
        text: the cell, trimmed and not empty.
        day: reads a date by the stated formats; None for year-month-day.

    Raises:
        Refused: it does not fit the fact; the sentence says what would.
    """
    if spec.type == "code":
        return _code(spec, text)
    if spec.type == "integer":
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
            raise _bad(spec, "Write a whole number.")
        return int(text)
    if spec.type == "boolean":
        if text.casefold() not in _YES_NO:
            raise _bad(spec, "Write yes or no.")
        return _YES_NO[text.casefold()]
    if spec.type == "date":
        found = (day or _iso)(text)
        if found is None:
            raise _bad(spec, "Write the date in the stated format.")
        return found.isoformat()
    return checked_name(text, what=spec.noun or spec.name)


def _code(spec: FactSpec, text: str) -> str:
    value = text.casefold()
    if spec.values and value not in spec.values:
        raise _bad(spec, f"Values: {', '.join(spec.values)}; map other words in the layout.")
    return value


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _bad(spec: FactSpec, what: str) -> Refused:
    return Refused(f"This does not fit the fact {spec.name!r}.", code="bad_value", next=what)
