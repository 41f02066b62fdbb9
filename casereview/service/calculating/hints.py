"""What to write instead of a number as spreadsheets show it."""

from __future__ import annotations

import re

_THOUSANDS = re.compile(r"-?\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"-?\d+,\d+")
_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?)\s*%")


def instead_of(cell: str) -> str:
    """Return what to write instead of a cell that is no number, "" where nothing is plain."""
    percent = _PERCENT.fullmatch(cell)
    if percent is not None:
        return f"leave the sign out, {percent[1]}"
    if _THOUSANDS.fullmatch(cell):
        return f"leave out what parts the thousands, {re.sub('[, ]', '', cell)}"
    if _DECIMAL.fullmatch(cell):
        return f"write decimals with a point, {cell.replace(',', '.')}"
    return ""
