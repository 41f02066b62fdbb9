"""One value, or one column, as people read it: dates, decimals, heads of columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from casereview.core.text import safe

MOST_IN_LINE = 3
"""Named parts of one value that stand in one line; more stand on a line each."""
_BAND = re.compile(r"(?<=\d)_(?=\d)")
_UNITS = frozenset({"days", "weeks", "hours", "percent", "seconds"})
FEW, MANY = 2, 4
"""Decimals of a table's figures."""
NOISE = 1e-9
"""Below this a figure is 0, but for a chance."""
_CHANCES = frozenset({"p", "p_value"})
_TYPED = frozenset({"typed", "value"})
SUPPRESSED = "*"
"""What a disclosure rule writes in the place of a small number."""


def plain(value: Any, key: str = "") -> str:
    """Return a value as people read it; "" is a missing one, except a condition's "cannot tell"."""
    match value:
        case None:
            found = "cannot tell" if key == "holds" else ""
        case bool():
            found = "yes" if value else "no"
        case datetime():
            found = value.isoformat(timespec="seconds")
        case date():
            found = value.isoformat()
        case float():
            found = f"{value:.4f}".rstrip("0").rstrip(".")
        case Mapping():
            found = ", ".join(f"{safe(str(k))}: {plain(v) or '-'}" for k, v in value.items())
        case list() | tuple() | set() | frozenset():
            found = ", ".join(plain(v) for v in value)
        case _:
            found = safe(str(value), lines=True)
    return found


def cell(value: Any, key: str) -> str:
    """Return a value as text; several things that each have parts stand on a line each."""
    match value:
        case list() | tuple() if len(value) > 1 and all(isinstance(v, Mapping) for v in value):
            return "\n".join(plain(v) for v in value)
        case Mapping() if len(value) > MOST_IN_LINE:
            return "\n".join(plain({k: v}) for k, v in value.items())
        case _:
            return plain(value, key)


def column_texts(values: Sequence[Any], key: str) -> list[str]:
    """Return a column as people read it: its numbers with the same decimals, others as they are."""
    if not numeric_column(values) or not any(isinstance(v, float) for v in values):
        return [cell(v, key) for v in values]
    least = 0.0 if key in _CHANCES else NOISE
    places = _decimals([v for v in values if isinstance(v, float)], key, least)
    return [
        _number(v, places, least) if isinstance(v, int | float) else cell(v, key) for v in values
    ]


def _number(value: float, places: int, least: float) -> str:
    """Return a number; one that is not 0 never reads as 0."""
    if abs(value) > least and not round(value, places):
        return f"<{10**-places:.{places}f}" if value > 0 else f">-{10**-places:.{places}f}"
    return f"{round(value, places) + 0.0:.{places}f}"


def _decimals(values: Sequence[float], key: str, least: float) -> int:
    """Return how many decimals a column needs: two, or four for shares of one and small figures.

    Days, weeks and percentages are not known to a ten-thousandth; chances and probabilities are
    read to four places, and what was typed as it was. JSON, CSV and spreadsheets hold the figure
    itself.
    """
    rough = _UNITS.intersection(key.split("_")) or max(map(abs, values)) > 1
    most = FEW if rough and key not in _TYPED else MANY
    if _lost(values, most, least):
        most = MANY
    needed = max(len(f"{v:.{most}f}".partition(".")[2].rstrip("0")) for v in values)
    return most if _lost(values, needed, least) else needed


def _lost(values: Sequence[float], places: int, least: float) -> bool:
    """Tell whether a figure that is not 0 would read as 0."""
    return any(abs(v) > least and not round(v, places) for v in values)


def head_of(key: str) -> str:
    """Return a column's name in words; two numbers in it are the ends of a band."""
    return _BAND.sub("-", safe(key)).replace("_", " ")


def numeric_column(values: Sequence[Any]) -> bool:
    """Tell whether a column holds numbers; a suppressed one stands where its number would."""
    return all(_is_number(v) or v == SUPPRESSED for v in values)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
