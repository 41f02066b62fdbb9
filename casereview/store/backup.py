"""Backups that are proved when they are made, restoring one, and what a store says of itself."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from casereview.errors import StoreBusy, StoreDamaged, StoreError, StoreExists
from casereview.store import driver
from casereview.store.canonical import canonical_text
from casereview.store.engine import bare_engine
from casereview.store.faults import busy, damaged, not_a_store, translating
from casereview.store.handle import Store
from casereview.store.opening import check_marks, has_meta, newer, read_meta
from casereview.store.place import (
    BESIDE,
    new_file,
    reading_mode,
    refuse_odd,
    refuse_remote,
    sync_folder_entry,
)
from casereview.store.rebuild import refuse_differing
from casereview.store.schema import APPLICATION_ID, SCHEMA
from casereview.store.seals import last_seal
from casereview.store.statements import run
from casereview.store.verify import verify_chains

_MARK = "backup"
"""Key in store_meta of the row that a backup must contain."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A proved copy of a store.

    Attributes:
        path: the file.
        size: bytes.
        entries: lines of its journal.
        head: head of its last seal, "" before the first; print it to prove the copy later.
    """

    path: Path
    size: int
    entries: int
    head: str


def backup(store: Store, target: str | Path, *, at: datetime) -> Copy:
    """Copy a store while it is in use, then open the copy and prove it.

    A mark is written to the store first and looked for in the copy; pages, references between rows
    and every chain are checked.

    Args:
        store: open; one opened only to be read gets no mark.
        target: a file that does not exist yet. A network drive is allowed.
        at: the time, aware; `info` tells it later.

    Raises:
        StoreError: the target exists, its folder is missing or read-only, disk full.
        StoreDamaged: the copy is not right; it is removed again.
    """
    path = Path(target).expanduser().absolute()
    mark = canonical_text({"at": at, "token": uuid4().hex, "target": str(path)})
    new_file(path)
    try:
        if not store.read_only:
            with store.write() as connection:
                _keep_mark(connection, mark)
        with store.bare() as connection, translating(path):
            vacuum_into(connection, path)
        copy = prove(path, mark=None if store.read_only else mark)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return copy


def _keep_mark(connection: Connection, mark: str) -> None:
    run(
        connection,
        "INSERT INTO store_meta (key, value) VALUES (?, ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_MARK, mark),
    )


def vacuum_into(connection: Connection, path: Path) -> None:
    """Write a copy into an empty file and wait until it is on the disk."""
    connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
    # SQLite need not sync what VACUUM INTO writes.
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    sync_folder_entry(path.parent)


def prove(path: Path, *, mark: str | None = None) -> Copy:
    """Check a store's pages, references and chains without changing it.

    Args:
        path: the file of a store or backup, of this or an older schema.
        mark: a value that its backup row must have; None asks for none.

    Raises:
        StoreError: not a store, or newer than this program.
        StoreDamaged: something in it is not right; the sentence names the first thing.
    """
    refuse_odd(path)
    engine = bare_engine(path, mode=reading_mode(path))
    try:
        with translating(path), engine.connect() as connection:
            _refuse_foreign(connection, path)
            _refuse_damaged(connection, path)
            if mark is not None:
                sql = "SELECT value FROM store_meta WHERE key = ?"
                if run(connection, sql, (_MARK,)).scalar_one_or_none() != mark:
                    raise StoreDamaged(
                        f"The copy {path} lacks the last thing written before it was made.",
                        next="Make the backup again, on another drive if this repeats.",
                    )
            entries = int(run(connection, "SELECT count(*) FROM entries").scalar_one())
            last = last_seal(connection)
    finally:
        engine.dispose()
    return Copy(path, path.stat().st_size, entries, last[3] if last else "")


def _refuse_foreign(connection: Connection, path: Path) -> None:
    """Refuse another program's database and a newer store."""
    application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if application != APPLICATION_ID or not has_meta(connection):
        raise not_a_store(path, "the database belongs to another program")
    schema = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if schema > SCHEMA:
        raise newer(path, f"schema {schema}", SCHEMA)
    check_marks(connection, path, schema, read_meta(connection, path), known=SCHEMA)


def _refuse_damaged(connection: Connection, path: Path) -> None:
    """Refuse a file whose pages, references or chains are not whole."""
    said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    if said != "ok":
        raise damaged(path, "its pages contradict each other")
    orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if orphan is not None:
        raise damaged(path, f"table {orphan[0]} points to a row that is not there")
    problems = verify_chains(connection)
    if problems:
        raise damaged(path, f"its journal has {len(problems)} faults, the first at {problems[0]}")


