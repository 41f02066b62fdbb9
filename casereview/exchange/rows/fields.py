"""The cells of one row that say who somebody is, who works with them, and what is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casereview.core.identity import (
    AGE_MAX,
    check_nhs_number,
    checked_born_on,
    never_issued,
)
from casereview.core.text import checked_name, checked_note
from casereview.errors import Refused
from casereview.exchange.findings import Findings
from casereview.exchange.formats.odd_letters import odd_letters
from casereview.exchange.layouts.fact_values import parse_fact
from casereview.exchange.layouts.layout import (
    WORKER_ROLES,
    FactColumn,
    Layout,
    MilestoneColumn,
    folded,
)
from casereview.exchange.layouts.moments import EPOCH, Clock, Moment
from casereview.exchange.rows.cells import Cell, Circumstances, LineRefused
from casereview.exchange.rows.keys import NO_KEY, Keys, checked_key

MONTH_FIRST = (
    "This seems to have the month first. Check the whole column, other dates of which would be "
    "read as another day: save it with days first, or state the format in [time]."
)
NHS_TEST = "This number lies in the range kept for tests."
_TWO = re.compile(r"\s*(?:[/&+;]|\band\b)\s*", re.IGNORECASE)
"""Between two names in one cell, where a layout reads key worker and second from one column."""
Attribute = tuple[Any, ...]
"""("name", text), ("born", ISO date), ("nhs", ten digits), ("sex", text), ("worker", role, login),
("died", ISO date), ("fact", name, value), ("note", text),
("milestone", name, day, microseconds or None)."""
Attributes = tuple[Attribute, ...]


@dataclass
class Fields:
    """Reads the cells of rows by one layout.

    Attributes:
        undated: rows whose date did not fit the stated formats, and the first such cell.
    """

    layout: Layout
    places: Mapping[str, int]
    around: Circumstances
    findings: Findings
    clock: Clock = field(init=False)
    undated: int = 0
    undated_first: str = ""
    _keys: Keys = field(default_factory=Keys)
    _readers: list[tuple[Cell, Callable[[int, Cell, str], Attribute | None]]] = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(self.layout.formats, self.layout.zone, self.layout.zero)
        self._today = self.around.today.toordinal() - EPOCH
        self._earliest = self._today - AGE_MAX * 366
        self._never = frozenset(d.toordinal() - EPOCH for d in self.layout.never)
        self._readers = []
        for role, reader in (
            ("name", self._name), ("born", self._born), ("nhs_number", self._nhs),
            ("sex", self._sex), ("died", self._died), ("note", self._note),
        ):  # fmt: skip
            if role in self.layout.columns:
                self._readers.append((self.cell(role), reader))
        for role in WORKER_ROLES:
            if role in self.layout.columns:
                self._readers.append((self.cell(role), self._worker(WORKER_ROLES[role])))
        for fact in self.layout.facts:
            self._readers.append((self.named(fact.column), self._fact(fact)))
        for milestone in self.layout.milestones:
            self._readers.append((self.named(milestone.column), self._milestone(milestone)))

    def cell(self, role: str) -> Cell:
        """Return the column of a role."""
        return self.named(self.layout.columns[role])

    def named(self, heading: str) -> Cell:
        """Return the column of a heading."""
        nulls = next(
            (words for h, words in self.layout.nulls.items() if folded(h) == folded(heading)),
            frozenset[str](),
        )
        return Cell(heading, self.places[heading], nulls)

    def read(self, line: int, cells: Sequence[str]) -> Attributes:
        """Return what the row says about the person and the case besides its own event.

        Raises:
            LineRefused: a cell cannot be right.
        """
        found = []
        for cell, reader in self._readers:
            text = cell.text(cells)
            if text:
                try:
                    one = reader(line, cell, text)
                except Refused as error:
                    raise LineRefused(cell.heading, text, error.message, error.next) from error
                if one is not None:
                    found.append(one)
        return tuple(found)

    def key(self, cell: Cell, text: str, line: int, *, compare: bool = False) -> str:
        """Return an identifier as typed; `compare` reports one that only looks like another.

        Raises:
            LineRefused: it is empty, too long, or holds what cannot be seen.
        """
        try:
            found = checked_key(text)
        except Refused as error:
            why = (error.message, error.next) if text else NO_KEY
            raise LineRefused(cell.heading, text, *why) from error
        for reason, fix in self._keys.doubts(found, compare=compare):
            self.findings.warn(line, cell.heading, text, reason, fix)
        return found

    def moment(self, line: int, cell: Cell, text: str) -> Moment:
        """Return when something happened.

        Raises:
            LineRefused: it fits no stated format, stands for no date, or is after the clock.
        """
        found = self.clock.read(text)
        if found is None:
            self.undated += 1
            self.undated_first = self.undated_first or text
            raise LineRefused(
                cell.heading, text, f"This does not fit the stated format {self.clock.stated}.",
                MONTH_FIRST if self.clock.months_first(text) else
                "Correct the date, or state its format in [time].",
            )  # fmt: skip
        if found.day in self._never:
            raise LineRefused(
                cell.heading, text, "This date stands for no date.",
                "Give the real date, or list the word under [nulls].",
            )  # fmt: skip
        if found.day < self._earliest:
            raise LineRefused(
                cell.heading, text, f"This is more than {AGE_MAX} years ago.",
                "Correct the date, or list the word under [nulls].",
            )  # fmt: skip
        if found.day > self._today and not self.layout.future:
            raise LineRefused(
                cell.heading, text, f"This is after today, {self.around.today.isoformat()}.",
                'Correct the date, or set future = "allow" in [time] for shifted research data.',
            )  # fmt: skip
        if found.flaw:
            gap = found.flaw == "gap"
            self.findings.warn(
                line, cell.heading, text,
                "The clock change skipped this time." if gap else "This time came twice that day.",
                "Nothing; it was read as " + ("if the clock had not changed." if gap
                                              else "the first of the two."),
            )  # fmt: skip
        return found

    # --- one reader for each role

    def _name(self, line: int, cell: Cell, text: str) -> Attribute:
        name = checked_name(text)
        self._odd_letters(line, cell, text, name, "name")
        return "name", name

    def _odd_letters(self, line: int, cell: Cell, text: str, kept: str, what: str) -> None:
        for reason, fix in odd_letters(text, kept, what):
            self.findings.warn(line, cell.heading, text, reason, fix)

    def _born(self, line: int, cell: Cell, text: str) -> Attribute:
        del line
        found = self.clock.read(text)
        if found is None:
            raise LineRefused(
                cell.heading, text, f"This does not fit the stated format {self.clock.stated}.",
                "Correct the date of birth, or leave it out.",
            )  # fmt: skip
        born = date.fromordinal(found.day + EPOCH)
        if born > self.around.today:
            short = f": two digits of a year were read as {born.year}"
            said = short if f"{born.year}" not in text and text[-2:].isdigit() else ""
            raise LineRefused(
                cell.heading, text, f"The date of birth is in the future{said}.",
                "Write the year with four digits." if said else
                "Correct it; of a child who is not born yet leave it empty, and give the day in a "
                "column of the fact expected_birth_on.",
            )  # fmt: skip
        return "born", checked_born_on(born, on=self.around.today).isoformat()

    def _nhs(self, line: int, cell: Cell, text: str) -> Attribute:
        number = check_nhs_number(text)
        if never_issued(number):
            self.findings.warn(line, cell.heading, number, NHS_TEST, "Nothing, in a rehearsal.")
        return "nhs", number

    def _sex(self, line: int, cell: Cell, text: str) -> Attribute:
        del line, cell
        return "sex", checked_name(text, what="sex")

    def _died(self, line: int, cell: Cell, text: str) -> Attribute:
        when = self.moment(line, cell, text)
        return "died", date.fromordinal(when.day + EPOCH).isoformat()

    def _note(self, line: int, cell: Cell, text: str) -> Attribute:
        note = checked_note(text)
        self._odd_letters(line, cell, text, note, "note")
        return "note", note

    def _worker(self, role: str) -> Callable[[int, Cell, str], Attribute | None]:
        both = self.layout.columns.get("worker") == self.layout.columns.get("second")

        def read(line: int, cell: Cell, text: str) -> Attribute | None:
            if both and folded(text) not in self.layout.workers:
                names = _TWO.split(text, maxsplit=1)
                text = names[0] if role == WORKER_ROLES["worker"] else "".join(names[1:])
            elif both and role != WORKER_ROLES["worker"]:
                return None
            if not text:
                return None
            login = self.layout.workers.get(folded(text), text)
            if login in self.around.logins:
                return "worker", role, login
            self.findings.warn(
                line, cell.heading, text, "No user is known by this name; nobody was allocated.",
                "List the name under [workers] in the layout, or add the user with `user add`.",
            )  # fmt: skip
            return None

        return read

    def _fact(self, fact: FactColumn) -> Callable[[int, Cell, str], Attribute | None]:
        def read(line: int, cell: Cell, text: str) -> Attribute:
            del line
            if fact.values:
                if folded(text) not in fact.values:
                    raise LineRefused(
                        cell.heading, text, "The layout does not say what this word means.",
                        "Add it to the values of this [[fact]], or to [nulls].",
                    )  # fmt: skip
                return "fact", fact.spec.name, fact.values[folded(text)]
            if fact.spec.type == "date" and self._day(text) in self.layout.never:
                raise LineRefused(
                    cell.heading, text, "This date stands for no date.",
                    "Give the real date, or list the word under [nulls].",
                )  # fmt: skip
            return "fact", fact.spec.name, parse_fact(fact.spec, text, self._day)

        return read

    def _day(self, text: str) -> date | None:
        found = self.clock.read(text)
        return None if found is None else date.fromordinal(found.day + EPOCH)

    def _milestone(self, column: MilestoneColumn) -> Callable[[int, Cell, str], Attribute | None]:
        def read(line: int, cell: Cell, text: str) -> Attribute:
            when = self.moment(line, cell, text)
            return "milestone", column.name, when.day, when.at_us

        return read
