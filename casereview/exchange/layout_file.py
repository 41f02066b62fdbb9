"""Read a layout file: every fault at once, with file, line, key and the nearest valid name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from casereview.core.calendar import time_zone
from casereview.core.facts import Catalogue
from casereview.core.pathways import OPEN_STAGES, Pathway
from casereview.errors import FileFaults, PackFaults, Usage
from casereview.exchange.layout import (
    DELIMITERS,
    ENCODINGS,
    MAKE,
    NEEDED,
    RESERVED_SHAPES,
    ROLES,
    SHAPES,
    Layout,
    folded,
)
from casereview.exchange.layout_words import (
    activities,
    endings,
    fact_columns,
    milestone_columns,
    statuses,
)
from casereview.exchange.moments import Format, FormatError, conflicting
from casereview.packs.library import Library
from casereview.packs.reader import SLUG, Reader, Table, nearest, read_text

NEVER = ("0001-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "9999-12-31")
"""Dates that programs write where there is none."""
TIME_LETTERS = 40


class LayoutFaults(FileFaults):
    """A layout that cannot be used."""

    code = "layout_faults"


def load_layout(path: Path, library: Library) -> Layout:
    """Return the layout of a file.

    Raises:
        LayoutFaults: it cannot be read or says something that cannot be; every fault is listed.
    """
    name = path.name
    try:
        return read_layout(read_text(path, name), name, library)
    except PackFaults as error:
        raise LayoutFaults(f"The layout {name} cannot be used", error.faults) from error


def read_layout(text: str, name: str, library: Library) -> Layout:
    """Return the layout that a text says.

    Raises:
        PackFaults: with every fault.
    """
    reader = Reader(text, name)
    root = reader.root()
    head = _head(root, library)
    pathway: Pathway | None = head.pop("found")
    layout = Layout(
        hash=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        **head,
        **_file(root),
        **_time(root, head["shape"]),
        **_columns(root, head["shape"]),
        **_words(root, head["shape"], pathway, library.facts),
        nulls=_nulls(root),
        workers=_workers(root),
    )
    _check_whole(root, layout)
    root.done()
    reader.finish()
    return layout


def _head(root: Table, library: Library) -> dict[str, Any]:
    table = root.table("layout")
    if table is None:
        root.fault("", "There is no [layout] table.")
        table = Table(root.reader, {}, ("layout",))
        return {
            "id": "", "version": 0, "title": "", "shape": "events", "pathway": "", "source": "",
            "found": None,
        }  # fmt: skip
    ident = table.text("id", required=True, limit=40, like=SLUG)
    wanted = table.word("pathway", library.pathway_ids(), required=True)
    shape = table.word("shape", (*SHAPES, *RESERVED_SHAPES), default="events", required=True)
    if shape in RESERVED_SHAPES:
        table.fault("shape", f"The shape {shape!r} is not read yet; use {' or '.join(SHAPES)}.")
        shape = "events"
    as_of = table.text("as_of", limit=10)
    values = {
        "id": ident,
        "version": table.integer("version", default=1, low=1, high=10**6, required=True),
        "title": table.text("title", required=True, limit=120),
        "shape": shape,
        "pathway": wanted,
        "source": table.text("source", default=ident, limit=40, like=SLUG),
        "stage": table.word("stage", OPEN_STAGES, default="assess"),
        "opens_first": table.word("opens", ("listed", "first"), default="listed") == "first",
        "as_of": _day(table, "as_of", as_of) if as_of else None,
        "reject_contradictions": table.word(
            "contradictions", ("keep", "reject"), default="keep"
        ) == "reject",
        "found": library.pathway(wanted) if wanted else None,
    }  # fmt: skip
    table.done()
    return values


def _day(table: Table, key: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        table.fault(key, f"{text!r} is no date; write year-month-day, 2026-03-01.")
        return None


def _listed(table: Table, key: str) -> tuple[str, ...]:
    """Read one text or a list of texts."""
    if isinstance(table.data.get(key), list):
        return table.words(key)
    one = table.text(key, limit=200)
    return (one,) if one else ()


def _file(root: Table) -> dict[str, Any]:
    table = root.table("file")
    if table is None:
        return {}
    delimiters = []
    for said in _listed(table, "delimiter"):
        sign = DELIMITERS.get(said, said)
        if sign not in DELIMITERS.values():
            table.fault(
                "delimiter",
                f"{said!r} separates nothing: use {', '.join(DELIMITERS)} or the sign itself.",
                near=nearest(said, DELIMITERS),
            )
        delimiters.append(sign)
    encodings = []
    for said in _listed(table, "encoding"):
        if said not in ENCODINGS:
            table.fault(
                "encoding", f"{said!r} is none of: {', '.join(ENCODINGS)}.",
                near=nearest(said, ENCODINGS),
            )  # fmt: skip
        encodings.append("utf-8-sig" if said == "utf-8" else said)
    quote = table.text("quote", default='"', limit=1)
    values: dict[str, Any] = {"skip": table.integer("skip", default=0, high=1000), "quote": quote}
    if delimiters:
        values["delimiters"] = tuple(delimiters)
    if encodings:
        values["encodings"] = tuple(encodings)
    table.done()
    return values


def _time(root: Table, shape: str) -> dict[str, Any]:
    table = root.table("time")
    if table is None:
        root.fault("", "There is no [time] table: in which format are the dates written?")
        return {}
    formats: list[Format] = []
    for said in _listed(table, "formats"):
        try:
            formats.append(Format.read(said[:TIME_LETTERS]))
        except FormatError as error:
            table.fault("formats", str(error))
    if not formats and "formats" not in table:
        table.fault("", "The key 'formats' is missing, for example formats = [\"dd/mm/yyyy\"].")
    clash = conflicting(formats)
    if clash is not None:
        table.fault(
            "formats",
            f"{clash[0].text!r} reads the day first and {clash[1].text!r} the month first; "
            "half of the dates would be wrong. State one.",
        )
    zone = _zone(table, needed=any(f.timed for f in formats) or shape == "events")
    future = table.word("future", ("reject", "allow"), default="reject") == "allow"
    never = [_day(table, "never", t) for t in table.words("never")]
    known = [date.fromisoformat(t) for t in NEVER]
    table.done()
    return {
        "formats": tuple(formats), "zone": zone, "future": future,
        "never": frozenset([*known, *(d for d in never if d is not None)]),
    }  # fmt: skip


def _zone(table: Table, *, needed: bool) -> str:
    zone = table.text("zone", limit=60)
    if not zone:
        if needed and "zone" not in table:
            table.fault("", "The key 'zone' is missing, for example zone = \"Europe/London\".")
        return "UTC"
    try:
        time_zone(zone)
    except Usage as error:
        table.fault("zone", error.message)
        return "UTC"
    return zone


def _columns(root: Table, shape: str) -> dict[str, Any]:
    table = root.table("columns")
    if table is None:
        root.fault("", "There is no [columns] table: which column is what?")
        return {}
    columns = {}
    for role in ROLES[shape]:
        heading = table.text(role, limit=200, required=role in NEEDED[shape])
        if heading:
            columns[role] = heading
    table.done()
    return {"columns": columns, "make_ids": columns.get("id") == MAKE}


def _nulls(root: Table) -> dict[str, frozenset[str]]:
    table = root.table("nulls")
    if table is None:
        return {}
    found = {heading: frozenset(table.words(heading)) for heading in table.data}
    table.done()
    return found


def _workers(root: Table) -> dict[str, str]:
    found = {}
    for name, login in root.values("workers").items():
        if not isinstance(login, str):
            root.fault("workers", f"The login of {name!r} must be text.")
        else:
            found[folded(name)] = login
    return found


def _words(
    root: Table, shape: str, pathway: Pathway | None, facts: Catalogue
) -> dict[str, Any]:  # fmt: skip
    events = shape == "events"
    for key, wanted in (("activity", True), ("status", False), ("reason", False),
                        ("milestone", False)):  # fmt: skip
        if key in root and wanted != events:
            root.fault(key, f"A layout of the shape {shape!r} has no [[{key}]].")
    return {
        "activities": activities(root, pathway, facts),
        "statuses": statuses(root),
        "reasons": endings(root, pathway),
        "facts": fact_columns(root, facts),
        "milestones": milestone_columns(root, pathway),
    }


def _check_whole(root: Table, layout: Layout) -> None:
    """Report what only the whole layout shows."""
    if layout.shape == "events" and not layout.activities and "activity" not in root:
        root.fault("", "There is no [[activity]] table: what does each activity mean?")
    if layout.make_ids and layout.shape == "events":
        root.fault("columns", "Ids can be made only for a snapshot; events need the id of a case.")
    if "status" in layout.columns and not layout.statuses:
        root.fault("", "There is a status column and no [[status]] table for its words.")
    if "ended" in layout.columns and not {"status", "reason"} & set(layout.columns):
        root.fault(
            "columns",
            "A column of ends needs a status or a reason that says how the case ended.",
        )
    _unknown_headings(root, "nulls", layout.nulls, layout.headings)


def _unknown_headings(
    root: Table, key: str, named: Sequence[str] | dict[str, Any] | Any, headings: Sequence[str]
) -> None:
    known = {folded(h) for h in headings}
    for heading in named:
        if folded(heading) not in known:
            root.fault(
                key, f"No column {heading!r} is read by this layout.",
                near=nearest(heading, headings),
            )  # fmt: skip
