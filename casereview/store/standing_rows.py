"""Where the cases of a long agenda stand, read from their rows instead of their journals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from casereview.store.statements import IN_LIST, marks, run


def touched(connection: Connection, review: int) -> set[int]:
    """Return the cases about which something was answered, marked or decided in a review."""
    found: set[int] = set()
    for table in ("answers", "marks", "decisions"):
        sql = f"SELECT case_id FROM {table} WHERE review_id = ?"  # noqa: S608 - fixed names
        found |= {row[0] for row in run(connection, sql, (review,))}
    return found


def standing(connection: Connection, cases: Sequence[int]) -> dict[int, tuple[str, str, int]]:
    """Return case to (stage, team, person) as they are now."""
    sql = "SELECT id, stage, team, person_id FROM cases WHERE id IN ({})"
    return {row[0]: (row[1], row[2], row[3]) for row in _many(connection, sql, cases)}


def local_ids(connection: Connection, people: Sequence[int], source: str) -> dict[int, str]:
    """Return person to the local id to show in a source: the last of its own, else the first."""
    sql = "SELECT person_id, source, local_id FROM person_ids WHERE person_id IN ({}) ORDER BY n"
    first: dict[int, str] = {}
    own: dict[int, str] = {}
    for person, held, local_id in _many(connection, sql, people):
        first.setdefault(person, local_id)
        if held == source:
            own[person] = local_id
    return first | own


def _many(connection: Connection, sql: str, values: Sequence[int]) -> Iterator[Any]:
    for start in range(0, len(values), IN_LIST):
        part = tuple(values[start : start + IN_LIST])
        yield from run(connection, sql.format(marks(part)), part)
