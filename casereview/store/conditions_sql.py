"""A condition as one SQL expression, the same in SQLite and PostgreSQL; NULL where unknown."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    and_,
    cast,
    func,
    literal,
    not_,
    or_,
    type_coerce,
)

from casereview.core.conditions import Condition
from casereview.core.conditions.nesting import deepest_first, term_nesting
from casereview.core.conditions.tree import (
    All,
    Between,
    Coalesce,
    Compare,
    Constant,
    Fact,
    Holds,
    Known,
    Not,
    OneOf,
    Some,
    Sum,
    Term,
    Test,
    positive,
)
from casereview.errors import ConditionError
from casereview.store.types import to_day

Columns = Mapping[str, ColumnElement[Any]]
_COMPARE: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def to_sql(condition: Condition, columns: Columns) -> ColumnElement[bool]:
    """Return a condition as an SQL expression: true, false, or NULL for unknown.

    The expression and `condition.evaluate` never disagree. Literals are bound parameters.

    Args:
        condition: as loaded.
        columns: fact name to column. Dates are integer days since 1970-01-01, booleans integers 0
            and 1, NULL is unknown.

    Raises:
        ConditionError: a fact has no column.
    """
    # A negated "and", "or" or "between" loses its type, and would be read back as 1 for true.
    return _test(positive(condition.tree), columns)


def _test(test: Test, columns: Columns) -> ColumnElement[bool]:  # noqa: PLR0911 - one for each node
    match test:
        case All(items):
            return and_(*(_test(item, columns) for item in deepest_first(items)))
        case Some(items):
            return or_(*(_test(item, columns) for item in deepest_first(items)))
        case Not(item):
            return not_(_test(item, columns))
        case Compare(op, left, right):
            return _COMPARE[op](_term(left, columns), _term(right, columns))
        case OneOf(item, options, negated):
            return _one_of(_term(item, columns), options, negated, columns)
        case Between(item, low, high, negated):
            value, least, most = (_term(term, columns) for term in (item, low, high))
            return (
                or_(value < least, value > most) if negated else and_(value >= least, value <= most)
            )
        case Known(item, known):
            value = _term(item, columns)
            return value.is_not(None) if known else value.is_(None)
        case Holds(item):
            return _term(item, columns) == literal(1, Integer)


def _one_of(
    item: ColumnElement[Any], options: tuple[Term, ...], negated: bool, columns: Columns
) -> ColumnElement[bool]:
    words = [_value(option) for option in options if isinstance(option, Constant)]
    if len(words) == len(options):
        return item.not_in(words) if negated else item.in_(words)
    others = [_term(option, columns) for option in options]
    return and_(*(item != o for o in others)) if negated else or_(*(item == o for o in others))


def _term(term: Term, columns: Columns) -> ColumnElement[Any]:
    match term:
        case Fact(spec):
            if spec.name not in columns:
                raise ConditionError(0, f"The fact '{spec.name}' has no column here.")
            kind = String if spec.type in ("text", "code") else Integer
            # Columns may come typed as dates or booleans; here they are the integers stored.
            return type_coerce(columns[spec.name], kind())
        case Constant():
            value = _value(term)
            return literal(value, Integer() if isinstance(value, int) else String())
        case Coalesce(_, items):
            return func.coalesce(*(_term(item, columns) for item in items))
        case Sum(_, terms):
            return _sum(terms, columns)


def _value(constant: Constant) -> int | str:
    value = constant.value
    if isinstance(value, date):
        return to_day(value)
    return value if isinstance(value, str) else int(value)


def _sum(terms: tuple[tuple[int, Term], ...], columns: Columns) -> ColumnElement[Any]:
    """Add terms in eight-byte integers, each once with how often it counts.

    Three facts of 10^9 overflow the four-byte integers of PostgreSQL, and a chain of a thousand
    terms nests deeper than SQLite allows. A term that cancels out stays, times nought: when it is
    unknown, so is the sum.
    """
    times: dict[Term, int] = {}
    constant = 0
    for sign, term in terms:
        if isinstance(term, Constant):
            constant += sign * int(_value(term))
        else:
            times[term] = times.get(term, 0) + sign
    parts: list[ColumnElement[Any]] = []
    for term in sorted(times, key=term_nesting, reverse=True):
        part = cast(_term(term, columns), BigInteger)
        number = times[term]
        parts.append(part if number == 1 else part * literal(number, BigInteger()))
    if constant or not parts:
        parts.append(literal(constant, BigInteger()))
    return reduce(operator.add, parts)
