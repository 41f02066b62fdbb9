"""Stores as earlier versions wrote them, brought up to this one with every row kept."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from casereview.core.entries import Draft, Stream
from casereview.errors import StoreError
from casereview.store import journal
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
            assert rows == now[name], name
        assert sum(map(len, now.values())) > 200


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
