"""Which of several layouts a file is for: by how it is written, and by its headings."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from casereview.exchange.formats.kinds import FORMAT_OF, GZIP, SHEET, TEXT, check_packed, kind_of
from casereview.exchange.formats.survey import LINE_MAX, Survey, check_regular
from casereview.exchange.formats.workbook import load
from casereview.exchange.layouts.file import load_layout
from casereview.exchange.layouts.headings import LOOK_FOR_HEADINGS, missing
from casereview.exchange.layouts.layout import Layout
from casereview.packs.library import Library

HEAD = 65_536


def layout_for(path: Path, layout_path: Path, library: Library) -> Layout:
    """Return the layout to read a file by: the one named, or one that it names beside itself.

    Another one is taken only where the named one cannot be meant: the file is written in another
    way, or has all headings of the other and not those of the named one.

    Raises:
        LayoutFaults: a layout cannot be used.
        Unreadable: the file is of a kind that is not read.
    """
    layout = load_layout(layout_path, library)
    if not layout.also:
        return layout
    size = check_regular(path)
    with path.open("rb") as file:
        head = file.read(HEAD)
    found = Survey(size, "", "", utf8=True, head=head)
    kind = kind_of(path.name, found)
    if kind == GZIP:
        check_packed(path.name, head)
    wanted = ("xes", "xml") if kind == GZIP else (FORMAT_OF[kind],)
    others = [load_layout(layout_path.parent / Path(name).name, library) for name in layout.also]
    possible = [one for one in (layout, *others) if one.format in wanted]
    if kind == SHEET and len(possible) > 1:
        rows = load(path, found, layout.sheet).rows
        return next((one for one in possible if _sheet_fits(rows, one)), layout)
    fitting = (one for one in possible if kind != TEXT or _has_headings(head, one))
    return next(fitting, layout)


def _sheet_fits(rows: Sequence[Sequence[Any]], layout: Layout) -> bool:
    """Tell whether one of the first rows of a sheet has all headings of a layout."""
    first = rows[layout.skip : layout.skip + LOOK_FOR_HEADINGS]
    return any(not missing(layout, [str(c) for c in row]) for row in first)


def _has_headings(head: bytes, layout: Layout) -> bool:
    """Tell whether one of the first lines has all headings of a layout."""
    return any(not missing(layout, cells) for cells in _first_lines(head, layout))


def _first_lines(head: bytes, layout: Layout) -> Iterator[list[str]]:
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if utf16 else "utf-8-sig", errors="replace")
    for line in text.splitlines()[: LOOK_FOR_HEADINGS + layout.skip]:
        for delimiter in layout.delimiters:
            try:
                yield next(csv.reader([line[:LINE_MAX]], delimiter=delimiter), [])
            except csv.Error:
                continue
