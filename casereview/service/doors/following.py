"""What a file may not follow: another version of itself without identifiers, a newer list."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from casereview.errors import Refused
from casereview.exchange.layouts.layout import Layout
from casereview.service import ids
from casereview.store import importing, journal


def refuse_changed(connection: Connection, team: str, layout: Layout, file_hash: str) -> None:
    """Refuse a second file whose ids would be made: its people cannot be told from the first's.

    Raises:
        Refused: code made_ids.
    """
    if not layout.make_ids:
        return
    if importing.made_elsewhere(connection, team, layout.source, f"{file_hash[:12]}-"):
        raise Refused(
            "This file has no identifiers, and another version of it was imported before; its "
            "people cannot be told from those already here.",
            code="made_ids",
            next="Give the file a column of identifiers, or undo the earlier run first.",
        )


def refuse_older(connection: Connection, team: str, layout: Layout, as_of: date) -> None:
    """Refuse a list of an earlier day than one that is in: it would take newer states back.

    Raises:
        Refused: code older_list.
    """
    if layout.shape != "snapshot":
        return
    runs = importing.runs_of(connection, team)
    for number, entries in reversed(journal.load_many(connection, "import", runs).items()):
        body = entries[0].body
        shown = body.get("as_of")
        if shown and body["source"] == layout.source and shown > as_of.isoformat():
            raise Refused(
                f"This list is of {as_of.isoformat()}, and one of {shown} is in already (run "
                f"{ids.out(ids.RUN, number)}); it would take newer states back.",
                code="older_list",
                next="Give its right day with --on. To take lists in from the beginning, undo the "
                "newer ones first.",
            )
