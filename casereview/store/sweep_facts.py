"""The temporary tables of a sweep: its cases, their facts, and what of these cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    cast,
    func,
    insert,
    not_,
    or_,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from casereview.store.facts.answers import AnswerFact
from casereview.store.facts.scope import SCOPE_COLUMNS, Scope, scope_select
from casereview.store.facts.select import kind_of, parameters, select_over
from casereview.store.facts.sqltext import readable

_WORDS = ("code", "text")
_SCOPE_WORDS = ("team", "pathway", "exit_class", "link", "transfer_to", "stage")


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])


def _key(name: str = "case_id") -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


class SweepFacts:
    """The facts of a scope's cases, worked out once and kept until `drop`.

    Attributes:
        total: number of cases.
        failed: facts that the database could not work out at all.
        spoiled: by fact, the cases in which it cannot be read.
    """

    def __init__(
        self,
        conn: Connection,
        names: Sequence[str],
        *,
        as_of: date,
        scope: Scope,
        answers: Mapping[str, AnswerFact],
    ) -> None:
        self._conn = conn
        self._answers = answers
        self._values = parameters(as_of, scope)
        kinds = {n: String if n in _SCOPE_WORDS else Integer for n in SCOPE_COLUMNS[1:]}
        self._cases = _temporary("sweep_cases", _key(), *(Column(n, k) for n, k in kinds.items()))
        self._spoiled = _temporary(
            "sweep_spoiled", Column("fact", String, primary_key=True), _key()
        )
        self._drop_left_over()
        for table in (self._cases, self._spoiled):
            table.create(conn)
        rows = scope_select(scope, bindparam("as_of", type_=Integer))
        conn.execute(insert(self._cases).from_select(SCOPE_COLUMNS, rows), self._values)
        self.total = int(conn.scalar(select(func.count()).select_from(self._cases)) or 0)
        self.failed = self._fill(names)
        self.spoiled = self._find_spoiled([n for n in names if n not in self.failed])

    def columns(self) -> dict[str, ColumnElement[int | str]]:
        """Return the column of every fact; dates and booleans are integers."""
        return {c.name: c for c in self.facts.c if c.name != "case_id"}

    def readable_for(self, names: Sequence[str]) -> list[ColumnElement[bool]]:
        """Return the tests that keep out cases in which one of the facts cannot be read."""
        bad = [n for n in names if n in self.spoiled]
        if not bad:
            return []
        spoiled = self._spoiled.c
        return [self.facts.c.case_id.not_in(select(spoiled.case_id).where(spoiled.fact.in_(bad)))]

    def drop(self) -> None:
        """Give the space back."""
        for table in (self.facts, self._spoiled, self._cases):
            table.drop(self._conn)

    def _drop_left_over(self) -> None:
        for name in ("sweep_facts", "sweep_spoiled", "sweep_cases"):
            self._conn.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")

    def _fill(self, names: Sequence[str]) -> tuple[str, ...]:
        """Work out the facts; return those that fail, each tried alone."""
        try:
            with self._conn.begin_nested():
                self._make(names)
        except SQLAlchemyError:
            failed = tuple(name for name in names if not self._works(name))
            if not failed:
                raise
            self._make([name for name in names if name not in failed])
            return failed
        return ()

    def _works(self, name: str) -> bool:
        try:
            with self._conn.begin_nested():
                self._make([name])
                self.facts.drop(self._conn)
        except SQLAlchemyError:
            return False
        return True

    def _make(self, names: Sequence[str]) -> None:
        kinds = {n: kind_of(n, self._answers) for n in names}
        columns = [Column(n, String if k in _WORDS else Integer) for n, k in kinds.items()]
        self.facts = _temporary("sweep_facts", _key(), *columns)
        self.facts.create(self._conn)
        rows = select_over(names, self._cases, self._answers).subquery("x")
        values = [
            cast(rows.c[n], Integer).label(n) if k == "boolean" else rows.c[n]
            for n, k in kinds.items()
        ]
        query = select(rows.c.case_id, *values)
        self._conn.execute(insert(self.facts).from_select(["case_id", *names], query), self._values)

    def _find_spoiled(self, names: Sequence[str]) -> dict[str, list[int]]:
        tests = {}
        for name in names:
            kind = kind_of(name, self._answers)
            if kind not in _WORDS:
                tests[name] = not_(readable(self.facts.c[name], day=kind == "date"))
        if not tests:
            return {}
        query = select(
            self.facts.c.case_id, *(case((test, 1), else_=0) for test in tests.values())
        ).where(or_(*tests.values()))
        spoiled: dict[str, list[int]] = {}
        for case_id, *bad in self._conn.execute(query):
            for name, is_bad in zip(tests, bad, strict=True):
                if is_bad:
                    spoiled.setdefault(name, []).append(case_id)
        rows = [{"fact": n, "case_id": c} for n, cases in spoiled.items() for c in cases]
        if rows:
            self._conn.execute(insert(self._spoiled), rows)
        return spoiled
