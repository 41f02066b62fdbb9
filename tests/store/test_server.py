"""The same journal on PostgreSQL; runs when CASEREVIEW_TEST_POSTGRES names an empty server."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from casereview.core.entries import Draft, Stream
from casereview.core.records import Person
from casereview.errors import StoreBusy, StoreError
from casereview.store import journal
from casereview.store.backup import backup, info
from casereview.store.bulk import BulkJournal, Line
from casereview.store.chain import Origin
from casereview.store.migrate import SCRIPTS, Migrated, migrate, run_steps, steps_in
from casereview.store.opening import Store, create_store, open_store
from casereview.store.project import insert_rows, values, write_difference
from casereview.store.schema import SCHEMA
from casereview.store.seals import seal
from casereview.store.statements import marks, run
from casereview.store.verify import verify_chains

Make = Callable[..., Draft]
SERVER = os.environ.get("CASEREVIEW_TEST_POSTGRES", "")
ONE = Stream("case", 1)

pytestmark = pytest.mark.skipif(not SERVER, reason="CASEREVIEW_TEST_POSTGRES names no server")


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a fresh database."""
    name = f"casereview_{uuid4().hex[:12]}"
    url = make_url(SERVER).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def server(address: str, at: datetime) -> Iterator[Store]:
    with create_store(address, at=at, rehearsal=True) as made:
        yield made


def test_the_journal_works_the_same_on_a_server(
    server: Store, address: str, at: datetime, on: date, make: Make
) -> None:
    assert server.rehearsal
    before = server.data_version()
    with server.write() as conn:
        made = journal.append(
            conn, [make(ONE, 1), make(ONE, 2)], at=at, by="ann", said_by=None, command="c1"
        )
        with BulkJournal(conn, Origin(at, "ann", "i"), batch=3) as bulk:
            lines: list[Line] = [("moved", on, None, {"n": n}, {}) for n in range(4)]
            for one in (5, 6):
                bulk.add(Stream("case", one), lines)
        journal.keep_results(conn, [journal.Done("c1", at, "ann", {"ok": True})])
        assert [journal.next_id(conn, "case", floor=3) for _ in range(2)] == [4, 5]
        head = seal(conn, at)
    assert server.data_version() != before
    with open_store(address, read_only=True) as again, again.read() as conn:
        assert journal.load(conn, ONE) == made
        assert len(list(journal.iterate(conn, kinds={"case"}))) == 10
        assert journal.command_result(conn, "c1") == {"ok": True}
        assert verify_chains(conn, since_head=head) == []
    with server.write() as conn:
        assert journal.erase_texts(conn, [made[0].number]) == 1
        assert verify_chains(conn) == []
        assert seal(conn, at) == head
    assert {r["name"]: r["value"] for r in info(server)}["streams"] == 3


@pytest.mark.parametrize("sql", ["UPDATE entries SET body = ''", "DELETE FROM entries"])
def test_the_journal_is_append_only_on_a_server(server: Store, sql: str) -> None:
    with pytest.raises(StoreError, match="append-only"), server.write() as conn:
        conn.exec_driver_sql(sql)
    with pytest.raises(StoreError) as caught, server.read() as conn:
        conn.exec_driver_sql("INSERT INTO counters VALUES ('x', 1)")
    assert caught.value.code == "store_read_only"


def test_two_commands_on_one_stream_never_fork_it(server: Store, at: datetime, make: Make) -> None:
    refused: list[StoreError] = []
    done: list[int] = []

    def work(who: int) -> None:
        for n in range(20):
            try:
                with server.write() as conn:
                    journal.append(
                        conn, [make(ONE, n)], at=at, by="ann", said_by=None, command=f"{who}-{n}"
                    )
                done.append(n)
            except StoreError as error:
                refused.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with server.read() as conn:
        assert journal.head(conn, ONE)[0] == len(done)
        assert verify_chains(conn) == []
    assert len(done) + len(refused) == 60
    assert all(isinstance(e, StoreBusy) or e.code == "store_conflict" for e in refused)


