"""A place that cannot be written ends in a sentence with the next step and the right exit code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
Disk = Callable[..., Path]
REFER = ("case", "refer", "--team", "W1", "--person", "2")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of its own, mounted at a folder; skipped where this user may not mount."""
    at = tmp_path / "disk"
    at.mkdir()

    def mount(*options: str) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", *options, "tmpfs", str(at)], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip("this user may not mount a disk")
        return at

    yield mount
    subprocess.run(["umount", "-l", str(at)], check=False, capture_output=True)


@pytest.fixture
def sealed(ward: Any, disk: Disk) -> Path:
    """A copy of the ward's store in a folder that nobody may write to."""
    ward.ok("backup", str(ward.folder / "copy.db"))
    at = disk()
    shutil.copy(ward.folder / "copy.db", at / "team.db")
    subprocess.run(["mount", "-o", "remount,ro", str(at)], check=True)
    return at / "team.db"


def told(result: Any, code: str, exit_code: int = 1) -> str:
    """Return the message of a refusal after checking that it says what to do next."""
    assert result.code == exit_code, result.err or result.out
    error = result.json["error"]
    assert error["code"] == code
    assert error["next"].endswith(".") or "`" in error["next"]
    return str(error["message"])


@pytest.mark.parametrize("words", [REFER, ("migrate",), ("team", "add", "W9", "--pathway", "ward")])
def test_in_a_read_only_folder_nothing_is_recorded(
    ward: Any, sealed: Path, words: tuple[str, ...]
) -> None:
    assert "read-only" in told(
        ward(*words, "--store", str(sealed), "--format", "json"), "store_read_only"
    )


def test_a_store_in_a_read_only_folder_can_be_read_checked_and_copied(
    ward: Any, sealed: Path
) -> None:
    for words in (("case", "list"), ("verify",), ("info",), ("doctor",)):
        ward.ok(*words, "--store", str(sealed))
    copy = ward.folder / "second.db"
    ward.ok("backup", str(copy), "--store", str(sealed))
    ward.ok("verify", "--store", str(copy))
    beside = ward(
        "backup", str(sealed.with_name("b.db")), "--store", str(sealed), "--format", "json"
    )
    told(beside, "store_read_only")


def test_a_store_that_others_can_read_is_warned_of_and_how_to_close_it_is_said(ward: Any) -> None:
    def looked() -> dict[str, Any]:
        check = "nobody else reads or replaces the store"
        return next(r for r in ward.rows("doctor") if r["check"] == check)

    assert not looked()["warning"]
    ward.store.chmod(0o644)
    found = looked()
    assert (found["ok"], found["warning"], found["count"]) == (True, True, 1)
    assert "chmod 600" in found["detail"]


def test_in_a_read_only_folder_no_store_is_made(ward: Any, sealed: Path) -> None:
    for words in (("init", "--rehearsal"), ("restore", str(ward.folder / "copy.db"))):
        new = sealed.with_name("new.db")
        told(ward(*words, "--store", str(new), "--format", "json"), "store_read_only")


def test_on_a_full_disk_everything_says_so_and_nothing_is_lost(ward: Any, disk: Disk) -> None:
    ward.ok("backup", str(ward.folder / "copy.db"))
    at = disk("-o", "size=3m")
    store = at / "team.db"
    shutil.copy(ward.folder / "copy.db", store)
    with (at / "ballast").open("wb", buffering=0) as ballast, pytest.raises(OSError, match="space"):
        while True:
            ballast.write(b"0" * 1024)
    told(ward(*REFER, "--store", str(store), "--format", "json"), "store_full")
    for words in (("case", "list"), ("verify",)):
        # Whether reading still goes on depends on what lies beside the store already.
        result = ward(*words, "--store", str(store), "--format", "json")
        assert result.code == 0 or told(result, "store_full")
    new = ward("init", "--rehearsal", "--store", str(at / "new.db"), "--format", "json")
    told(new, "store_full")
    assert not [p for p in at.iterdir() if p.name.startswith("new")]
    (at / "ballast").unlink()
    ward.ok(*REFER, "--store", str(store))
    ward.ok("verify", "--store", str(store))


def test_a_second_writer_is_told_to_try_again_and_readers_go_on(
    ward: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("casereview.store.opening.BUSY_MS", 50)
    monkeypatch.setattr("casereview.store.opening.open_store.__kwdefaults__", {
        "read_only": False, "busy_ms": 50,
    })  # fmt: skip
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(ward.store)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        told(ward(*REFER, "--format", "json"), "store_busy", 3)
        ward.ok("case", "list")
        ward.ok("verify")
    finally:
        holder.communicate("")
    ward.ok(*REFER)


@pytest.mark.parametrize("folder", ["Dropbox", "OneDrive - Trust"])
def test_no_store_is_made_in_a_synchronised_folder(ward: Any, folder: str) -> None:
    at = ward.folder / folder
    at.mkdir()
    store = str(at / "team.db")
    told(ward("init", "--rehearsal", "--store", store, "--format", "json"), "store_synchronised")
    shutil.copy(ward.store, store)
    told(ward("case", "list", "--store", store, "--format", "json"), "store_synchronised")


@pytest.mark.parametrize("words", [("case", "list"), REFER, ("verify",), ("info",), ("migrate",)])
def test_a_folder_or_another_file_is_no_store(ward: Any, words: tuple[str, ...]) -> None:
    other = ward.folder / "list.csv"
    other.write_text("case,stage\n1,assess\n")
    for place in (ward.folder, other):
        refused = ward(*words, "--store", str(place), "--format", "json")
        told(refused, "not_a_store", 2)
    assert other.read_text() == "case,stage\n1,assess\n"
