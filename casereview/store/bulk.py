"""The journal's fast way in for imports: whole streams at once, written in batches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from types import TracebackType
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection

from casereview.core.entries import STREAM_KINDS, Stream
from casereview.store.chain import EMPTY, SALT_BYTES, EntryTuple, Head, Link, Origin, TextTuple
from casereview.store.journal import write_rows
from casereview.store.tail import reserve

BATCH = 5_000
"""Entries held before they are written."""

Line = tuple[str, date, datetime | None, Mapping[str, Any], Mapping[str, str]]
"""One entry to be: kind, occurred_on, occurred_at, body, texts (see `core.entries.Draft`)."""


class Added(NamedTuple):
    """What became of a stream's lines.

    Attributes:
        first: number of its first new entry.
        last: number of its last new entry; on SQLite the numbers between are its own.
        head: sequence number and hash of its last entry, to go on from later.
    """

    first: int
    last: int
    head: Head


class BulkJournal:
    """Adds streams to the journal in one writing transaction with flat memory.

    A context manager: leaving it without an error writes what is still held. Streams added here
    are seen by `journal` functions after `flush`; call it before appending to one of them there.
    """

    def __init__(self, conn: Connection, origin: Origin, *, batch: int = BATCH) -> None:
        self._conn = conn
        self._link = Link(origin, origin.team, origin.review, origin.pack)
        self._batch = batch
        self._rows: list[EntryTuple] = []
        self._texts: list[TextTuple] = []
        self._numbers: Iterator[int] = iter(())
        self._salts: Iterator[bytes] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.flush()

    def _number(self) -> int:
        """Return the next number, reserving a batch of them when none is left."""
        number = next(self._numbers, None)
        if number is None:
            self._numbers = iter(reserve(self._conn, self._batch))
            pool = os.urandom(self._batch * SALT_BYTES)
            self._salts = iter([pool[i : i + SALT_BYTES] for i in range(0, len(pool), SALT_BYTES)])
            number = next(self._numbers)
        return number

    def add(self, stream: Stream, lines: Iterable[Line], *, after: Head = EMPTY) -> Added:
        """Chain lines to a stream.

        Args:
            stream: the chain.
            lines: in order; at least one.
            after: head of the stream; left out for a new one.

        Raises:
            ValueError: no lines, an unknown kind of stream, or an instant without time zone.
            TypeError: a body or text that has no canonical form.
        """
        kind, one = stream.kind, stream.id
        if kind not in STREAM_KINDS:
            raise ValueError(f"{kind!r} is no kind of stream")
        seq, previous = after
        make, first, number = self._link.make, 0, 0
        for line in lines:
            seq += 1
            number = self._number()
            first = first or number
            entry, text = make((number, kind, one, seq), previous, line, next(self._salts))
            previous = entry[-1]
            self._rows.append(entry)
            if text is not None:
                self._texts.append(text)
        if not first:
            raise ValueError("a stream without lines cannot be added")
        if len(self._rows) >= self._batch:
            self._write()
        return Added(first, number, (seq, previous))

    def _write(self) -> None:
        write_rows(self._conn, self._rows, self._texts)
        self._rows, self._texts = [], []

    def flush(self) -> None:
        """Write what is held and give up numbers not used."""
        self._write()
        self._numbers = iter(())