def test_a_server_store_is_made_once_and_named_without_its_password(
    server: Store, address: str, at: datetime, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="already a store") as caught:
        create_store(address, at=at)
    assert caught.value.code == "store_exists"
    assert migrate(address) == Migrated(SCHEMA, SCHEMA, None)
    with pytest.raises(StoreError, match="PostgreSQL"):
        backup(server, tmp_path / "copy.db", at=at)
    gone = make_url(address).set(password="hunter2", port=1)  # noqa: S106 - it must not be printed
    with pytest.raises(StoreError) as caught:
        open_store(gone.render_as_string(hide_password=False))
    assert caught.value.code == "store_unreachable"
    assert "hunter2" not in str(caught.value)


def test_the_steps_lead_to_the_same_tables_on_a_server(server: Store, address: str) -> None:
    columns = (
        "SELECT table_name, column_name, data_type, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = 'public'"
    )
    keys = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace"
    )
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    guards = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    with server.read() as conn:
        declared = [set(conn.exec_driver_sql(q).all()) for q in (columns, keys, indexes, guards)]
    engine = create_engine(address)
    with engine.begin() as conn:
        conn.exec_driver_sql("DROP SCHEMA public CASCADE")
        conn.exec_driver_sql("CREATE SCHEMA public")
        run_steps(conn, steps_in(SCRIPTS))
        found = [set(conn.exec_driver_sql(q).all()) for q in (columns, keys, indexes, guards)]
    engine.dispose()
    assert found == declared


def test_a_store_of_the_first_schema_on_a_server_is_brought_up_with_its_rows(
    server: Store, address: str, at: datetime, make: Make
) -> None:
    with server.write() as conn:
        journal.append(conn, [make(ONE, 1)], at=at, by="ann", said_by=None, command="c1")
        meta = conn.exec_driver_sql("SELECT key, value FROM store_meta").all()
        entries = [tuple(r) for r in conn.exec_driver_sql("SELECT * FROM entries")]
    engine = create_engine(address)
    with engine.begin() as conn:
        conn.exec_driver_sql("DROP SCHEMA public CASCADE")
        conn.exec_driver_sql("CREATE SCHEMA public")
        config = steps_in(SCRIPTS)
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        for key, value in meta:
            run(conn, "INSERT INTO store_meta VALUES (?, ?)", (key, value))
        run(conn, "UPDATE store_meta SET value = '1' WHERE key = 'schema'")
        for row in entries:
            run(conn, f"INSERT INTO entries VALUES ({marks(row)})", row)
        run(conn, "INSERT INTO teams VALUES ('W1', 1, 'ward', 'scotland', 3, NULL, 'pack')")
    engine.dispose()
    with pytest.raises(StoreError) as caught:
        open_store(address)
    assert caught.value.code == "store_older"
    assert migrate(address) == Migrated(1, SCHEMA, None)
    with open_store(address) as again, again.read() as conn:
        assert [tuple(r) for r in conn.exec_driver_sql("SELECT * FROM entries")] == entries
        assert conn.exec_driver_sql("SELECT code, emergency FROM teams").all() == [("W1", None)]


def test_rows_with_true_and_false_are_written_changed_and_taken_away(server: Store) -> None:
    before = Person(id=1, restricted=False)
    after = dataclasses.replace(before, restricted=True)
    sql = "SELECT restricted FROM persons"
    with server.write() as conn:
        insert_rows(conn, Person, [values(before)])
        write_difference(conn, [before], [after])
        assert conn.exec_driver_sql(sql).all() == [(True,)]
        write_difference(conn, [after], [])
        write_difference(conn, [], [before])
        assert conn.exec_driver_sql(sql).all() == [(False,)]


def test_an_address_without_a_store_says_so(address: str) -> None:
    with pytest.raises(StoreError, match="none of a store's tables") as caught:
        open_store(address)
    assert caught.value.code == "not_a_store"
