"""One thing that a row says beside its case: a fact, a worker, a date, a note, a death."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from casereview.exchange.findings import Findings
from casereview.exchange.plans.journey import Journey, to_date
from casereview.exchange.plans.people import Person


class Placed(Protocol):
    """A row of any shape: its line in the file and the day on which what it says holds."""

    @property
    def line(self) -> int:
        """Return the line."""

    @property
    def day(self) -> int:
        """Return the day, counted from 1970-01-01."""


def put(
    one: tuple[Any, ...], row: Placed, case: Journey, person: Person, findings: Findings
) -> None:
    """Record one thing of a row on its case or its person.

    Args:
        one: its kind (fact, worker, milestone, note, died), then what that kind needs.
        row: where it stands, and its day.
        case: the case that the row is about.
        person: whose case it is.
        findings: where a fact that cannot be taken is reported.
    """
    kind = one[0]
    if kind == "fact":
        spec = case.rules.facts[one[1]]
        if spec.of == "person":
            person.set_fact(spec, one[2], to_date(row.day), line=row.line, findings=findings)
        else:
            case.set_fact(spec, one[2], row.day)
    elif kind == "worker":
        case.allocate(one[1], one[2], row.day)
    elif kind == "milestone":
        case.milestone({"name": one[1]}, one[2], one[3])
    elif kind == "note":
        case.note(one[1], row.day)
    elif kind == "died":
        person.die(date.fromisoformat(one[1]))
