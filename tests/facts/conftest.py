"""A store to fill with hand-made rows, and shorthand for reading facts from it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert
from sqlmodel import SQLModel

from casereview.core.facts import Catalogue, Value
from casereview.core.records import Case, Person, StageSpell
from casereview.packs.catalogue import load_catalogue
from casereview.store.facts import AnswerFact, one_case, read_facts
from casereview.store.handle import Store
from casereview.store.opening import create_store
from casereview.store.rows import TABLES

TODAY = date(2026, 3, 3)


def table_of(record: type[Any]) -> Table:
    """Return the table of a kind of record."""
    return SQLModel.metadata.tables[str(getattr(TABLES[record], "__tablename__"))]  # noqa: B009 - a class variable of SQLModel


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped facts."""
    source = files("casereview_rules").joinpath("facts.toml").read_text(encoding="utf-8")
    return load_catalogue(source, "facts.toml")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    with create_store(tmp_path / "facts.db", at=at, rehearsal=True) as made:
        yield made


@pytest.fixture
def write(store: Store) -> Callable[[Sequence[Any]], None]:
    """Write records as rows."""

    def put(records: Sequence[Any]) -> None:
        with store.write() as conn:
            for record in records:
                conn.execute(insert(table_of(type(record))), asdict(record))

    return put


@pytest.fixture
def clear(store: Store) -> Callable[[], None]:
    """Remove every row of people and cases."""

    def remove() -> None:
        with store.write() as conn:
            for record in TABLES:
                conn.execute(delete(table_of(record)))

    return remove


@pytest.fixture
def fact(store: Store, catalogue: Catalogue) -> Callable[..., Value]:
    """Read one fact of a case on a day."""

    def read(
        name: str, on: date = TODAY, *, case: int = 1, answer: AnswerFact | None = None
    ) -> Value:
        answers = {} if answer is None else {answer.name: answer}
        with store.read() as conn:
            found = read_facts(
                conn,
                [name],
                as_of=on,
                scope=one_case(case),
                catalogue=catalogue,
                answers=answers,
            )
        return found[case][name]

    return read


@pytest.fixture(scope="session")
def bare_case() -> Callable[..., list[Any]]:
    """Make a person and a case about whom nothing more is recorded."""

    def make(
        on: date = TODAY, *, case: int = 1, team: str = "WARD", stage: str = "assess"
    ) -> list[Any]:
        return [
            Person(case),
            Case(case, case, team, "ward", stage, on, on, head=1),
            StageSpell(case, 1, stage, on),
        ]

    return make


@pytest.fixture(scope="session")
def histories() -> ModuleType:
    """The module of random histories; loaded by path because test folders are not packages."""
    path = Path(__file__).with_name("histories.py")
    spec = importlib.util.spec_from_file_location("facts_histories", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
