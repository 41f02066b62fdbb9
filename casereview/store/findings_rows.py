"""The tables of sweeps. Derived: a sweep can be run again, so the journal does not hold them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from casereview.store.types import Day


class SweepRow(SQLModel, table=True):
    """One sweep. `team` is None for all teams, `head` the last journal number that it saw."""

    __tablename__: ClassVar[Any] = "sweeps"

    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at_s: int | None = Field(default=None)
    as_of: date = Field(sa_type=Day)
    team: str | None = Field(default=None)
    head: int | None = Field(default=None)


class FindingRow(SQLModel, table=True):
    """What a rule ("pack/rule") found for a case. result: true, unknown, error."""

    __tablename__: ClassVar[Any] = "findings"
    # The key is the whole row but one word: a second copy of it would double the writing.
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    rule: str = Field(primary_key=True)
    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    result: str
