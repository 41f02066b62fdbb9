"""XES 2.0 of the history: one trace a case, one event an entry, times in the store's time zone.

Source: IEEE 1849-2023 (XES), extensions Concept, Time, Organizational, Lifecycle.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from casereview.core.text import safe
from casereview.exchange.out.events import Event
from casereview.exchange.out.names import Names

NAMESPACE = "http://www.xes-standard.org/"
_EXTENSIONS = (
    ("Concept", "concept", "concept.xesext"),
    ("Time", "time", "time.xesext"),
    ("Organizational", "org", "org.xesext"),
    ("Lifecycle", "lifecycle", "lifecycle.xesext"),
)
Trace = tuple[int, str, str, Sequence[Event]]
"""Number, team and pathway of a case, and its events."""


def xes(
    traces: Iterable[Trace], names: Names, zone: ZoneInfo, *, purpose: str = ""
) -> Iterator[str]:
    """Yield the lines of a log.

    Where only the date of an event is known its time is midnight and `casereview:precision` is
    `day`. Events of one trace are in the order of their times, then of recording.

    Args:
        traces: cases with their events.
        names: what cases and workers are called.
        zone: of dates without a time.
        purpose: why it was made, for an identifiable log; "" otherwise.
    """
    yield from _head()
    yield _text("casereview:marking", "IDENTIFIABLE" if names.identifiable else "pseudonymised", 2)
    if purpose:
        yield _text("casereview:purpose", purpose, 2)
    for number, team, pathway, events in traces:
        yield "  <trace>"
        yield _text("concept:name", names.case(number) or "", 4)
        yield _text("casereview:team", team, 4)
        yield _text("casereview:pathway", pathway, 4)
        for at, event in sorted(((moment(e, zone), e) for e in events), key=_order):
            yield from _event(at, event, names)
        yield "  </trace>"
    yield "</log>"


def _head() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<log xes.version="2.0" xes.features="" xmlns="{NAMESPACE}">'
    for name, prefix, file in _EXTENSIONS:
        yield f'  <extension name="{name}" prefix="{prefix}" uri="{NAMESPACE}{file}"/>'
    yield '  <global scope="trace">'
    yield _text("concept:name", "UNKNOWN", 4)
    yield "  </global>"
    yield '  <global scope="event">'
    yield _text("concept:name", "UNKNOWN", 4)
    yield '    <date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>'
    yield _text("lifecycle:transition", "complete", 4)
    yield "  </global>"
    yield '  <classifier name="Activity" keys="concept:name"/>'
    yield _text("concept:name", "casereview", 2)
    yield _text("lifecycle:model", "standard", 2)


def _order(pair: tuple[datetime, Event]) -> tuple[datetime, int]:
    return pair[0], pair[1].seq


def moment(event: Event, zone: ZoneInfo) -> datetime:
    """Return when an event happened, midnight of its date where no time is known; aware."""
    if event.at is not None:
        return event.at.astimezone(zone)
    return datetime.combine(event.on, time(), zone)


def _event(at: datetime, event: Event, names: Names) -> Iterator[str]:
    yield "    <event>"
    yield _text("concept:name", event.activity, 6)
    yield f'      <date key="time:timestamp" value="{at.isoformat(timespec="milliseconds")}"/>'
    yield _text("lifecycle:transition", "complete", 6)
    yield _text("org:resource", names.worker(event.said_by or event.by) or "", 6)
    if event.team:
        yield _text("org:group", event.team, 6)
    yield _text("casereview:event", event.kind, 6)
    for key, value in (("what", event.what), ("value", event.value)):
        if value:
            yield _text(f"casereview:{key}", value, 6)
    if event.at is None:
        yield _text("casereview:precision", "day", 6)
    yield "    </event>"


def _text(key: str, value: str, indent: int) -> str:
    """Return a text attribute; what XML has no character for never gets here."""
    return f"{' ' * indent}<string key={quoteattr(key)} value={quoteattr(safe(value))}/>"


def xes_bytes(lines: Iterable[str], *, packed: bool) -> bytes:
    """Return the log as a file, gzipped for `.xes.gz`; the same log gives the same bytes."""
    content = "\n".join(lines).encode() + b"\n"
    return gzip.compress(content, mtime=0) if packed else content
