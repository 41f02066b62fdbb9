"""The two shapes of files: an event log, and a caseload as it stood on one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from casereview.exchange.event_plan import EventPlan, Fresh, split_keys
from casereview.exchange.journey import Journey
from casereview.exchange.layout import Activity, Layout
from casereview.exchange.loader import Loader
from casereview.exchange.moments import EPOCH
from casereview.exchange.people import Person
from casereview.exchange.snapshot_plan import SnapshotPlan

Held = dict[str, list[tuple[int, str]]]


class EventLoader(Loader):
    """Writes an event log."""

    def follow(self, layout: Layout, activities: Sequence[Activity]) -> EventLoader:
        """Say by which layout; to be called once before loading."""
        self._plan = EventPlan(self.rules, layout, activities, self.findings)
        self._fresh: dict[str, list[Fresh]] = {}
        return self

    @property
    def counts(self) -> tuple[int, int]:
        """Return lines accepted and unchanged."""
        return self._plan.accepted, self._plan.unchanged

    def prepare(self, cases: Sequence[tuple[str, list[Any]]], held: Held) -> None:
        """Find the new events of each case, and load the cases that get some."""
        self._fresh = {}
        wanted: list[int] = []
        for case, rows in cases:
            before = held.get(case, ())
            seen = {key for _, events in before for key in split_keys(events)}
            self._fresh[case] = self._plan.fresh(rows, seen)
            if self._fresh[case]:
                wanted += [number for number, _ in before]
        self.load_states(wanted)

    def plan(
        self,
        case: str,
        rows: list[Any],
        held: Sequence[tuple[int, str]],
        person: Person,
        before: int | None,
    ) -> list[Journey]:
        """Apply the new events of one case."""
        del rows
        fresh = self._fresh[case]
        if not fresh:
            return []
        return self._plan.apply(case, fresh, self.known(held), person, before)


class SnapshotLoader(Loader):
    """Writes a caseload as it stood on one day."""

    def follow(self, layout: Layout, as_of: date) -> SnapshotLoader:
        """Say by which layout and for which day; to be called once before loading."""
        day = as_of.toordinal() - EPOCH
        self._plan = SnapshotPlan(self.rules, layout, self.findings, day)
        return self

    @property
    def counts(self) -> tuple[int, int]:
        """Return rows accepted and unchanged."""
        return self._plan.accepted, self._plan.unchanged

    def prepare(self, cases: Sequence[tuple[str, list[Any]]], held: Held) -> None:
        """Load the cases that the store holds."""
        wanted = [number for case, _ in cases for number, _ in held.get(case, ())]
        self.load_states(wanted)

    def plan(
        self,
        case: str,
        rows: list[Any],
        held: Sequence[tuple[int, str]],
        person: Person,
        before: int | None,
    ) -> list[Journey]:
        """Apply the row of one case."""
        del case
        known = self.known(held)
        found = self._plan.apply(rows[0], known[-1] if known else None, person, before)
        return [] if found is None else [found]
