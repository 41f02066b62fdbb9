"""Which of several layouts a file is for: by how it is written, and by its headings."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from casereview.exchange.headings import LOOK_FOR_HEADINGS, missing
from casereview.exchange.kinds import FORMAT_OF, GZIP, TEXT, kind_of
from casereview.exchange.layout import Layout
from casereview.exchange.layout_file import load_layout
from casereview.exchange.survey import LINE_MAX, Survey, check_regular
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
    kind = kind_of(path.name, Survey(size, "", "", utf8=True, head=head))
    wanted = ("xes", "xml") if kind == GZIP else (FORMAT_OF[kind],)
    if layout.format in wanted and (kind != TEXT or _has_headings(head, layout)):
        return layout
    for name in layout.also:
        other = load_layout(layout_path.parent / Path(name).name, library)
        if other.format in wanted and (kind != TEXT or _has_headings(head, other)):
            return other
    return layout


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
