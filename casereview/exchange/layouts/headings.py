"""Where the columns of a layout are among the headings of a file, or why they are not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from casereview.core.text import safe
from casereview.errors import Fault
from casereview.exchange.findings import Findings
from casereview.exchange.formats.survey import Unreadable, not_imported, unreadable
from casereview.exchange.layouts.layout import Layout, folded

LOOK_FOR_HEADINGS = 20
"""Lines among which headings are looked for."""
MANY_UNUSED = 200
_DATA = re.compile("[0-9]{2}")
"""What a line of data nearly always has somewhere, and headings hardly ever."""


def missing(layout: Layout, cells: Sequence[str]) -> list[str]:
    """Return the headings of the layout that are not among the cells."""
    known = {folded(c) for c in cells}
    return [h for h in layout.headings if folded(h) not in known]


def repeats(cells: Sequence[str], where: Mapping[str, int]) -> bool:
    """Tell whether a row says the headings once more, as at the top of a printed page."""
    return all(folded(cells[place]) == folded(heading) for heading, place in where.items())


def _twice(layout: Layout, cells: Sequence[str], name: str, line: int) -> list[Fault]:
    count = [folded(c) for c in cells]
    return [
        Fault(name, h, f"The column {h!r} is there {count.count(folded(h))} times.", line=line)
        for h in layout.headings
        if count.count(folded(h)) > 1
    ]


def places(
    layout: Layout, cells: Sequence[str], name: str, line: int, findings: Findings
) -> dict[str, int]:
    """Return heading of the layout to position; many columns that nobody reads are told once.

    Raises:
        Unreadable: a column is there twice.
    """
    twice = _twice(layout, cells, name, line)
    if twice:
        raise not_imported(twice)
    where = {folded(cell): place for place, cell in enumerate(cells)}
    found = {h: where[folded(h)] for h in layout.headings}
    unused = len(cells) - len(found)
    if unused > MANY_UNUSED:
        findings.warn(
            line, "", "", f"{unused:,} columns are not read by this layout.",
            "Nothing, unless one of them should be read.",
        )  # fmt: skip
    return found


def no_headings(
    layout: Layout, cells: Sequence[str], name: str, line: int, others: Sequence[str] = ()
) -> Unreadable:
    """Return why the cells are not the headings: each missing column with the nearest heading.

    Args:
        layout: what is looked for.
        cells: of the line that comes nearest.
        name: of the file.
        line: of the cells.
        others: sheets of the same workbook that were not looked at.
    """
    lacking = missing(layout, cells)
    if len(lacking) == len(layout.headings) and any(map(_DATA.search, cells)):
        # Not quoted: a line of data may name people.
        what = (
            "The first line is no heading line: none of the columns that the layout names is "
            f"in it. They are: {', '.join(lacking)}."
        )
        return unreadable(name, what, line=line)
    # A heading that the layout reads as another column is no slip of the pen for this one.
    taken = {folded(h) for h in layout.headings}
    known = {folded(c): safe(c[:80]) for c in cells if folded(c) not in taken}
    faults = []
    for heading in lacking:
        near = difflib.get_close_matches(folded(heading)[:80], known, n=1, cutoff=0.6)
        faults.append(
            Fault(name, heading, f"There is no column {heading!r}.", line=line,
                  nearest=known[near[0]] if near else None)
        )  # fmt: skip
    faults += _twice(layout, cells, name, line)
    faults.append(Fault(name, "", f"The columns found are: {_listed(cells)}.", line=line))
    if others:
        what = (
            f"The workbook has other sheets, to be named with sheet in [file]: {_listed(others)}."
        )
        faults.append(Fault(name, "sheet", what))
    return not_imported(faults)


def _listed(cells: Sequence[str]) -> str:
    said = [safe(c[:40]) for c in cells if c]
    return ", ".join(said[:12]) + (", ..." if len(said) > 12 else "")
