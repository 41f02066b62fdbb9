"""The tables of people."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from casereview.store.types import Day


class PersonRow(SQLModel, table=True):
    """A service user. `name`, `nhs_number` and `postcode` are None once erased or never known."""

    __tablename__: ClassVar[Any] = "persons"
    __table_args__: ClassVar[Any] = (Index("ix_persons_nhs_number", "nhs_number"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str | None = Field(default=None)
    born_on: date | None = Field(default=None, sa_type=Day)
    nhs_number: str | None = Field(default=None)
    sex: str | None = Field(default=None)
    died_on: date | None = Field(default=None, sa_type=Day)
    merged_into: int | None = Field(default=None)
    restricted: bool


class PersonIdRow(SQLModel, table=True):
    """A local identifier of a person in one source (a team's code, or an import source)."""

    __tablename__: ClassVar[Any] = "person_ids"
    __table_args__: ClassVar[Any] = (
        Index("ix_person_ids_source_local_id", "source", "local_id"),
        {"sqlite_with_rowid": False},
    )

    person_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source: str
    local_id: str


class PersonFactRow(SQLModel, table=True):
    """A dated value of a person fact; text holds codes and text, number holds the others."""

    __tablename__: ClassVar[Any] = "person_facts"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    person_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    fact: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)
    text: str | None = Field(default=None)
    number: int | None = Field(default=None)


class PersonLinkRow(SQLModel, table=True):
    """A household or family link between two people, stored once on each."""

    __tablename__: ClassVar[Any] = "person_links"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    person_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    other_id: int
    kind: str
    from_on: date = Field(sa_type=Day)


class WorryRow(SQLModel, table=True):
    """A safeguarding worry about a person."""

    __tablename__: ClassVar[Any] = "worries"
    __table_args__: ClassVar[Any] = (Index("ix_worries_person_id", "person_id"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    person_id: int
    raised_on: date = Field(sa_type=Day)
    raised_by: str
    danger_now: bool
    owner: str | None = Field(default=None)
    act_by: date | None = Field(default=None, sa_type=Day)
    raised_s: int | None = Field(default=None)
    told: str | None = Field(default=None)
    handed_to: str | None = Field(default=None)
    handed_by: str | None = Field(default=None)
    signed_by: str | None = Field(default=None)
    closed_on: date | None = Field(default=None, sa_type=Day)
    words: str | None = Field(default=None)
    case_id: int | None = Field(default=None)
