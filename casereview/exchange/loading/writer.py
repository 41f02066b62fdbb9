"""Lines of people and cases on their way into journal and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from casereview.core.entries import Entry, Stream
from casereview.core.state import case as case_stream
from casereview.core.state.case import CaseState
from casereview.core.state.person import person_state
from casereview.exchange.loading.new_rows import NewRows
from casereview.exchange.plans.journey import Journey
from casereview.exchange.plans.people import Person
from casereview.store import importing, journal
from casereview.store.bulk import BulkJournal, Line
from casereview.store.chain import Origin
from casereview.store.project import write_difference


class Writer:
    """Records lines and keeps the tables a picture of the journal.

    New cases and people go in bulk; those that the store holds are folded again and the difference
    is written. Nothing is complete before `flush`.
    """

    def __init__(self, conn: Connection, bulk: BulkJournal, origin: Origin) -> None:
        self._conn = conn
        self._bulk = bulk
        self._origin = origin
        self._rows = NewRows()
        self._grown: list[tuple[Stream, list[Line], Any]] = []
        self._nhs: dict[str, str] = {}

    def owner_of_nhs(self, person: Person) -> bool:
        """Tell whether a person of this batch with another identifier has the NHS number."""
        nhs = person.said.get("nhs")
        if nhs is None:
            return False
        return self._nhs.setdefault(nhs, person.key) != person.key

    def person(self, person: Person, lines: list[Line]) -> None:
        """Take what is recorded of a person."""
        stream = Stream("person", person.id)
        if person.new:
            self._bulk.add(stream, lines)
            self._rows.person(person.id, lines)
        else:
            self._grown.append((stream, lines, None))

    def more_of_person(self, person: int, lines: list[Line]) -> None:
        """Take what is recorded of a person who is in the store by now."""
        self._grown.append((Stream("person", person), lines, None))

    def case(self, journey: Journey) -> None:
        """Take what is recorded of a case."""
        stream = Stream("case", journey.id)
        if journey.new:
            self._bulk.add(stream, journey.lines)
            team = self._origin.team or ""
            self._rows.case(journey.id, team, self._origin.by, journey.lines)
        else:
            self._grown.append((stream, journey.lines, journey.state))

    def flush(self) -> None:
        """Write everything that was taken."""
        for kind in ("person", "case"):
            grown = [g for g in self._grown if g[0].kind == kind]
            if grown:
                heads = importing.heads(self._conn, kind, [g[0].id for g in grown])
                for stream, lines, state in grown:
                    self._grow(stream, lines, state, heads[stream.id])
        self._grown = []
        self._nhs = {}
        self._bulk.flush()
        self._rows.insert(self._conn)

    def _grow(self, stream: Stream, lines: Sequence[Line], state: Any, head: Any) -> None:
        before = state
        if stream.kind == "person":
            before = person_state(journal.load(self._conn, stream))
        self._bulk.add(stream, lines, after=head)
        if stream.kind == "case":
            after: Any = self._evolved(stream, lines, before, head[0])
        else:
            self._bulk.flush()
            after = person_state(journal.load(self._conn, stream))
        old = before.records() if before is not None else ()
        write_difference(self._conn, old, after.records() if after is not None else ())

    def _evolved(
        self, stream: Stream, lines: Sequence[Line], state: CaseState | None, seq: int
    ) -> CaseState | None:
        origin = self._origin
        for n, (kind, on, at, body, texts) in enumerate(lines, seq + 1):
            entry = Entry(
                number=0, stream=stream, seq=n, kind=kind, occurred_on=on, recorded_at=origin.at,
                recorded_by=origin.by, command=origin.command, body=body, texts=texts,
                said_by=origin.said_by, team=origin.team, occurred_at=at,
            )  # fmt: skip
            state = case_stream.evolve(state, entry)
        return state
