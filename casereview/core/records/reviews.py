"""Reviews and import runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Review:
    """One sitting. status: open, closed, abandoned."""

    id: int
    team: str
    pack: str
    version: int
    hash: str
    on: date
    status: str
    chair: str
    opened_s: int
    head: int
    closed_s: int | None = None
    closed_on: date | None = None
    paper: bool = False
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One frozen line of an agenda; `position` counts from 1, effort None: nothing unlocks it."""

    review_id: int
    position: int
    case_id: int
    lane: str
    effort: int | None
    drawn: bool
    late: bool
    facts: str


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who was there: present, late, absent, guest."""

    review_id: int
    n: int
    login: str | None
    status: str
    guest: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One import run. status: done, undone."""

    id: int
    team: str
    on: date
    status: str
    source_hash: str
    layout_hash: str
    accepted: int
    unchanged: int
    rejected: int
    warned: int
    cases: int
    file: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """Where an imported case comes from, and which events of its source it has taken.

    `events` is 12 hexadecimal digits for each event; `local_id` is None once erased.
    """

    case_id: int
    team: str
    source: str
    local_id: str | None = None
    events: str = ""
