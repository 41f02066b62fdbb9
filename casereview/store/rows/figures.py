"""The tables of typed figures, notes on series, and issued figures."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from casereview.store.types import Day


class SeriesRow(SQLModel, table=True):
    """A measure, or a series that only people know."""

    __tablename__: ClassVar[Any] = "series"
    __table_args__: ClassVar[Any] = (Index("ix_series_name", "name"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str


class TypedFigureRow(SQLModel, table=True):
    """The last figure that a person typed for a period of a series."""

    __tablename__: ClassVar[Any] = "typed_figures"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    series_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    team: str | None = Field(default=None)
    grouped: str | None = Field(default=None)
    figure: str | None = Field(default=None)
    from_on: date = Field(sa_type=Day)
    before_on: date = Field(sa_type=Day)
    value: str
    typed_on: date = Field(sa_type=Day)
    by: str
    corrections: int
    source: str | None = Field(default=None)
    reason: str | None = Field(default=None)


class SeriesNoteRow(SQLModel, table=True):
    """A dated cause of a change other than the work."""

    __tablename__: ClassVar[Any] = "series_notes"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    series_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    team: str | None = Field(default=None)
    on: date = Field(sa_type=Day)
    by: str
    words: str | None = Field(default=None)


class NotReportableRow(SQLModel, table=True):
    """A period of a series that is not to be reported."""

    __tablename__: ClassVar[Any] = "not_reportable"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    series_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    team: str | None = Field(default=None)
    from_on: date = Field(sa_type=Day)
    before_on: date = Field(sa_type=Day)
    by: str
    reason: str | None = Field(default=None)


class IssuedFiguresRow(SQLModel, table=True):
    """The figures of one question as they left the team."""

    __tablename__: ClassVar[Any] = "issued_figures"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    series_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    question: str = Field(sa_type=Text)
    preset: str
    definition: str
    as_of: date = Field(sa_type=Day)
    on: date = Field(sa_type=Day)
    at_s: int
    by: str
    rows: str = Field(sa_type=Text)
    stamp: str | None = Field(default=None)
    first_n: int | None = Field(default=None)
    why: str | None = Field(default=None)
