"""Recomputes the journal: every hash, every text digest, every gap, every seal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from casereview.core.entries import Stream
from casereview.store.chain import FIRST, SealDigest, entry_hash, text_digest
from casereview.store.statements import run
from casereview.store.types import from_day

CHUNK = 2_000
SHORTEST_HEAD = 12
"""Digits of a printed head that are enough to name one seal."""

_ENTRIES = (
    "SELECT e.stream_kind, e.stream_id, e.seq, e.kind, e.team, e.occurred_on, e.occurred_at, "
    "e.recorded_at, e.recorded_by, e.said_by, e.command, e.review, e.pack_id, e.pack_version, "
    "e.pack_hash, e.body, e.text_digest, e.hash, e.number, t.salt, t.text "
    "FROM entries e LEFT JOIN entry_text t ON t.number = e.number "
    "WHERE (e.stream_kind, e.stream_id, e.seq) > (?, ?, ?) "
    "ORDER BY e.stream_kind, e.stream_id, e.seq LIMIT ?"
)
_SEALED = (
    "SELECT s.stream_kind, s.stream_id, s.seq, s.head, e.hash FROM seal_streams s "
    "LEFT JOIN entries e ON e.stream_kind = s.stream_kind AND e.stream_id = s.stream_id "
    "AND e.seq = s.seq WHERE s.seal = ? ORDER BY s.stream_kind, s.stream_id"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was recorded.

    Attributes:
        stream: the chain, None for the row of seals.
        seq: the entry's place in the chain, or the seal's number.
        what: one sentence.
    """

    stream: Stream | None
    seq: int
    what: str

    def __str__(self) -> str:
        place = f"seal {self.seq}" if self.stream is None else (
            f"{self.stream.kind} {self.stream.id}, entry {self.seq}"
        )  # fmt: skip
        return f"{place}: {self.what}"


class _Chain:
    """Walks one stream and says what is wrong with each entry."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._seq = 0
        self._previous = FIRST
        self._number = 0

    def look(self, row: Sequence[Any]) -> Iterator[Problem]:
        """Yield what is wrong with the next entry; go on from the hash that is stored."""
        seq, stored, number, salt, words = row[2], row[17], row[18], row[19], row[20]
        whole = seq == self._seq + 1
        if not whole:
            # What follows a gap cannot be checked against what is gone.
            yield Problem(self.stream, self._seq + 1, "the entry is missing.")
        try:
            fields = (*row[:5], from_day(row[5]).isoformat(), *row[6:17])
            found = entry_hash(self._previous, fields)
        except (TypeError, ValueError, OverflowError):
            found = "unreadable"
        if whole and found != stored:
            yield Problem(
                self.stream, seq, "it differs from what was recorded, or from what it followed."
            )
        if number <= self._number:
            yield Problem(self.stream, seq, "its number is out of order.")
        if words is not None and not _text_holds(salt, words, row[16]):
            yield Problem(self.stream, seq, "its text differs from what was recorded.")
        self._seq, self._previous, self._number = seq, stored, number


def _text_holds(salt: Any, words: Any, digest: str | None) -> bool:
    """Say whether a kept text is the one that its entry was recorded with."""
    if not isinstance(words, str) or not isinstance(salt, bytes | memoryview):
        return False
    return text_digest(bytes(salt), words) == digest


def _entries(conn: Connection) -> Iterator[Sequence[Any]]:
    """Yield every entry by stream and place, a few thousand at a time."""
    last: tuple[Any, ...] = ("", 0, 0)
    while True:
        rows = run(conn, _ENTRIES, (*last, CHUNK)).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        last = tuple(rows[-1][:3])


def _check_streams(conn: Connection) -> Iterator[Problem]:
    """Yield what is wrong inside the chains."""
    chain: _Chain | None = None
    for row in _entries(conn):
        stream = Stream(row[0], row[1])
        if chain is None or chain.stream != stream:
            chain = _Chain(stream)
        yield from chain.look(row)


def _missing_from(conn: Connection, stream: Stream) -> int:
    """Return the place after a stream's last entry."""
    last = run(
        conn,
        "SELECT coalesce(max(seq), 0) FROM entries WHERE stream_kind = ? AND stream_id = ?",
        (stream.kind, stream.id),
    ).scalar_one()
    return last + 1 if isinstance(last, int) else 1


def _check_seal(
    conn: Connection, seal: tuple[int, str, int, str], previous: str
) -> Iterator[Problem]:
    """Yield what differs between one seal and the chains."""
    number, at, upto, head = seal
    digest = SealDigest()
    for part in run(conn, _SEALED, (number,)).partitions(CHUNK):
        digest.add([row[:4] for row in part])
        for kind, one, seq, sealed, found in part:
            stream = Stream(kind, one)
            if found is None:
                # One place per stream: where it now ends, or the hole itself.
                end = _missing_from(conn, stream)
                place = min(seq, end) if isinstance(seq, int) else end
                yield Problem(stream, place, "the entry is missing.")
            elif found != sealed:
                yield Problem(stream, seq, f"it differs from what seal {number} holds.")
    try:
        found_head = digest.head(previous, number, at, upto)
    except TypeError:
        found_head = "unreadable"
    if found_head != head:
        yield Problem(None, number, "the seal does not cover what it covered.")


def _check_seals(conn: Connection) -> Iterator[Problem]:
    """Yield what is wrong with the seals."""
    seals = run(conn, "SELECT number, at, upto, head FROM seals ORDER BY number").all()
    previous, expected = FIRST, 1
    for number, at, upto, head in seals:
        if number != expected:
            yield Problem(None, expected, "the seal is missing.")
        else:
            yield from _check_seal(conn, (number, at, upto, head), previous)
        previous, expected = head, number + 1


def _check_head(conn: Connection, printed: str) -> Iterator[Problem]:
    """Yield a problem when a printed head is no seal's."""
    wanted = "".join(printed.split()).lower()
    heads = run(conn, "SELECT number, head FROM seals ORDER BY number").all()
    known = any(head.startswith(wanted) for _, head in heads)
    if len(wanted) < SHORTEST_HEAD or not known:
        last = heads[-1][0] if heads else 0
        yield Problem(
            None,
            last,
            f"no seal has the head {wanted or '(nothing)'!r}:"
            " it was sealed after this copy was made, or the store was changed.",
        )


def verify_chains(conn: Connection, *, since_head: str | None = None) -> list[Problem]:
    """Recompute the whole journal and return every difference, in the order of the streams.

    Found: an entry changed, removed, put in, moved, a stream cut short or rewritten before its last
    seal, a text changed, a seal changed or removed. Not found: a stream rewritten after its last
    seal, and the removal of the last seal, unless a printed head says otherwise.

    Args:
        conn: any transaction.
        since_head: a head printed in minutes or a manifest, at least 12 digits; it must be the head
            of a seal. None asks for no such proof.
    """
    found: dict[tuple[Stream | None, int], Problem] = {}
    for problem in _check_streams(conn):
        found.setdefault((problem.stream, problem.seq), problem)
    for problem in _check_seals(conn):
        found.setdefault((problem.stream, problem.seq), problem)
    if since_head is not None:
        for problem in _check_head(conn, since_head):
            found.setdefault((problem.stream, problem.seq), problem)
    return list(found.values())
