"""One SQLite library per process: this module chooses it and opens every file.

Opening the same file with two SQLite libraries in one process drops locks and can lose rows that
were acknowledged, so no other module may name a SQLite library.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

Version = tuple[int, int, int]

OLDEST: Version = (3, 35, 0)
"""The oldest SQLite with RETURNING, which the counters need."""


def wal_reset_vulnerable(version: Version) -> bool:
    """Say whether this SQLite can corrupt a write-ahead log when it restarts it.

    Source: SQLite release notes 3.51.3, 3.50.7 and 3.44.6 (present since 3.7.0).
    """
    if not (3, 7, 0) <= version <= (3, 51, 2):
        return False
    return not ((3, 44, 6) <= version < (3, 45, 0) or (3, 50, 7) <= version < (3, 51, 0))


def _number(module: ModuleType) -> Version:
    """Return the version of the SQLite inside a DB-API module."""
    first, second, third = module.sqlite_version_info[:3]
    return int(first), int(second), int(third)


def _choose() -> ModuleType:
    """Return pysqlite3 when it is installed, unless only the standard one has the fix."""
    try:
        from pysqlite3 import dbapi2 as extra
    except ImportError:
        extra = None
    if extra is not None and not wal_reset_vulnerable(_number(extra)):
        return extra  # type: ignore[no-any-return]
    import sqlite3 as standard

    if extra is None or not wal_reset_vulnerable(_number(standard)):
        return standard
    return extra  # type: ignore[no-any-return]


module = _choose()
"""The DB-API module of this process."""


def name() -> str:
    """Return the name of the chosen library: "pysqlite3" or "sqlite3"."""
    return module.__name__.partition(".")[0]


def version() -> Version:
    """Return the version of the chosen SQLite."""
    return _number(module)


def journal_mode() -> str:
    """Return "wal" on a SQLite without the reset fault, else "truncate" (readers then wait)."""
    return "truncate" if wal_reset_vulnerable(version()) else "wal"


def journal_reason() -> str:
    """Say in one sentence why this journal mode is used."""
    number = ".".join(map(str, version()))
    if journal_mode() == "wal":
        return f"SQLite {number} has the write-ahead log fix; readers never wait for a writer."
    return (
        f"SQLite {number} can damage a write-ahead log, so a rollback journal is used; "
        "installing pysqlite3 0.6.1 or later changes that."
    )


def connect(path: Path, mode: str, *, seconds: float) -> Any:
    """Open a file in autocommit mode and return the DB-API connection.

    Args:
        path: the file; it is never created.
        mode: "rw", "ro", or "immutable" for a file that nothing can change (read-only medium).
        seconds: how long a statement waits for another program's lock.
    """
    wanted = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    text = path.absolute().as_posix()
    # Windows drives need a third slash; a path of ours never names a host.
    slash = "" if text.startswith("/") else "/"
    connection = module.connect(
        f"file://{slash}{quote(text)}?{wanted}",
        uri=True,
        timeout=seconds,
        isolation_level=None,
        check_same_thread=False,
    )
    if sys.version_info >= (3, 12) and hasattr(connection, "setconfig"):
        connection.setconfig(module.SQLITE_DBCONFIG_DEFENSIVE, True)
    return connection
