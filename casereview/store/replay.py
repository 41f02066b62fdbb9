"""Write the rows that a journal adds up to, as known at an instant, into another store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from casereview.store import journal
from casereview.store.project import insert_rows, keyed
from casereview.store.rebuild import FOLDS, streams_of


def replay_until(source: Connection, target: Connection, known_by: datetime | None) -> int:
    """Fold every stream up to an instant and insert its rows; return how many rows were written.

    The journal itself is not copied: the target answers questions, it is not a store to work in.
    """
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
