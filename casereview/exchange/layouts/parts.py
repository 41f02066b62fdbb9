"""The tables of a layout that say how a file is written: its form, its dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.calendar import time_zone
from casereview.errors import Usage
from casereview.exchange.layouts.layout import DELIMITERS, ENCODINGS
from casereview.exchange.layouts.moments import DAYS, Format, FormatError, conflicting
from casereview.packs.reader import Table, nearest

NEVER = ("0001-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "9999-12-31")
"""Dates that programs write where there is none."""
TIME_LETTERS = 40
XML_NAME = 80


def day_of(table: Table, key: str, text: str) -> date | None:
    """Read a date written as year-month-day."""
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


def file_part(root: Table) -> dict[str, Any]:
    """Read [file]: how its lines and cells are told apart, where the headings are."""
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
    values: dict[str, Any] = {
        "skip": table.integer("skip", default=0, high=1000), "quote": quote,
        "find": table.word("headings", ("first", "find"), default="first") == "find",
        "sheet": table.text("sheet", limit=200),
    }  # fmt: skip
    if delimiters:
        values["delimiters"] = tuple(delimiters)
    if encodings:
        values["encodings"] = tuple(encodings)
    table.done()
    return values


def xml_part(root: Table, form: str) -> dict[str, Any]:
    """Read [xml]: which element is a row, and which holds the rows of a person."""
    table = root.table("xml")
    if table is None:
        if form == "xml":
            root.fault("", "There is no [xml] table: which element is a row?")
        return {}
    if form != "xml":
        root.fault("xml", 'This needs format = "xml" in [layout].')
    row = table.text("row", limit=XML_NAME, required=True)
    values = {"row": row, "group": table.text("group", limit=XML_NAME, default=row)}
    table.done()
    return values


def time_part(root: Table, *, timed: bool) -> dict[str, Any]:
    """Read [time]: formats, zone, which dates are none."""
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
    zero = table.text("zero", limit=10)
    if any(f.text == DAYS for f in formats) and not zero:
        table.fault("", 'Day numbers count from which day? Give zero = "2000-01-01".')
    if not formats and "formats" not in table:
        table.fault("", "The key 'formats' is missing, for example formats = [\"dd/mm/yyyy\"].")
    clash = conflicting(formats)
    if clash is not None:
        table.fault(
            "formats",
            f"{clash[0].text!r} reads the day first and {clash[1].text!r} the month first; "
            "half of the dates would be wrong. State one.",
        )
    zone = _zone(table, needed=any(f.timed for f in formats) or timed)
    future = table.word("future", ("reject", "allow"), default="reject") == "allow"
    never = [day_of(table, "never", t) for t in table.words("never")]
    known = [date.fromisoformat(t) for t in NEVER]
    table.done()
    return {
        "formats": tuple(formats), "zone": zone, "future": future,
        "zero": day_of(table, "zero", zero) if zero else None,
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
