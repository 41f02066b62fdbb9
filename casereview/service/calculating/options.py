"""Options of a calculation as they are typed: FACET=VALUE, dates, words to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from casereview.core.text import safe
from casereview.errors import Usage
from casereview.service.near import nearest

Typed = str | float | date | Sequence[Any] | None
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def listed(value: Typed) -> list[str]:
    """Return an option that may be given several times as a list of words."""
    if value is None:
        return []
    if isinstance(value, str | float | int | date):
        return [str(value)]
    return [str(v) for v in value]


def a_day(text: str, option: str) -> date:
    """Return a date.

    Raises:
        Usage: it is none.
    """
    try:
        if _DATE.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise Usage(
        f"{option}: {safe(text[:60])!r} is no date.",
        code="bad_date",
        next="Write dates as year-month-day, 2026-03-01.",
    )


def optional_day(value: Typed, option: str) -> date | None:
    """Return a date, or None when the option was left out."""
    if value is None or isinstance(value, date):
        return value
    return a_day(str(value), option)


def a_number(value: Any, option: str) -> float:
    """Return a number.

    Raises:
        Usage: it is none, or not finite.
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = float("nan")
    if not abs(found) <= 1e12:
        raise Usage(
            f"{option}: {safe(str(value)[:60])!r} is no number.",
            code="bad_number",
            next="Write a number with a point, 0.95.",
        )
    return found


def a_whole(value: Any, option: str) -> int:
    """Return a whole number.

    Raises:
        Usage: it is none.
    """
    found = a_number(value, option)
    if found != int(found):
        raise Usage(f"{option}: {found:g} is no whole number.", code="bad_number", next="Round it.")
    return int(found)


def one_of(word: str, known: Iterable[str], option: str) -> str:
    """Return a word that is known.

    Raises:
        Usage: it is not; the nearest is named.
    """
    words = list(known)
    if word not in words:
        near = nearest(word, words)
        raise Usage(
            f"{option}: there is no {safe(word[:60])!r}.",
            code="no_such_choice",
            next=(f"Did you mean {near}? " if near else "") + f"There are {', '.join(words)}.",
        )
    return word


def by_facet(values: Sequence[str], facets: Sequence[str], option: str) -> dict[str, str]:
    """Return the value of each facet from VALUE, which holds for all, and FACET=VALUE.

    Raises:
        Usage: a facet that the file does not have; the nearest is named.
    """
    found: dict[str, str] = {}
    for word in values:
        facet, joined, value = word.rpartition("=")
        if not joined:
            found = {**dict.fromkeys(facets, word), **found}
            continue
        found[one_of(facet.strip(), facets, option)] = value
    return found


def dated_words(values: Sequence[str], option: str) -> dict[date, str]:
    """Return notes written DATE=TEXT by date.

    Raises:
        Usage: one is written otherwise.
    """
    found: dict[date, str] = {}
    for word in values:
        day, joined, words = word.partition("=")
        if not joined or not words.strip():
            raise Usage(
                f"{option}: {safe(word[:60])!r} has no text.",
                code="bad_note",
                next="Write DATE=TEXT, 2026-03-01='new provider'.",
            )
        on = a_day(day, option)
        text = safe(words.strip())
        found[on] = f"{found[on]}; {text}" if on in found else text
    return found


def spans(values: Sequence[str], option: str) -> list[tuple[date, date]]:
    """Return periods written DATE or FROM:TO, both ends inside.

    Raises:
        Usage: a period ends before it starts.
    """
    found = []
    for word in values:
        first, _, last = word.partition(":")
        start = a_day(first, option)
        end = a_day(last, option) if last else start
        if end < start:
            raise Usage(
                f"{option}: the period ends before it starts: {word[:60]}.",
                code="period",
                next="Write FROM:TO.",
            )
        found.append((start, end))
    return found


def plain_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with whole numbers as integers where that loses nothing."""
    return [{k: whole(v) for k, v in row.items()} for row in rows]


def whole(value: Any) -> Any:
    """Return a float that is a whole number as an integer, anything else as it is."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
