"""Read a layout file: every fault at once, with file, line, key and the nearest valid name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casereview.core.facts import Catalogue
from casereview.core.pathways import OPEN_STAGES, Pathway
from casereview.errors import FileFaults, PackFaults
from casereview.exchange.layouts.layout import (
    FORMATS,
    MAKE,
    NEEDED,
    PERSON_ROLES,
    ROLES,
    SHAPES,
    TOLERABLE,
    Ending,
    Layout,
    folded,
)
from casereview.exchange.layouts.more import (
    answer_columns,
    contact_part,
    link_columns,
    step_part,
)
from casereview.exchange.layouts.parts import day_of, file_part, time_part, xml_part
from casereview.exchange.layouts.words import (
    activities,
    default_ending,
    endings,
    fact_columns,
    milestone_columns,
    statuses,
)
from casereview.packs.library import Library
from casereview.packs.reader import SLUG, Reader, Table, nearest, read_text

BY_DATE = ("events", "adt")
"""Shapes of which every row has a time, so that a zone is needed."""


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
        **file_part(root),
        **xml_part(root, head["format"]),
        **time_part(root, timed=head["shape"] in BY_DATE),
        **_columns(root, head["shape"]),
        **_words(root, head["shape"], pathway, library.facts),
        **contact_part(root, head["shape"]),
        answers=answer_columns(root, head["shape"], library),
        step=step_part(root, head["shape"], chain=head.get("chain", False)),
        links=link_columns(root, head["shape"]),
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
            "format": "table", "found": None,
        }  # fmt: skip
    ident = table.text("id", required=True, limit=40, like=SLUG)
    wanted = table.word("pathway", library.pathway_ids(), required=True)
    shape = table.word("shape", SHAPES, default="events", required=True)
    as_of = table.text("as_of", limit=10)
    pathway = library.pathway(wanted) if wanted else None
    values = {
        **_reading(table, shape),
        "ending": default_ending(table, pathway),
        "id": ident,
        "version": table.integer("version", default=1, low=1, high=10**6, required=True),
        "title": table.text("title", required=True, limit=120),
        "shape": shape,
        "pathway": wanted,
        "source": table.text("source", default=ident, limit=40, like=SLUG),
        "stage": table.word("stage", OPEN_STAGES, default="assess"),
        "opens_first": table.word("opens", ("listed", "first"), default="listed") == "first",
        "as_of": day_of(table, "as_of", as_of) if as_of else None,
        "reject_contradictions": table.word(
            "contradictions", ("keep", "reject"), default="keep"
        ) == "reject",
        "found": pathway,
    }  # fmt: skip
    table.done()
    return values


def _reading(table: Table, shape: str) -> dict[str, Any]:
    """Read what [layout] says of the form of the file and of rows that belong together."""
    form = table.word("format", FORMATS, default="hl7" if shape == "adt" else "table")
    if (form == "hl7") != (shape == "adt") or (form == "xes" and shape != "events"):
        table.fault("format", f"A {form} file does not have the shape {shape!r}.")
    chain = table.flag("chain")
    if chain and shape != "episodes":
        table.fault("chain", "Only episodes follow each other.")
    tolerate = table.words("tolerate", TOLERABLE)
    return {
        "format": form, "also": table.words("also"), "chain": chain,
        "tolerate": frozenset(tolerate),
    }  # fmt: skip


def _columns(root: Table, shape: str) -> dict[str, Any]:
    table = root.table("columns")
    if table is None:
        if ROLES[shape]:
            root.fault("", "There is no [columns] table: which column is what?")
        return {}
    columns: dict[str, str] = {}
    key: tuple[str, ...] = ()
    for role in ROLES[shape]:
        if role == "id" and isinstance(table.data.get("id"), list):
            key = table.words("id")
            columns |= {"id": key[0]} if key else {}
            continue
        heading = table.text(role, limit=200, required=role in NEEDED[shape])
        if heading:
            columns[role] = heading
    table.done()
    if shape in ("episodes", "additions") and not {"id", "person"} & set(columns):
        table.fault("", "Whose row is it? Name the column of the case (id) or of the person.")
    return {"columns": columns, "make_ids": columns.get("id") == MAKE, "key": key}


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
    standing = ("snapshot", "episodes")
    homes = {
        "activity": ("events",), "status": standing, "reason": (*standing, "adt"),
        "milestone": (*standing, "additions"),
    }  # fmt: skip
    for key, shapes in homes.items():
        if key in root and shape not in shapes:
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
    if layout.make_ids and layout.shape != "snapshot":
        root.fault("columns", "Ids can be made only for a snapshot; events need the id of a case.")
    if "status" in layout.columns and not layout.statuses:
        root.fault("", "There is a status column and no [[status]] table for its words.")
    said = {"status", "reason"} & set(layout.columns)
    if "ended" in layout.columns and not said and layout.ending == Ending("", "", ""):
        root.fault(
            "columns",
            "A column of ends needs a status or a reason that says how the case ended.",
        )
    if layout.shape == "additions" and "person" not in layout.columns:
        of_person = [f.column for f in layout.facts if f.spec.of == "person"]
        roles = [role for role in PERSON_ROLES if role in layout.columns]
        for name in (*of_person, *roles):
            root.fault("columns", f"{name!r} is about the person: name the column of the person.")
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