def restore(
    source: str | Path, target: str | Path, *, replace: bool = False, rows: bool = False
) -> Path | None:
    """Put a proved copy of a backup in the place of a store.

    Args:
        source: a backup; it is only read.
        target: the store's file.
        replace: True moves an existing target aside first; False refuses it.
        rows: True also holds every row of the source against its journal.

    Returns:
        Where the former file now is, None when there was none.

    Raises:
        StoreError: the target exists, or cannot hold a store; the source is no store.
        StoreDamaged: the source is not right. Nothing was moved.
        StoreBusy: another program uses the target.
    """
    origin = Path(source).expanduser().absolute()
    path = Path(target).expanduser().absolute()
    prove(origin)
    if rows:
        refuse_differing(origin)
    refuse_remote(path)
    there = path.is_symlink() or path.exists()
    if there and (not replace or path.is_dir() or origin.samefile(path)):
        raise StoreExists(
            f"There is already something at {path}; nothing was changed.",
            next="Name another file, or add --replace to move a store there aside.",
        )
    fresh = path.with_name(f"{path.name}.{uuid4().hex[:8]}")
    new_file(fresh)
    engine = bare_engine(origin, mode=reading_mode(origin))
    try:
        with translating(fresh), engine.connect() as connection:
            vacuum_into(connection, fresh)
        if there:
            _refuse_in_use(path)
        aside = _move_aside(path)
        fresh.rename(path)
        sync_folder_entry(path.parent)
    finally:
        engine.dispose()
        fresh.unlink(missing_ok=True)
    return aside if there else None


def _refuse_in_use(path: Path) -> None:
    """Refuse to move a file that another program has open.

    Raises:
        StoreBusy: leaving the write-ahead log is possible only to a sole user.
    """
    try:
        # SQLite would throw away the log of a file that is too short to be a store.
        refuse_odd(path)
    except StoreError:
        return
    engine = bare_engine(path, busy_ms=1_000)
    try:
        with translating(path), engine.connect() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode=DELETE").scalar_one()
            if mode != "delete":
                raise busy(path)
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            connection.exec_driver_sql("ROLLBACK")
    except StoreBusy:
        raise
    except StoreError:
        # Whatever else is wrong with it is why it is being replaced.
        return
    finally:
        engine.dispose()


def _move_aside(path: Path) -> Path:
    """Rename a file, and what SQLite keeps beside it, to a name not yet taken; return the name."""
    n, aside = 1, path.with_name(f"{path.name}.replaced")
    while any(aside.with_name(aside.name + end).exists() for end in ("", *BESIDE)):
        n += 1
        aside = path.with_name(f"{path.name}.replaced-{n}")
    for end in ("", *BESIDE):
        # A log left behind would be replayed into the new file.
        part = path.with_name(path.name + end)
        if part.is_symlink() or part.exists():
            part.rename(aside.with_name(aside.name + end))
    return aside


def _mark_said(mark: str | None) -> dict[str, Any]:
    """Return what the row of the last backup says; nothing when it cannot be read."""
    try:
        said = json.loads(mark or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def info(store: Store) -> list[dict[str, Any]]:
    """Return what there is to know about a store: rows of `name` and `value`, in reading order."""
    with store.read() as connection:
        entries = int(run(connection, "SELECT count(*) FROM entries").scalar_one())
        streams = int(run(connection, "SELECT count(*) FROM entries WHERE seq = 1").scalar_one())
        seal = last_seal(connection)
        sql = "SELECT value FROM store_meta WHERE key = ?"
        mark = run(connection, sql, (_MARK,)).scalar_one_or_none()
    values: dict[str, Any] = {"place": store.place}
    if store.path is not None:
        beside = [store.path.with_name(store.path.name + end) for end in ("", *BESIDE)]
        values["size_bytes"] = sum(p.stat().st_size for p in beside if p.exists())
        values["sqlite_version"] = ".".join(map(str, driver.version()))
        values["driver"] = driver.name()
        values["journal_mode"] = driver.journal_mode()
        values["journal_reason"] = driver.journal_reason()
    made = _mark_said(mark)
    values |= {
        "schema": int(store.meta["schema"]),
        "store_id": store.id,
        "rehearsal": store.rehearsal,
        "time_zone": store.time_zone,
        "created": store.meta["created"],
        "entries": entries,
        "streams": streams,
        "last_seal_at": None if seal is None else seal[1],
        "last_seal_head": None if seal is None else seal[3],
        "last_backup_at": made.get("at"),
        "last_backup": made.get("target"),
    }
    return [{"name": name, "value": value} for name, value in values.items()]
