"""The journal: what was recorded, in which stream, in which order. Entries are never changed."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casereview.core.entries import STREAM_KINDS, Draft, Entry, PackRef, Stream
from casereview.errors import StoreDamaged
from casereview.store.canonical import canonical_text, instant
from casereview.store.chain import SALT_BYTES, EntryTuple, Link, Origin, TextTuple
from casereview.store.statements import IN_LIST, marks, run
from casereview.store.tail import Tail, head
from casereview.store.types import from_day

__all__ = [
    "Done", "append", "by_command", "by_review", "command_result", "erase_texts", "head",
    "iterate", "keep_results", "load", "load_many", "next_id", "write_rows",
]  # fmt: skip
CHUNK = 2_000
"""Entries read at a time, so that a long history needs little memory."""

_COLUMNS = (
    "number, stream_kind, stream_id, seq, kind, team, occurred_on, occurred_at, recorded_at, "
    "recorded_by, said_by, command, review, pack_id, pack_version, pack_hash, body"
)
INSERT_ENTRY = f"INSERT INTO entries ({_COLUMNS}, text_digest, hash) VALUES ({marks(range(19))})"  # noqa: S608 - no value of anybody's
INSERT_TEXT = "INSERT INTO entry_text (number, salt, text) VALUES (?, ?, ?)"
_SELECT = (
    "SELECT e." + _COLUMNS.replace(", ", ", e.") + ", t.text "
    "FROM entries e LEFT JOIN entry_text t ON t.number = e.number WHERE "
)


class Done(NamedTuple):
    """A command that was done: its id, when (aware), by whom, and what it answered."""

    command: str
    at: datetime
    actor: str
    result: Mapping[str, Any]


def append(
    conn: Connection,
    drafts: Sequence[Draft],
    *,
    at: datetime,
    by: str,
    said_by: str | None,
    command: str,
    tail: Tail | None = None,
) -> list[Entry]:
    """Record drafts at the ends of their streams and return them as `load` would.

    Args:
        conn: a writing transaction.
        drafts: in the order in which they happened.
        at: when they are recorded, aware.
        by: login of who records.
        said_by: login of who said it, None when that is the same person.
        command: id of the command they belong to.
        tail: what this transaction knows of the journal's end, None for nothing. It must have been
            made in this transaction, and all of the transaction's entries appended with it.

    Raises:
        ValueError: an unknown kind of stream, or an instant without time zone.
        TypeError: a body or text that has no canonical form.
    """
    if not drafts:
        return []
    origin = Origin(at, by, command, said_by)
    end = tail if tail is not None else Tail()
    numbers, heads = end.take(conn, len(drafts)), end.heads
    rows: list[EntryTuple] = []
    texts: list[TextTuple] = []
    for number, draft in zip(numbers, drafts, strict=True):
        stream = draft.stream
        if stream.kind not in STREAM_KINDS:
            raise ValueError(f"{stream.kind!r} is no kind of stream")
        seq, previous = heads.get(stream) or head(conn, stream)
        row, text = Link(origin, draft.team, draft.review, draft.pack).make(
            (number, stream.kind, stream.id, seq + 1),
            previous,
            (draft.kind, draft.occurred_on, draft.occurred_at, draft.body, draft.texts),
            os.urandom(SALT_BYTES),
        )
        heads[stream] = (seq + 1, row[-1])
        rows.append(row)
        if text is not None:
            texts.append(text)
    write_rows(conn, rows, texts)
    words = {number: text for number, _, text in texts}
    return [_entry((*row[:17], words.get(row[0]))) for row in rows]


def write_rows(conn: Connection, rows: list[EntryTuple], texts: list[TextTuple]) -> None:
    """Insert prepared entries and their texts."""
    if rows:
        run(conn, INSERT_ENTRY, rows)
    if texts:
        run(conn, INSERT_TEXT, list(texts))


@lru_cache(maxsize=64)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _entry(row: Sequence[Any]) -> Entry:
    """Return the entry of a selected row.

    Raises:
        StoreDamaged: a column that was changed behind the journal's back cannot be read.
    """
    try:
        return Entry(
            number=row[0],
            stream=Stream(row[1], row[2]),
            seq=row[3],
            kind=row[4],
            occurred_on=from_day(row[6]),
            recorded_at=_instant(row[8]),
            recorded_by=row[9],
            command=row[11],
            body=json.loads(row[16]),
            texts=json.loads(row[17]) if row[17] is not None else {},
            said_by=row[10],
            team=row[5],
            occurred_at=None if row[7] is None else datetime.fromisoformat(row[7]),
            review=row[12],
            pack=None if row[13] is None else PackRef(row[13], row[14], row[15]),
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise StoreDamaged(
            f"Entry {row[0]} of the journal cannot be read.",
            next="Run `casereview verify`, and restore the last backup.",
        ) from error


def _known(known_by: datetime | None) -> tuple[str, tuple[str, ...]]:
    """Return the further condition that hides what was recorded later."""
    return ("", ()) if known_by is None else (" AND e.recorded_at <= ?", (instant(known_by),))


def load(conn: Connection, stream: Stream, *, known_by: datetime | None = None) -> list[Entry]:
    """Return a stream's entries in order.

    Args:
        conn: any transaction.
        stream: which one; an unknown one is empty.
        known_by: leave out what was recorded after this instant; None leaves out nothing.
    """
    return load_many(conn, stream.kind, (stream.id,), known_by=known_by)[stream.id]


def load_many(
    conn: Connection, kind: str, ids: Iterable[int], *, known_by: datetime | None = None
) -> dict[int, list[Entry]]:
    """Return the entries of several streams of one kind; an unknown one has an empty list."""
    wanted = list(ids)
    found: dict[int, list[Entry]] = {one: [] for one in wanted}
    more, values = _known(known_by)
    for start in range(0, len(wanted), IN_LIST):
        part = tuple(wanted[start : start + IN_LIST])
        sql = f"e.stream_kind = ? AND e.stream_id IN ({marks(part)}){more}"
        for row in run(conn, f"{_SELECT}{sql} ORDER BY e.stream_id, e.seq", (kind, *part, *values)):
            found[row[2]].append(_entry(row))
    return found


def iterate(
    conn: Connection,
    *,
    known_by: datetime | None = None,
    kinds: Collection[str] | None = None,
) -> Iterator[Entry]:
    """Yield entries in the order of their numbers, holding a few thousand at a time.

    Args:
        conn: any transaction; other statements may run between two entries.
        known_by: leave out what was recorded after this instant; None leaves out nothing.
        kinds: kinds of stream; None for all.
    """
    more, values = _known(known_by)
    chosen = () if kinds is None else tuple(sorted(kinds))
    if kinds is not None:
        more += f" AND e.stream_kind IN ({marks(chosen)})"
    sql = f"{_SELECT}e.number > ?{more} ORDER BY e.number LIMIT ?"
    last = 0
    while True:
        rows = run(conn, sql, (last, *values, *chosen, CHUNK)).all()
        for row in rows:
            yield _entry(row)
        if len(rows) < CHUNK:
            return
        last = rows[-1][0]


def by_command(conn: Connection, command: str) -> list[Entry]:
    """Return the entries of one command in the order of their numbers."""
    rows = run(conn, f"{_SELECT}e.command = ? ORDER BY e.number", (command,))
    return [_entry(row) for row in rows]


def by_review(conn: Connection, review: int) -> list[Entry]:
    """Return the entries recorded in one review, in the order of their numbers."""
    rows = run(conn, f"{_SELECT}e.review = ? ORDER BY e.number", (review,))
    return [_entry(row) for row in rows]


def arrived_since(conn: Connection, review: int) -> set[int]:
    """Return the cases that were opened, reopened or offered after a review was opened."""
    rows = run(
        conn,
        "SELECT DISTINCT stream_id FROM entries WHERE stream_kind = 'case'"
        " AND kind IN ('referred', 'reopened', 'transfer_proposed')"
        " AND number > (SELECT number FROM entries WHERE stream_kind = 'review'"
        " AND stream_id = ? AND kind = 'review_opened')",
        (review,),
    )
    return {row[0] for row in rows}


def erase_texts(conn: Connection, numbers: Iterable[int]) -> int:
    """Remove the text and salt of entries for good and return how many had some.

    The chains still verify. The bytes leave the file when it is compacted (`Store.compact`).
    """
    wanted, gone = list(numbers), 0
    for start in range(0, len(wanted), IN_LIST):
        part = tuple(wanted[start : start + IN_LIST])
        gone += run(conn, f"DELETE FROM entry_text WHERE number IN ({marks(part)})", part).rowcount  # noqa: S608 - no value of anybody's
    return gone


def command_result(conn: Connection, command: str) -> dict[str, Any] | None:
    """Return what a command answered when it was done, None when it was not."""
    found = run(conn, "SELECT result FROM commands WHERE id = ?", (command,)).scalar_one_or_none()
    return None if found is None else dict(json.loads(found))


def keep_results(conn: Connection, done: Sequence[Done]) -> None:
    """Keep the answers of the commands of one transaction."""
    rows = [(d.command, instant(d.at), d.actor, canonical_text(d.result)) for d in done]
    if rows:
        run(conn, "INSERT INTO commands (id, done_at, actor, result) VALUES (?, ?, ?, ?)", rows)


def next_id(conn: Connection, name: str, floor: int = 0, *, count: int = 1) -> int:
    """Return a new identifier, greater than `floor` and all before it.

    With `count` above 1 that many are taken and the first is returned.
    """
    last = run(
        conn,
        "INSERT INTO counters (name, last) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET "
        "last = CASE WHEN counters.last > ? THEN counters.last ELSE ? END + ? RETURNING last",
        (name, floor + count, floor, floor, count),
    ).scalar_one()
    return int(last) - count + 1
