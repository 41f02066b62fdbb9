"""One case of a weekly team of the rehearsal service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from casereview.service.rehearsal.people import Invented


@dataclass
class Client:
    """One case: what is planned for it, and what the team has open about it.

    Attributes:
        starts, recovers, ends: planned days of the moves; the meeting after each decides.
        task: the open action of the next step, with how often it was carried.
    """

    case: str
    person: Invented
    worker: str
    starts: date
    recovers: date
    ends: date
    stage: str = "assess"
    task: tuple[str, int] | None = None
    step: str = ""
    settled: set[str] = field(default_factory=set)
    started: bool = False
    worried: bool = False
    decided: bool = False
    gone: bool = False
    stuck: bool = False
