"""Event logs in XES: one trace is one case, taken whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from casereview.core.text import safe
from casereview.exchange.findings import Findings
from casereview.exchange.formats.markup import parse
from casereview.exchange.formats.survey import Survey, unreadable
from casereview.exchange.layouts.layout import Layout
from casereview.exchange.rows.cells import LineRefused
from casereview.exchange.rows.event_rows import Event, EventRows
from casereview.exchange.rows.fields import Fields
from casereview.exchange.rows.groups import EVENTS_MAX
from casereview.exchange.rows.table import CELL_MAX, Row

CASE = "case:"
"""What headings of attributes of the trace begin with; others are attributes of the event."""
VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})


@dataclass
class Trace:
    """One case as the log holds it: the line where it begins, its attributes, its events."""

    line: int
    about: dict[str, str] = field(default_factory=dict)
    events: list[tuple[int, dict[str, str]]] = field(default_factory=list)


class _Traces:
    """Gathers the attributes directly under traces and events; all others are passed over."""

    def __init__(self) -> None:
        self.ready: list[Trace] = []
        self.root = "log"
        self._path: list[str] = []
        self._trace: Trace | None = None

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        parent = self._path[-1] if self._path else ""
        if not self._path:
            self.root = name
        self._path.append(name)
        if name == "trace" and len(self._path) == 2:
            self._trace = Trace(line)
        elif self._trace is None:
            return
        elif name == "event" and parent == "trace" and len(self._path) == 3:
            if len(self._trace.events) <= EVENTS_MAX:
                self._trace.events.append((line, {}))
        elif name in VALUES and "key" in attributes:
            self._value(attributes["key"], attributes.get("value", ""))

    def _value(self, key: str, value: str) -> None:
        if self._trace is None:
            return
        depth = len(self._path)
        if depth == 3:
            self._trace.about.setdefault(key, value)
        elif depth == 4 and self._path[2] == "event":
            self._trace.events[-1][1].setdefault(key, value)

    def text(self, words: str) -> None:
        """Pass text over; XES keeps everything in attributes."""

    def end(self, name: str) -> None:
        self._path.pop()
        if name == "trace" and not self._path[1:] and self._trace is not None:
            self.ready.append(self._trace)
            self._trace = None


class XesLog:
    """The traces of a log as events to be staged.

    Attributes:
        count: traces, also those that were not taken.
        done: bytes of the file read so far.
        activities: in the order of the layout; events name them by position.
    """

    def __init__(self, path: Path, found: Survey, fields: Fields) -> None:
        self._path, self._found, self._fields = path, found, fields
        self._layout: Layout = fields.layout
        self._findings: Findings = fields.findings
        self._rows = EventRows(fields)
        self._names: dict[str, int] = {}
        self.activities = self._rows.activities
        self.count = 0
        self.done = 0

    def __iter__(self) -> Iterator[list[Event]]:
        """Yield the events of each trace that can be taken; report the others.

        Raises:
            Unreadable: the file is no whole XES.
        """
        traces = _Traces()
        for trace, done in parse(self._path, self._found, traces):
            self._check_root(traces)
            self.count += 1
            self.done = done
            try:
                yield self._events(trace)
            except LineRefused as error:
                self._findings.reject(trace.line, *error.parts)

        self._check_root(traces)

    def _check_root(self, traces: _Traces) -> None:
        if traces.root != "log":
            what = f"This is XML but no XES: it begins with <{safe(traces.root[:40])}>, not <log>."
            raise unreadable(self._path.name, what)

    def _events(self, trace: Trace) -> list[Event]:
        columns = self._layout.columns
        name = self._name(trace)
        if not trace.events:
            raise LineRefused(columns["id"], name, "This trace has no events.", "Leave it out.")
        if len(trace.events) > EVENTS_MAX:
            raise LineRefused(
                columns["id"], name, f"This trace has more than {EVENTS_MAX:,} events.",
                "Check what was taken for a case.",
            )  # fmt: skip
        found = [self._event(trace, line, event) for line, event in trace.events]
        if any(b.order < a.order for a, b in pairwise(found)):
            self._findings.warn(
                trace.line, columns["time"], name, "The events are not in order of time.",
                "Nothing; they were put in order.",
            )  # fmt: skip
        return [*self._dated(trace), *found]

    def _name(self, trace: Trace) -> str:
        heading = self._layout.columns["id"]
        name = trace.about.get(heading.removeprefix(CASE), "").strip()
        if not name:
            raise LineRefused(heading, "", "This trace has no name.", "Give every case one.")
        if name in self._names:
            raise LineRefused(
                heading, name, f"Line {self._names[name]} has a trace of this name already.",
                "Give each case its own name, and one trace.",
            )  # fmt: skip
        self._names[name] = trace.line
        return name

    def _event(self, trace: Trace, line: int, event: dict[str, str]) -> Event:
        for role, what in (("activity", "activity"), ("time", "time")):
            heading = self._layout.columns[role]
            if not event.get(heading, "").strip():
                raise LineRefused(
                    heading, "", f"The event on line {line} has no {what}.",
                    "Give it, or leave the event out; defaults of the log are never data.",
                )  # fmt: skip
        return self._row(trace, line, event)

    def _dated(self, trace: Trace) -> Iterator[Event]:
        """Yield an event for each dated attribute of the trace that the layout lists."""
        columns = self._layout.columns
        for activity in self._layout.activities.values():
            value = trace.about.get(activity.name, "") if activity.of_case else ""
            if value:
                event = {columns["activity"]: activity.name, columns["time"]: value}
                yield self._row(trace, trace.line, event)

    def _row(self, trace: Trace, line: int, event: dict[str, str]) -> Event:
        cells = []
        for heading in self._fields.places:
            of_case = heading.startswith(CASE)
            text = trace.about.get(heading[len(CASE) :], "") if of_case else event.get(heading, "")
            if len(text) > CELL_MAX:
                reason = f"This has {len(text):,} characters; at most {CELL_MAX:,} are read."
                raise LineRefused(heading, text[:80], reason, "Shorten it.")
            cells.append(text)
        return self._rows.event(Row(line, hash(tuple(sorted(event.items()))), cells))
