"""The tables of the journal: entries, their text, commands, seals, kept packs, counters."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from casereview.store.types import Day

BIG = BigInteger().with_variant(Integer, "sqlite")
"""Numbers that outgrow 32 bits on a server; SQLite's INTEGER is already 64 bits."""


class EntryRow(SQLModel, table=True):
    """One line of the journal; append-only by trigger. `number` orders the whole journal."""

    __tablename__: ClassVar[Any] = "entries"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("stream_kind", "stream_id", "seq", name="uq_entries_stream_seq"),
        Index("ix_entries_command", "command"),
        Index(
            "ix_entries_review",
            "review",
            # Most of a large import belongs to no review.
            sqlite_where=text("review IS NOT NULL"),
            postgresql_where=text("review IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, sa_column=Column(BIG, primary_key=True))
    stream_kind: str
    stream_id: int = Field(sa_type=BIG)
    seq: int
    kind: str
    team: str | None = Field(default=None)
    occurred_on: date = Field(sa_type=Day)
    occurred_at: str | None = Field(default=None)
    recorded_at: str
    recorded_by: str
    said_by: str | None = Field(default=None)
    command: str
    review: int | None = Field(default=None)
    pack_id: str | None = Field(default=None)
    pack_version: int | None = Field(default=None)
    pack_hash: str | None = Field(default=None)
    body: str = Field(sa_type=Text)
    text_digest: str | None = Field(default=None)
    hash: str


class EntryTextRow(SQLModel, table=True):
    """The outside text of an entry as canonical JSON, with the salt of its keyed digest.

    Removing the row erases the text; the chain still verifies.
    """

    __tablename__: ClassVar[Any] = "entry_text"

    number: int = Field(
        sa_type=BIG,
        primary_key=True,
        foreign_key="entries.number",
        sa_column_kwargs={"autoincrement": False},
    )
    salt: bytes = Field(sa_type=LargeBinary)
    text: str = Field(sa_type=Text)


class CommandRow(SQLModel, table=True):
    """What a command answered, so that giving it again only repeats the answer."""

    __tablename__: ClassVar[Any] = "commands"

    id: str = Field(primary_key=True)
    done_at: str
    actor: str
    result: str = Field(sa_type=Text)


class SealRow(SQLModel, table=True):
    """A sealed moment: `head` covers the former seal and the streams changed up to `upto`."""

    __tablename__: ClassVar[Any] = "seals"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str
    upto: int = Field(sa_type=BIG)
    head: str


class SealStreamRow(SQLModel, table=True):
    """Last entry of one stream when it was sealed."""

    __tablename__: ClassVar[Any] = "seal_streams"

    seal: int = Field(
        primary_key=True, foreign_key="seals.number", sa_column_kwargs={"autoincrement": False}
    )
    stream_kind: str = Field(primary_key=True)
    stream_id: int = Field(
        sa_type=BIG,
        primary_key=True,
        sa_column_kwargs={"autoincrement": False},
    )
    seq: int
    head: str


class PackKeptRow(SQLModel, table=True):
    """A pack or pathway file as it was when used; `kind` is "pack" or "pathway"."""

    __tablename__: ClassVar[Any] = "packs_kept"

    hash: str = Field(primary_key=True)
    id: str
    version: int
    kind: str
    text: str = Field(sa_type=Text)


class CounterRow(SQLModel, table=True):
    """The last identifier given out for each kind of thing."""

    __tablename__: ClassVar[Any] = "counters"

    name: str = Field(primary_key=True)
    last: int = Field(sa_type=BIG)


class MetaRow(SQLModel, table=True):
    """What the store says about itself: id, rehearsal, created, time zone, schema."""

    __tablename__: ClassVar[Any] = "store_meta"

    key: str = Field(primary_key=True)
    value: str
