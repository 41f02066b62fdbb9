"""One stay on the rehearsal ward."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from casereview.service.rehearsal.people import Invented


@dataclass
class Patient:
    """One stay: when what becomes true, and what the team has open about it.

    Attributes:
        stabilised, ready, home: first day of a yes to each of the three questions.
        tasks: open action of each question, with how often it was carried.
        settled: facts that the decision asks for, recorded so far.
        stuck: nobody does what was agreed.
    """

    case: str
    person: Invented
    nurse: str
    admitted: date
    stabilised: date
    ready: date
    home: date
    destination: str
    detained: bool = False
    tasks: dict[str, tuple[str, int]] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    worried: bool = False
    delayed: bool = False
    decided: bool = False
    gone: bool = False
    stuck: bool = False
    offered: bool = False
