from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import StoreBusy, StoreError
from casereview.store import driver
from casereview.store.engine import apply_pragmas
from casereview.store.opening import Store, create_store, open_store

EXPECTED = {
    "busy_timeout": 10_000,
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "mmap_size": 0,
}


@pytest.mark.parametrize("pragma", EXPECTED)
def test_every_setting_holds_on_both_engines(store: Store, pragma: str) -> None:
    with store.write() as writing, store.read() as reading:
        for connection in (writing, reading):
            found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            assert (found or 0) == EXPECTED[pragma]


def test_the_writer_uses_the_safe_journal_mode_and_the_reader_cannot_write(store: Store) -> None:
    with store.write() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        assert mode == driver.journal_mode()
        assert connection.exec_driver_sql("PRAGMA query_only").scalar_one() == 0
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar_one() == 1
    with pytest.raises(StoreError, match="Nothing can be recorded") as caught, store.read() as conn:
        conn.exec_driver_sql("INSERT INTO counters VALUES ('x', 1)")
    assert caught.value.code == "store_read_only"


class Stubborn:
    """A connection whose build ignores one setting, as some builds do."""

    def __init__(self, real: Any, pragma: str) -> None:
        self._real, self._pragma = real, pragma

    def execute(self, sql: str) -> Any:
        if sql.startswith(f"PRAGMA {self._pragma}="):
            sql = "PRAGMA user_version"
        return self._real.execute(sql)


@pytest.mark.parametrize("pragma", ["synchronous", "foreign_keys", "recursive_triggers"])
def test_a_sqlite_that_does_not_keep_a_setting_is_refused(place: Path, pragma: str) -> None:
    place.touch()
    real = driver.connect(place, "rw", seconds=1)
    real.execute("PRAGMA synchronous=1")
    real.execute("PRAGMA foreign_keys=0")
    real.execute("PRAGMA recursive_triggers=0")
    with pytest.raises(StoreError, match=f"does not keep {pragma}=") as caught:
        apply_pragmas(Stubborn(real, pragma), mode="rw", busy_ms=10, writes=True)
    assert caught.value.code == "store_unsafe_sqlite"
    real.close()


def test_a_second_writer_waits_and_then_works(store: Store, place: Path) -> None:
    held = threading.Event()
    order: list[str] = []

    def second() -> None:
        held.wait()
        with open_store(place) as other, other.write() as conn:
            order.append("second")
            conn.exec_driver_sql("UPDATE counters SET last = last + 1")

    thread = threading.Thread(target=second)
    thread.start()
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")
        held.set()
        time.sleep(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT last FROM counters").scalar_one() == 2


def test_a_second_writer_with_little_patience_is_told_to_try_again(
    store: Store, place: Path
) -> None:
    with open_store(place, busy_ms=50) as other, store.write():
        with pytest.raises(StoreBusy, match="Another program is using") as caught, other.write():
            pytest.fail("two writers at once")
        assert caught.value.exit_code == 3
    with open_store(place, busy_ms=50) as other, other.write() as connection:
        connection.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")


def test_two_threads_of_one_program_queue_too(place: Path, store: Store) -> None:
    with open_store(place, busy_ms=50) as own, own.write():
        caught: list[Exception] = []

        def second() -> None:
            try:
                with own.write():
                    pass
            except StoreBusy as error:
                caught.append(error)

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert len(caught) == 1


def test_a_failed_command_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as connection:
        connection.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")
        raise RuntimeError
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM counters").scalar_one() == 0


def test_a_reader_sees_one_moment(store: Store) -> None:
    if driver.journal_mode() != "wal":
        pytest.skip("with a rollback journal a reader makes the writer wait")
    count = "SELECT count(*) FROM counters"
    with store.read() as reading:
        assert reading.exec_driver_sql(count).scalar_one() == 0
        with store.write() as writing:
            writing.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")
        assert reading.exec_driver_sql(count).scalar_one() == 0
    with store.read() as reading:
        assert reading.exec_driver_sql(count).scalar_one() == 1


def test_errors_do_not_quote_what_was_being_stored(store: Store) -> None:
    private = "Anna Example"
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO store_meta VALUES (?, 'x')", (private,))
    with pytest.raises(StoreError) as caught, store.write() as connection:
        connection.exec_driver_sql("INSERT INTO store_meta VALUES (?, 'x')", (private,))
    assert caught.value.code == "store_conflict"
    error: BaseException | None = caught.value
    while error is not None:
        assert private not in str(error)
        error = error.__cause__


def test_the_data_version_changes_with_every_commit_of_anybody(store: Store, place: Path) -> None:
    first = store.data_version()
    assert store.data_version() == first
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")
    second = store.data_version()
    assert second != first
    with open_store(place) as other, other.write() as connection:
        connection.exec_driver_sql("UPDATE counters SET last = 2")
    assert store.data_version() != second


def test_two_stores_at_once_keep_apart(tmp_path: Path, store: Store, at: Any) -> None:
    with create_store(tmp_path / "other.db", at=at) as other:
        assert other.id != store.id
        assert (other.rehearsal, store.rehearsal) == (False, True)
