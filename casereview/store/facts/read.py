"""Facts as typed values, read through statements that are built and compiled once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from casereview.core.facts import Catalogue, FactType, Value
from casereview.errors import StoreDamaged
from casereview.store.facts.answers import AnswerFact
from casereview.store.facts.scope import Scope
from casereview.store.facts.select import facts_statement, kind_of, parameters, unknown_fact
from casereview.store.facts.sqltext import BOUND
from casereview.store.types import from_day

_CHUNKS = (8, 64, 512)
"""Lists of cases are padded to these lengths, so that three statements serve every list."""

Decoder = Callable[[Sequence[Any]], list[Value]]


@dataclass(frozen=True)
class _Plan:
    """A compiled statement, the order of its parameters, and how its columns are read."""

    text: str
    order: tuple[str, ...] | None
    fixed: Mapping[str, Any]
    decoders: tuple[tuple[str, Decoder], ...]

    def run(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values}
        # A statement without places for values is not handed any.
        bound: Any = given if self.order is None else tuple(given[name] for name in self.order)
        return conn.exec_driver_sql(self.text, bound)


def read_facts(
    conn: Connection,
    names: Collection[str],
    *,
    as_of: date,
    scope: Scope,
    catalogue: Catalogue,
    answers: Mapping[str, AnswerFact],
    unreadable: dict[int, list[str]] | None = None,
) -> dict[int, dict[str, Value]]:
    """Return the named facts of every case of a scope as they stood at the end of a day.

    Args:
        conn: of a reading or writing transaction.
        names: facts of the catalogue or of `answers`.
        as_of: the day; what happened after it is not read.
        scope: which cases; a case that did not exist on the day is left out.
        catalogue: the facts that may be asked for.
        answers: answer facts by name.
        unreadable: takes the facts that cannot be read, by case; their value is then None. Without
            it the first one raises.

    Raises:
        NotFound: a name is no fact.
        StoreDamaged: a stored value cannot be read.
    """
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in catalogue and name not in answers:
            raise unknown_fact(name, answers)
    used = tuple(answers[name] for name in wanted if name in answers)
    found: dict[int, dict[str, Value]] = {}
    for part in _parts(scope):
        plan = _plan(_Key(conn.dialect), wanted, part.shape, used)
        rows = plan.run(conn, parameters(as_of, part)).fetchall()
        found |= _decoded(rows, plan.decoders, unreadable)
    return found


class _Key:
    """A dialect as a key: statements of one kind of database are the same for every connection."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def __hash__(self) -> int:
        return hash((self.dialect.name, self.dialect.driver, self.dialect.paramstyle))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and hash(self) == hash(other)


def _parts(scope: Scope) -> Iterator[Scope]:
    if scope.kind != "ids":
        yield scope
        return
    longest = _CHUNKS[-1]
    for start in range(0, len(scope.ids), longest):
        ids = scope.ids[start : start + longest]
        length = next(n for n in _CHUNKS if n >= len(ids))
        # Filled up with the last one: asking for a case twice gives it once.
        yield Scope("ids", ids=ids + ids[-1:] * (length - len(ids)))


@lru_cache(maxsize=256)
def _plan(
    key: _Key, names: tuple[str, ...], shape: tuple[str, bool, int], used: tuple[AnswerFact, ...]
) -> _Plan:
    kind, with_team, length = shape
    scope = Scope(kind, team="" if with_team else None, ids=(0,) * length)
    answers = {answer.name: answer for answer in used}
    statement = facts_statement(names, scope, answers)
    compiled = statement.compile(dialect=key.dialect)
    order = getattr(compiled, "positiontup", None) if key.dialect.positional else None
    return _Plan(
        text=str(compiled),
        order=None if order is None else tuple(order),
        fixed=dict(compiled.params),
        decoders=tuple((name, _DECODERS[kind_of(name, answers)]) for name in names),
    )


def _integers(values: Sequence[Any]) -> list[Value]:
    if not all(v is None or (type(v) is int and -BOUND <= v <= BOUND) for v in values):
        raise ValueError("no whole number within bounds")
    return list(values)


def _days(values: Sequence[Any]) -> list[Value]:
    return [None if v is None else from_day(v) for v in values]


def _booleans(values: Sequence[Any]) -> list[Value]:
    return [None if v is None else bool(v) for v in values]


def _words(values: Sequence[Any]) -> list[Value]:
    if not all(v is None or type(v) is str for v in values):
        raise ValueError("no text")
    return list(values)


_DECODERS: Mapping[FactType, Decoder] = {
    "integer": _integers, "date": _days, "boolean": _booleans, "code": _words, "text": _words,
}  # fmt: skip


def _decoded(
    rows: Sequence[Any],
    decoders: tuple[tuple[str, Decoder], ...],
    unreadable: dict[int, list[str]] | None,
) -> dict[int, dict[str, Value]]:
    """Turn rows into values, a column at a time: a team's rows hold few types and many values."""
    if not rows:
        return {}
    ids, *columns = zip(*rows, strict=True)
    values = [
        _column(name, decode, ids, column, unreadable)
        for (name, decode), column in zip(decoders, columns, strict=True)
    ]
    names = [name for name, _ in decoders]
    every = zip(*values, strict=True) if values else ((),) * len(ids)
    return {
        case_id: dict(zip(names, row, strict=True)) for case_id, row in zip(ids, every, strict=True)
    }


def _column(
    name: str,
    decode: Decoder,
    ids: Sequence[int],
    column: Sequence[Any],
    unreadable: dict[int, list[str]] | None,
) -> list[Value]:
    try:
        return decode(column)
    except (ValueError, TypeError, OverflowError):
        return [
            _value(name, decode, case_id, value, unreadable)
            for case_id, value in zip(ids, column, strict=True)
        ]


def _value(
    name: str,
    decode: Decoder,
    case_id: int,
    value: Any,
    unreadable: dict[int, list[str]] | None,
) -> Value:
    try:
        return decode([value])[0]
    except (ValueError, TypeError, OverflowError) as error:
        if unreadable is None:
            raise StoreDamaged(
                f"The fact {name} of case {case_id} cannot be read.",
                code="unreadable_fact",
                next="Run casereview verify; it names the stored row that differs.",
            ) from error
        unreadable.setdefault(case_id, []).append(name)
        return None
