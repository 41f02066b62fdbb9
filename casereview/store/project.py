"""Write what changed in a state to the tables: the rows are only ever a picture of the journal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table

from casereview.store.rows import TABLES
from casereview.store.types import to_day

Key = tuple[Any, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """How a record class is stored.

    Attributes:
        table, name: its table.
        columns: in the order of the fields.
        key: places of the primary key.
        read: gives the fields of a record in column order.
        days, flags: places of dates and of booleans, which are stored as integers.
    """

    table: Table
    name: str
    columns: tuple[str, ...]
    key: tuple[int, ...]
    read: Callable[[Any], tuple[Any, ...]]
    days: tuple[int, ...]
    flags: tuple[int, ...]


def _shape(record: type[Any]) -> Shape:
    stored: Table = TABLES[record].__table__  # type: ignore[attr-defined] # SQLModel adds it
    columns = tuple(f.name for f in dataclasses.fields(record))
    primary = {c.name for c in stored.primary_key.columns}
    kinds = [str(f.type).removesuffix(" | None") for f in dataclasses.fields(record)]
    return Shape(
        stored,
        stored.name,
        columns,
        key=tuple(i for i, c in enumerate(columns) if c in primary),
        read=attrgetter(*columns),
        days=tuple(i for i, kind in enumerate(kinds) if kind == "date"),
        flags=tuple(i for i, kind in enumerate(kinds) if kind == "bool"),
    )


SHAPES: dict[type[Any], Shape] = {record: _shape(record) for record in TABLES}
_BY_NAME = {shape.name: shape for shape in SHAPES.values()}


def shape_of(record: type[Any]) -> Shape:
    """Return the shape of a record class."""
    return SHAPES[record]


def values(record: Any) -> tuple[Any, ...]:
    """Return the stored values of a record in column order."""
    shape = SHAPES[type(record)]
    row = list(shape.read(record))
    for i in shape.days:
        if row[i] is not None:
            row[i] = to_day(row[i])
    for i in shape.flags:
        if row[i] is not None:
            row[i] = int(row[i])
    return tuple(row)


def keyed(records: Iterable[Any]) -> dict[tuple[str, Key], tuple[type[Any], tuple[Any, ...]]]:
    """Return stored values by (table, key); of two with one key the later stands."""
    rows = {}
    for record in records:
        shape = shape_of(type(record))
        row = values(record)
        rows[shape.name, tuple(row[i] for i in shape.key)] = (type(record), row)
    return rows


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


def _fit(connection: Connection, record: type[Any], row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return stored values as the database's driver takes them: PostgreSQL wants true booleans."""
    flags = shape_of(record).flags
    if not flags or connection.dialect.name == "sqlite":
        return row
    return tuple(bool(v) if i in flags and v is not None else v for i, v in enumerate(row))


@cache
def _insert_sql(name: str, mark: str) -> str:
    shape = _BY_NAME[name]
    names = ", ".join(f'"{c}"' for c in shape.columns)
    return f'INSERT INTO "{shape.name}" ({names}) VALUES ({", ".join([mark] * len(shape.columns))})'  # noqa: S608 - names of our own tables


@cache
def _update_sql(name: str, mark: str, changed: tuple[int, ...]) -> str:
    shape = _BY_NAME[name]
    sets = ", ".join(f'"{shape.columns[i]}" = {mark}' for i in changed)
    where = " AND ".join(f'"{shape.columns[i]}" = {mark}' for i in shape.key)
    return f'UPDATE "{shape.name}" SET {sets} WHERE {where}'  # noqa: S608 - names of our own tables


@cache
def _delete_sql(name: str, mark: str) -> str:
    shape = _BY_NAME[name]
    where = " AND ".join(f'"{shape.columns[i]}" = {mark}' for i in shape.key)
    return f'DELETE FROM "{shape.name}" WHERE {where}'  # noqa: S608 - names of our own tables


def insert_rows(connection: Connection, record: type[Any], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert stored values of one record class in bulk."""
    if rows:
        mark = _mark(connection)
        sqlite = connection.dialect.name == "sqlite"
        fit = list(rows) if sqlite else [_fit(connection, record, row) for row in rows]
        connection.exec_driver_sql(_insert_sql(shape_of(record).name, mark), fit)


def replace_rows(
    connection: Connection, record: type[Any], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Put stored values of one record class where those with the same keys are, if there are."""
    if rows:
        shape = shape_of(record)
        keys = [tuple(row[i] for i in shape.key) for row in rows]
        connection.exec_driver_sql(_delete_sql(shape.name, _mark(connection)), keys)
        insert_rows(connection, record, rows)


def write_state(connection: Connection, before: Any, after: Any) -> None:
    """Make the tables show one state where they showed another; None for none.

    A state holds records, tuples of records and states: what both have as the same object is the
    same, so that a long history costs nothing.
    """
    if before is None or after is None:
        was, now = (s.records() if s is not None else () for s in (before, after))
    else:
        was, now = _parts(before, after)
    write_difference(connection, was, now)


def _parts(before: Any, after: Any) -> tuple[list[Any], list[Any]]:
    """Return the records of those fields in which two states differ."""
    was: list[Any] = []
    now: list[Any] = []
    for name in after.__slots__:
        old, new = getattr(before, name), getattr(after, name)
        if old is new:
            continue
        if isinstance(new, tuple):
            was += old
            now += new
        elif type(new) in SHAPES:
            was.append(old)
            now.append(new)
        elif dataclasses.is_dataclass(new):
            inner = _parts(old, new)
            was += inner[0]
            now += inner[1]
    return was, now


def write_difference(connection: Connection, before: Iterable[Any], after: Iterable[Any]) -> None:
    """Insert, update and delete so that the tables show `after` where they showed `before`."""
    was, now = list(before), list(after)
    # Records never change and most are handed on as they are: the same object needs no look inside.
    kept = {id(r) for r in was}.intersection(map(id, now))
    old = keyed(r for r in was if id(r) not in kept)
    new = keyed(r for r in now if id(r) not in kept)
    mark = _mark(connection)
    for place, (record, row) in old.items():
        if place not in new:
            connection.exec_driver_sql(_delete_sql(shape_of(record).name, mark), place[1])
        elif (fresh := new[place][1]) != row:
            # Naming a column makes SQLite write its indexes again, also where nothing changed.
            changed = tuple(i for i, value in enumerate(fresh) if value != row[i])
            connection.exec_driver_sql(
                _update_sql(shape_of(record).name, mark, changed),
                (*(_fit(connection, record, fresh)[i] for i in changed), *place[1]),
            )
    for place, (record, row) in new.items():
        if place not in old:
            fit = _fit(connection, record, row)
            connection.exec_driver_sql(_insert_sql(shape_of(record).name, mark), fit)
