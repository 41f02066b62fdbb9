"""Write the rows that a journal adds up to, as known at an instant, into another store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from casereview.store import journal
from casereview.store.canonical import instant
from casereview.store.project import insert_rows, keyed
from casereview.store.rebuild import FOLDS, streams_of
from casereview.store.statements import marks, run

CHUNK = 2_000
_TEXTS = "SELECT t.* FROM entry_text t JOIN entries e ON e.number = t.number"
_KNOWN = {
    "entries": "SELECT * FROM entries WHERE recorded_at <= ?",
    "entry_text": f"{_TEXTS} WHERE e.recorded_at <= ?",
}


def replay_until(source: Connection, target: Connection, known_by: datetime | None) -> int:
    """Copy the journal up to an instant, fold it and insert its rows; return how many were written.

    The target answers questions as the source would have answered them then.
    """
    _copy_journal(source, target, known_by)
    written = 0
    for kind, fold in FOLDS.items():
        for ids in streams_of(source, kind):
            rows: dict[type[Any], list[tuple[Any, ...]]] = {}
            held = journal.load_many(source, kind, ids, known_by=known_by)
            for entries in held.values():
                state = fold(entries) if entries else None
                if state is None:
                    continue
                for record, row in keyed(state.records()).values():
                    rows.setdefault(record, []).append(row)
            for record, values in rows.items():
                insert_rows(target, record, values)
                written += len(values)
    return written


def _copy_journal(source: Connection, target: Connection, known_by: datetime | None) -> None:
    until = instant(known_by) if known_by is not None else "9999"
    for name, text in _KNOWN.items():
        rows = run(source, text, (until,))
        columns = list(rows.keys())
        for part in rows.partitions(CHUNK):
            run(
                target,
                f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks(columns)})",  # noqa: S608 - columns of our own tables
                [tuple(row) for row in part],
            )
    kept = run(source, "SELECT hash, id, version, kind, text FROM packs_kept").all()
    if kept:
        run(
            target,
            "INSERT INTO packs_kept (hash, id, version, kind, text) VALUES (?, ?, ?, ?, ?)",
            [tuple(row) for row in kept],
        )
