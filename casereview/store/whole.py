"""The store as a whole: every table that is no fold of another, read out and filled again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from casereview.store.statements import marks, run

CHUNK = 2_000
"""Rows in memory at a time."""

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "entries": (
        "number", "stream_kind", "stream_id", "seq", "kind", "team", "occurred_on", "occurred_at",
        "recorded_at", "recorded_by", "said_by", "command", "review", "pack_id", "pack_version",
        "pack_hash", "body", "text_digest", "hash",
    ),
    "entry_text": ("number", "salt", "text"),
    "packs_kept": ("hash", "id", "version", "kind", "text"),
    "commands": ("id", "done_at", "actor", "result"),
    "seals": ("number", "at", "upto", "head"),
    "seal_streams": ("seal", "stream_kind", "stream_id", "seq", "head"),
    "counters": ("name", "last"),
})  # fmt: skip
"""Table to its columns, in the order in which a new store is filled."""
_ORDER: Mapping[str, str] = MappingProxyType({
    "entries": "number", "entry_text": "number", "packs_kept": "hash", "commands": "id",
    "seals": "number", "seal_streams": "seal, stream_kind, stream_id", "counters": "name",
})  # fmt: skip
_HEADS = (
    "SELECT e.stream_kind, e.stream_id, e.seq, e.hash FROM entries e JOIN (SELECT stream_kind, "
    "stream_id, max(seq) AS seq FROM entries GROUP BY stream_kind, stream_id) m "
    "ON m.stream_kind = e.stream_kind AND m.stream_id = e.stream_id AND m.seq = e.seq "
    "ORDER BY e.stream_kind, e.stream_id"
)


def heads(connection: Connection) -> Iterator[Sequence[Any]]:
    """Yield kind, id, last place and hash of every chain, ordered by kind and id."""
    for rows in run(connection, _HEADS).partitions(CHUNK):
        yield from rows


def rows_of(connection: Connection, table: str) -> Iterator[Sequence[Any]]:
    """Yield the rows of a table of COLUMNS, ordered by its key."""
    sql = f"SELECT {', '.join(COLUMNS[table])} FROM {table} ORDER BY {_ORDER[table]}"  # noqa: S608 - names of our own tables
    for rows in run(connection, sql).partitions(CHUNK):
        yield from rows


def fill(connection: Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows into an empty table of COLUMNS."""
    columns = COLUMNS[table]
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(columns)})"  # noqa: S608 - names of our own tables
    waiting = iter(rows)
    while part := list(islice(waiting, CHUNK)):
        run(connection, sql, part)


def take_id(connection: Connection, store_id: str) -> None:
    """Make a new store the one that its archive was written from."""
    run(connection, "UPDATE store_meta SET value = ? WHERE key = 'id'", (store_id,))


def entries_held(connection: Connection) -> tuple[int, str | None]:
    """Return how many entries there are and when the last was recorded, None for none."""
    row = run(connection, "SELECT count(*), max(recorded_at) FROM entries").one()
    return int(row[0]), row[1]
