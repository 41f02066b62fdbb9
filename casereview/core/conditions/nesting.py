"""How deep a database's parser must nest to read a condition.

The stock SQLite parses with a stack of 100 symbols, and the query around a condition needs some of
them. `a or (b and (c ...` fills it with five symbols a bracket; with the deepest part written first
it is one, because nothing before it waits to be folded. So the SQL is written deepest first, and
what would still not fit is refused when it is loaded, not when a sweep runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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

MAX_NESTING = 60


def deepest_first(items: Iterable[Test]) -> list[Test]:
    """Return the items of an and/or in the order to be written; equals keep their order."""
    return sorted(items, key=nesting, reverse=True)


def nesting(test: Test) -> int:
    """Return an upper bound of the parser's stack symbols for a test without `not`."""
    match test:
        case All(items) | Some(items):
            return _listed([1 + nesting(item) for item in items])
        case Not(item):
            return 1 + nesting(item)
        case Compare(_, left, right):
            return _listed([term_nesting(left), term_nesting(right)], sort=False)
        case OneOf(item, options):
            return 1 + max(term_nesting(item), *(5 + term_nesting(o) for o in options))
        case Between(item, low, high):
            ends = max(term_nesting(low), term_nesting(high))
            return 5 + max(term_nesting(item), ends)
        case Known(item) | Holds(item):
            return 2 + term_nesting(item)


def term_nesting(term: Term) -> int:
    """Return the same bound for a term."""
    match term:
        case Fact():
            return 3
        case Constant():
            return 1
        case Coalesce(_, items):
            return max(5 + term_nesting(item) for item in items)
        case Sum(_, terms):
            return _listed([*(3 + term_nesting(part) for _, part in terms), 1])


def _listed(costs: Sequence[int], *, sort: bool = True) -> int:
    first, *others = sorted(costs, reverse=True) if sort else costs
    return max([first, *(2 + cost for cost in others)])
