"""The tables of teams and users."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from casereview.store.types import Day


class TeamRow(SQLModel, table=True):
    """A team on one pathway."""

    __tablename__: ClassVar[Any] = "teams"

    code: str = Field(primary_key=True)
    id: int
    pathway: str
    division: str
    opened_on: date = Field(sa_type=Day)
    name: str | None = Field(default=None)
    bank_holidays: str
    emergency: str | None = Field(default=None)


class TeamMeetingRow(SQLModel, table=True):
    """A weekly meeting day of a team for a pack ("" for any pack); weekday 0 is Monday."""

    __tablename__: ClassVar[Any] = "team_meetings"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    team: str = Field(primary_key=True)
    pack: str = Field(primary_key=True)
    weekday: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    from_on: date = Field(primary_key=True, sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)


class MeetingChangeRow(SQLModel, table=True):
    """One meeting moved (`moved_to`) or cancelled (None), with its reason."""

    __tablename__: ClassVar[Any] = "meeting_changes"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    team: str = Field(primary_key=True)
    pack: str = Field(primary_key=True)
    on: date = Field(primary_key=True, sa_type=Day)
    moved_to: date | None = Field(default=None, sa_type=Day)
    reason: str | None = Field(default=None)


class PostRow(SQLModel, table=True):
    """Who fills a post of a team."""

    __tablename__: ClassVar[Any] = "posts"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    team: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    post: str
    login: str
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)


class UserRow(SQLModel, table=True):
    """Somebody who may act. `pin` is a scrypt record; `os_user` maps an operating-system user."""

    __tablename__: ClassVar[Any] = "users"

    login: str = Field(primary_key=True)
    id: int
    role: str
    name: str | None = Field(default=None)
    initials: str | None = Field(default=None)
    os_user: str | None = Field(default=None)
    pin: str | None = Field(default=None)
    pin_failures: int
    removed_on: date | None = Field(default=None, sa_type=Day)


class MembershipRow(SQLModel, table=True):
    """A user's team."""

    __tablename__: ClassVar[Any] = "memberships"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    login: str = Field(primary_key=True)
    team: str = Field(primary_key=True)
    from_on: date = Field(primary_key=True, sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)
