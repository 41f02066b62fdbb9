"""One cell of a row, what reading it has to know, and the refusal of a row for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


class LineRefused(Exception):
    """A row cannot be taken: column, value, reason, fix."""

    def __init__(self, column: str, value: str, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.parts = (column, value, reason, fix)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What reading a file needs to know besides its layout.

    Attributes:
        today: the store's date now; later dates are not taken unless the layout allows them.
        as_of: the date that a snapshot shows.
        logins: users that may be allocated.
    """

    today: date
    as_of: date
    logins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a column is and which words in it mean nothing."""

    heading: str
    place: int
    nulls: frozenset[str]

    def text(self, cells: Sequence[str]) -> str:
        """Return the trimmed cell, "" where it means nothing."""
        found = cells[self.place].strip()
        return "" if found in self.nulls else found
