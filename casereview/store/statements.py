"""Compiled SQL that runs on both databases; written with ? for every parameter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult

IN_LIST = 500
"""How many identifiers one statement names; the oldest SQLite takes 999 parameters."""

Parameters = tuple[Any, ...] | list[tuple[Any, ...]] | None


@cache
def _written(sql: str, dialect: str) -> str:
    return sql if dialect == "sqlite" else sql.replace("?", "%s")


def run(
    connection: Connection, sql: str, parameters: Parameters = None
) -> CursorResult[*tuple[Any, ...]]:
    """Run one statement.

    Args:
        connection: inside a transaction.
        sql: fixed text, ? for each parameter, no literal % or ?.
        parameters: a tuple, or a list of tuples to run it once for each; an empty list is an error.
    """
    return connection.exec_driver_sql(_written(sql, connection.dialect.name), parameters)


def marks(values: Sequence[Any]) -> str:
    """Return one ? for each value, for an IN list."""
    return ",".join("?" * len(values))
