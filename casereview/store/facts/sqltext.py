"""The few expressions that SQLite and PostgreSQL spell differently, and how unreadable values show.

A stored value that cannot be read becomes a number that no fact may hold. It survives adding and
taking away, so whatever is computed from it is out of bounds too and the case can be set apart.
Arguments are plain columns: their text is written more than once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

BOUND = 10**9
"""Integer facts lie within this, both signs."""

UNREADABLE = 2 * 10**9
"""Stands for a stored value that is no number or no date."""

FIRST_DAY, LAST_DAY = -719_162, 2_932_896
"""Day numbers of 0001-01-01 and 9999-12-31, the dates that can be shown."""


class ymd(FunctionElement[int]):  # noqa: N801 - named as a function of the database
    """A day number as the number YYYYMMDD: the difference of two, divided by 10,000, is years."""

    inherit_cache = True
    type = Integer()


class whole(FunctionElement[int]):  # noqa: N801 - named as a function of the database
    """A stored number as it is; UNREADABLE when the database holds no whole number there."""

    inherit_cache = True
    type = Integer()


class number_in(FunctionElement[int]):  # noqa: N801 - named as a function of the database
    """Text such as "-12" as a number, null as null; UNREADABLE for any other text."""

    inherit_cache = True
    type = Integer()


class day_in(FunctionElement[int]):  # noqa: N801 - named as a function of the database
    """ISO text such as "2026-03-03" as a day number; UNREADABLE when that day does not exist."""

    inherit_cache = True
    type = Integer()


def _argument(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    (argument,) = element.clauses
    return compiler.process(argument, **kw)


@compiles(ymd, "sqlite")
def _ymd_sqlite(element: ymd, compiler: SQLCompiler, **kw: Any) -> str:
    day = _argument(element, compiler, **kw)
    return f"CAST(strftime('%Y%m%d', {day} * 86400, 'unixepoch') AS INTEGER)"


@compiles(ymd, "postgresql")
def _ymd_postgresql(element: ymd, compiler: SQLCompiler, **kw: Any) -> str:
    day = _argument(element, compiler, **kw)
    return f"CAST(to_char(DATE '1970-01-01' + {day}, 'YYYYMMDD') AS INTEGER)"


@compiles(whole, "sqlite")
def _whole_sqlite(element: whole, compiler: SQLCompiler, **kw: Any) -> str:
    value = _argument(element, compiler, **kw)
    return f"CASE WHEN typeof({value}) IN ('integer', 'null') THEN {value} ELSE {UNREADABLE} END"


@compiles(whole, "postgresql")
def _whole_postgresql(element: whole, compiler: SQLCompiler, **kw: Any) -> str:
    # The column's type already admits nothing else.
    return _argument(element, compiler, **kw)


@compiles(number_in, "sqlite")
def _number_sqlite(element: number_in, compiler: SQLCompiler, **kw: Any) -> str:
    text = _argument(element, compiler, **kw)
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN CAST(CAST({text} AS INTEGER) AS TEXT) = {text} "
        f"THEN CAST({text} AS INTEGER) ELSE {UNREADABLE} END"
    )


@compiles(number_in, "postgresql")
def _number_postgresql(element: number_in, compiler: SQLCompiler, **kw: Any) -> str:
    text = _argument(element, compiler, **kw)
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN {text} ~ '^-?[0-9]{{1,9}}$' "
        f"THEN CAST({text} AS INTEGER) ELSE {UNREADABLE} END"
    )


@compiles(day_in, "sqlite")
def _day_sqlite(element: day_in, compiler: SQLCompiler, **kw: Any) -> str:
    text = _argument(element, compiler, **kw)
    # date() moves 31 February into March, so a day that comes back changed does not exist.
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN date({text}) = {text} "
        f"THEN CAST(julianday({text}) - 2440587.5 AS INTEGER) ELSE {UNREADABLE} END"
    )


@compiles(day_in, "postgresql")
def _day_postgresql(element: day_in, compiler: SQLCompiler, **kw: Any) -> str:
    text = _argument(element, compiler, **kw)
    month = f"to_date(substr({text}, 1, 7), 'YYYY-MM')"
    days = f"CAST(substr({text}, 9, 2) AS INTEGER)"
    length = f"extract(day FROM {month} + INTERVAL '1 month' - INTERVAL '1 day')"
    shape = f"{text} ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])-[0-9]{{2}}$'"
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN {shape} THEN "
        f"CASE WHEN {days} BETWEEN 1 AND {length} "
        f"THEN {month} - DATE '1970-01-01' + {days} - 1 ELSE {UNREADABLE} END "
        f"ELSE {UNREADABLE} END"
    )


def one_of(column: ColumnElement[Any], words: Iterable[str]) -> ColumnElement[bool]:
    """Return `column in (words)` with one parameter each, so that the text can be compiled once."""
    return or_(*(column == word for word in words))


def readable(column: ColumnElement[Any], *, day: bool) -> ColumnElement[bool]:
    """Return a test that a number can be a fact; unknown passes as null."""
    low, high = (FIRST_DAY, LAST_DAY) if day else (-BOUND, BOUND)
    return column.between(low, high)
