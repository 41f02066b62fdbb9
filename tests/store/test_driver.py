from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from casereview.store import driver


@pytest.mark.parametrize(
    ("version", "vulnerable"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 44, 9), False),
        ((3, 45, 0), True),
        ((3, 46, 1), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_only_a_sqlite_with_the_fix_may_use_a_write_ahead_log(
    version: tuple[int, int, int], vulnerable: bool
) -> None:
    assert driver.wal_reset_vulnerable(version) is vulnerable


def test_the_journal_mode_follows_the_version_and_says_why() -> None:
    expected = "truncate" if driver.wal_reset_vulnerable(driver.version()) else "wal"
    assert driver.journal_mode() == expected
    assert ".".join(map(str, driver.version())) in driver.journal_reason()


STOCK = """
import sys
sys.modules["pysqlite3"] = None
from datetime import UTC, date, datetime
from casereview.core.entries import Draft, Stream
from casereview.store import driver, journal
from casereview.store.opening import create_store, open_store
from casereview.store.verify import verify_chains
assert driver.name() == "sqlite3"
at = datetime(2026, 3, 3, tzinfo=UTC)
with create_store(sys.argv[1], at=at) as store, store.write() as conn:
    drafts = [Draft(Stream("case", 1), "moved", date(2026, 3, 3))]
    journal.append(conn, drafts, at=at, by="ann", said_by=None, command="c")
with open_store(sys.argv[1]) as store:
    with store.write() as conn:
        print(conn.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    with store.read() as conn:
        print(len(verify_chains(conn)), len(journal.load(conn, Stream("case", 1))))
print(driver.journal_mode())
"""


def test_without_the_extra_library_the_standard_one_works_in_its_own_mode(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOCK, str(tmp_path / "s.db")],
        check=True,
        capture_output=True,
        text=True,
    )
    used, checked, wanted = done.stdout.splitlines()
    assert used == wanted
    assert checked == "0 1"


def test_a_library_with_the_fault_is_passed_over_for_one_without(tmp_path: Path) -> None:
    fake = tmp_path / "pysqlite3"
    fake.mkdir()
    (fake / "__init__.py").write_text("")
    (fake / "dbapi2.py").write_text("sqlite_version_info = (3, 46, 1)\n")
    code = (
        "import sqlite3, sys; version = tuple(map(int, sys.argv[1].split('.')));"
        "sqlite3.sqlite_version_info = version;"
        "from casereview.store import driver; print(driver.name())"
    )

    def chosen(standard: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}",
             standard],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip

    assert chosen("3.53.4") == "sqlite3"
    assert chosen("3.40.1") == "pysqlite3"
