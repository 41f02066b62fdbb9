"""What a screen asks again and again: what was recorded since, how a sitting went, open worries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from casereview.core.records import Worry
from casereview.store.lookup import table
from casereview.store.project import shape_of
from casereview.store.statements import run


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry as a watcher sees it: its place in the journal, stream, command, by whom."""

    number: int
    kind: str
    id: int
    command: str
    by: str


def last_number(connection: Connection) -> int:
    """Return the number of the journal's last entry, 0 when it has none."""
    found = run(connection, "SELECT coalesce(max(number), 0) FROM entries").scalar_one()
    return int(found)


def last_instant(connection: Connection) -> datetime | None:
    """Return when the journal's last entry was recorded, None when it has none."""
    row = run(connection, "SELECT recorded_at FROM entries ORDER BY number DESC LIMIT 1").first()
    return None if row is None else datetime.fromisoformat(row[0])


def recorded_since(connection: Connection, number: int) -> list[Recorded]:
    """Return what was recorded after an entry, oldest first."""
    rows = run(
        connection,
        "SELECT number, stream_kind, stream_id, command, recorded_by FROM entries"
        " WHERE number > ? ORDER BY number",
        (number,),
    )
    return [Recorded(*row) for row in rows]


def instants_of_review(connection: Connection, review: int) -> list[datetime]:
    """Return when things were recorded in a review, ascending, each instant once."""
    rows = run(
        connection,
        "SELECT DISTINCT recorded_at FROM entries WHERE review = ? ORDER BY recorded_at",
        (review,),
    )
    return [datetime.fromisoformat(row[0]) for row in rows]


def last_case_of_review(connection: Connection, review: int) -> int | None:
    """Return the case that a review last recorded something about, None when it has not yet."""
    return run(
        connection,
        "SELECT stream_id FROM entries WHERE review = ? AND stream_kind = 'case'"
        " ORDER BY number DESC LIMIT 1",
        (review,),
    ).scalar()


def open_worries(connection: Connection) -> list[Worry]:
    """Return every safeguarding worry that still blocks a way out, the first to act on first."""
    worries = table("worries")
    columns = [worries.c[c] for c in shape_of(Worry).columns]
    query = select(*columns).where(worries.c.closed_on.is_(None))
    rows = connection.execute(query.order_by(worries.c.act_by, worries.c.id))
    return [Worry(*row) for row in rows]
