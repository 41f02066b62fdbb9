"""The end of the journal: the last entry of each stream, and numbers for new entries."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from casereview.core.entries import Stream
from casereview.store.chain import EMPTY, Head
from casereview.store.statements import run


@dataclass
class Tail:
    """The journal's end as one writing transaction knows it, so that it need not ask twice.

    Attributes:
        heads: sequence number and hash of the last entry of each stream seen.
        spare: numbers reserved and not yet used, ascending.
        block: how many numbers are reserved at a time, at least.
    """

    heads: dict[Stream, Head] = field(default_factory=dict)
    spare: deque[int] = field(default_factory=deque)
    block: int = 1

    def take(self, conn: Connection, count: int) -> list[int]:
        """Return `count` numbers for new entries, ascending."""
        if len(self.spare) < count:
            self.spare = deque(reserve(conn, max(count, self.block)))
        return [self.spare.popleft() for _ in range(count)]


def head(conn: Connection, stream: Stream) -> Head:
    """Return sequence number and hash of a stream's last entry; (0, "") when it has none."""
    row = run(
        conn,
        "SELECT seq, hash FROM entries WHERE stream_kind = ? AND stream_id = ? "
        "ORDER BY seq DESC LIMIT 1",
        (stream.kind, stream.id),
    ).first()
    return EMPTY if row is None else (row[0], row[1])


def reserve(conn: Connection, count: int) -> Sequence[int]:
    """Return `count` numbers for new entries, ascending; unused ones become gaps."""
    if conn.dialect.name != "sqlite":
        rows = run(
            conn,
            "SELECT nextval(pg_get_serial_sequence('entries', 'number')) "
            "FROM generate_series(1, ?)",
            (count,),
        )
        return sorted(row[0] for row in rows)
    done = run(
        conn,
        "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'entries' RETURNING seq",
        (count,),
    ).all()
    if done:
        return range(done[0][0] - count + 1, done[0][0] + 1)
    # The row appears with the first entry of all.
    run(conn, "INSERT INTO sqlite_sequence (name, seq) VALUES ('entries', ?)", (count,))
    return range(1, count + 1)
