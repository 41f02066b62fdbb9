"""Teams and users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Team:
    """A team on one pathway."""

    code: str
    id: int
    pathway: str
    division: str
    opened_on: date
    name: str | None = None
    bank_holidays: str = "pack"
    emergency: str | None = None


@dataclass(frozen=True, slots=True)
class TeamMeeting:
    """A weekly meeting day of a team for a pack ("" for any pack); weekday 0 is Monday."""

    team: str
    pack: str
    weekday: int
    from_on: date
    before_on: date | None = None


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """One meeting moved (`moved_to`) or cancelled (None), with its reason."""

    team: str
    pack: str
    on: date
    moved_to: date | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Who fills a post of a team."""

    team: str
    n: int
    post: str
    login: str
    from_on: date
    before_on: date | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may act. `pin` is a scrypt record; `os_user` maps an operating-system user."""

    login: str
    id: int
    role: str
    name: str | None = None
    initials: str | None = None
    os_user: str | None = None
    pin: str | None = None
    pin_failures: int = 0
    removed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's team."""

    login: str
    team: str
    from_on: date
    before_on: date | None = None
