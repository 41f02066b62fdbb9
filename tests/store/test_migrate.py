from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from casereview.core.entries import Entry, Stream
from casereview.errors import StoreBusy, StoreDamaged, StoreError
from casereview.store import driver, journal
from casereview.store.engine import migration_engine
from casereview.store.migrate import SCRIPTS, Migrated, migrate, run_steps, steps_in
from casereview.store.opening import Store, open_store
from casereview.store.schema import SCHEMA
from casereview.store.verify import verify_chains

Add = Callable[..., list[Entry]]
Tamper = Callable[..., None]

NEXT = SCHEMA + 1
STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{last}"
rows_change = ({changes})


def upgrade() -> None:
    {body}
"""
REBUILD = """with op.batch_alter_table("entries", recreate="always") as table:
        table.add_column(sa.Column("mood", sa.String()))"""


def layout(connection: Connection) -> set[tuple[str, ...]]:
    """Return every table, index and trigger as the database wrote it down, blanks evened out."""
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all()
    return {(*row[:3], _even(row[3])) for row in rows}


def _even(sql: str | None) -> str:
    return " ".join((sql or "").split()).replace("( ", "(").replace(" )", ")")


def test_the_steps_lead_to_exactly_the_tables_that_the_rows_declare(
    store: Store, tmp_path: Path
) -> None:
    other = tmp_path / "steps.db"
    other.touch()
    engine = migration_engine(other)
    with engine.begin() as connection:
        run_steps(connection, steps_in(SCRIPTS))
        migrated = layout(connection)
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    engine.dispose()
    with store.read() as connection:
        declared = layout(connection)
        stamped = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    assert migrated ^ declared == set()
    assert version == stamped == f"{SCHEMA:04d}"


def test_a_store_of_this_schema_needs_nothing(store: Store, place: Path) -> None:
    assert migrate(place) == Migrated(SCHEMA, SCHEMA, None)
    assert [p.name for p in place.parent.iterdir() if "schema-" in p.name] == []


def test_opening_a_store_does_not_load_the_migration_library(store: Store, place: Path) -> None:
    code = (
        "import sys; from casereview.store.opening import open_store;"
        "open_store(sys.argv[1]).close();"
        "print([m for m in ('alembic', 'sqlmodel', 'polars') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


@pytest.fixture
def steps(tmp_path: Path) -> Callable[..., Path]:
    """Return the folder of steps with one more."""

    def _steps(body: str, changes: str = "") -> Path:
        folder = tmp_path / "steps"
        shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = STEP.replace("{body}", body).replace("{changes}", changes)
        text = text.replace("{next}", f"{NEXT:04d}").replace("{last}", f"{SCHEMA:04d}")
        (folder / "versions" / f"{NEXT:04d}_next.py").write_text(text)
        return folder

    return _steps


def schema_of(place: Path) -> int:
    connection = driver.connect(place, "ro", seconds=1)
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    connection.close()
    return found


def test_rebuilding_a_table_keeps_its_rows_and_those_that_point_to_it(
    store: Store, place: Path, add: Add, steps: Callable[..., Path]
) -> None:
    add("case", 1, 30)
    store.close()
    done = migrate(place, scripts=steps(REBUILD))
    assert (done.before, done.after) == (SCHEMA, NEXT)
    assert schema_of(place) == NEXT
    connection = driver.connect(place, "rw", seconds=1)
    assert connection.execute("SELECT count(*) FROM entries").fetchone() == (30,)
    assert connection.execute("SELECT count(*) FROM entry_text").fetchone() == (30,)
    assert connection.execute("SELECT value FROM store_meta WHERE key='schema'").fetchone() == (
        str(NEXT),
    )
    with pytest.raises(driver.module.Error, match="append-only"):
        connection.execute("UPDATE entries SET body = ''")
    connection.close()
    assert done.backup is not None
    with open_store(done.backup) as before, before.read() as conn:
        assert verify_chains(conn) == []
        assert len(journal.load(conn, Stream("case", 1))) == 30
    with pytest.raises(StoreError) as caught:
        open_store(place)
    assert caught.value.code == "store_newer"
    with pytest.raises(StoreError, match="newer") as caught:
        migrate(place)
    assert caught.value.code == "store_newer"


HARM = {
    "rows lost": ('op.execute("DELETE FROM counters")', "0 of the 1 rows of counters"),
    "a table lost": ('op.drop_table("counters")', "none of the 1 rows of counters"),
    "rows made": (
        "op.execute(\"INSERT INTO counters VALUES ('b', 1)\")",
        "2 of the 1 rows of counters",
    ),
    "an open reference": (
        'op.execute("UPDATE entry_text SET number = 99 WHERE number = 1")',
        "entry_text would point nowhere",
    ),
}


@pytest.mark.parametrize("what", HARM)
def test_a_step_that_does_harm_is_taken_back(
    store: Store, place: Path, add: Add, steps: Callable[..., Path], what: str
) -> None:
    add("case", 1, 3)
    with store.write() as conn:
        journal.next_id(conn, "case")
        before = layout(conn)
    store.close()
    body, words = HARM[what]
    with pytest.raises(StoreDamaged, match=words):
        migrate(place, scripts=steps(body))
    with open_store(place) as again, again.read() as conn:
        assert layout(conn) == before
        assert verify_chains(conn) == []
        assert conn.exec_driver_sql("SELECT name, last FROM counters").all() == [("case", 1)]


def test_a_step_may_say_that_it_changes_rows(
    store: Store, place: Path, steps: Callable[..., Path]
) -> None:
    with store.write() as conn:
        journal.next_id(conn, "case")
    store.close()
    migrate(place, scripts=steps('op.drop_table("counters")', changes='"counters",'))
    assert schema_of(place) == NEXT


def test_a_step_that_fails_half_way_leaves_the_store_as_it_was(
    store: Store, place: Path, add: Add, steps: Callable[..., Path]
) -> None:
    add("case", 1, 3)
    with store.read() as conn:
        before = layout(conn)
    store.close()
    with pytest.raises(StoreError):
        migrate(place, scripts=steps(f'{REBUILD}\n    op.drop_table("nowhere")'))
    with open_store(place) as again, again.read() as conn:
        assert layout(conn) == before
        assert verify_chains(conn) == []


def test_a_program_killed_in_a_migration_leaves_the_old_store(
    store: Store, place: Path, add: Add, steps: Callable[..., Path]
) -> None:
    add("case", 1, 3)
    with store.read() as conn:
        before = layout(conn)
    store.close()
    folder = steps(f"{REBUILD}\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)")
    code = (
        "import sys; from pathlib import Path; from casereview.store.migrate import migrate;"
        "migrate(sys.argv[1], scripts=Path(sys.argv[2]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(place), str(folder)], check=False)
    assert done.returncode == -9
    with open_store(place) as again, again.read() as conn:
        assert layout(conn) == before
        assert verify_chains(conn) == []


def test_a_store_in_use_is_not_migrated(
    store: Store, place: Path, steps: Callable[..., Path]
) -> None:
    folder = steps(REBUILD)
    with store.write() as conn:
        conn.exec_driver_sql("INSERT INTO counters VALUES ('case', 1)")
        with pytest.raises(StoreBusy):
            migrate(place, scripts=folder, busy_ms=30)
    assert schema_of(place) == SCHEMA


def test_only_a_store_is_migrated(
    tmp_path: Path, store: Store, place: Path, tamper: Tamper
) -> None:
    with pytest.raises(StoreError, match="no store"):
        migrate(tmp_path / "missing.db")
    (tmp_path / "notes.txt").write_text("case 1")
    with pytest.raises(StoreError, match="another format"):
        migrate(tmp_path / "notes.txt")
    store.close()
    tamper(place, "PRAGMA application_id=5")
    with pytest.raises(StoreError, match="another program"):
        migrate(place)
