"""The tables of reviews and import runs."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from casereview.store.types import Day


class ReviewRow(SQLModel, table=True):
    """One sitting. status: open, closed, abandoned."""

    __tablename__: ClassVar[Any] = "reviews"
    __table_args__: ClassVar[Any] = (Index("ix_reviews_team_on", "team", "on"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    team: str
    pack: str
    version: int
    hash: str
    on: date = Field(sa_type=Day)
    status: str
    chair: str
    opened_s: int
    head: int
    closed_s: int | None = Field(default=None)
    closed_on: date | None = Field(default=None, sa_type=Day)
    paper: bool
    baseline: bool


class AgendaItemRow(SQLModel, table=True):
    """One frozen line of an agenda; `position` counts from 1, effort None: nothing unlocks it."""

    __tablename__: ClassVar[Any] = "agenda_items"
    __table_args__: ClassVar[Any] = (
        Index("ix_agenda_items_case_id", "case_id"),
        {"sqlite_with_rowid": False},
    )

    review_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    case_id: int
    lane: str
    effort: int | None = Field(default=None)
    drawn: bool
    late: bool
    facts: str


class AttendanceRow(SQLModel, table=True):
    """Who was there: present, late, absent, guest."""

    __tablename__: ClassVar[Any] = "attendances"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    review_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    login: str | None = Field(default=None)
    status: str
    guest: str | None = Field(default=None)


class RunRow(SQLModel, table=True):
    """One import run. status: done, undone."""

    __tablename__: ClassVar[Any] = "runs"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    team: str
    on: date = Field(sa_type=Day)
    status: str
    source_hash: str
    layout_hash: str
    accepted: int
    unchanged: int
    rejected: int
    warned: int
    cases: int
    file: str | None = Field(default=None)
