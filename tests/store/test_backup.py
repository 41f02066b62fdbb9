from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from casereview.core.entries import Draft, Entry, Stream
from casereview.errors import StoreBusy, StoreDamaged, StoreError
from casereview.store import driver, journal
from casereview.store.backup import backup, info, prove, restore
from casereview.store.opening import Store, create_store, open_store
from casereview.store.schema import SCHEMA
from casereview.store.seals import seal
from casereview.store.verify import verify_chains

Add = Callable[..., list[Entry]]
Make = Callable[..., Draft]
Tamper = Callable[..., None]
ONE = Stream("case", 1)


def length(place: Path) -> int:
    with open_store(place) as store, store.read() as conn:
        assert verify_chains(conn) == []
        return journal.head(conn, ONE)[0]


def test_a_backup_is_a_store_of_its_own_with_the_same_identity(
    store: Store, add: Add, at: datetime, tmp_path: Path
) -> None:
    add("case", 1, 3)
    with store.write() as conn:
        head = seal(conn, at)
    copy = backup(store, tmp_path / "copy.db", at=at)
    assert (copy.entries, copy.head, copy.size) == (3, head, copy.path.stat().st_size)
    assert copy.path.stat().st_mode & 0o077 == 0
    add("case", 2, 1)
    with open_store(copy.path, read_only=True) as other, other.read() as conn:
        assert other.id == store.id
        assert verify_chains(conn, since_head=head) == []
        assert len(list(journal.iterate(conn))) == 3


def test_a_backup_made_while_others_write_is_whole(
    store: Store, place: Path, at: datetime, make: Make, tmp_path: Path
) -> None:
    stop = threading.Event()
    done: list[int] = []

    def write() -> None:
        with open_store(place) as own:
            while not stop.is_set():
                with own.write() as conn:
                    drafts = [make(ONE, 1), make(Stream("person", 1), 1)]
                    made = journal.append(
                        conn, drafts, at=at, by="ann", said_by=None, command=f"c{len(done)}"
                    )
                done.append(made[0].seq)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for n in range(5):
            before = len(done)
            copy = backup(store, tmp_path / f"copy{n}.db", at=at)
            assert copy.entries % 2 == 0
            assert copy.entries >= 2 * before
    finally:
        stop.set()
        thread.join()
    assert length(place) == len(done)


@pytest.mark.parametrize("there", ["file", "folder", "link", "itself"])
def test_a_backup_never_overwrites(
    store: Store, place: Path, at: datetime, tmp_path: Path, there: str
) -> None:
    target = tmp_path / "copy.db"
    if there == "file":
        target.write_text("keep me")
    elif there == "folder":
        target.mkdir()
    elif there == "link":
        target.symlink_to(tmp_path / "gone")
    else:
        target = place
    with pytest.raises(StoreError) as caught:
        backup(store, target, at=at)
    assert caught.value.code == "store_exists"
    assert there != "file" or target.read_text() == "keep me"


def test_a_store_with_a_broken_chain_gives_no_backup_and_leaves_no_file(
    store: Store, place: Path, add: Add, at: datetime, tamper: Tamper, tmp_path: Path
) -> None:
    add("case", 1, 3)
    store.close()
    tamper(place, "UPDATE entries SET recorded_by = 'eve' WHERE number = 2")
    with open_store(place) as again, pytest.raises(StoreDamaged, match="case 1, entry 2"):
        backup(again, tmp_path / "copy.db", at=at)
    assert not (tmp_path / "copy.db").exists()


def test_a_copy_without_the_last_mark_is_refused(
    store: Store, at: datetime, tmp_path: Path
) -> None:
    copy = backup(store, tmp_path / "copy.db", at=at)
    with pytest.raises(StoreDamaged, match="lacks the last thing"):
        prove(copy.path, mark="another")


def test_a_row_that_points_nowhere_is_found(
    store: Store, place: Path, add: Add, tamper: Tamper
) -> None:
    add("case", 1, 1)
    store.close()
    tamper(place, "INSERT INTO entry_text VALUES (77, x'00', '{}')")
    with pytest.raises(StoreDamaged, match="entry_text points to a row"):
        prove(place)


