"""iCalendar of meetings and due dates: ids and titles of rules, never a name.

Source: RFC 5545 (folding 3.1, VALUE=DATE 3.3.4, text 3.3.11, UID 3.8.4.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from casereview.core.text import safe

FOLD = 75
"""Octets in one line, its end not counted. Source: RFC 5545, 3.1."""


@dataclass(frozen=True, slots=True)
class Day:
    """One entry that takes a whole day.

    Attributes:
        uid: stays the same in every export of the same store, so that a calendar updates it.
        on: the day.
        summary: one line.
    """

    uid: str
    on: date
    summary: str


def calendar(days: Iterable[Day], *, at: datetime, name: str) -> str:
    """Return a calendar with CR LF at the end of each line.

    Args:
        days: the entries.
        at: when it was made, aware.
        name: shown by calendar programs.
    """
    return "".join(f"{line}\r\n" for raw in _lines(days, at, name) for line in fold(raw))


def _lines(days: Iterable[Day], at: datetime, name: str) -> Iterator[str]:
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//casereview//casereview//EN")
    yield from ("CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}")
    for day in days:
        yield "BEGIN:VEVENT"
        yield f"UID:{escaped(day.uid)}"
        yield f"DTSTAMP:{stamp}"
        # Without an end it lasts that day. Source: RFC 5545, 3.6.1.
        yield f"DTSTART;VALUE=DATE:{day.on.isoformat().replace('-', '')}"
        yield f"SUMMARY:{escaped(day.summary)}"
        # At what time a meeting begins is not known here: nobody's whole day is taken for it.
        yield "TRANSP:TRANSPARENT"
        yield "CLASS:CONFIDENTIAL"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def escaped(text: str) -> str:
    """Return text as a calendar writes it: backslash, semicolon, comma and line ends escaped."""
    clean = safe(text, lines=True).replace("\t", " ")
    for sign in ("\\", ";", ","):
        clean = clean.replace(sign, f"\\{sign}")
    return clean.replace("\n", "\\n")


def fold(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 octets, never through a character."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > FOLD:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
