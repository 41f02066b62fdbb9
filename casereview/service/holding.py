"""Looking after the store: backup, restore, migration, information."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from casereview.service.desk import Desk, Rows
from casereview.store import backup as keeping
from casereview.store.files import make_folder
from casereview.store.migrate import migrate as migrate_store

__all__ = ["backup", "info", "make_folder", "migrate", "restore"]


def backup(desk: Desk, target: str | Path) -> Rows:
    """Copy the store whole while it is in use, open the copy and prove it.

    Raises:
        StoreError: the target exists, or the copy does not verify.
    """
    copy = keeping.backup(desk.store, target, at=desk.now)
    return [{k: str(v) if isinstance(v, Path) else v for k, v in dataclasses.asdict(copy).items()}]


def restore(source: str | Path, target: str | Path, *, replace: bool = False) -> Rows:
    """Put a verified backup in place; an existing store is refused unless it is to be moved aside.

    Raises:
        StoreError: the backup does not verify, its rows among the rest, or the target exists.
    """
    aside = keeping.restore(source, target, replace=replace, rows=True)
    return [{"restored": str(target), "moved_aside": str(aside) if aside else None}]


def info(desk: Desk) -> Rows:
    """Return what the store is: place, size, library, journal mode and why, schema, counts."""
    return list(keeping.info(desk.store))


def migrate(place: str | Path) -> Rows:
    """Bring an older store to this version's schema; a backup is made first.

    Raises:
        StoreError: it is no store, or newer than this version.
    """
    result = migrate_store(place)
    return [{
        "store": str(place), "before": result.before, "after": result.after,
        "backup": str(result.backup) if result.backup else None,
    }]  # fmt: skip
