"""Stores as earlier versions wrote them, brought up to this one with every row kept."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Connection

from casereview.core.entries import Draft, Stream
from casereview.core.facts import Value
from casereview.errors import StoreError
from casereview.packs.catalogue import load_catalogue
from casereview.store import journal
from casereview.store.facts import one_case, read_facts
from casereview.store.migrate import migrate
from casereview.store.opening import open_store
from casereview.store.rebuild import compare_rows
from casereview.store.schema import SCHEMA, metadata
from casereview.store.verify import verify_chains

STORES = Path(__file__).parents[2] / "fixtures" / "stores"
OLD = sorted(STORES.glob("schema-*.db.gz"))


@pytest.fixture(params=OLD, ids=lambda path: path.name)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    place = tmp_path / "team.db"
    place.write_bytes(gzip.decompress(request.param.read_bytes()))
    place.chmod(0o600)
    return place


def rows_of(connection: Connection, schema: str = "main") -> dict[str, set[tuple[object, ...]]]:
    """Return every row of every table but the schema's number, columns by name."""
    names = connection.exec_driver_sql(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        " AND name <> 'alembic_version'"
    ).scalars()
    found: dict[str, set[tuple[object, ...]]] = {}
    for name in names.all():
        result = connection.exec_driver_sql(f'SELECT * FROM {schema}."{name}"')
        keys = list(result.keys())
        found[name] = {
            tuple(sorted((k, v) for k, v in zip(keys, row, strict=True) if v is not None))
            for row in result
            if row[0] != "schema"
        }
    return found


def test_there_is_a_store_of_every_earlier_schema() -> None:
    assert [p.name for p in OLD] == [f"schema-{n}.db.gz" for n in range(1, SCHEMA)]


def test_an_old_store_is_not_opened_and_says_how_to_go_on(old: Path) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(old)
    assert caught.value.code == "store_older"
    assert "casereview migrate" in str(caught.value.next)


def test_a_migrated_store_has_every_row_it_had_and_proves_clean(old: Path) -> None:
    done = migrate(old)
    assert done.after == SCHEMA
    assert done.backup is not None
    with open_store(old) as store, store.read() as new:
        assert verify_chains(new) == []
        assert list(compare_rows(new)) == []
        assert {t.name for t in metadata().sorted_tables} <= set(rows_of(new))
        new.exec_driver_sql("ATTACH DATABASE ? AS was", (str(done.backup),))
        now = rows_of(new)
        for name, rows in rows_of(new, "was").items():
            assert {r for r in rows ^ now[name] if not told_late(name, r)} == set(), name
        assert sum(map(len, now.values())) > 200


def told_late(table: str, row: tuple[object, ...]) -> bool:
    """Tell whether a row is of the action that was done before it was carried, as told later."""
    key = {"actions": "id", "action_spells": "action_id"}.get(table, "")
    return (key, 26) in row


FIRST = date(2026, 3, 3)
STOOD: dict[int, dict[int, str | None]] = {
    7: {0: None, 1: "proposed", 2: "proposed", 3: "agreed"},
    8: {1: "agreed", 2: "agreed", 3: "needs_countersign", 4: "needs_countersign", 5: "agreed",
        6: "agreed", 7: None, 9: None},
    9: {1: "needs_countersign", 3: "needs_countersign", 4: "agreed"},
    10: {1: None, 9: None},
}  # fmt: skip
"""Case to how its decision stood so many days after the first, in the store of schema 1.

That of case 9 was signed a first time in a command that was undone; that of case 10 was undone.
"""


@pytest.fixture
def fact(old: Path) -> Iterator[Callable[[str, int, int], Value]]:
    """Read a fact of a case so many days after the first, in the migrated store."""
    migrate(old)
    source = files("casereview_rules").joinpath("facts.toml").read_text(encoding="utf-8")
    catalogue = load_catalogue(source, "facts.toml")
    with open_store(old) as store, store.read() as connection:

        def read(name: str, case: int, days: int) -> Value:
            on = FIRST + timedelta(days=days)
            found = read_facts(
                connection, [name], as_of=on, scope=one_case(case), catalogue=catalogue, answers={}
            )
            return found[case][name]

        yield read


def test_a_migrated_store_knows_how_its_decisions_stood_on_each_day(
    fact: Callable[[str, int, int], Value],
) -> None:
    for case, days in STOOD.items():
        assert {on: fact("decision", case, on) for on in days} == days, case
    assert fact("decided_on", 8, 2) == FIRST + timedelta(days=1)
    assert fact("decided_on", 8, 6) == FIRST + timedelta(days=5)


def test_a_migrated_store_knows_what_was_offered_and_done_on_each_day(
    fact: Callable[[str, int, int], Value],
) -> None:
    offered = {on: fact("transfer_pending", 8, on) for on in (5, 6, 7, 9)}
    assert offered == {5: False, 6: True, 7: False, 9: False}
    assert {on: fact("open_actions", 10, on) for on in (0, 1, 3, 4, 6)} == {
        0: 0, 1: 1, 3: 1, 4: 0, 6: 0,
    }  # fmt: skip


def test_a_migrated_store_takes_new_entries(
    old: Path, make: Callable[..., Draft], at: datetime
) -> None:
    migrate(old)
    with open_store(old) as store:
        with store.write() as connection:
            made = journal.append(
                connection, [make(Stream("figures", 1), 1)], at=at, by="ann", said_by=None,
                command="c-new",
            )  # fmt: skip
        with store.read() as connection:
            assert verify_chains(connection) == []
            assert journal.load(connection, Stream("figures", 1)) == made
