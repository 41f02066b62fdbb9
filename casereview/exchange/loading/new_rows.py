"""The rows of new cases and people, built straight from their lines.

They are exactly the rows that folding the same entries gives (tests/exchange/test_new_rows.py holds
that); folding them would cost several times as much for a million events.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from casereview.core import records
from casereview.core.pathways import CLOSED_STAGES
from casereview.core.state.case_events import stored_value
from casereview.exchange.layouts.moments import EPOCH
from casereview.store.bulk import Line
from casereview.store.project import insert_rows, shape_of

Dated = dict[str, list[tuple[int, int, str | None, int | None]]]
_MADE: dict[type[Any], tuple[str, ...]] = {
    records.Person: ("id", "name", "born_on", "nhs_number", "sex", "died_on", "restricted"),
    records.PersonId: ("person_id", "n", "source", "local_id"),
    records.PersonFact: ("person_id", "fact", "n", "from_on", "before_on", "text", "number"),
    records.Case: (
        "id", "person_id", "team", "pathway", "stage", "referred_on", "first_referred_on", "head",
        "referred_s", "closed_on", "closed_s", "exit", "exit_class", "linked_case_id", "link",
        "run", "excluded",
    ),
    records.StageSpell: (
        "case_id", "n", "stage", "from_on", "before_on", "from_s", "move", "exit", "exit_class",
    ),
    records.CaseFact: ("case_id", "fact", "n", "from_on", "before_on", "text", "number"),
    records.Milestone: ("case_id", "n", "name", "on", "at_s"),
    records.Allocation: ("case_id", "n", "role", "from_on", "before_on", "login"),
    records.Contact: ("case_id", "n", "kind", "attended", "on", "at_s", "with_whom"),
    records.Note: ("case_id", "n", "on", "by", "words"),
    records.ImportedCase: ("case_id", "team", "source", "local_id", "events"),
    records.Action: (
        "id", "case_id", "person_id", "team", "cause", "opened_on", "first_due_on", "effort",
        "raised_by", "text", "needs_owner_accept", "automatic",
    ),
    records.ActionSpell: (
        "action_id", "n", "status", "owner", "post", "doer", "due_on", "carried", "from_on",
    ),
}  # fmt: skip
"""The columns that an import fills, in the order in which rows are collected."""


class NewRows:
    """Collects stored values by record class and inserts them together."""

    def __init__(self) -> None:
        self._rows: dict[type[Any], list[tuple[Any, ...]]] = defaultdict(list)

    def insert(self, conn: Connection) -> None:
        """Insert everything collected and forget it."""
        for record, rows in self._rows.items():
            insert_rows(conn, record, _whole(record, rows))
        self._rows = defaultdict(list)

    def case(self, case: int, team: str, by: str, lines: Sequence[Line]) -> None:
        """Collect the rows of a new case.

        Args:
            case: its number.
            team: code of the team.
            by: login of who records.
            lines: everything recorded of it, "referred" first.

        Raises:
            KeyError: a kind of line that an import does not make.
        """
        fold = _CaseFold(self._rows, case, team, by)
        for n, line in enumerate(lines, 1):
            _KINDS[line[0]](fold, n, line)
        fold.finish(len(lines))

    def person(self, person: int, lines: Sequence[Line]) -> None:
        """Collect the rows of a new person; `lines` begin with "registered".

        Raises:
            ValueError: a kind of line that an import does not make.
        """
        texts = lines[0][4]
        born = texts.get("born_on")
        died: int | None = None
        facts: Dated = {}
        for n, (kind, on, _, body, said) in enumerate(lines, 1):
            if kind == "identified":
                row = (person, n, body["source"], said.get("local_id", ""))
                self._rows[records.PersonId].append(row)
            elif kind == "died":
                died = _day(on)
            elif kind == "fact_set":
                _keep_fact(facts, n, on, body, said)
            elif kind != "registered":
                raise ValueError(f"an import records no {kind!r} of a new person")
        self._rows[records.Person].append((
            person, texts.get("name"), _day(date.fromisoformat(born)) if born else None,
            texts.get("nhs_number"), texts.get("sex"), died, 0,
        ))  # fmt: skip
        self._rows[records.PersonFact].extend(_fact_rows(person, facts))


class _CaseFold:
    """The rows of one case while its lines are read."""

    def __init__(self, rows: Any, case: int, team: str, by: str) -> None:
        self.rows, self.case, self.team, self.by = rows, case, team, by
        self.opened: Line | None = None
        self.stage, self.move = "", ""
        self.spell: tuple[int, int, int | None] = (0, 0, None)
        self.closing: tuple[Any, ...] = (None, None, None, None)
        self.facts: Dated = {}
        self.workers: Dated = {}
        self.excluded: str | None = None
        self.events = ""

    def referred(self, n: int, line: Line) -> None:
        self.opened = line
        self.stage = line[3].get("stage", "assess")
        self.spell = (n, _day(line[1]), _seconds(line[2]))

    def _end_spell(self, before: int | None) -> None:
        n, day, at = self.spell
        self.rows[records.StageSpell].append(
            (self.case, n, self.stage, day, before, at, self.move, *self.closing[2:])
        )

    def moved(self, n: int, line: Line) -> None:
        _, on, at, body, _ = line
        day, seconds = _day(on), _seconds(at)
        self._end_spell(day)
        self.stage, self.move = body["dest"], body.get("kind", "")
        self.spell = (n, day, seconds)
        self.closing = (None, None, None, None)
        if self.stage in CLOSED_STAGES:
            self.closing = (day, seconds, body.get("exit"), body.get("exit_class"))

    def milestone(self, n: int, line: Line) -> None:
        row = (self.case, n, line[3]["name"], _day(line[1]), _seconds(line[2]))
        self.rows[records.Milestone].append(row)

    def contact(self, n: int, line: Line) -> None:
        _, on, at, body, texts = line
        self.rows[records.Contact].append((
            self.case, n, body["kind"], body["attended"], _day(on), _seconds(at),
            texts.get("with"),
        ))  # fmt: skip

    def fact(self, n: int, line: Line) -> None:
        _keep_fact(self.facts, n, line[1], line[3], line[4])

    def allocated(self, n: int, line: Line) -> None:
        body = line[3]
        held = self.workers.setdefault(body["role"], [])
        held.append((_day(line[1]), n, body["login"], None))

    def noted(self, n: int, line: Line) -> None:
        row = (self.case, n, _day(line[1]), self.by, line[4].get("words"))
        self.rows[records.Note].append(row)

    def acting(self, n: int, line: Line) -> None:
        body, day = line[3], _day(line[1])
        due = _day(date.fromisoformat(body["due_on"]))
        self.rows[records.Action].append((
            body["id"], self.case, None, self.team, body["cause"], day, due, body["effort"],
            self.by, line[4].get("text"), int(body["needs_accept"]), 0,
        ))  # fmt: skip
        self.rows[records.ActionSpell].append(
            (body["id"], n, "open", body["owner"], body["post"], None, due, 0, day)
        )

    def excluding(self, n: int, line: Line) -> None:
        del n
        self.excluded = line[3]["why"]

    def taken(self, n: int, line: Line) -> None:
        del n
        self.events += line[3]["events"]

    def finish(self, head: int) -> None:
        self._end_spell(None)
        self.rows[records.CaseFact].extend(_fact_rows(self.case, self.facts))
        self.rows[records.Allocation].extend(
            (case, n, role, since, before, login)
            for case, role, n, since, before, login, _ in _fact_rows(self.case, self.workers)
        )
        if self.opened is None:
            raise ValueError("a case begins with its referral")
        _, on, at, body, texts = self.opened
        day = _day(on)
        closed_on, closed_s, exit_, exit_class = self.closing
        self.rows[records.Case].append((
            self.case, body["person"], self.team, body["pathway"], self.stage, day, day, head,
            _seconds(at), closed_on, closed_s, exit_, exit_class, body.get("linked_case"),
            body.get("link"), body.get("run"), self.excluded,
        ))  # fmt: skip
        origin = (self.case, self.team, body["source"], texts.get("local_id"), self.events)
        self.rows[records.ImportedCase].append(origin)


_KINDS = {
    "referred": _CaseFold.referred,
    "moved": _CaseFold.moved,
    "reopened": _CaseFold.moved,
    "milestone": _CaseFold.milestone,
    "contact": _CaseFold.contact,
    "fact_set": _CaseFold.fact,
    "allocated": _CaseFold.allocated,
    "noted": _CaseFold.noted,
    "re_referred": _CaseFold.noted,
    "action_raised": _CaseFold.acting,
    "excluded": _CaseFold.excluding,
    "events_taken": _CaseFold.taken,
}


def _whole(record: type[Any], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows with every column of the table, those that an import leaves alone at rest."""
    columns, made = shape_of(record).columns, _MADE[record]
    if columns == made:
        return rows
    rest = {f.name: f.default for f in dataclasses.fields(record)}
    at_rest = [rest[c] for c in columns if c not in made]
    places = [*made, *(c for c in columns if c not in made)]
    pick = itemgetter(*(places.index(c) for c in columns))
    return [pick((*row, *at_rest)) for row in rows]


def _day(on: date) -> int:
    return on.toordinal() - EPOCH


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _keep_fact(facts: Dated, n: int, on: date, body: Any, texts: Any) -> None:
    value = texts["value"] if "value" in texts else body.get("value")
    text, number = stored_value(body["type"], value)
    facts.setdefault(body["fact"], []).append((_day(on), n, text, number))


def _fact_rows(owner: int, facts: Dated) -> Iterable[tuple[Any, ...]]:
    for name, held in facts.items():
        held.sort()
        ends = [*(h[0] for h in held[1:]), None]
        for (since, n, text, number), before in zip(held, ends, strict=True):
            yield owner, name, n, since, before, text, number
