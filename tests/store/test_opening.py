from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from casereview.core.entries import Entry, Stream
from casereview.errors import StoreDamaged, StoreError
from casereview.store import journal
from casereview.store.backup import prove
from casereview.store.migrate import migrate
from casereview.store.opening import Store, create_store, open_store
from casereview.store.schema import SCHEMA

Add = Callable[..., list[Entry]]
Tamper = Callable[..., None]


def test_a_new_store_says_what_it_is(store: Store, place: Path) -> None:
    assert store.place == str(place)
    assert store.rehearsal
    assert store.time_zone == "Europe/London"
    assert store.meta["schema"] == str(SCHEMA)
    assert store.meta["created"] == "2026-03-03T09:30:00.000000Z"
    with open_store(place) as again:
        assert again.meta == store.meta


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions in access lists")
def test_only_the_owner_can_read_a_store_and_what_lies_beside_it(place: Path, at: datetime) -> None:
    mask = os.umask(0o022)
    try:
        with create_store(place, at=at) as store, store.write() as conn:
            conn.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")
            modes = {p.name: p.stat().st_mode & 0o777 for p in place.parent.iterdir()}
    finally:
        os.umask(mask)
    assert set(modes.values()) == {0o600}
    assert len(modes) > 1


def text(place: Path) -> None:
    place.write_text("case,stage\n1,assess\n")


def empty(place: Path) -> None:
    place.touch()


def other_program(place: Path) -> None:
    code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE t (x)')"
    subprocess.run([sys.executable, "-c", code, str(place)], check=True)


def folder(place: Path) -> None:
    place.mkdir()


def nothing(place: Path) -> None:
    assert not place.exists()


def dangling_link(place: Path) -> None:
    place.symlink_to(place.with_name("gone"))


def pipe(place: Path) -> None:
    os.mkfifo(place)


NO_STORE: dict[Callable[[Path], None], tuple[str, str]] = {
    text: ("not_a_store", "another format"),
    empty: ("not_a_store", "is empty"),
    other_program: ("not_a_store", "another program"),
    folder: ("not_a_store", "is a folder"),
    nothing: ("store_missing", "casereview init"),
    dangling_link: ("store_link", "gone"),
    pipe: ("not_a_store", "not a plain file"),
}


@pytest.mark.parametrize("prepare", NO_STORE)
@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_store_is_refused_with_a_sentence(
    place: Path, prepare: Callable[[Path], None], read_only: bool
) -> None:
    prepare(place)
    before = place.read_bytes() if place.is_file() else None
    code, words = NO_STORE[prepare]
    with pytest.raises(StoreError, match=words) as caught:
        open_store(place, read_only=read_only)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert caught.value.next
    assert str(place) in str(caught.value)
    assert before is None or place.read_bytes() == before
    assert [p.name for p in place.parent.iterdir()] in ([], [place.name])


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match="address of the store cannot be read"):
        open_store("postgresql://me@host:ward/team")


def test_without_its_extra_a_server_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("casereview.store.engine.find_spec", lambda _: None)
    with pytest.raises(StoreError, match=r"casereview\[postgres\]"):
        open_store("postgresql://me@host/ward")


