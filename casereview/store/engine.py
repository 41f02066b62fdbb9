"""Engines: one that writes, one that reads, one that stays outside transactions.

SQLAlchemy's own SQLite transactions lose updates without an error, so BEGIN is emitted here:
IMMEDIATE for the writer (the second one waits), plain for readers, which cannot write.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool, QueuePool

from casereview.errors import StoreError
from casereview.store import driver

BUSY_MS = 10_000
"""How long a statement waits for another program: SQLite's queue is unfair, seconds do happen."""

_COMMON = {
    "foreign_keys": 1,
    "recursive_triggers": 1,  # without it INSERT OR REPLACE deletes past the append-only triggers
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "mmap_size": 0,
}
_FULL = 2
"""synchronous=FULL: a weaker setting lost acknowledged commits at power loss."""
_CACHE_KIB = 65_536
_LOG_BYTES = 64 * 1024 * 1024
"""The write-ahead log is cut back to this after a large import."""


def _settle(connection: Any, wanted: dict[str, int | str]) -> None:
    """Set each pragma and read it back.

    Raises:
        StoreError: this SQLite did not take a setting that the store's safety rests on.
    """
    for pragma, value in wanted.items():
        connection.execute(f"PRAGMA {pragma}={value}").close()
        row = connection.execute(f"PRAGMA {pragma}").fetchone()
        # A build without memory mapping has no such setting, which is what we want.
        if row != (value,) and not (pragma == "mmap_size" and row is None):
            raise StoreError(
                f"This SQLite does not keep {pragma}={value} (it says {row}), "
                "so the store would not be safe.",
                code="store_unsafe_sqlite",
                next="Install pysqlite3, or another build of Python.",
            )


def apply_pragmas(
    connection: Any, *, mode: str, busy_ms: int, writes: bool, references: bool = True
) -> None:
    """Make a fresh SQLite connection safe; refuse when a setting does not hold.

    Args:
        connection: a DB-API connection outside any transaction.
        mode: "rw", "ro" or "immutable", as it was opened.
        busy_ms: milliseconds to wait for another program's lock.
        writes: False makes every write fail.
        references: False leaves references between rows unchecked, which only a migration may.
    """
    if driver.version() < driver.OLDEST:
        raise StoreError(
            f"SQLite {'.'.join(map(str, driver.version()))} is too old; 3.35 is the oldest.",
            code="store_unsafe_sqlite",
            next="Install pysqlite3, or a newer Python.",
        )
    wanted: dict[str, int | str] = {}
    if writes and mode == "rw":
        wanted["journal_mode"] = driver.journal_mode()
    wanted |= {"synchronous": _FULL, **_COMMON}
    wanted |= {"foreign_keys": int(references), "query_only": int(not writes)}
    connection.execute(f"PRAGMA busy_timeout={busy_ms}").close()
    if sys.platform == "darwin":
        # A plain fsync on macOS does not reach the medium.
        wanted |= {"fullfsync": 1, "checkpoint_fullfsync": 1}
    _settle(connection, wanted)
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}").close()
    if writes and mode == "rw":
        connection.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}").close()


def _sqlite_engine(
    path: Path,
    *,
    mode: str,
    busy_ms: int,
    writes: bool,
    begin: str | None,
    check: Callable[[Any], None] | None = None,
    references: bool = True,
) -> Engine:
    """Return an engine on one file; `begin` None leaves every statement to commit itself."""

    def connect() -> Any:
        connection = driver.connect(path, mode, seconds=busy_ms / 1000)
        try:
            if check is not None:
                # Before any setting: a foreign file must not even get our journal mode.
                check(connection)
            apply_pragmas(
                connection, mode=mode, busy_ms=busy_ms, writes=writes, references=references
            )
        except BaseException:
            connection.close()
            raise
        return connection

    pool: dict[str, Any] = {"poolclass": NullPool}
    if begin is not None:
        # One writing connection: threads of this program queue fairly before they reach SQLite.
        size = 1 if writes else 5
        pool = {
            "poolclass": QueuePool,
            "pool_size": size,
            "max_overflow": 0 if writes else 10,
            "pool_timeout": max(busy_ms / 1000, 0.001),
        }
    engine = create_engine(
        "sqlite+pysqlite://", module=driver.module, creator=connect, hide_parameters=True, **pool
    )
    if begin is not None:

        def started(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        event.listen(engine, "begin", started)
    return engine


def write_engine(
    path: Path, *, busy_ms: int = BUSY_MS, check: Callable[[Any], None] | None = None
) -> Engine:
    """Return the engine whose transactions are BEGIN IMMEDIATE.

    Args:
        path: the store's file.
        busy_ms: milliseconds to wait for another writer.
        check: looks at each new DB-API connection before anything is set; may raise.
    """
    return _sqlite_engine(
        path, mode="rw", busy_ms=busy_ms, writes=True, begin="BEGIN IMMEDIATE", check=check
    )


def read_engine(
    path: Path,
    *,
    mode: str = "rw",
    busy_ms: int = BUSY_MS,
    check: Callable[[Any], None] | None = None,
) -> Engine:
    """Return the engine whose transactions see one moment and cannot write.

    Args:
        path: the store's file.
        mode: "rw" beside a writer, "ro" or "immutable" where nothing may be written.
        busy_ms: milliseconds to wait for a writer.
        check: looks at each new DB-API connection before anything is set; may raise.
    """
    return _sqlite_engine(
        path, mode=mode, busy_ms=busy_ms, writes=False, begin="BEGIN", check=check
    )


def bare_engine(path: Path, *, mode: str = "rw", busy_ms: int = BUSY_MS) -> Engine:
    """Return an engine outside transactions, for VACUUM, checkpoints and PRAGMA data_version.

    In mode "ro" the file itself refuses writes, while VACUUM INTO another file still works.
    """
    return _sqlite_engine(path, mode=mode, busy_ms=busy_ms, writes=True, begin=None)


def migration_engine(path: Path, *, busy_ms: int = BUSY_MS) -> Engine:
    """Return a writing engine that leaves references unchecked until the caller checks them all.

    Rebuilding a table while they are checked deletes the rows that point to it.
    """
    return _sqlite_engine(
        path, mode="rw", busy_ms=busy_ms, writes=True, begin="BEGIN IMMEDIATE", references=False
    )


def server_url(place: str) -> URL | None:
    """Return the address of a PostgreSQL database, None for anything else.

    Raises:
        StoreError: it begins like an address and is none.
    """
    if not place.startswith(("postgresql:", "postgresql+", "postgres:")):
        return None
    try:
        return make_url(place).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "The address of the store cannot be read.",
            code="store_unreachable",
            next="Write it as postgresql://USER@HOST/DATABASE.",
        ) from error


def server_engine(url: URL, *, writes: bool, busy_ms: int = BUSY_MS) -> Engine:
    """Return an engine on PostgreSQL at SERIALIZABLE; a reading one refuses writes.

    A serialization failure comes out as StoreBusy: the whole command may be given again.

    Raises:
        StoreError: the extra that speaks to PostgreSQL is not installed.
    """
    if find_spec("psycopg") is None:
        raise StoreError(
            "This installation cannot speak to PostgreSQL.",
            code="store_unreachable",
            next="Install casereview[postgres].",
        )
    options: dict[str, Any] = {} if writes else {"postgresql_readonly": True}
    return create_engine(
        url,
        isolation_level="SERIALIZABLE",
        hide_parameters=True,
        execution_options=options,
        pool_size=5,
        pool_timeout=max(busy_ms / 1000, 0.001),
        connect_args={"options": f"-c lock_timeout={busy_ms}"},
    )
