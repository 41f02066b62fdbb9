"""The tables of cases and their dated history."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from casereview.store.types import Day


class CaseRow(SQLModel, table=True):
    """One journey. `head` is the number of its last entry: the version a person is held to."""

    __tablename__: ClassVar[Any] = "cases"
    __table_args__: ClassVar[Any] = (
        Index("ix_cases_person_id", "person_id"),
        Index("ix_cases_team_closed_on", "team", "closed_on"),
        Index("ix_cases_linked_case_id", "linked_case_id"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    person_id: int
    team: str
    pathway: str
    stage: str
    referred_on: date = Field(sa_type=Day)
    first_referred_on: date = Field(sa_type=Day)
    head: int
    referred_s: int | None = Field(default=None)
    closed_on: date | None = Field(default=None, sa_type=Day)
    closed_s: int | None = Field(default=None)
    exit: str | None = Field(default=None)
    exit_class: str | None = Field(default=None)
    linked_case_id: int | None = Field(default=None)
    link: str | None = Field(default=None)
    transfer_to: str | None = Field(default=None)
    transfer_on: date | None = Field(default=None, sa_type=Day)
    run: int | None = Field(default=None)
    excluded: str | None = Field(default=None)


class TransferOfferRow(SQLModel, table=True):
    """A stretch in which a case was offered to another team."""

    __tablename__: ClassVar[Any] = "transfer_offers"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    team: str
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)


class StageSpellRow(SQLModel, table=True):
    """A stay in one stage; a closed stage opens a last spell that has no end."""

    __tablename__: ClassVar[Any] = "stage_spells"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stage: str
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)
    from_s: int | None = Field(default=None)
    move: str
    exit: str | None = Field(default=None)
    exit_class: str | None = Field(default=None)


class CaseFactRow(SQLModel, table=True):
    """A dated value of a case fact; text holds codes and text, number holds the others."""

    __tablename__: ClassVar[Any] = "case_facts"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    fact: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)
    text: str | None = Field(default=None)
    number: int | None = Field(default=None)


class MilestoneRow(SQLModel, table=True):
    """A named date of the pathway; the first of each name is what waits read."""

    __tablename__: ClassVar[Any] = "milestones"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    on: date = Field(sa_type=Day)
    at_s: int | None = Field(default=None)
    excluded: str | None = Field(default=None)


class AllocationRow(SQLModel, table=True):
    """A worker of a case: role key-worker or second."""

    __tablename__: ClassVar[Any] = "allocations"
    __table_args__: ClassVar[Any] = (
        Index("ix_allocations_login", "login"),
        {"sqlite_with_rowid": False},
    )

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    login: str
    role: str
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)


class ContactRow(SQLModel, table=True):
    """A contact with its national attendance code: 5, 6 attended; 3, 7 did not; 0 future."""

    __tablename__: ClassVar[Any] = "contacts"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    attended: str
    on: date = Field(sa_type=Day)
    at_s: int | None = Field(default=None)
    with_whom: str | None = Field(default=None)


class DelayRow(SQLModel, table=True):
    """A delay after the ready date, with one primary reason code."""

    __tablename__: ClassVar[Any] = "delays"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    reason: str
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)
