"""Making a store and opening one; what is no store is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from casereview.core.calendar import time_zone
from casereview.errors import StoreError, StoreExists, Usage
from casereview.store.canonical import instant
from casereview.store.engine import (
    BUSY_MS,
    read_engine,
    server_engine,
    server_url,
    write_engine,
)
from casereview.store.faults import damaged, not_a_store
from casereview.store.files import remove_file
from casereview.store.handle import Store
from casereview.store.place import (
    new_file,
    reading_mode,
    refuse_odd,
    refuse_remote,
    refuse_unwritable,
)
from casereview.store.schema import APPLICATION_ID, SCHEMA, create_tables
from casereview.store.statements import run

__all__ = ["Store", "check_marks", "check_schema", "create_store", "has_meta", "open_store"]

TIME_ZONE = "Europe/London"
META = ("created", "id", "rehearsal", "schema", "time_zone")
"""What every store says about itself."""


def _check_file(path: Path) -> Callable[[Any], None]:
    """Return what looks at each new connection before anything is set on it."""

    def check(connection: Any) -> None:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION_ID:
            raise not_a_store(path, "the database belongs to another program")
        check_schema(path, connection.execute("PRAGMA user_version").fetchone()[0])

    return check


def check_schema(place: object, schema: int) -> None:
    """Refuse a store that this version does not know, and one that it must migrate first.

    Raises:
        StoreError: newer or older than SCHEMA.
    """
    if schema > SCHEMA:
        raise newer(place, f"schema {schema}", SCHEMA)
    if schema < SCHEMA:
        raise StoreError(
            f"{place} was written by an older casereview (schema {schema}; "
            f"this one uses schema {SCHEMA}).",
            code="store_older",
            next="Run `casereview migrate`; it makes a backup first.",
        )


def newer(place: object, found: str, known: int) -> StoreError:
    """Say that a later version wrote a store."""
    return StoreError(
        f"{place} was written by a newer casereview ({found}; "
        f"this one knows schemas up to {known}).",
        code="store_newer",
        next="Update casereview; nothing was changed.",
    )


def check_marks(
    connection: Connection, place: object, schema: int, meta: Mapping[str, str], *, known: int
) -> None:
    """Refuse a store whose other two marks of its schema do not say what the first one says.

    Args:
        connection: any transaction.
        place: as people read it.
        schema: what the file, or on a server the store's own table, says.
        meta: what the store's own table says.
        known: the newest schema that this version knows.

    Raises:
        StoreError: a mark that only a later version makes (code store_newer).
        StoreDamaged: the marks disagree.
    """
    steps = _steps(connection)
    for mark in (*steps, meta["schema"]):
        number = _number(mark)
        # A later version may name its steps in another way.
        if (number is None and mark in steps and mark) or (number or 0) > known:
            raise newer(place, f"it carries the mark {mark[:40]!r}", known)
    if len(steps) != 1 or {_number(steps[0]), _number(meta["schema"])} != {schema}:
        told = ", ".join(steps) or "none"
        raise damaged(
            place,
            f"its schema is {schema}, its table alembic_version says {told} "
            f"and its table store_meta {meta['schema']}",
        )


def _number(mark: str) -> int | None:
    """Return the schema that a mark stands for, None when it is no number."""
    return int(mark[:9]) if mark.isascii() and mark.isdigit() else None


def _steps(connection: Connection) -> list[str]:
    """Return the migration steps that a store names, one in a whole store."""
    if not _has_table(connection, "alembic_version"):
        return []
    rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    return sorted(str(row[0]) for row in rows)


def _file_store(
    path: Path, *, only_read: bool, busy_ms: int, check: Callable[[Any], None] | None
) -> Store:
    """Return a store on a file, without having touched it."""
    mode = reading_mode(path) if only_read else "rw"
    writer = None if only_read else write_engine(path, busy_ms=busy_ms, check=check)
    reader = read_engine(path, mode=mode, busy_ms=busy_ms, check=check)
    return Store(str(path), path, writer=writer, reader=reader)


def _server_store(url: URL, *, only_read: bool, busy_ms: int) -> Store:
    """Return a store on a PostgreSQL database, without having connected."""
    writer = None if only_read else server_engine(url, writes=True, busy_ms=busy_ms)
    reader = server_engine(url, writes=False, busy_ms=busy_ms)
    return Store(url.render_as_string(hide_password=True), None, writer=writer, reader=reader)


def has_meta(connection: Connection) -> bool:
    """Say whether the database has a store's own table."""
    return _has_table(connection, "store_meta")


