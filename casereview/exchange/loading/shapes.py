"""The shapes of files: events, a caseload on one day, episodes, additions, ADT messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from casereview.exchange.layouts.layout import Activity, Layout
from casereview.exchange.layouts.moments import EPOCH
from casereview.exchange.loading.batch import Known
from casereview.exchange.loading.linking import Links
from casereview.exchange.loading.loader import Loader
from casereview.exchange.plans.additions import MISSING, AdditionPlan
from casereview.exchange.plans.adt_plan import AdtPlan
from casereview.exchange.plans.episode_plan import EpisodePlan, Period
from casereview.exchange.plans.event_plan import EventPlan, Fresh, split_keys
from casereview.exchange.plans.journey import Journey
from casereview.exchange.plans.people import Person
from casereview.exchange.plans.snapshot_plan import SnapshotPlan

PLACES = {
    "id": "PV1-19",
    "person": "PID-3",
    "nhs_number": "PID-3",
    "name": "PID-5",
    "born": "PID-7",
}
"""Where an ADT message says what other files say in columns."""
Held = dict[str, list[tuple[int, str]]]


class EventLoader(Loader):
    """Writes an event log."""

    _plan: EventPlan

    def follow(self, layout: Layout, activities: Sequence[Activity]) -> EventLoader:
        """Say by which layout; to be called once before loading."""
        self._plan = EventPlan(self.rules, layout, activities, self.findings)
        self._fresh: dict[str, list[Fresh]] = {}
        return self

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

    _plan: SnapshotPlan

    def follow(self, layout: Layout, as_of: date) -> SnapshotLoader:
        """Say by which layout and for which day; to be called once before loading."""
        day = as_of.toordinal() - EPOCH
        self._plan = SnapshotPlan(self.rules, layout, self.findings, day)
        return self

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
        found = self._plan.apply(rows, known[-1] if known else None, person, before)
        if found is None:
            return []
        for row in rows[1:]:
            self._plan.again(row, found, person)
        return [found]


class _ByPerson(Loader):
    """A loader that asks for all cases of its source that the people of a batch have."""

    def _look_up(self, people: dict[str, Person], cases: Sequence[str]) -> Known:
        known = super()._look_up(people, cases)
        numbers = [h.case for held in known.held.values() for h in held]
        self.load_states(numbers)
        self._held = {
            person: self.known([(h.case, "") for h in held]) for person, held in known.held.items()
        }
        return known

    def cases_of(self, person: Person) -> list[Journey]:
        """Return the cases that the store holds of a person, oldest first."""
        return self._held.get(person.id, [])

    def prepare(self, cases: Sequence[tuple[str, list[Any]]], held: Held) -> None:
        """Do nothing; everything was loaded with the people."""


class ChainLoader(_ByPerson):
    """Writes episodes of which those that follow without a gap are one case."""

    _plan: EpisodePlan

    def follow(self, layout: Layout) -> ChainLoader:
        """Say by which layout; to be called once before loading."""
        self._plan = EpisodePlan(self.rules, layout, self.findings)
        self._periods: dict[int, list[Period]] = {}
        return self

    def plan(
        self,
        case: str,
        rows: list[Any],
        held: Sequence[tuple[int, str]],
        person: Person,
        before: int | None,
    ) -> list[Journey]:
        """Apply the rows of one chain, which what the store holds may break into several."""
        del held, case
        if person.id not in self._periods:
            self._periods = {person.id: [Period(j) for j in self.cases_of(person)]}
        periods = self._periods[person.id]
        touched = {id(p.journey): p.journey for p in periods if p.journey.lines}
        found: list[Journey] = []
        for chain in self._plan.split(rows, periods):
            journey = self._plan.apply(chain[0].case, chain, periods, person, before)
            # A case that two chains touch is written once.
            if journey is not None and id(journey) not in touched:
                touched[id(journey)] = journey
                found.append(journey)
        return found


class AdditionLoader(_ByPerson):
    """Writes what a file adds to people and cases that are here."""

    _plan: AdditionPlan

    def follow(self, layout: Layout) -> AdditionLoader:
        """Say by which layout; to be called once before loading."""
        self._plan = AdditionPlan(self.rules, layout, self.findings)
        self._by_case = "id" in layout.columns
        self._alone = "person" not in layout.columns
        return self

    def _person(self, person: Person, cases: Sequence[tuple[str, list[Any]]], known: Known) -> None:
        """Write what is added to a person and their cases; nobody is made by an addition."""
        if self._alone:
            # The case says whose it is; the layout holds nothing of the person.
            person.id, person.new, person.identified = person.id or -1, False, True
        if person.new:
            for _, rows in cases:
                for row in rows:
                    self.findings.reject(
                        row.line, "", row.case, "There is no such person.", MISSING
                    )
            return
        super()._person(person, cases, known)

    def prepare(self, cases: Sequence[tuple[str, list[Any]]], held: Held) -> None:
        """Load the cases that rows name by their own identifier."""
        if self._by_case:
            self.load_states([n for case, _ in cases for n, _ in held.get(case, ())])

    def plan(
        self,
        case: str,
        rows: list[Any],
        held: Sequence[tuple[int, str]],
        person: Person,
        before: int | None,
    ) -> list[Journey]:
        """Apply the rows of one case or person."""
        del case, before
        known = self.known(held) if self._by_case else self.cases_of(person)
        return self._plan.apply(rows, known, person)


class AdtLoader(Loader):
    """Writes ADT messages."""

    _plan: AdtPlan

    def follow(self, layout: Layout) -> AdtLoader:
        """Say by which layout; to be called once before loading."""
        self._plan = AdtPlan(self.rules, layout, self.findings)
        return self

    def prepare(self, cases: Sequence[tuple[str, list[Any]]], held: Held) -> None:
        """Load the visits that the store holds."""
        self.load_states([number for case, _ in cases for number, _ in held.get(case, ())])

    def plan(
        self,
        case: str,
        rows: list[Any],
        held: Sequence[tuple[int, str]],
        person: Person,
        before: int | None,
    ) -> list[Journey]:
        """Apply the messages of one visit."""
        return self._plan.apply(case, rows, self.known(held), person, before)


AnyLoader = EventLoader | SnapshotLoader | ChainLoader | AdditionLoader | AdtLoader


def loader_for(
    layout: Layout,
    activities: Sequence[Activity],
    as_of: date,
    common: tuple[Any, ...],
    more: dict[str, Any],
) -> AnyLoader:
    """Return what writes files of a layout's shape; `common` and `more` are a Loader's own."""
    loader: AnyLoader
    if layout.shape == "events":
        loader = EventLoader(*common, **more).follow(layout, activities)
    elif layout.shape == "additions":
        loader = AdditionLoader(*common, **more).follow(layout)
    elif layout.shape == "adt":
        loader = AdtLoader(*common, **more).follow(layout)
    elif layout.chain:
        loader = ChainLoader(*common, **more).follow(layout)
    else:
        loader = SnapshotLoader(*common, **more).follow(layout, as_of)
    loader.overlaps_count = "overlap" in layout.tolerate
    loader.columns = PLACES if layout.shape == "adt" else layout.columns
    loader.names_people = {"id", "person"} <= loader.columns.keys()
    loader.traces = layout.format == "xes"
    loader.links = Links(layout.links)
    return loader