def test_a_link_to_a_store_is_refused_and_names_the_file(store: Store, place: Path) -> None:
    link = place.with_name("link.db")
    link.symlink_to(place)
    with pytest.raises(StoreError, match=place.name):
        open_store(link)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (f"PRAGMA user_version={SCHEMA + 1}", "store_newer"),
        ("PRAGMA user_version=0", "store_older"),
        ("DROP TABLE store_meta", "not_a_store"),
        ("PRAGMA application_id=7", "not_a_store"),
    ],
)
def test_a_store_of_another_kind_or_age_is_refused(
    store: Store, place: Path, tamper: Tamper, sql: str, code: str
) -> None:
    store.close()
    tamper(place, sql)
    with pytest.raises(StoreError) as caught:
        open_store(place)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("sql", "code", "words"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "store_newer", "'9999'"),
        ("UPDATE alembic_version SET version_num = 'a1b2c3'", "store_newer", "'a1b2c3'"),
        ("INSERT INTO alembic_version VALUES ('9999')", "store_newer", "'9999'"),
        ("UPDATE store_meta SET value = '77' WHERE key = 'schema'", "store_newer", "'77'"),
        ("UPDATE alembic_version SET version_num = '0000'", "store_damaged", "says 0000"),
        ("UPDATE store_meta SET value = '0' WHERE key = 'schema'", "store_damaged", "store_meta 0"),
        ("UPDATE store_meta SET value = 'x' WHERE key = 'schema'", "store_damaged", "store_meta x"),
        ("DELETE FROM alembic_version", "store_damaged", "says none"),
        ("DROP TABLE alembic_version", "store_damaged", "says none"),
        ("DELETE FROM store_meta WHERE key = 'id'", "store_damaged", "lacks id"),
    ],
)
@pytest.mark.parametrize("use", [open_store, migrate, prove])
def test_each_mark_of_the_schema_is_read_and_must_agree(
    store: Store, place: Path, tamper: Tamper, use: Callable[[Path], object], sql: str, code: str,
    words: str,
) -> None:  # fmt: skip
    store.close()
    tamper(place, sql)
    with pytest.raises(StoreError, match=words) as caught:
        use(place)
    assert caught.value.code == code
    assert caught.value.next
    beside = {p.name.removeprefix(place.name) for p in place.parent.iterdir()}
    assert beside <= {"", "-wal", "-shm"}


def test_a_damaged_store_is_named_so(store: Store, place: Path, add: Add) -> None:
    add("case", 1, 40)
    store.close()
    with place.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (place.stat().st_size - 4096))
    with pytest.raises(StoreDamaged, match="damaged") as caught:
        open_store(place)
    assert "restore" in caught.value.next


def test_a_damaged_page_is_found_by_a_quick_look(store: Store, place: Path, add: Add) -> None:
    add("case", 1, 200)
    store.quick_check()
    store.close()
    size = place.stat().st_size
    with place.open("r+b") as file:
        file.seek(size - 4096 * 3)
        file.write(b"\xa5" * 4096 * 3)
    with open_store(place) as again, pytest.raises(StoreDamaged):
        again.quick_check()


def test_a_store_is_never_made_over_something(store: Store, place: Path, at: datetime) -> None:
    store.close()
    before = place.read_bytes()
    for there in (place, place.parent):
        with pytest.raises(StoreError, match="already something") as caught:
            create_store(there, at=at)
        assert caught.value.code == "store_exists"
    assert place.read_bytes() == before
    with pytest.raises(StoreError, match="does not exist"):
        create_store(place.parent / "missing" / "team.db", at=at)


def test_names_that_need_quoting_work(tmp_path: Path, at: datetime) -> None:
    for name in ("a b?mode=ro#x%20.db", "ünïcode.db", "-wal", "100%.db"):
        create_store(tmp_path / name, at=at).close()
        with open_store(str(tmp_path / name)) as store:
            assert store.path == tmp_path / name


def test_opened_only_to_be_read_it_refuses_to_write(store: Store, place: Path, add: Add) -> None:
    add("case", 1, 2)
    with open_store(place, read_only=True) as reading:
        with reading.read() as conn:
            assert len(journal.load(conn, Stream("case", 1))) == 2
        with pytest.raises(StoreError) as caught, reading.write():
            pytest.fail("wrote")
        assert caught.value.code == "store_read_only"
        reading.data_version()


def test_a_store_replaced_under_an_open_program_takes_no_more_writes(
    store: Store, place: Path, at: datetime
) -> None:
    place.rename(place.with_name("aside.db"))
    create_store(place, at=at).close()
    with pytest.raises(StoreError, match="replaced") as caught, store.write():
        pytest.fail("wrote into the file moved aside")
    assert caught.value.code == "store_replaced"