def _has_table(connection: Connection, name: str) -> bool:
    table = (
        "SELECT count(*) FROM sqlite_master WHERE name = ?"
        if connection.dialect.name == "sqlite"
        else "SELECT count(*) FROM pg_catalog.pg_tables WHERE tablename = ? "
        "AND schemaname = ANY (current_schemas(false))"
    )
    return bool(run(connection, table, (name,)).scalar_one())


def read_meta(connection: Connection, place: object) -> Mapping[str, str]:
    """Return what the store says about itself.

    Raises:
        StoreError: it says nothing, so it is no store.
        StoreDamaged: something of it is missing.
    """
    if not has_meta(connection):
        raise not_a_store(place, "it has none of a store's tables")
    rows = run(connection, "SELECT key, value FROM store_meta").all()
    meta = {str(row[0]): str(row[1]) for row in rows}
    missing = [key for key in META if key not in meta]
    if missing:
        raise damaged(place, f"its table store_meta lacks {', '.join(missing)}")
    if meta["rehearsal"] not in ("0", "1"):
        raise damaged(place, "its table store_meta does not say whether it is for rehearsal")
    try:
        time_zone(meta["time_zone"])
    except Usage as error:
        raise damaged(place, "its table store_meta names no time zone") from error
    return MappingProxyType(meta)


def _opened(store: Store) -> Store:
    """Connect, read what the store says about itself, and return it; close it on failure."""
    try:
        store.connect()
        with store.read() as connection:
            store.meta = read_meta(connection, store.place)
            if store.path is None:
                check_schema(store.place, int(store.meta["schema"]))
            check_marks(connection, store.place, SCHEMA, store.meta, known=SCHEMA)
    except BaseException:
        store.close()
        raise
    return store


def open_store(place: str | Path, *, read_only: bool = False, busy_ms: int = BUSY_MS) -> Store:
    """Open a store.

    Args:
        place: its file or PostgreSQL address.
        read_only: True opens it so that nothing can be written, also in a read-only folder.
        busy_ms: milliseconds to wait for another program's lock.

    Raises:
        StoreError: no store, another format, newer or older schema, network drive, read-only.
        StoreDamaged: the file is damaged.
        StoreBusy: another program holds it.
    """
    url = server_url(str(place))
    if url is not None:
        return _opened(_server_store(url, only_read=read_only, busy_ms=busy_ms))
    path = Path(place).expanduser().absolute()
    refuse_odd(path)
    refuse_remote(path)
    if not read_only:
        refuse_unwritable(path)
    check = _check_file(path)
    return _opened(_file_store(path, only_read=read_only, busy_ms=busy_ms, check=check))


def create_store(
    place: str | Path,
    *,
    at: datetime,
    rehearsal: bool = False,
    time_zone: str = TIME_ZONE,
    busy_ms: int = BUSY_MS,
) -> Store:
    """Make an empty store and return it open.

    Args:
        place: a file that does not exist yet in a folder that does, or a PostgreSQL address.
        at: when it is made, aware.
        rehearsal: True for a store without real people.
        time_zone: of its business dates.
        busy_ms: milliseconds to wait for another writer.

    Raises:
        StoreError: something is there, or the place cannot hold a store. Nothing is left behind.
    """
    meta = {
        "created": instant(at),
        "id": str(uuid4()),
        "rehearsal": str(int(rehearsal)),
        "schema": str(SCHEMA),
        "time_zone": time_zone,
    }
    url = server_url(str(place))
    if url is not None:
        _fill(_server_store(url, only_read=False, busy_ms=busy_ms), meta)
        return open_store(place, busy_ms=busy_ms)
    path = Path(place).expanduser().absolute()
    refuse_remote(path)
    new_file(path)
    try:
        _fill(_file_store(path, only_read=False, busy_ms=busy_ms, check=None), meta)
    except BaseException:
        remove_file(path)
        raise
    # Opened anew, so that every later connection proves what it opens.
    return open_store(path, busy_ms=busy_ms)


def _fill(store: Store, meta: dict[str, str]) -> None:
    """Make the tables and first rows in one transaction, and close the store."""
    with store, store.write() as connection:
        if store.path is None and has_meta(connection):
            raise StoreExists(
                f"There is already a store in {store.place}; nothing was changed.",
                next="Name another database.",
            )
        create_tables(connection)
        rows: list[tuple[Any, ...]] = list(meta.items())
        run(connection, "INSERT INTO store_meta (key, value) VALUES (?, ?)", rows)
