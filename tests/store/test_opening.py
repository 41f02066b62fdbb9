from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from casereview.core.entries import Draft, Entry, Stream
from casereview.errors import StoreBusy, StoreDamaged, StoreError
from casereview.store import journal
from casereview.store.opening import Store, create_store, open_store
from casereview.store.schema import SCHEMA
from casereview.store.verify import verify_chains

Add = Callable[..., list[Entry]]
Make = Callable[..., Draft]
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


NO_STORE = {
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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False,
        capture_output=True,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(store: Store, at: datetime, make: Make) -> int:
    """Record until the disk is full and return how many commands were acknowledged."""
    for n in range(10_000):
        draft = Draft(Stream("case", 1), "noted", at.date(), {"n": n}, {"note": "x" * 2000})
        with store.write() as conn:
            journal.append(conn, [draft], at=at, by="ann", said_by=None, command=f"c{n}")
    pytest.fail("the disk never filled")
    return 0


def acknowledged(store: Store) -> int:
    with store.read() as conn:
        assert verify_chains(conn) == []
        return journal.head(conn, Stream("case", 1))[0]


def test_a_full_disk_stops_recording_and_loses_nothing(
    small_disk: Path, at: datetime, make: Make
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"0" * 100_000)
    place = small_disk / "team.db"
    with create_store(place, at=at) as store:
        with pytest.raises(StoreError, match="is full") as caught:
            fill(store, at, make)
        assert (caught.value.code, caught.value.exit_code) == ("store_full", 2)
        kept = acknowledged(store)
        assert kept > 5
        ballast.unlink()
        with store.write() as conn:
            (entry,) = journal.append(
                conn, [make(Stream("case", 1), 1)], at=at, by="ann", said_by=None, command="after"
            )
        assert entry.seq == kept + 1


def test_a_store_that_may_not_grow_says_the_disk_is_full(
    store: Store, at: datetime, make: Make
) -> None:
    with store.write() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages + 20}")
    with pytest.raises(StoreError) as caught:
        fill(store, at, make)
    assert caught.value.code == "store_full"
    assert acknowledged(store) > 0


def test_on_a_full_disk_no_half_store_is_made(small_disk: Path, at: datetime) -> None:
    (small_disk / "ballast").write_bytes(b"0" * 960_000)
    with pytest.raises(StoreError):
        create_store(small_disk / "team.db", at=at)
    assert [p.name for p in small_disk.iterdir()] == ["ballast"]


@pytest.fixture
def frozen(tmp_path: Path, at: datetime, make: Make) -> Iterator[Path]:
    """A store in a folder that nobody may write to, not even the administrator."""
    inside = tmp_path / "frozen"
    inside.mkdir()
    mounted = False
    if os.geteuid() == 0:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "tmpfs", str(inside)], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip("an administrator who may not mount cannot be kept from writing")
        mounted = True
    place = inside / "team.db"
    with create_store(place, at=at) as store, store.write() as conn:
        journal.append(
            conn, [make(Stream("case", 1), 1)], at=at, by="ann", said_by=None, command="c"
        )
    if mounted:
        subprocess.run(["mount", "-o", "remount,ro", str(inside)], check=True)
    else:
        inside.chmod(0o500)
    yield place
    if mounted:
        subprocess.run(["umount", "-l", str(inside)], check=True)
    else:
        inside.chmod(0o700)


def test_in_a_read_only_folder_a_store_can_be_read_and_not_written(
    frozen: Path, at: datetime
) -> None:
    with pytest.raises(StoreError, match="read-only") as caught:
        open_store(frozen)
    assert caught.value.code == "store_read_only"
    with pytest.raises(StoreError) as caught:
        create_store(frozen.with_name("new.db"), at=at)
    assert caught.value.code == "store_read_only"
    with open_store(frozen, read_only=True) as store:
        assert acknowledged(store) == 1
        assert isinstance(store.data_version(), int)
        store.quick_check()


def test_a_file_somebody_else_holds_locked_is_busy(store: Store, place: Path) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")
        with open_store(place, busy_ms=20) as other, pytest.raises(StoreBusy), other.write():
            pytest.fail("two writers")


KILLED = """
import sys
from datetime import UTC, date, datetime
from casereview.core.entries import Draft, Stream
from casereview.store import journal
from casereview.store.opening import open_store
at = datetime(2026, 3, 3, tzinfo=UTC)
with open_store(sys.argv[1]) as store:
    for n in range(1_000_000):
        name = f"{sys.argv[2]}-{n}"
        drafts = [Draft(Stream("case", one), "moved", at.date(), {"n": n}) for one in (1, 2)]
        with store.write() as conn:
            journal.append(conn, drafts, at=at, by="ann", said_by=None, command=name)
            journal.keep_result(conn, name, at, "ann", {"n": n})
        print(name, flush=True)
"""


def test_a_killed_program_loses_nothing_it_acknowledged(store: Store, place: Path) -> None:
    store.close()
    for turn in range(4):
        running = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(place), str(turn)], stdout=subprocess.PIPE, text=True
        )
        assert running.stdout is not None
        seen = [running.stdout.readline().strip() for _ in range(20 + 13 * turn)]
        running.kill()
        seen += running.stdout.read().split()
        running.wait()
        running.stdout.close()
        with open_store(place) as again, again.read() as conn:
            assert verify_chains(conn) == []
            for name in seen:
                assert journal.command_result(conn, name) is not None
                assert len(journal.by_command(conn, name)) == 2
            assert (
                journal.head(conn, Stream("case", 1))[0] == journal.head(conn, Stream("case", 2))[0]
            )
