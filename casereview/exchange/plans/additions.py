"""Rows that add answers, contacts, facts and dates to people and cases already here."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from casereview.exchange.findings import Findings
from casereview.exchange.layouts.layout import AnswerColumn, Layout, folded
from casereview.exchange.layouts.moments import EPOCH
from casereview.exchange.plans.event_plan import KEY_BYTES, split_keys
from casereview.exchange.plans.journey import Journey, Rules
from casereview.exchange.plans.people import Person
from casereview.exchange.plans.putting import put
from casereview.exchange.rows.beside_rows import BesideRows
from casereview.exchange.rows.cells import Cell, LineRefused
from casereview.exchange.rows.fields import Attributes, Fields
from casereview.exchange.rows.table import Row

MISSING = "Import the cases first, or correct the identifier."


class Addition(NamedTuple):
    """One row as it is staged; sorts by who it is about, then day, then line.

    Attributes:
        case: identifier of the case, or of the person where the file has no cases.
        day: days since 1970-01-01.
        line: 1-based line of the file.
        mark: equal for rows that are the same letter by letter.
        person: identifier of the person, None when the case's is known only.
        answers: place of the answer column and value.
        more: what else the row says.
    """

    case: str
    day: int
    line: int
    mark: int
    person: str | None
    answers: tuple[tuple[int, str], ...]
    more: Attributes


class AdditionRows:
    """Reads rows of additions."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._beside = BesideRows(fields)
        columns = fields.layout.columns
        self._cells: dict[str, Cell] = {
            role: fields.cell(role) for role in ("id", "person", "on") if role in columns
        }
        self._answers = [
            (n, a, fields.named(a.column)) for n, a in enumerate(fields.layout.answers)
        ]
        self._as_of = fields.around.as_of.toordinal() - EPOCH

    def read(self, row: Row) -> Addition | None:
        """Return the addition of a row, None when the row was reported instead."""
        line, mark, cells = row
        try:
            keys = {
                role: self._fields.key(cell, cell.text(cells), line)
                for role, cell in self._cells.items()
                if role != "on"
            }
            person = keys.get("person")
            day = self._as_of
            if "on" in self._cells:
                cell = self._cells["on"]
                day = self._fields.moment(line, cell, cell.text(cells)).day
            answers = tuple(self._given(cells))
            more = self._fields.read(line, cells) + self._beside.read(line, cells)
            return Addition(keys.get("id") or person or "", day, line, mark, person, answers, more)
        except LineRefused as error:
            self._fields.findings.reject(line, *error.parts)
            return None

    def _given(self, cells: Sequence[str]) -> list[tuple[int, str]]:
        found = []
        for place, column, cell in self._answers:
            text = cell.text(cells)
            if not text:
                continue
            value = column.values.get(folded(text))
            if value is None:
                raise LineRefused(
                    cell.heading, text, "The layout does not say which answer this is.",
                    "Add the word to the values of this [[answer]], or to [nulls].",
                )  # fmt: skip
            found.append((place, value))
        return found


class AdditionPlan:
    """Applies additions to cases that the store holds.

    Attributes:
        accepted: rows that say something new.
        unchanged: rows that an earlier import took.
    """

    def __init__(self, rules: Rules, layout: Layout, findings: Findings) -> None:
        self.accepted = 0
        self.unchanged = 0
        self._rules = rules
        self._layout = layout
        self._findings = findings

    def apply(
        self, rows: Sequence[Addition], known: Sequence[Journey], person: Person
    ) -> list[Journey]:
        """Apply the rows of one case or person to the cases known of it, oldest first."""
        touched: dict[int, Journey] = {}
        seen = {j.id: _keys(j) for j in known}
        given: dict[tuple[int, int, int], tuple[str, int]] = {}
        for row in rows:
            case = self._case(row, known)
            if case is None:
                continue
            said = f"{self._layout.id}\x1f{row.day}\x1f{row.answers}\x1f{row.more}"
            key = blake2b(said.encode(), digest_size=KEY_BYTES).hexdigest()
            if key in seen[case.id]:
                self.unchanged += 1
                continue
            if self._contradicts(row, case, given):
                continue
            seen[case.id].add(key)
            case.taken.append(key)
            self.accepted += 1
            self._take(row, case, person)
            touched[case.id] = case
        for case in touched.values():
            case.finish()
        return list(touched.values())

    def _contradicts(
        self, row: Addition, case: Journey, given: dict[tuple[int, int, int], tuple[str, int]]
    ) -> bool:
        """Report a row that answers a question otherwise than a row before it for the same day."""
        for place, value in row.answers:
            before, line = given.setdefault((case.id, row.day, place), (value, row.line))
            if before != value:
                self._findings.reject(
                    row.line, self._layout.answers[place].column, value,
                    f"Line {line} answers this question of the same day with {before}.",
                    "Keep the row that is right.",
                )  # fmt: skip
                return True
        return False

    def _case(self, row: Addition, known: Sequence[Journey]) -> Journey | None:
        """Return the case that a row belongs to: the last that had begun by its day."""
        found = next((j for j in reversed(known) if j.opened_day <= row.day), None)
        if found is None and known and self._layout.contact:
            self._findings.warn(
                row.line, self._heading(), row.case, "This lies before the referral.",
                "Nothing; the date was kept.",
            )  # fmt: skip
            return known[0]
        if found is None:
            why = "There is no such case." if not known else "This lies before the referral."
            fix = MISSING if not known else "Correct the date."
            self._findings.reject(row.line, self._heading(), row.case, why, fix)
        return found

    def _heading(self) -> str:
        columns = self._layout.columns
        return columns.get("id") or columns.get("person", "")

    def _take(self, row: Addition, case: Journey, person: Person) -> None:
        if self._layout.contact:
            body = {"kind": self._layout.contact, "attended": self._layout.attended}
            case.contact(body, row.day, None)
        for place, value in row.answers:
            case.answer(_answer(self._layout.answers[place], value), row.day)
        for one in row.more:
            put(one, row, case, person, self._findings)


def _answer(column: AnswerColumn, value: str) -> dict[str, Any]:
    body: dict[str, Any] = {"pack": column.pack, "question": column.question, "value": value}
    if column.passing:
        body["passes"] = value == column.passing
    return body


def _keys(journey: Journey) -> set[str]:
    state = journey.state
    return split_keys(state.origins[0].events) if state and state.origins else set()
