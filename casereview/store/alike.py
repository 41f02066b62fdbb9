"""Rows that have most columns in common, written with those columns said once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from casereview.store.statements import marks, run

_VALUES = 900
"""Values in one statement, far below what any SQLite takes."""


def insert_alike(
    connection: Connection,
    table: str,
    common: Mapping[str, Any],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Insert rows of one table that differ only in some columns.

    Handing a value to SQLite costs more than storing it, so there a value that all rows share is
    handed over once in some hundred rows.

    Args:
        connection: a writing transaction.
        table: a table of our own.
        common: the columns that all rows share.
        columns: the columns in which they differ.
        rows: their values in that order.
    """
    if not rows:
        return
    names, shared = (*columns, *common), tuple(common.values())
    if connection.dialect.name != "sqlite":
        sql = f"INSERT INTO {_into(table, names)} VALUES ({marks(names)})"  # noqa: S608 - names of our own tables
        run(connection, sql, [(*row, *shared) for row in rows])
        return
    many = max(1, _VALUES // len(columns))
    whole = len(rows) - len(rows) % many
    groups = [(*shared, *chain.from_iterable(rows[i : i + many])) for i in range(0, whole, many)]
    if groups:
        run(connection, _together(table, tuple(columns), tuple(common), many), groups)
    if whole < len(rows):
        sql = _together(table, tuple(columns), tuple(common), len(rows) - whole)
        run(connection, sql, (*shared, *chain.from_iterable(rows[whole:])))


def _into(table: str, names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'"{table}" ({quoted})'


@cache
def _together(table: str, columns: tuple[str, ...], common: tuple[str, ...], many: int) -> str:
    """Return the statement for `many` rows; what they share comes before what differs."""
    into = _into(table, (*columns, *common))
    one = f"({marks(columns)})"
    shared = "".join(", ?" for _ in common)
    return f"INSERT INTO {into} SELECT v.*{shared} FROM (VALUES {','.join([one] * many)}) v"  # noqa: S608 - names of our own tables
