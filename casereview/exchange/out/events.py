"""The history of one case as events: what happened, when, who recorded it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from casereview.core.entries import Entry
from casereview.exchange.out.allowed import Allowed

_ABOUT: Mapping[str, tuple[str, str | None]] = MappingProxyType({
    "referred": ("stage", "link"),
    "moved": ("dest", "exit"),
    "reopened": ("dest", None),
    "milestone": ("name", None),
    "allocated": ("role", None),
    "contact": ("kind", "attended"),
    "delay_started": ("reason", "before_on"),
    "transfer_proposed": ("to", None),
    "transfer_ended": ("to", "how"),
    "decided": ("dest", "status"),
    "decision_ended": ("how", None),
    "marked": ("kind", "until_on"),
    "overridden": ("dest", None),
})  # fmt: skip
"""Kind to the keys of its body that say about what it is, and with what value."""

EPOCH = date(1970, 1, 1)
"""Day 0 of facts kept as the number of a day."""

SILENT = ("extracted", "events_taken")
"""Entries that are no event of the journey."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case.

    Attributes:
        case: number of the case.
        seq: its place in the case's stream.
        kind: past-tense word of the journal.
        what: about what: a stage, fact, milestone, question or cause; "" for nothing.
        value: with what value, "" for none or for one that may not leave.
        on: business date.
        at: the instant where one is known, aware.
        recorded_at: when it was recorded, aware.
        by: login of who recorded it.
        said_by: login of who said it, None when that is the same person.
    """

    case: int
    seq: int
    kind: str
    what: str
    value: str
    on: date
    at: datetime | None
    recorded_at: datetime
    by: str
    said_by: str | None
    team: str | None
    review: int | None

    @property
    def activity(self) -> str:
        """Return kind and what in one text, the name under which process mining counts it.

        Of moves and contacts the exit and the attendance code belong to the name: a layout that
        reads the file again tells them apart by it.
        """
        told = (self.value,) if self.kind in ("moved", "contact") else ()
        return " ".join(word for word in (self.kind, self.what, *told) if word)


def events(entries: Iterable[Entry], allowed: Allowed) -> Iterator[Event]:
    """Yield the events of live entries in their order."""
    for entry in entries:
        if entry.kind not in SILENT:
            what, value = _about(entry, allowed)
            yield Event(
                case=entry.stream.id, seq=entry.seq, kind=entry.kind, what=what, value=value,
                on=entry.occurred_on, at=entry.occurred_at, recorded_at=entry.recorded_at,
                by=entry.recorded_by, said_by=entry.said_by, team=entry.team, review=entry.review,
            )  # fmt: skip


def _about(entry: Entry, allowed: Allowed) -> tuple[str, str]:
    body = allowed.body(entry.kind, entry.body)
    if entry.kind == "referred":
        body.setdefault("stage", "assess")
    if entry.kind == "answered":
        return f"{body['pack']}/{body['question']}", _word(body.get("value"))
    if "cause" in body:
        return str(body["cause"]), ""
    if entry.kind == "fact_set":
        return _word(body.get("fact")), _fact_word(body, allowed)
    what, value = _ABOUT.get(entry.kind, ("", None))
    return _word(body.get(what)), _word(body.get(value)) if value else ""


def _fact_word(body: Mapping[str, Any], allowed: Allowed) -> str:
    value, spec = body.get("value"), allowed.catalogue.get(str(body.get("fact")))
    if spec is not None and spec.type == "date" and type(value) is int:
        # A fact that came with a transfer is kept as the number of its day.
        return (EPOCH + timedelta(days=value)).isoformat()
    return _word(value)


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
