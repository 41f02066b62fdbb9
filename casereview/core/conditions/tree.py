"""The typed tree of a condition: what the grammar says, after every type has been checked.

Two families. A `Term` has a value (a fact, a constant, a sum, a coalesce); a `Test` is true, false
or unknown. Nodes are frozen and hold only what every reading of the tree needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from casereview.core.facts import FactSpec, FactType

Comparison = Literal["=", "<>", "<", "<=", ">", ">="]
OPPOSITE: dict[Comparison, Comparison] = {
    "=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """The value of one fact; None when it is unknown."""

    spec: FactSpec

    @property
    def type(self) -> FactType:
        """Return the fact's declared type."""
        return self.spec.type


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; `at` is its 0-based character offset, for refusals only."""

    type: FactType
    value: int | str | date | bool
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their signs (+1 or -1), added up; a date net of the rest, or whole days."""

    type: FactType
    terms: tuple[tuple[int, Term], ...]


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first of at least two values that is not unknown."""

    type: FactType
    items: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every item; Kleene `and`."""

    items: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one item; Kleene `or`."""

    items: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene `not`: unknown stays unknown."""

    item: Test


@dataclass(frozen=True, slots=True)
class Compare:
    """Two terms of one type; unknown when either is."""

    op: Comparison
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class OneOf:
    """`item = a or item = b ...`, negated or not."""

    item: Term
    options: tuple[Term, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """`item >= low and item <= high`, both ends included, negated or not."""

    item: Term
    low: Term
    high: Term
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Whether the item is known (`is not null`) or unknown (`is null`); never unknown itself."""

    item: Term
    known: bool


@dataclass(frozen=True, slots=True)
class Holds:
    """A boolean term standing bare."""

    item: Term


Term = Fact | Constant | Sum | Coalesce
Test = All | Some | Not | Compare | OneOf | Between | Known | Holds


def terms_of(test: Test) -> tuple[Term, ...]:
    """Return the terms directly under a test, left to right; () for and, or, not."""
    match test:
        case All() | Some() | Not():
            return ()
        case Compare(_, left, right):
            return (left, right)
        case OneOf(item, options):
            return (item, *options)
        case Between(item, low, high):
            return (item, low, high)
        case Known(item) | Holds(item):
            return (item,)


def under(test: Test) -> tuple[Test, ...]:
    """Return the tests directly under a test; () for a comparison."""
    match test:
        case All(items) | Some(items):
            return items
        case Not(item):
            return (item,)
        case _:
            return ()


def atoms(test: Test) -> Iterator[Test]:
    """Yield every test that compares values, left to right."""
    below = under(test)
    if not below:
        yield test
    for item in below:
        yield from atoms(item)


def facts_in(node: Test | Term) -> Iterator[FactSpec]:
    """Yield the spec of every fact below, left to right, repeated as often as it is written."""
    match node:
        case Fact(spec):
            yield spec
        case Constant():
            return
        case Sum(_, terms):
            for _, term in terms:
                yield from facts_in(term)
        case Coalesce(_, items):
            for item in items:
                yield from facts_in(item)
        case _:
            for part in (*under(node), *terms_of(node)):
                yield from facts_in(part)


def positive(test: Test, *, want: bool = True) -> Test:
    """Push every `not` down into the comparisons; the result has no Not and the same three values.

    Args:
        test: any tree.
        want: False returns the tree of its negation.
    """
    match test:
        case Not(item):
            return positive(item, want=not want)
        case All(items) | Some(items):
            parts = tuple(positive(item, want=want) for item in items)
            both = isinstance(test, All) == want
            return flat(All(parts) if both else Some(parts))
        case _:
            return test if want else _negated(test)


def _negated(test: Test) -> Test:
    match test:
        case Compare(op, left, right):
            return Compare(OPPOSITE[op], left, right)
        case OneOf(item, options, negated):
            return OneOf(item, options, not negated)
        case Between(item, low, high, negated):
            return Between(item, low, high, not negated)
        case Known(item, known):
            return Known(item, not known)
        case Holds(item):
            return Compare("=", item, Constant("boolean", value=False))
        case _:  # and, or, not never reach here
            return Not(test)


def flat(test: All | Some) -> Test:
    """Return the same and/or with those of its own kind below it merged into one list."""
    kind = type(test)
    items: list[Test] = []
    for item in test.items:
        items.extend(item.items if isinstance(item, kind) else (item,))
    return items[0] if len(items) == 1 else kind(tuple(items))
