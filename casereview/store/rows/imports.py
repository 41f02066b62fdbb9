"""The table of imported cases."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel


class ImportedCaseRow(SQLModel, table=True):
    """Where an imported case comes from, and which events of its source it has taken."""

    __tablename__: ClassVar[Any] = "imported_cases"
    __table_args__: ClassVar[Any] = (
        Index("ix_imported_cases_local_id", "source", "local_id", "team"),
    )

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    team: str
    source: str
    local_id: str | None = Field(default=None)
    events: str = Field(sa_type=Text)