def test_a_restored_backup_is_the_store_as_it_was(
    store: Store, place: Path, add: Add, at: datetime, tmp_path: Path
) -> None:
    add("case", 1, 3)
    copy = backup(store, tmp_path / "copy.db", at=at)
    add("case", 1, 2)
    store.close()
    with pytest.raises(StoreError, match="--replace") as caught:
        restore(copy.path, place)
    assert caught.value.code == "store_exists"
    assert length(place) == 5
    aside = restore(copy.path, place, replace=True)
    assert aside is not None
    assert length(place) == 3
    assert length(aside) == 5
    assert place.stat().st_mode & 0o077 == 0
    again = restore(copy.path, place, replace=True)
    assert again not in (None, aside)
    assert restore(copy.path, tmp_path / "new.db") is None
    assert length(tmp_path / "new.db") == 3
    assert length(copy.path) == 3


def test_restoring_over_a_store_in_use_is_refused_and_nothing_moves(
    store: Store, place: Path, add: Add, at: datetime, tmp_path: Path
) -> None:
    copy = backup(store, tmp_path / "copy.db", at=at)
    add("case", 1, 1)
    with store.write() as conn:
        conn.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")
        with pytest.raises(StoreBusy):
            restore(copy.path, place, replace=True)
    assert length(place) == 1
    names = {p.name for p in tmp_path.iterdir()}
    assert names <= {"copy.db", *(place.name + end for end in ("", "-wal", "-shm", "-journal"))}


def test_a_damaged_store_can_be_replaced(
    store: Store, place: Path, at: datetime, tmp_path: Path
) -> None:
    copy = backup(store, tmp_path / "copy.db", at=at)
    store.close()
    place.write_bytes(b"ruined")
    place.with_name(place.name + "-wal").write_bytes(b"left over")
    aside = restore(copy.path, place, replace=True)
    assert aside is not None
    assert aside.read_bytes() == b"ruined"
    assert aside.with_name(aside.name + "-wal").read_bytes() == b"left over"
    assert length(place) == 0


@pytest.mark.parametrize("content", [b"", b"case,stage\n", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_what_is_no_backup_is_never_put_in_place(
    store: Store, place: Path, tmp_path: Path, content: bytes
) -> None:
    store.close()
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(content)
    with pytest.raises(StoreError):
        restore(wrong, place, replace=True)
    with pytest.raises(StoreError):
        restore(tmp_path / "missing.db", place, replace=True)
    with pytest.raises(StoreError):
        restore(place, place, replace=True)
    assert length(place) == 0


def test_info_tells_what_there_is_to_know(
    store: Store, place: Path, add: Add, at: datetime, tmp_path: Path
) -> None:
    found = {row["name"]: row["value"] for row in info(store)}
    assert (found["entries"], found["last_seal_head"], found["last_backup"]) == (0, None, None)
    add("case", 1, 3)
    add("person", 1, 1)
    with store.write() as conn:
        head = seal(conn, at)
    backup(store, tmp_path / "copy.db", at=at)
    found = {row["name"]: row["value"] for row in info(store)}
    assert found["place"] == str(place)
    assert found["journal_mode"] == driver.journal_mode()
    assert (found["entries"], found["streams"], found["schema"]) == (4, 2, SCHEMA)
    assert found["last_seal_head"] == head
    assert found["last_backup"] == str(tmp_path / "copy.db")
    assert found["last_backup_at"] == found["created"] == "2026-03-03T09:30:00.000000Z"
    assert found["size_bytes"] > 4096
    assert found["rehearsal"] is True


def test_a_store_opened_only_to_be_read_can_be_backed_up(
    store: Store, place: Path, add: Add, at: datetime, tmp_path: Path
) -> None:
    add("case", 1, 2)
    with open_store(place, read_only=True) as reading:
        assert backup(reading, tmp_path / "copy.db", at=at).entries == 2


def test_a_backup_of_another_store_may_be_put_beside(
    store: Store, at: datetime, tmp_path: Path
) -> None:
    with create_store(tmp_path / "b.db", at=at) as other:
        copy = backup(other, tmp_path / "copy.db", at=at)
    restore(copy.path, tmp_path / "c.db")
    with open_store(tmp_path / "c.db") as found:
        assert found.id == other.id != store.id
