"""What the journal holds: one entry says who recorded what, about which stream, for which date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

STREAM_KINDS = ("store", "user", "team", "person", "case", "review", "import", "plan", "figures")


@dataclass(frozen=True, slots=True, order=True)
class Stream:
    """One hash chain: `kind` is one of STREAM_KINDS, `id` a positive integer (1 for the store)."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class PackRef:
    """The exact pack that was in force: id, version, hash (64 hex digits)."""

    id: str
    version: int
    hash: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that has been decided and not yet recorded.

    Attributes:
        stream: the chain it joins.
        kind: past-tense word, e.g. "moved".
        occurred_on: business date, in the store's local calendar.
        body: JSON of ids, codes, dates as ISO text and numbers. Never a name, a date of birth, an
            NHS number, a local id or free text.
        texts: name to outside text; kept apart so that it can be erased.
        team: code of the team it concerns, None when it concerns none.
        occurred_at: the instant where one is known, aware.
        review: id of the review it was recorded in, None outside a review.
        pack: the pack that was applied, if any.
    """

    stream: Stream
    kind: str
    occurred_on: date
    body: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    team: str | None = None
    occurred_at: datetime | None = None
    review: int | None = None
    pack: PackRef | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded line of the journal; `seq` counts from 1 within its stream without gaps.

    `number` is its place in the whole journal (ascending, gaps allowed). `texts` is empty after
    erasure; the chain still verifies because it holds a keyed digest of the text.
    """

    number: int
    stream: Stream
    seq: int
    kind: str
    occurred_on: date
    recorded_at: datetime
    recorded_by: str
    command: str
    body: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)
    said_by: str | None = None
    team: str | None = None
    occurred_at: datetime | None = None
    review: int | None = None
    pack: PackRef | None = None
