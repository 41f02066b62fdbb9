"""A damaged store is looked at without asking who looks: the checks answer with their rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TAMPER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
    db.execute(f"DROP TRIGGER {name}")
for statement in sys.argv[2:]:
    db.execute(statement)
db.commit()
db.close()
"""
MINE = "stream_kind = 'user' AND stream_id = 1"


def tamper(store: Path, *statements: str) -> None:
    """Change a store from another process, past every guard."""
    subprocess.run([sys.executable, "-c", TAMPER, str(store), *statements], check=True)


def failed(result: Any) -> dict[str, str]:
    assert result.code == 1, result.err or result.out
    rows = result.json["rows"]
    assert all({"check", "ok", "detail"} <= set(row) for row in rows)
    return {row["check"]: row["detail"] for row in rows if not row["ok"]}


OWN_ENTRY = {
    "no JSON": (f"UPDATE entries SET body = '[[[' WHERE {MINE}",),
    "JSON of another shape": (f"UPDATE entries SET body = '{{}}' WHERE {MINE}",),
    "a day that is none": (f"UPDATE entries SET occurred_on = 'soon' WHERE {MINE}",),
    "entry and row": (
        f"UPDATE entries SET body = 'x' WHERE {MINE}",
        "UPDATE users SET role = 'auditor', os_user = 'nobody-here', removed_on = 'soon'",
    ),
    "entry and row gone": (
        "DELETE FROM memberships", "DELETE FROM users",
        f"DELETE FROM entry_text WHERE number IN (SELECT number FROM entries WHERE {MINE})",
        f"DELETE FROM entries WHERE {MINE}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("statements", OWN_ENTRY.values(), ids=OWN_ENTRY)
def test_verify_answers_when_the_entry_of_who_asks_is_damaged(
    ward: Any, statements: tuple[str, ...]
) -> None:
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1")
    ward.ok("review", "close", "R1")
    tamper(ward.store, *statements)
    found = failed(ward("verify", "--format", "json"))
    assert "user 1" in found["journal chains"]
    assert ward("info", "--format", "json").code == 0
    assert ward("doctor", "--format", "json").code in (0, 1)
    refused = ward("case", "list", "--format", "json")
    assert refused.code == 1
    assert "error" in refused.json


def test_a_backup_whose_rows_are_not_what_its_journal_says_is_not_put_in_place(ward: Any) -> None:
    copy = ward.folder / "copy.db"
    ward.ok("backup", str(copy))
    tamper(copy, "UPDATE cases SET stage = 'complete'")
    refused = ward("restore", str(copy), "--replace", "--format", "json")
    assert refused.code == 1
    assert "cases 1 is changed in stage" in refused.json["error"]["message"]
    assert not list(ward.folder.glob("*.replaced*"))
    ward.ok("verify")
    # The journal is whole, so that the way named builds the rows anew.
    assert "export archive" in refused.json["error"]["next"]


def test_the_real_command_prints_its_rows_and_no_traceback(ward: Any) -> None:
    tamper(ward.store, *OWN_ENTRY["entry and row"])
    words = [sys.executable, "-m", "casereview_tui", "verify"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "journal chains" in done.stdout
    assert "Traceback" not in done.stderr + done.stdout
    assert "restore a backup" in done.stderr


ELSEWHERE = {
    "a case that folds to nothing": (
        "UPDATE entries SET body = '{}' WHERE stream_kind = 'case'", "rows equal the journal",
    ),
    "a date in a row": ("UPDATE persons SET died_on = 'x'", "rows equal the journal"),
    "a date beyond the calendar": (
        "UPDATE stage_spells SET from_on = 999999999999", "rows equal the journal",
    ),
    "a row that belongs to nobody": (
        "UPDATE stage_spells SET case_id = -5", "rows equal the journal",
    ),
    "a place that is no number": (
        "UPDATE entries SET seq = 'x' WHERE stream_kind = 'team' AND seq = 1", "journal chains",
    ),
    "a team without its journal": (
        "UPDATE entries SET stream_id = 77 WHERE stream_kind = 'team'", "rows equal the journal",
    ),
    "bytes where a number belongs": (
        "UPDATE entries SET stream_id = x'ff00fe' WHERE stream_kind = 'case' AND seq = 1",
        "journal chains",
    ),
    "a line of a seal": ("UPDATE seal_streams SET seq = 'x'", "journal chains"),
    "the kept rules": ("UPDATE packs_kept SET text = 'x'", "rule files kept whole"),
    "whether it is a rehearsal": (
        "UPDATE entries SET body = replace(body, 'true', 'false') WHERE stream_kind = 'store'",
        "rows equal the journal",
    ),
    "its time zone": (
        "UPDATE store_meta SET value = 'Moon' WHERE key = 'time_zone'", "the store can be opened",
    ),
    "its own table": (
        "DELETE FROM store_meta WHERE key = 'rehearsal'", "the store can be opened",
    ),
    "its mark of the schema": ("DELETE FROM alembic_version", "the store can be opened"),
}  # fmt: skip


@pytest.mark.parametrize("case", ELSEWHERE.values(), ids=ELSEWHERE)
def test_damage_anywhere_is_a_row_and_never_the_end_of_the_check(
    ward: Any, case: tuple[str, str]
) -> None:
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1")
    ward.ok("review", "close", "R1")
    statement, check = case
    tamper(ward.store, statement)
    assert check in failed(ward("verify", "--format", "json"))
    assert ward("doctor", "--format", "json").code in (0, 1)


def test_overwritten_pages_are_a_row_too(ward: Any) -> None:
    size = ward.store.stat().st_size
    with ward.store.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xa5" * (size // 4))
    assert failed(ward("verify", "--format", "json"))


def test_whoever_may_read_the_file_may_check_it(ward: Any) -> None:
    tamper(ward.store, "UPDATE users SET os_user = 'somebody-else' WHERE os_user IS NOT NULL")
    assert ward("case", "list").code == 1
    found = failed(ward("verify", "--format", "json"))
    assert list(found) == ["rows equal the journal"]
    assert found["rows equal the journal"].endswith("is changed in os_user.")
    for command in ("doctor", "info"):
        assert ward(command, "--format", "json").code == 0
