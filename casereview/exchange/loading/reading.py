"""A file read whole and staged, before anything of it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from casereview.exchange.findings import Findings
from casereview.exchange.formats.kinds import (
    FORMAT_OF,
    GZIP,
    HL7,
    READ,
    SHEET,
    TEXT,
    XES,
    XML,
    check_packed,
    kind_of,
)
from casereview.exchange.formats.lines import Lines
from casereview.exchange.formats.streams import check_markup
from casereview.exchange.formats.survey import (
    SPILL_FACTOR,
    Survey,
    check_space,
    check_text,
    choose_encoding,
    survey,
    unreadable,
)
from casereview.exchange.layouts.headings import repeats
from casereview.exchange.layouts.layout import Activity, Layout
from casereview.exchange.plans.additions import Addition, AdditionRows
from casereview.exchange.rows.adt_rows import Adt, AdtFile
from casereview.exchange.rows.cells import Circumstances
from casereview.exchange.rows.event_rows import Event, EventRows
from casereview.exchange.rows.fields import Fields
from casereview.exchange.rows.groups import (
    PersonGroup,
    by_person,
    event_cases,
    in_chains,
    keyed_rows,
    snapshot_cases,
)
from casereview.exchange.rows.sheet import SheetTable
from casereview.exchange.rows.snapshot_rows import SnapshotRows, Standing
from casereview.exchange.rows.table import CsvTable, Row
from casereview.exchange.rows.xes import XesLog
from casereview.exchange.rows.xml_table import XmlTable
from casereview.exchange.sorting import Sorter

REPEATED = "This line repeats the headings."
TICK = 5_000
"""Rows between two reports of progress."""

Progress = Callable[[str, int, int], None]
"""Hears what is being done ("read", "store"), how far, and of how much."""


class _Rows(Protocol):
    """Rows of a table of any kind."""

    places: dict[str, int]
    count: int

    def __iter__(self) -> Iterator[Row]: ...


class _Reader(Protocol):
    """Turns a row into an item to be sorted, None when it was reported."""

    def read(self, row: Row) -> Any: ...


@dataclass
class Staged:
    """A file that was read and is ready to be written.

    Attributes:
        survey: size and hash of the file.
        findings: what is to be said about its lines.
        rows: rows that are not blank; of XES traces, of HL7 messages.
        encoding: of a text file, the one that it was read with.
        activities: of an event log, in the order that events name them.
        undated: the first cell that fits no stated format, when no date fitted, else "".
    """

    survey: Survey
    layout: Layout
    findings: Findings
    rows: int = 0
    encoding: str = ""
    activities: tuple[Activity, ...] = ()
    undated: str = ""
    items: Sorter = field(default_factory=Sorter)
    people: Sorter | None = None

    def groups(self) -> Iterator[PersonGroup]:
        """Yield people with their cases; to be asked for once, for it reports as it goes."""
        items: Iterator[tuple[Any, ...]] = iter(self.items)
        shape = self.layout.shape
        if shape == "events":
            cases = event_cases(items, self.findings, self.layout.columns)
            return by_person(cases, lambda e: int(e.order), Event._make, self.people)
        if shape == "adt":
            visits = keyed_rows(items, Adt._make, self.findings, "PID-3")
            return by_person(visits, lambda m: int(m.order), Adt._make, self.people)
        if shape == "additions":
            column = self.layout.columns.get("person", "")
            added = keyed_rows(items, Addition._make, self.findings, column)
            return by_person(added, lambda a: int(a.day), Addition._make, self.people)
        several = shape == "episodes" and not self.layout.chain and "id" in self.layout.columns
        rows = snapshot_cases(items, self.findings, self.layout.columns, several=several)
        people = by_person(rows, lambda r: int(r.day), Standing._make, self.people)
        return in_chains(people) if self.layout.chain else people

    def close(self) -> None:
        """Give the disk space back."""
        self.items.close()
        if self.people is not None:
            self.people.close()
        self.findings.close()


def stage(
    path: Path,
    layout: Layout,
    around: Circumstances,
    *,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Staged:
    """Read a file by its layout; nothing is written but unnamed temporary files.

    Args:
        path: the file.
        layout: what its columns and words mean.
        around: the day, the users.
        folder: where temporary files go; None for the system's place.
        progress: hears how far reading is, in bytes.

    Raises:
        Unreadable: the file cannot be read at all, or changed while it was read.
        Usage: there is too little room for the temporary files.
    """
    found = survey(path)
    kind = _kind(path, found, layout)
    if folder is not None:
        size = check_markup(path, found) if kind in (XES, XML) else found.size
        check_space(folder, size, SPILL_FACTOR, "temporary files")
    staged = Staged(found, layout, Findings(), items=Sorter(folder=folder))
    if "person" in layout.columns or layout.shape == "adt":
        staged.people = Sorter(2_000, folder)
    try:
        _READERS[kind](path, staged, around, progress)
    except BaseException:
        staged.close()
        raise
    if progress is not None and kind != TEXT:
        progress("read", found.size, found.size)
    return staged


def _kind(path: Path, found: Survey, layout: Layout) -> str:
    """Return what the file is, once it is what the layout reads.

    Raises:
        Unreadable: it is something else.
    """
    kind = kind_of(path.name, found)
    if kind == GZIP:
        check_packed(path.name, found.head)
        if layout.format not in ("xes", "xml"):
            raise unreadable(path.name, f"This is a gzip file; only XES and XML may be one. {READ}")
        return XES if layout.format == "xes" else XML
    if kind == XES and layout.format == "xml":
        kind = XML
    if kind == XML and layout.format == "xes":
        raise unreadable(path.name, "This is XML but no XES: there is no <log> in it.")
    if FORMAT_OF[kind] != layout.format:
        raise unreadable(
            path.name,
            f"This is {_SAID[kind]}; the layout {layout.id} reads {_READS[layout.format]}. "
            "Choose the layout for it.",
        )
    return kind


_SAID = {
    TEXT: "a text file", SHEET: "a spreadsheet", XES: "an event log (XES)", XML: "XML",
    HL7: "HL7 messages",
}  # fmt: skip
_READS = {
    "table": "CSV and spreadsheets", "xes": "event logs (XES)", "xml": "XML",
    "hl7": "HL7 messages",
}  # fmt: skip


def _text(
    path: Path, staged: Staged, around: Circumstances, progress: Progress | None
) -> None:  # fmt: skip
    found = staged.survey
    check_text(path.name, found)
    staged.encoding = choose_encoding(path, found, staged.layout.encodings)
    lines = Lines(path, found, staged.encoding)
    try:
        table = CsvTable(lines, staged.layout, staged.findings)
        _take(table, staged, around, progress, lambda: lines.done)
        if progress is not None:
            progress("read", found.size, found.size)
        lines.check_unchanged()
    finally:
        lines.close()


def _sheet(
    path: Path, staged: Staged, around: Circumstances, progress: Progress | None
) -> None:  # fmt: skip
    table = SheetTable(path, staged.survey, staged.layout, staged.findings)
    _take(table, staged, around, progress, lambda: 0)
    if survey(path) != staged.survey:
        raise unreadable(path.name, "The file changed while it was read; nothing was imported.")


def _xml(
    path: Path, staged: Staged, around: Circumstances, progress: Progress | None
) -> None:  # fmt: skip
    table = XmlTable(path, staged.survey, staged.layout, staged.findings)
    _take(table, staged, around, progress, lambda: table.done)


def _take(
    table: _Rows, staged: Staged, around: Circumstances, progress: Progress | None,
    done: Callable[[], int],
) -> None:  # fmt: skip
    """Stage the rows of a table."""
    layout = staged.layout
    fields = Fields(layout, table.places, around, staged.findings)
    if isinstance(table, SheetTable) and table.from_1904:
        fields.clock.count_from_1904()
    reader: _Reader
    if layout.shape == "events":
        reader = EventRows(fields)
        staged.activities = reader.activities
    elif layout.shape == "additions":
        reader = AdditionRows(fields)
    else:
        reader = SnapshotRows(fields, staged.survey.hash)
    add, read = staged.items.add, reader.read
    first, place = next(iter(table.places.items()), ("", -1))
    first = first.casefold()
    for row in table:
        same = place >= 0 and row.cells[place].strip().casefold() == first
        if same and repeats(row.cells, table.places):
            staged.findings.reject(row.line, "", "", REPEATED, "Nothing; it is no case.")
            continue
        item = read(row)
        if item is not None:
            add(item)
        if progress is not None and table.count % TICK == 0:
            progress("read", done(), staged.survey.size)
    staged.rows = table.count
    if fields.undated and fields.undated == table.count:
        staged.undated = fields.undated_first


def _xes(
    path: Path, staged: Staged, around: Circumstances, progress: Progress | None
) -> None:  # fmt: skip
    places = {heading: n for n, heading in enumerate(staged.layout.headings)}
    fields = Fields(staged.layout, places, around, staged.findings)
    log = XesLog(path, staged.survey, fields)
    staged.activities = log.activities
    for events in log:
        _add_all(staged, events)
        if progress is not None and log.count % 100 == 0:
            progress("read", log.done, staged.survey.size)
    staged.rows = log.count


def _hl7(
    path: Path, staged: Staged, around: Circumstances, progress: Progress | None
) -> None:  # fmt: skip
    del progress
    file = AdtFile(path, staged.survey, staged.layout, around, staged.findings)
    staged.encoding = file.encoding
    _add_all(staged, file)
    staged.rows = file.count


def _add_all(staged: Staged, items: Iterable[tuple[Any, ...]]) -> None:
    for item in items:
        staged.items.add(item)


_READERS = {TEXT: _text, SHEET: _sheet, XES: _xes, XML: _xml, HL7: _hl7}
