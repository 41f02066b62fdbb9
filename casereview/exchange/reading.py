"""A file read whole and staged, before anything of it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casereview.exchange.event_rows import Event, EventRows
from casereview.exchange.fields import Circumstances, Fields
from casereview.exchange.findings import Findings
from casereview.exchange.groups import PersonGroup, by_person, event_cases, snapshot_cases
from casereview.exchange.layout import Activity, Layout
from casereview.exchange.lines import Lines
from casereview.exchange.snapshot_rows import SnapshotRows, Standing
from casereview.exchange.sorting import Sorter
from casereview.exchange.survey import (
    SPILL_FACTOR,
    Survey,
    check_space,
    choose_encoding,
    survey,
)
from casereview.exchange.table import CsvTable

TICK = 5_000
"""Rows between two reports of progress."""

Progress = Callable[[str, int, int], None]
"""Hears what is being done ("read", "store"), how far, and of how much."""


@dataclass
class Staged:
    """A file that was read and is ready to be written.

    Attributes:
        survey: size and hash of the file.
        findings: what is to be said about its lines.
        rows: rows that are not blank.
        activities: of an event log, in the order that events name them.
        undated: the first cell that fits no stated format, when no date fitted, else "".
    """

    survey: Survey
    layout: Layout
    findings: Findings
    rows: int = 0
    activities: tuple[Activity, ...] = ()
    undated: str = ""
    _items: Sorter = field(default_factory=Sorter)
    _people: Sorter | None = None

    def groups(self) -> Iterator[PersonGroup]:
        """Yield people with their cases; to be asked for once, for it reports as it goes."""
        items: Iterator[tuple[Any, ...]] = iter(self._items)
        if self.layout.shape == "events":
            cases = event_cases(items, self.findings)
            return by_person(cases, lambda e: int(e.order), Event._make, self._people)
        rows = snapshot_cases(items, self.findings)
        return by_person(rows, lambda r: int(r.day), Standing._make, self._people)

    def close(self) -> None:
        """Give the disk space back."""
        self._items.close()
        if self._people is not None:
            self._people.close()
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
    if folder is not None:
        check_space(folder, found.size, SPILL_FACTOR, "temporary files")
    staged = Staged(found, layout, Findings(), _items=Sorter(folder=folder))
    if "person" in layout.columns:
        staged._people = Sorter(2_000, folder)  # noqa: SLF001 - of this module
    lines = Lines(path, found, choose_encoding(path, found, layout.encodings))
    try:
        _read(lines, staged, around, progress)
        lines.check_unchanged()
    except BaseException:
        staged.close()
        raise
    finally:
        lines.close()
    return staged


def _read(
    lines: Lines, staged: Staged, around: Circumstances, progress: Progress | None
) -> None:  # fmt: skip
    layout, size = staged.layout, staged.survey.size
    table = CsvTable(lines, layout, staged.findings)
    fields = Fields(layout, table.places, around, staged.findings)
    reader: EventRows | SnapshotRows
    if layout.shape == "events":
        reader = EventRows(fields)
        staged.activities = reader.activities
    else:
        reader = SnapshotRows(fields, staged.survey.hash)
    add = staged._items.add  # noqa: SLF001 - of this module
    for row in table:
        item = reader.read(row)
        if item is not None:
            add(item)
        if progress is not None and table.count % TICK == 0:
            progress("read", lines.done, size)
    staged.rows = table.count
    if fields.undated and fields.undated == table.count:
        staged.undated = fields.undated_first
    if progress is not None:
        progress("read", size, size)
