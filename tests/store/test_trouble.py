from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from casereview.core.entries import Draft, Stream
from casereview.errors import StoreBusy, StoreError
from casereview.store import journal
from casereview.store.opening import Store, create_store, open_store
from casereview.store.verify import verify_chains

Make = Callable[..., Draft]


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
        assert (caught.value.code, caught.value.exit_code) == ("store_full", 1)
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
            journal.keep_results(conn, [journal.Done(name, at, "ann", {"n": n})])
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
