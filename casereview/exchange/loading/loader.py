"""Groups of people and cases written to the store: a few thousand rows at a time, in one go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from casereview.core.state.case import CaseState, case_state
from casereview.exchange.findings import Findings
from casereview.exchange.loading.batch import Known, Tally
from casereview.exchange.loading.linking import Links
from casereview.exchange.loading.writer import Writer
from casereview.exchange.plans.journey import Journey, Rules, to_date
from casereview.exchange.plans.people import Person
from casereview.exchange.rows.groups import PersonGroup
from casereview.store import importing, journal
from casereview.store.importing import Held

ROWS_AT_ONCE = 20_000
PEOPLE_AT_ONCE = 2_000


class Counting(Protocol):
    """A plan that counts the lines it was given: taken, and nothing new."""

    accepted: int
    unchanged: int


class Loader(ABC):
    """Writes people and their cases; what a row does is decided by the shape of the file.

    Attributes:
        overlaps_count: True when statistics count a case that begins while another is open.
        columns: heading of each role, for the report.
        names_people: True when rows name a person beside their case.
        traces: True when what is counted is a case with all its rows.
        links: who the file says is related.

    Args:
        conn: a writing transaction.
        rules: team, run, pathway.
        writer: takes the lines.
        findings: takes what is to be said about lines.
        new_person: gives the next person number.
        first_time: True when the store knows nobody of this source, so nothing is looked up.
    """

    _plan: Counting

    def __init__(
        self,
        conn: Connection,
        rules: Rules,
        writer: Writer,
        findings: Findings,
        *,
        new_person: Callable[[], int],
        first_time: bool,
    ) -> None:
        self.conn, self.rules, self.writer, self.findings = conn, rules, writer, findings
        self.tally = Tally()
        self.overlaps_count = False
        self.columns: Mapping[str, str] = {}
        self.names_people = self.traces = False
        self.links = Links(())
        self._new_person = new_person
        self._first_time = first_time
        self._states: dict[int, CaseState] = {}

    def load(self, groups: Iterable[PersonGroup], progress: Callable[[int], None]) -> None:
        """Write every group; `progress` hears how many rows are done."""
        batch: list[PersonGroup] = []
        rows = done = 0
        for group in groups:
            batch.append(group)
            rows += sum(len(found) for _, found in group[1])
            if rows >= ROWS_AT_ONCE or len(batch) >= PEOPLE_AT_ONCE:
                self._batch(batch)
                done += rows
                progress(done)
                batch, rows = [], 0
        self._batch(batch)
        self.links.settle(self.conn, self.rules, self.writer, self.findings)
        progress(done + rows)

    @property
    def counts(self) -> tuple[int, int]:
        """Return lines accepted and unchanged, by what they say of their own case."""
        return self._plan.accepted, self._plan.unchanged

    def _batch(self, batch: Sequence[PersonGroup]) -> None:
        if not batch:
            return
        kept = []
        people: dict[str, Person] = {}
        for key, cases in batch:
            person = people[key] = Person(key)
            kept.append((person, [(case, self._whose(person, rows)) for case, rows in cases]))
        known = self._look_up(people, [case for _, cases in kept for case, _ in cases])
        wanted = []
        for person, cases in kept:
            found = [
                (case, rows)
                for case, rows in cases
                if rows and self._own(person, case, rows, known)
            ]
            if found and self._identity_fits(person, found):
                wanted.append((person, found))
        self.prepare([c for _, cases in wanted for c in cases], known.cases)
        for person, found in wanted:
            self._person(person, found, known)
        self.writer.flush()

    def _whose(self, person: Person, rows: list[Any]) -> list[Any]:
        """Return the rows that can be this person's; the others are reported."""
        return [
            r
            for r in rows
            if not r.more or person.take(r.line, r.more, self.findings, self.columns)
        ]

    def _own(self, person: Person, case: str, rows: Sequence[Any], known: Known) -> bool:
        """Tell whether a case is nobody else's here; report its rows when it is."""
        owner = known.owners.get(case, person.id)
        if owner != person.id:
            reason = f"The case {case} belongs to somebody else here."
            self._reject(
                person, rows, reason, "Check both identifiers with the system they are from."
            )
        return owner == person.id

    def _reject(self, person: Person, rows: Sequence[Any], reason: str, fix: str) -> None:
        for row in rows[:1] if self.traces else rows:
            self.findings.reject(row.line, self.columns.get("person", ""), person.key, reason, fix)

    # --- what the store holds

    def _look_up(self, people: dict[str, Person], cases: Sequence[str]) -> Known:
        known = Known({}, people, {})
        if not self._first_time:
            source, team = self.rules.source, self.rules.team
            known.cases = importing.imported(self.conn, team, source, cases)
            if self.names_people:
                known.owners = importing.people_of_cases(self.conn, team, source, cases)
            found = importing.people(self.conn, source, list(people))
            self._know(people, found, identified=True)
        self._by_nhs_number(people)
        old = [p.id for p in people.values() if p.id]
        if old:
            known.held = importing.cases_of(self.conn, self.rules.team, old)
        return known

    def _know(self, people: dict[str, Person], found: dict[str, int], *, identified: bool) -> None:
        numbers = sorted(set(found.values()))
        who = importing.identities(self.conn, numbers)
        facts = importing.person_facts(self.conn, numbers)
        for key, number in found.items():
            people[key].know(number, who[number], facts.get(number, {}), identified=identified)

    def _by_nhs_number(self, people: dict[str, Person]) -> None:
        """Join an identifier to the person who has its NHS number in another source."""
        wanted = {p.said["nhs"]: p.key for p in people.values() if p.new and "nhs" in p.said}
        if not wanted:
            return
        numbers = importing.people_with_nhs(self.conn, list(wanted))
        if numbers:
            found = {wanted[nhs]: number for nhs, number in numbers.items()}
            self._know(people, found, identified=False)

    def _identity_fits(self, person: Person, cases: Sequence[tuple[str, list[Any]]]) -> bool:
        """Tell whether the person is nobody else's namesake; report the rows when not."""
        reason = ""
        twice = self.writer.owner_of_nhs(person)
        known_here = not person.new and not person.identified and importing.identified(
            self.conn, self.rules.source, [person.id]
        )  # fmt: skip
        if twice or known_here:
            reason = "This NHS number belongs to another identifier of the same source."
        elif not person.new:
            reason = self._known_identity(person, cases[0][1][0].line)
        if reason:
            fix = "Check the identifier; if it is the same person, use one identifier."
            for _, rows in cases:
                self._reject(person, rows, reason, fix)
        return not reason

    def _known_identity(self, person: Person, line: int) -> str:
        """Say why the file and the store name two people, "" when they name one."""
        said, held = person.said, person.held
        proven = "nhs" in said and said["nhs"] == held.get("nhs")
        other_nhs = "nhs" in said and held.get("nhs") not in (None, said["nhs"])
        other_born = "born" in said and held.get("born") not in (None, said["born"])
        if other_nhs or (other_born and not proven):
            return "The store knows this identifier with another date of birth or NHS number."
        if other_born:
            self.findings.warn(
                line, self.columns.get("born", ""), said["born"],
                "The store knows the same NHS number with another date of birth, which was kept.",
                "Check which is right, and correct it with `person set`.",
            )  # fmt: skip
        person.said = {kind: text for kind, text in said.items() if kind not in held}
        return ""

    def load_states(self, numbers: Sequence[int]) -> None:
        """Hold the states of cases that the store has for `known`."""
        found = journal.load_many(self.conn, "case", numbers) if numbers else {}
        states = {case: case_state(entries) for case, entries in found.items() if entries}
        self._states = {case: state for case, state in states.items() if state is not None}

    def known(self, held: Sequence[tuple[int, str]]) -> list[Journey]:
        """Take up cases, oldest first; those that were taken back are left out."""
        found = [self._states[case] for case, _ in held if case in self._states]
        return [Journey.known(self.rules, state) for state in found]

    # --- what the file says

    def _person(self, person: Person, cases: Sequence[tuple[str, list[Any]]], known: Known) -> None:
        person.id = person.id or self._new_person()
        held = list(known.held.get(person.id, ()))
        touched: list[Journey] = []
        for case, rows in cases:
            before, same = _last_ended(held, touched, rows[0].day), self.counts[1]
            found = self.plan(case, rows, known.cases.get(case, []), person, before)
            if found:
                self.links.take(person.id, rows, same=self.counts[1] - same == len(rows))
            touched += found
        changed = [j for j in touched if j.lines]
        self._overlaps(changed, held, {case: rows[0].line for case, rows in cases})
        news = bool(person.said or person.lines) and not person.new
        if not changed and not news:
            return
        on = to_date(min((j.opened_day for j in changed), default=cases[0][1][0].day))
        lines = person.all_lines(self.rules.source, on)
        if lines:
            self.writer.person(person, lines)
        for journey in changed:
            self.tally.changed += 1
            self.tally.cases += journey.new
            self.writer.case(journey)

    @abstractmethod
    def prepare(
        self,
        cases: Sequence[tuple[str, list[Any]]],
        held: dict[str, list[tuple[int, str]]],
    ) -> None:
        """Look at all cases of a batch, and load the states that `plan` will need at once."""

    @abstractmethod
    def plan(
        self, case: str, rows: list[Any], held: Sequence[tuple[int, str]], person: Person,
        before: int | None,
    ) -> list[Journey]:  # fmt: skip
        """Return the cases that the rows of one source case touch, in order of time."""

    def _overlaps(
        self, changed: Sequence[Journey], held: Sequence[Held], lines: dict[str, int]
    ) -> None:
        """Report a case that begins while another of the person is open, and leave it out."""
        spans = {h.case: (h.referred, h.closed) for h in held}
        spans |= {j.id: (j.opened_day, j.closed_day) for j in changed}
        if len(spans) < 2:
            return
        for journey in changed:
            day = journey.opened_day
            others = [
                case
                for case, (start, end) in spans.items()
                if case != journey.id
                and (start, case) < (day, journey.id)
                and (end is None or end > day)
            ]
            if journey.new and others:
                said = "" if self.overlaps_count else "; it is left out of statistics"
                if not self.overlaps_count:
                    journey.exclude("overlap", day)
                self.findings.warn(
                    lines.get(journey.local_id, 0), self.columns.get("id", ""), journey.local_id,
                    f"This case begins while another of the same person is open{said}.",
                    "Correct the dates, or link the two by hand.",
                )  # fmt: skip


def _last_ended(held: Sequence[Held], touched: Sequence[Journey], day: int) -> int | None:
    """Return the last case that had ended when another began, None when there is none."""
    ended = [(h.closed, h.case) for h in held if h.closed is not None and h.closed <= day]
    ended += [
        (j.closed_day, j.id) for j in touched if j.closed_day is not None and j.closed_day <= day
    ]
    return max(ended)[1] if ended else None
