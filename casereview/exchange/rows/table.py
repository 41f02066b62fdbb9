"""Rows of a delimited text file: headings found, every row either whole or reported."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from casereview.exchange.findings import Findings
from casereview.exchange.formats.lines import Lines
from casereview.exchange.formats.survey import LINE_MAX, Unreadable, unreadable
from casereview.exchange.layouts.headings import LOOK_FOR_HEADINGS, missing, no_headings, places
from casereview.exchange.layouts.layout import DELIMITERS, Layout

CELL_MAX = 32_767
"""Characters in one cell: what a spreadsheet can hold."""
COLUMNS_MAX = 16_384
ROWS_MAX = 20_000_000
ENOUGH = 3
"""Delimiters of a row that are no accident inside a note."""


def separator(line: str) -> str:
    """Return the delimiter that a first line such as sep=; states, "" for any other line."""
    words = line.strip(" \r\n\ufeff").strip('"')
    if words[:4].casefold() != "sep=" or len(words) < 5:
        return ""
    return words[4] if not words[4:].strip(words[4] + " \t") else ""


class Row(NamedTuple):
    """One row: the line it starts on, a mark equal for equal rows, its cells."""

    line: int
    mark: int
    cells: list[str]


class CsvTable:
    """The rows of one file.

    Attributes:
        headings: as the file writes them, without empty ones at the end.
        width: cells of the heading line, empty ones at its end too.
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
        self.width = 0
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
        return [c.strip() for c in found[0]] if found else []

    def _find_headings(self) -> str:
        """Read the heading line and return the delimiter under which it fits.

        Raises:
            Unreadable: no stated delimiter gives the headings; the sentence says what was found.
        """
        delimiters = list(self._layout.delimiters)
        first = self._first_line()
        sign = separator(first)
        if sign:
            delimiters = [sign]
            if delimiters[0] not in self._layout.delimiters:
                raise self._wrong_delimiter(delimiters[0])
            first = self._first_line(skip=0)
        line = self._lines.number
        found = [(d, self._cells(first, d)) for d in delimiters]
        for delimiter, cells in found:
            if not missing(self._layout, cells):
                self._take(cells)
                return delimiter
        best = max(found, key=lambda f: len(f[1]))
        later = self._later_headings(delimiters if self._layout.find else [best[0]])
        if later is not None and self._layout.find:
            self._take(later[1])
            return later[0]
        raise self._no_headings(first, line, best, None if later is None else later[2])

    def _first_line(self, *, skip: int | None = None) -> str:
        for _ in range(self._layout.skip if skip is None else skip):
            next(self._iterator, "")
        for line in self._iterator:
            if line.strip(" \t\r\n\ufeff,;|"):
                return self._whole(line)
        raise unreadable(self._lines.name, "The file has no heading line.")

    def _whole(self, line: str) -> str:
        """Return a heading line with those after it that a heading in quotes reaches over.

        Raises:
            Unreadable: a quote is not closed.
        """
        quote, start, whole = self._layout.quote, self._lines.number, line
        if not quote or line.count(quote) % 2 == 0:
            return line
        for _ in range(LOOK_FOR_HEADINGS):
            whole += next(self._iterator, "")
            if whole.count(quote) % 2 == 0:
                return whole
        raise unreadable(
            self._lines.name,
            f"A quote that opens in the headings, on line {start}, is not closed.", line=start,
        )  # fmt: skip

    def _take(self, cells: list[str]) -> None:
        name = self._lines.name
        if len(cells) > COLUMNS_MAX:
            raise unreadable(name, f"{len(cells):,} columns; at most {COLUMNS_MAX:,} are read.")
        self.width = len(cells)
        while cells and not cells[-1]:
            cells.pop()
        self.headings = cells
        self.places = places(self._layout, cells, name, self._lines.number, self._findings)

    def _wrong_delimiter(self, sign: str, line: int | None = None) -> Unreadable:
        word = {v: k for k, v in DELIMITERS.items()}
        stated = " or ".join(word[d] for d in self._layout.delimiters)
        what = (
            f"The columns are separated by a {word.get(sign, repr(sign))}, "
            f"but the layout says {stated}: set delimiter = {sign!r} in [file]."
        )
        return unreadable(self._lines.name, what, line=line or self._lines.number)

    def _no_headings(
        self, first: str, line: int, best: tuple[str, list[str]], later: int | None
    ) -> Unreadable:
        layout = self._layout
        others = [d for d in DELIMITERS.values() if d not in layout.delimiters]
        for sign in others:
            cells = self._cells(first, sign)
            fewer = len(missing(layout, cells)) < len(missing(layout, best[1]))
            if len(cells) > len(best[1]) and fewer:
                return self._wrong_delimiter(sign, line)
        if later is not None:
            what = (
                f"The headings seem to be on line {later}: set skip = {later - 1} in [file], "
                'or headings = "find".'
            )
            return unreadable(self._lines.name, what, line=line)
        return no_headings(layout, best[1], self._lines.name, line)

    def _later_headings(self, delimiters: Sequence[str]) -> tuple[str, list[str], int] | None:
        """Return delimiter, headings and line of the headings below the first line, if any."""
        for _ in range(LOOK_FOR_HEADINGS):
            line = next(self._iterator, None)
            if line is None:
                return None
            for delimiter in delimiters:
                cells = self._cells(line, delimiter)
                if not missing(self._layout, cells):
                    return delimiter, cells, self._lines.number
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
            if lines.flaw and lines.number == start:
                self._flawed(start)
                continue
            if lines.number > start:
                self._check_swallowed(start, cells)
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
        if len(cells) == self.width or (
            len(cells) > width and not any(c.strip() for c in cells[width:])
        ):
            return cells[:width]
        span = self._lines.number - line
        if span:
            raise unreadable(
                self._lines.name,
                f"The lines {line} to {line + span} read as one row of {len(cells)} cells where "
                f"{width} are expected: a quote opens on line {line} and is closed too late.",
                line=line,
            )
        many = "cell" if len(cells) == 1 else "cells"
        self._reject(
            line, "", "", f"This line has {len(cells)} {many}; the headings have {width}.",
            "Check for a delimiter inside a cell that is not in quotes." if len(cells) > width else
            "Check for a line break, or empty cells at the end that were left out when it was "
            "saved; save it as XLSX instead.",
        )  # fmt: skip
        return []

    def _sound(self, line: int, cells: Sequence[str]) -> bool:
        for heading, cell in zip(self.headings, cells, strict=True):
            if len(cell) > CELL_MAX:
                reason = f"This cell has {len(cell):,} characters; at most {CELL_MAX:,} are read."
                self._reject(line, heading, cell[:80], reason, "Shorten it.")
                return False
        if self._lines.flaw:
            self._flawed(line)
        return not self._lines.flaw

    def _flawed(self, line: int) -> None:
        self._reject(
            line, "", "", f"This line was not read: {self._lines.flaw}.",
            "Save the file again as CSV UTF-8, or correct this line.",
        )  # fmt: skip

    def _check_swallowed(self, line: int, cells: Sequence[str]) -> None:
        """Refuse when a stray quote here and one in a later row made one cell of several rows.

        Such a record has as many delimiters as all its lines would have as rows.

        Raises:
            Unreadable: a cell seems to hold rows.
        """
        between = len(self.headings) - 1
        ends, count = 0, len(cells) - 1
        for cell in cells:
            inside = cell.count("\n") or cell.count("\r")
            if inside:
                ends, count = ends + inside, count + cell.count(self._delimiter)
        if ends and between >= ENOUGH and count == (ends + 1) * between:
            raise unreadable(
                self._lines.name,
                f"A quote opens on line {line} and is closed {ends} "
                f"{'line' if ends == 1 else 'lines'} later, so that rows lie inside one cell.",
                line=line,
            )

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
