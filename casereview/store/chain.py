"""How the journal's entries hang together: each hash covers its entry and the one before it.

The outside text is covered through a keyed digest, so that text and key can be erased later and the
chain still verifies. SHA-256 throughout; hashes are 64 lower-case hex digits.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from casereview.core.entries import PackRef
from casereview.store.canonical import canonical_text, instant
from casereview.store.types import to_day

FORM = "entry-1"
"""Names what the hash of an entry covers, so that a later form can never be taken for this one."""
SEAL_FORM = "seal-1"
FIRST = ""
"""The hash before the first entry of a stream."""
SALT_BYTES = 16

Head = tuple[int, str]
"""Sequence number and hash of a stream's last entry; (0, "") for a stream without entries."""
EMPTY: Head = (0, FIRST)
EntryTuple = tuple[Any, ...]
TextTuple = tuple[int, bytes, str]

# Only text, integers and null come in, so nothing needs checking or sorting here.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def entry_hash(previous: str, fields: Sequence[str | int | None]) -> str:
    """Return the hash of one entry.

    Args:
        previous: hash of the entry before it in the stream, "" for the first.
        fields: stream kind, stream id, seq, kind, team, occurred_on as ISO text, occurred_at,
            recorded_at, recorded_by, said_by, command, review, pack id, pack version, pack hash,
            body as canonical JSON text, text digest or None.
    """
    return sha256(_encode((FORM, previous, *fields)).encode()).hexdigest()


def text_digest(salt: bytes, texts: str) -> str:
    """Return the keyed digest of an entry's texts, given as canonical JSON text."""
    return hmac.digest(salt, texts.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Origin:
    """What the entries of one command have in common.

    Attributes:
        at: when they are recorded, aware.
        by: login of who records.
        said_by: login of who said it, None when that is the same person.
        command: id of the command.
        team: code of the team concerned; only bulk paths read it.
        review: id of the review; only bulk paths read it.
        pack: the pack applied; only bulk paths read it.
    """

    at: datetime
    by: str
    command: str
    said_by: str | None = None
    team: str | None = None
    review: int | None = None
    pack: PackRef | None = None


class Link:
    """Makes the stored tuples of entries; one per command, team, review and pack."""

    def __init__(
        self, origin: Origin, team: str | None, review: int | None, pack: PackRef | None
    ) -> None:
        self._team = team
        kept = (None, None, None) if pack is None else (pack.id, pack.version, pack.hash)
        self._common = (
            instant(origin.at), origin.by, origin.said_by, origin.command, review, *kept
        )  # fmt: skip

    def make(
        self,
        place: tuple[int, str, int, int],
        previous: str,
        what: tuple[str, date, datetime | None, Mapping[str, Any], Mapping[str, str]],
        salt: bytes,
    ) -> tuple[EntryTuple, TextTuple | None]:
        """Return the entry's columns in table order, and its text row when it has texts.

        Args:
            place: number, stream kind, stream id, seq.
            previous: hash of the entry before it in the stream.
            what: kind, occurred_on, occurred_at, body, texts.
            salt: key of the text digest, unused without texts.
        """
        kind, on, at, body, texts = what
        body_text = canonical_text(body)
        at_text = None if at is None else instant(at)
        row: TextTuple | None = None
        digest: str | None = None
        if texts:
            words = canonical_text(texts)
            digest = text_digest(salt, words)
            row = (place[0], salt, words)
        team, tail = self._team, (at_text, *self._common, body_text, digest)
        mark = entry_hash(previous, (*place[1:], kind, team, on.isoformat(), *tail))
        return (*place, kind, team, to_day(on), *tail, mark), row


class Alike:
    """Makes entries of one command that differ only in place and in their bodies.

    What they have in common is written once; each entry then covers the same bytes that
    `Link.make` would cover.

    Attributes:
        common: the columns that all of them share, by name.
    """

    def __init__(
        self, origin: Origin, stream_kind: str, kind: str, on: date, texts: Mapping[str, str]
    ) -> None:
        pack = origin.pack
        self.common = {
            "stream_kind": stream_kind, "kind": kind, "team": origin.team,
            "occurred_on": to_day(on), "occurred_at": None, "recorded_at": instant(origin.at),
            "recorded_by": origin.by, "said_by": origin.said_by, "command": origin.command,
            "review": origin.review, "pack_id": pack.id if pack else None,
            "pack_version": pack.version if pack else None,
            "pack_hash": pack.hash if pack else None,
        }  # fmt: skip
        self.texts = canonical_text(texts) if texts else None
        self._key_of = _encode((FORM, ""))[:-2]
        self._stream = f'",{_encode(stream_kind)},'
        fields = (*self.common.values(),)[1:]
        said = (*fields[:2], on.isoformat(), *fields[3:])
        self._middle = f",{_encode(said)[1:-1]},"

    def body(self, body: Mapping[str, Any], number: str) -> tuple[str, str, str, str]:
        """Return a body written round one whole number that differs from entry to entry.

        Args:
            body: the rest of it.
            number: name of the number.

        Raises:
            TypeError: the body has no canonical form.
        """
        before = canonical_text({k: v for k, v in body.items() if k < number})[:-1]
        after = canonical_text({k: v for k, v in body.items() if k > number})[1:]
        left = f"{before}{',' if len(before) > 1 else ''}{_encode(number)}:"
        right = f"{',' if len(after) > 1 else ''}{after}"
        # Text is escaped letter by letter, so parts may be escaped apart.
        return left, right, self._middle + _encode(left)[:-1], _encode(right)[1:] + ","

    def make(
        self,
        stream: tuple[int, int],
        previous: str,
        body: tuple[str, str, str, str],
        number: int,
        salt: bytes,
    ) -> tuple[str, str | None, str]:
        """Return body, text digest and hash of one entry.

        Args:
            stream: id and seq.
            previous: hash of the entry before it in the stream.
            body: from `body`.
            number: the number in it.
            salt: key of the text digest, unused without texts.
        """
        left, right, start, end = body
        digest, last = None, "null]"
        if self.texts is not None:
            digest = text_digest(salt, self.texts)
            last = f'"{digest}"]'
        place = f"{previous}{self._stream}{stream[0]},{stream[1]}"
        covered = f"{self._key_of}{place}{start}{number}{end}{last}"
        return f"{left}{number}{right}", digest, sha256(covered.encode()).hexdigest()


class SealDigest:
    """The growing digest of a seal's lines; feed them ordered by stream kind and id."""

    def __init__(self) -> None:
        self._sum = sha256()
        self.count = 0

    def add(self, lines: Sequence[Sequence[Any]]) -> None:
        """Take in lines of stream kind, stream id, seq, head."""
        self.count += len(lines)
        self._sum.update("".join(f"{k} {i} {s} {h}\n" for k, i, s, h in lines).encode())

    def head(self, previous: str, number: int, at: str, upto: int) -> str:
        """Return the seal's own head, which also covers the head of the seal before it."""
        covered = (SEAL_FORM, previous, number, at, upto, self.count, self._sum.hexdigest())
        return sha256(_encode(covered).encode()).hexdigest()
