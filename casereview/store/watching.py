"""What a screen asks again and again: what was recorded since, how a sitting went, open worries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from casereview.core.records import Worry
from casereview.store.canonical import instant
from casereview.store.lookup import table
from casereview.store.project import shape_of
from casereview.store.statements import marks, run
from casereview.store.types import from_day

PART = 500
"""Streams asked for in one statement."""


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


def last_recorded(
    connection: Connection, known_by: datetime | None = None
) -> tuple[int, datetime, str] | None:
    """Return number, instant and hash of the last entry, of those recorded by an instant if given.

    None when there is none.
    """
    until = "9999" if known_by is None else instant(known_by)
    row = run(
        connection,
        "SELECT number, recorded_at, hash FROM entries WHERE recorded_at <= ?"
        " ORDER BY number DESC LIMIT 1",
        (until,),
    ).first()
    return None if row is None else (int(row[0]), datetime.fromisoformat(row[1]), str(row[2]))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry without its body: number, stream, kind, what day it is about, when recorded."""

    number: int
    stream: str
    id: int
    kind: str
    occurred_on: date
    recorded_at: datetime


def recorded_between(
    connection: Connection, kind: str, ids: Sequence[int], after: datetime, until: datetime
) -> list[Line]:
    """Return what was recorded in some streams of a kind after one instant and by another."""
    found: list[Line] = []
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        rows = run(
            connection,
            "SELECT number, stream_kind, stream_id, kind, occurred_on, recorded_at FROM entries"  # noqa: S608 - question marks
            f" WHERE stream_kind = ? AND stream_id IN ({marks(part)})"
            " AND recorded_at > ? AND recorded_at <= ?",
            (kind, *part, instant(after), instant(until)),
        )
        found += [
            Line(n, stream, one, word, from_day(day), datetime.fromisoformat(at))
            for n, stream, one, word, day, at in rows
        ]
    return sorted(found, key=lambda line: line.number)


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


def people_worried_about(connection: Connection, review: int) -> set[int]:
    """Return the people about whom a worry was raised in a review."""
    rows = run(
        connection,
        "SELECT DISTINCT stream_id FROM entries WHERE review = ? AND stream_kind = 'person'"
        " AND kind = 'worry_raised'",
        (review,),
    )
    return {int(row[0]) for row in rows}


def open_worries(connection: Connection) -> list[Worry]:
    """Return every safeguarding worry that still blocks a way out, the first to act on first."""
    worries = table("worries")
    columns = [worries.c[c] for c in shape_of(Worry).columns]
    query = select(*columns).where(worries.c.closed_on.is_(None))
    rows = connection.execute(query.order_by(worries.c.act_by, worries.c.id))
    return [Worry(*row) for row in rows]


def cases_offered_to(connection: Connection, team: str) -> list[int]:
    """Return the open cases that other teams offer to a team, the one that waits longest first."""
    return [
        int(row[0])
        for row in run(
            connection,
            "SELECT id FROM cases WHERE transfer_to = ? AND closed_on IS NULL"
            " ORDER BY transfer_on, id",
            (team,),
        )
    ]
