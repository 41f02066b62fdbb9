"""Options that only some measures have, as they are typed: method, target, capacities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from casereview.core.text import safe
from casereview.errors import Usage
from casereview.measures.time_to_event import SHOWS
from casereview.service.near import nearest

_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
MOST_WEIGHT = 10_000


def method_of(methods: Sequence[str], text: str | None) -> str:
    """Return which of a measure's methods is meant; None for the usual one, "" where it has none.

    Raises:
        Usage: there is no such method; the nearest is named.
    """
    if text is None:
        return methods[0] if methods else ""
    return _one_of(text.replace("-", "_"), methods, "method")


def weeks_to_wait(text: str | None) -> float | None:
    """Return the weeks that a wait should not exceed; None for the pathway's own target.

    Raises:
        Usage: it is no number above 0.
    """
    if text is None:
        return None
    word = text.strip()
    found = float(word) if _NUMBER.fullmatch(word) else 0.0
    if not found:
        raise Usage(
            f"--target-wait: {safe(text[:60])!r} is no number of weeks.",
            code="bad_target",
            next="Write weeks above 0 with a point, 18 or 2.5.",
        )
    return found


def shown_rows(text: str | None) -> str:
    """Return which rows of the time to the end are shown; None for the curve.

    Raises:
        Usage: there are no such rows; the nearest are named.
    """
    return SHOWS[0] if text is None else _one_of(text, SHOWS, "show")


def _one_of(text: str, known: Sequence[str], option: str) -> str:
    word = text.strip()
    if word not in known:
        near = nearest(word, known)
        raise Usage(
            f"--{option}: there is no {safe(text[:60])!r}.",
            code=f"unknown_{option}",
            next=(f"Did you mean {near}? " if near else "") + f"There are {', '.join(known)}.",
        )
    return word


def target_share(text: str | None) -> Fraction | None:
    """Return a target in percent, exact; None for none.

    Raises:
        Usage: it is no number from 0 to 100.
    """
    if text is None:
        return None
    word = text.strip().removesuffix("%").strip()
    found = Fraction(Decimal(word)) if _NUMBER.fullmatch(word) else None
    if found is None or found > 100:
        raise Usage(
            f"--target: {safe(text[:60])!r} is no percentage.",
            code="bad_target",
            next="Write a number from 0 to 100 with a point, 8.5.",
        )
    return found


def agreed_capacities(given: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Return the agreed weight of each worker from LOGIN=WEIGHT.

    Raises:
        Usage: one is written otherwise, or a worker has two.
    """
    found: dict[str, int] = {}
    for text in given:
        login, joined, weight = (part.strip() for part in text.rpartition("="))
        number = int(weight) if re.fullmatch(r"[0-9]{1,5}", weight) else 0
        if not joined or not login or not 0 < number <= MOST_WEIGHT:
            raise Usage(
                f"--capacity: {safe(text[:60])!r} is no capacity.",
                code="bad_capacity",
                next="Write LOGIN=WEIGHT with a whole number above 0, ann=18.",
            )
        if login in found:
            raise Usage(
                f"--capacity: {safe(login[:60])} has two.", code="bad_capacity", next="Give one."
            )
        found[login] = number
    return tuple(found.items())
