"""Rows of a delimited text file: headings found, every row either whole or reported."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from casereview.errors import Fault
from casereview.exchange.findings import Findings
from casereview.exchange.layout import DELIMITERS, Layout, folded
from casereview.exchange.lines import Lines
from casereview.exchange.survey import LINE_MAX, Unreadable, not_imported, unreadable

CELL_MAX = 32_767
"""Characters in one cell: what a spreadsheet can hold."""
COLUMNS_MAX = 16_384
ROWS_MAX = 20_000_000
LOOK_FOR_HEADINGS = 20
MANY_UNUSED = 200


_DATA = re.compile("[0-9]{2}")
"""What a line of data nearly always has somewhere, and headings hardly ever."""


class Row(NamedTuple):
    """One row: the line it starts on, a mark equal for equal rows, its cells."""

    line: int
    mark: int
    cells: list[str]


class CsvTable:
    """The rows of one file.

    Attributes:
        headings: as the file writes them, without empty ones at the end.
        places: heading of the layout to position.
        count: rows that are not blank, also those that were not taken.
    """

    def __init__(self, lines: Lines, layout: Layout, findings: Findings) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), LINE_MAX))
        self._lines = lines
        self._layout = layout
        self._findings = findings
        self._iterator = iter(lines)
        self.headings: list[str] = []
        self.places: dict[str, int] = {}
        self.count = 0
        self._delimiter = self._find_headings()

    def _cells(self, line: str, delimiter: str) -> list[str]:
        try:
            found = list(
                csv.reader([line], delimiter=delimiter, quotechar=self._layout.quote, strict=True)
            )
        except csv.Error:
            return []
        cells = [c.strip() for c in found[0]] if found else []
        while cells and not cells[-1]:
            cells.pop()
        return cells

    def _find_headings(self) -> str:
        """Read the heading line and return the delimiter under which it fits.

        Raises:
            Unreadable: no stated delimiter gives the headings; the sentence says what was found.
        """
        delimiters = list(self._layout.delimiters)
        first = self._first_line()
        if folded(first).startswith("sep=") and len(first.strip()) == 5:
            delimiters = [first.strip()[4]]
            if delimiters[0] not in self._layout.delimiters:
                raise self._wrong_delimiter(delimiters[0])
            first = next(self._iterator, "")
        found = [(d, self._cells(first, d)) for d in delimiters]
        for delimiter, cells in found:
            if not self._missing(cells):
                self._take(cells)
                return delimiter
        raise self._no_headings(first, max(found, key=lambda f: len(f[1])))

    def _first_line(self) -> str:
        for _ in range(self._layout.skip):
            next(self._iterator, "")
        for line in self._iterator:
            if line.strip(" \t\r\n\ufeff,;|"):
                return line
        raise unreadable(self._lines.name, "The file has no heading line.")

    def _missing(self, cells: Sequence[str]) -> list[str]:
        known = {folded(c) for c in cells}
        return [h for h in self._layout.headings if folded(h) not in known]

    def _take(self, cells: list[str]) -> None:
        name = self._lines.name
        if len(cells) > COLUMNS_MAX:
            raise unreadable(name, f"{len(cells):,} columns; at most {COLUMNS_MAX:,} are read.")
        where: dict[str, list[int]] = {}
        for place, cell in enumerate(cells):
            where.setdefault(folded(cell), []).append(place)
        twice = [h for h in self._layout.headings if len(where[folded(h)]) > 1]
        if twice:
            faults = [
                Fault(name, h, f"The column {h!r} is there {len(where[folded(h)])} times.",
                      line=self._lines.number)
                for h in twice
            ]  # fmt: skip
            raise not_imported(faults)
        self.headings = cells
        self.places = {h: where[folded(h)][0] for h in self._layout.headings}
        unused = len(cells) - len(self.places)
        if unused > MANY_UNUSED:
            self._findings.warn(
                self._lines.number, "", "", f"{unused:,} columns are not read by this layout.",
                "Nothing, unless one of them should be read.",
            )  # fmt: skip

    def _wrong_delimiter(self, sign: str) -> Unreadable:
        word = {v: k for k, v in DELIMITERS.items()}
        stated = " or ".join(word[d] for d in self._layout.delimiters)
        what = (
            f"The columns are separated by a {word.get(sign, repr(sign))}, "
            f"but the layout says {stated}: set delimiter = {sign!r} in [file]."
        )
        return unreadable(self._lines.name, what, line=self._lines.number)

    def _no_headings(self, first: str, best: tuple[str, list[str]]) -> Unreadable:
        others = [d for d in DELIMITERS.values() if d not in self._layout.delimiters]
        for sign in others:
            cells = self._cells(first, sign)
            if len(cells) > len(best[1]) and len(self._missing(cells)) < len(
                self._missing(best[1])
            ):
                return self._wrong_delimiter(sign)
        line, missing = self._lines.number, self._missing(best[1])
        later = self._later_headings(best[0])
        if later is not None:
            what = f"The headings seem to be on line {later}: set skip = {later - 1} in [file]."
            return unreadable(self._lines.name, what, line=line)
        if len(missing) == len(self._layout.headings) and any(map(_DATA.search, best[1])):
            # Not quoted: a line of data may name people.
            what = (
                "The first line is no heading line: none of the columns that the layout names is "
                f"in it. They are: {', '.join(missing)}."
            )
            return unreadable(self._lines.name, what, line=line)
        known = {folded(c): c for c in best[1]}
        faults = []
        for heading in missing:
            near = difflib.get_close_matches(folded(heading)[:80], known, n=1, cutoff=0.6)
            faults.append(
                Fault(self._lines.name, heading, f"There is no column {heading!r}.", line=line,
                      nearest=known[near[0]] if near else None)
            )  # fmt: skip
        faults.append(
            Fault(self._lines.name, "", f"The columns found are: {_listed(best[1])}.", line=line)
        )
        return not_imported(faults)

    def _later_headings(self, delimiter: str) -> int | None:
        for _ in range(LOOK_FOR_HEADINGS):
            line = next(self._iterator, None)
            if line is None:
                return None
            if not self._missing(self._cells(line, delimiter)):
                return self._lines.number
        return None

    def __iter__(self) -> Iterator[Row]:
        """Yield whole rows; report the others.

        Raises:
            Unreadable: a quote is not closed, or there are too many rows.
        """
        lines, width = self._lines, len(self.headings)
        reader = csv.reader(
            chain(self._iterator), delimiter=self._delimiter, quotechar=self._layout.quote,
            strict=True,
        )  # fmt: skip
        while True:
            start = lines.number + 1
            lines.fresh()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._broken(start, error)
                continue
            if len(cells) != width and not (cells := self._fitted(start, cells, width)):
                continue
            if (lines.flaw or lines.size > CELL_MAX) and not self._sound(start, cells):
                continue
            if not any(cells) or not "".join(cells).strip():
                continue
            self.count += 1
            if self.count > ROWS_MAX:
                raise unreadable(lines.name, f"More than {ROWS_MAX:,} rows.", line=start)
            yield Row(start, lines.mark, cells)

    def _reject(self, line: int, column: str, value: str, reason: str, fix: str) -> None:
        self.count += 1
        self._findings.reject(line, column, value, reason, fix)

    def _fitted(self, line: int, cells: list[str], width: int) -> list[str]:
        """Return the cells cut to the headings; [] for a blank row or one that was reported."""
        if not any(c.strip() for c in cells):
            return []
        if len(cells) > width and not any(c.strip() for c in cells[width:]):
            return cells[:width]
        span = self._lines.number - line
        if span:
            raise unreadable(
                self._lines.name,
                f"The lines {line} to {line + span} read as one row of {len(cells)} cells where "
                f"{width} are expected: a quote opens on line {line} and is closed too late.",
                line=line,
            )
        self._reject(
            line, "", "", f"This line has {len(cells)} cells; the headings have {width}.",
            "Check for a delimiter inside a cell that is not in quotes.",
        )  # fmt: skip
        return []

    def _sound(self, line: int, cells: Sequence[str]) -> bool:
        for heading, cell in zip(self.headings, cells, strict=True):
            if len(cell) > CELL_MAX:
                reason = f"This cell has {len(cell):,} characters; at most {CELL_MAX:,} are read."
                self._reject(line, heading, cell[:80], reason, "Shorten it.")
                return False
        if self._lines.flaw:
            self._reject(
                line, "", "", f"This line was not read: {self._lines.flaw}.",
                "Save the file again as CSV UTF-8, or correct this line.",
            )  # fmt: skip
        return not self._lines.flaw

    def _broken(self, line: int, error: csv.Error) -> None:
        if self._lines.number > line or "end of data" in str(error):
            raise unreadable(
                self._lines.name,
                f"A quote that opens on line {line} is not closed; the lines after it cannot be "
                "told apart.",
                line=line,
            )
        self._reject(
            line, "", "", "A quote in this line stands inside a cell.",
            "Put the whole cell in quotes and write quotes inside it twice.",
        )  # fmt: skip


def _listed(cells: Sequence[str]) -> str:
    return ", ".join(c[:40] for c in cells[:12]) + (", ..." if len(cells) > 12 else "")
