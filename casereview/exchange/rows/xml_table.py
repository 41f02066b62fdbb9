"""Rows of an XML file: one element is one row, with what its surroundings say of the person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from casereview.exchange.findings import Findings
from casereview.exchange.formats.markup import parse
from casereview.exchange.formats.survey import Survey, unreadable
from casereview.exchange.layouts.layout import Layout
from casereview.exchange.rows.table import CELL_MAX, Row

ROWS_OF_ONE = 10_000
Texts = dict[str, str]


class _Groups:
    """Gathers the texts of each group: those outside its rows, and those of each row.

    A text is known by the path of its element below the group; of several the first counts.
    """

    def __init__(self, group: str, row: str, name: str) -> None:
        self.ready: list[tuple[int, Texts]] = []
        self._group, self._row, self._name = group, row, name
        self._path: list[str] = []
        self._leaf = False
        self._words: list[str] = []
        self._shared: Texts = {}
        self._rows: list[tuple[int, Texts]] = []
        self._into: Texts = self._shared

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        del attributes
        if self._path:
            self._path.append(name)
        elif name == self._group:
            self._path = [name]
            self._shared, self._rows = {}, []
            self._into = self._shared
        if self._path and name == self._row:
            if len(self._rows) >= ROWS_OF_ONE:
                what = f"One {self._group} has more than {ROWS_OF_ONE:,} rows."
                raise unreadable(self._name, what, line=line)
            self._into = {}
            self._rows.append((line, self._into))
        self._leaf, self._words = True, []

    def text(self, words: str) -> None:
        if self._leaf:
            self._words.append(words)

    def end(self, name: str) -> None:
        if not self._path:
            return
        if self._leaf:
            self._into.setdefault("/".join(self._path[1:]), "".join(self._words).strip())
        self._leaf = False
        self._path.pop()
        if name == self._row:
            self._into = self._shared
        if not self._path:
            self.ready += [(line, {**self._shared, **row}) for line, row in self._rows]


class XmlTable:
    """The rows of one file.

    Attributes:
        places: heading of the layout (a path of elements) to position.
        count: rows.
        done: bytes of the file read so far.
    """

    def __init__(self, path: Path, found: Survey, layout: Layout, findings: Findings) -> None:
        self._path, self._found = path, found
        self._layout, self._findings = layout, findings
        self.places = {heading: n for n, heading in enumerate(layout.headings)}
        self.count = 0
        self.done = 0

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows.

        Raises:
            Unreadable: the file is no whole XML, or has no such rows.
        """
        layout = self._layout
        groups = _Groups(layout.group, layout.row, self._path.name)
        for (line, texts), done in parse(self._path, self._found, groups):
            self.done = done
            self.count += 1
            cells = [texts.get(heading, "") for heading in self.places]
            long = next((n for n, c in enumerate(cells) if len(c) > CELL_MAX), None)
            if long is not None:
                reason = f"This has {len(cells[long]):,} characters; at most {CELL_MAX:,} are read."
                heading = list(self.places)[long]
                self._findings.reject(line, heading, cells[long][:80], reason, "Shorten it.")
                continue
            yield Row(line, hash(tuple(sorted(texts.items()))), cells)
        if not self.count:
            what = f"There is no element {layout.row!r} in it; is this the right layout?"
            raise unreadable(self._path.name, what)
