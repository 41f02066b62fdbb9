"""One case: a tree compiled once to closures that give True, False or None (unknown).

Dates are read as day ordinals, so that arithmetic can run past the ends of the calendar, as it does
in a database.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

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
)
from casereview.core.facts import Facts

Run = Callable[[Facts], bool | None]
Get = Callable[[Facts], Any]
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def runner(test: Test) -> Run:  # noqa: PLR0911 - one return for each kind of node
    """Return a function of facts that gives the test's value; a missing fact is unknown."""
    match test:
        case All(items):
            return _all(tuple(runner(i) for i in items))
        case Some(items):
            return _some(tuple(runner(i) for i in items))
        case Not(item):
            return _not(runner(item))
        case Compare(op, left, right):
            return _compare(_OPERATORS[op], left, right)
        case OneOf(item, options, negated):
            return _one_of(item, options, negated)
        case Between(item, low, high, negated):
            inside = _all((_compare(operator.ge, item, low), _compare(operator.le, item, high)))
            return _not(inside) if negated else inside
        case Known(item, known):
            get = getter(item)
            return lambda facts: (get(facts) is not None) == known
        case Holds(item):
            return _holds(getter(item))


def getter(term: Term) -> Get:
    """Return a function of facts that gives the term's value; dates as day ordinals."""
    match term:
        case Fact(spec):
            name = spec.name
            return _day(name) if spec.type == "date" else lambda facts: facts.get(name)
        case Constant(_, value):
            constant = value.toordinal() if isinstance(value, date) else value
            return lambda _facts: constant
        case Sum(_, terms):
            return _sum(tuple((sign, getter(part)) for sign, part in terms))
        case Coalesce(_, items):
            return _first(tuple(getter(item) for item in items))


def _day(name: str) -> Get:
    def get(facts: Facts) -> Any:
        value: Any = facts.get(name)
        return None if value is None else value.toordinal()

    return get


def _sum(terms: tuple[tuple[int, Get], ...]) -> Get:
    def get(facts: Facts) -> int | None:
        total = 0
        for sign, part in terms:
            value = part(facts)
            if value is None:
                return None
            total += sign * value
        return total

    return get


def _first(items: tuple[Get, ...]) -> Get:
    def get(facts: Facts) -> Any:
        for item in items:
            value = item(facts)
            if value is not None:
                return value
        return None

    return get


def _all(items: tuple[Run, ...]) -> Run:
    def run(facts: Facts) -> bool | None:
        result: bool | None = True
        for item in items:
            value = item(facts)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return run


def _some(items: tuple[Run, ...]) -> Run:
    def run(facts: Facts) -> bool | None:
        result: bool | None = False
        for item in items:
            value = item(facts)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return run


def _not(item: Run) -> Run:
    def run(facts: Facts) -> bool | None:
        value = item(facts)
        return None if value is None else not value

    return run


def _holds(get: Get) -> Run:
    def run(facts: Facts) -> bool | None:
        value = get(facts)
        return None if value is None else bool(value)

    return run


def _compare(compare: Callable[[Any, Any], bool], left: Term, right: Term) -> Run:
    if isinstance(left, Fact) and isinstance(right, Constant) and left.type != "date":
        return _with_constant(compare, left.spec.name, right.value)
    get_left, get_right = getter(left), getter(right)

    def run(facts: Facts) -> bool | None:
        one = get_left(facts)
        if one is None:
            return None
        other = get_right(facts)
        return None if other is None else compare(one, other)

    return run


def _with_constant(compare: Callable[[Any, Any], bool], name: str, constant: Any) -> Run:
    # By far the commonest comparison; one call less makes a four-term rule a third faster.
    def run(facts: Facts) -> bool | None:
        value = facts.get(name)
        return None if value is None else compare(value, constant)

    return run


def _one_of(item: Term, options: tuple[Term, ...], negated: bool) -> Run:
    get, choices = getter(item), tuple(getter(option) for option in options)
    fixed: frozenset[Any] | None = None
    if all(isinstance(option, Constant) for option in options):
        fixed = frozenset(choice({}) for choice in choices)

    def run(facts: Facts) -> bool | None:
        value = get(facts)
        if value is None:
            return None
        if fixed is not None:
            return (value in fixed) != negated
        found = [choice(facts) for choice in choices]
        if value in [other for other in found if other is not None]:
            return not negated
        return None if None in found else negated

    return run
