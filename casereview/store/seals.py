"""Seals: one head over every stream changed since the last, printed outside the store.

A chain alone can be rewritten from end to end; a head that stands in last month's minutes cannot.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from casereview.store.canonical import instant
from casereview.store.chain import FIRST, SealDigest
from casereview.store.statements import run

CHUNK = 5_000

# SQLite takes a bare column from the row that has the maximum.
_SINCE = (
    "SELECT stream_kind, stream_id, max(seq) AS seq, hash FROM entries WHERE number > ? "
    "GROUP BY stream_kind, stream_id ORDER BY stream_kind, stream_id"
)
# On a server a smaller number may become visible after a greater one, so what counts there is that
# the last entry of a stream was never sealed.
_UNSEALED = (
    "SELECT * FROM (SELECT DISTINCT ON (stream_kind, stream_id) stream_kind, stream_id, seq, hash "
    "FROM entries ORDER BY stream_kind, stream_id, seq DESC) e WHERE NOT EXISTS (SELECT 1 FROM "
    "seal_streams s WHERE s.stream_kind = e.stream_kind AND s.stream_id = e.stream_id "
    "AND s.seq >= e.seq) ORDER BY stream_kind, stream_id"
)
_KEEP = (
    "INSERT INTO seal_streams (seal, stream_kind, stream_id, seq, head) "
    "SELECT ?, c.stream_kind, c.stream_id, c.seq, c.hash FROM "
)


def last_seal(conn: Connection) -> tuple[int, str, int, str] | None:
    """Return number, time, last entry number and head of the last seal, None before the first."""
    row = run(conn, "SELECT number, at, upto, head FROM seals ORDER BY number DESC LIMIT 1").first()
    return None if row is None else (row[0], row[1], row[2], row[3])


def seal_by(conn: Connection, known_by: datetime) -> tuple[int, str, int, str] | None:
    """Return the last seal made by an instant as `last_seal` does, None before the first."""
    sql = "SELECT number, at, upto, head FROM seals WHERE at <= ? ORDER BY number DESC LIMIT 1"
    row = run(conn, sql, (instant(known_by),)).first()
    return None if row is None else (row[0], row[1], row[2], row[3])


def head_after(conn: Connection, number: int) -> str | None:
    """Return the head of the first seal that covers an entry, None before it is sealed."""
    found = run(conn, "SELECT head FROM seals WHERE upto >= ? ORDER BY number LIMIT 1", (number,))
    row = found.first()
    return None if row is None else str(row[0])


def seal(conn: Connection, at: datetime) -> str:
    """Seal every stream changed since the last seal and return the head.

    With nothing changed the last head is returned and nothing is written.

    Args:
        conn: a writing transaction; what it recorded so far is sealed too.
        at: the time of sealing, aware.
    """
    sealed, _, since, previous = last_seal(conn) or (0, "", 0, FIRST)
    upto = int(run(conn, "SELECT coalesce(max(number), 0) FROM entries").scalar_one())
    if sealed and upto == since:
        return previous
    on_file = conn.dialect.name == "sqlite"
    changed, values = (_SINCE, (since,)) if on_file else (_UNSEALED, ())
    digest = SealDigest()
    for lines in run(conn, changed, values).partitions(CHUNK):
        digest.add(lines)
    number, when = sealed + 1, instant(at)
    head = digest.head(previous, number, when, upto)
    run(
        conn,
        "INSERT INTO seals (number, at, upto, head) VALUES (?, ?, ?, ?)",
        (number, when, upto, head),
    )
    run(conn, _KEEP + f"({changed}) c", (number, *values))
    return head
