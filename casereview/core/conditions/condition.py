"""One loaded condition: its tree and what the tree says about one case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from casereview.core.conditions.check import Checker
from casereview.core.conditions.english import sentence
from casereview.core.conditions.evaluate import Run, getter, runner
from casereview.core.conditions.grammar import read
from casereview.core.conditions.nesting import MAX_NESTING, nesting
from casereview.core.conditions.spelling import spell
from casereview.core.conditions.tree import (
    All,
    Between,
    Coalesce,
    Compare,
    Constant,
    Fact,
    Known,
    Not,
    Some,
    Sum,
    Term,
    Test,
    facts_in,
    positive,
    terms_of,
    under,
)
from casereview.core.facts import Catalogue, Facts, FactSpec
from casereview.errors import ConditionError

_HELD = {"integer": int, "text": str, "code": str, "date": date, "boolean": int}


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a condition that is not true.

    Attributes:
        sentence: the part in English.
        holds: False, or None when it cannot be told.
        names: the facts that it reads.
        missing: the unknown facts that keep it from being told, () when it is False.
    """

    sentence: str
    holds: bool | None
    names: frozenset[str]
    missing: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition that has been checked against a fact catalogue.

    Loading the same text with the same catalogue gives the same object, so conditions compare by
    identity.

    Attributes:
        text: as written.
        tree: the typed tree.
        names: full names of all facts it reads.
    """

    text: str
    tree: Test
    names: frozenset[str] = field(repr=False)
    _run: Run = field(repr=False)

    def evaluate(self, facts: Facts) -> bool | None:
        """Return True, False, or None for unknown (Kleene); a fact not in `facts` is unknown.

        Raises:
            ConditionError: a fact's value is not of its declared type.
        """
        try:
            return self._run(facts)
        except (TypeError, AttributeError):
            check_values(facts_in(self.tree), facts)
            raise

    def clauses(self) -> tuple[Condition, ...]:
        """Return the parts joined by `and` at the top, at least one, as conditions."""
        return self._parts

    def failing(self, facts: Facts) -> tuple[Clause, ...]:
        """Return every top-level part that is not true, in the order written."""
        found = ((part, part.evaluate(facts)) for part in self._parts)
        return tuple(
            Clause(part.sentence(), holds, part.names, part.missing(facts))
            for part, holds in found
            if holds is not True
        )

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """Return the unknown facts that make the result unknown; () when it is true or false."""
        if self.evaluate(facts) is not None:
            return ()
        return tuple(dict.fromkeys(_unknown(self.tree, facts)))

    def sentence(self) -> str:
        """Return the condition in plain English, without capital or full stop."""
        return self._sentence

    @cached_property
    def _parts(self) -> tuple[Condition, ...]:
        if not isinstance(self.tree, All):
            return (self,)
        return tuple(_condition(spell(item), item) for item in self.tree.items)

    @cached_property
    def _sentence(self) -> str:
        return sentence(self.tree)


def load(text: str, catalogue: Catalogue, aliases: Mapping[str, str] | None = None) -> Condition:
    """Read, check and compile a condition; the same text and catalogue give the same object.

    Args:
        text: at most 2,000 characters, nested at most 40 deep.
        catalogue: the facts that may be named.
        aliases: short name to full name, e.g. a pack's own answers; None for none.

    Raises:
        ConditionError: whatever is wrong with the text, with its 0-based position.
    """
    # A catalogue is not hashable, and comparing a hundred facts would cost more than parsing.
    names = tuple(sorted(aliases.items())) if aliases else ()
    return _load(text, Same(catalogue), names)


class Same:
    """A key that is equal only for the very same object, which it keeps alive."""

    __slots__ = ("held",)

    def __init__(self, held: Catalogue) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.held is self.held

    def __hash__(self) -> int:
        return id(self.held)


@lru_cache(maxsize=4096)
def _load(text: str, same: Same, aliases: tuple[tuple[str, str], ...]) -> Condition:
    tree = Checker(same.held, dict(aliases)).test(read(text))
    if nesting(positive(tree)) > MAX_NESTING:
        raise ConditionError(0, "The condition nests too deep for a database to read.")
    return _condition(text, tree)


def _condition(text: str, tree: Test) -> Condition:
    return Condition(text, tree, frozenset(s.name for s in facts_in(tree)), runner(tree))


def check_values(specs: Iterable[FactSpec], facts: Facts) -> None:
    """Refuse facts of which one has a value that is not of its declared type.

    Raises:
        ConditionError: names the first such fact.
    """
    for spec in specs:
        value = facts.get(spec.name)
        if value is not None and not isinstance(value, _HELD[spec.type]):
            reason = f"The value of '{spec.name}' is not of its type, {spec.type}."
            raise ConditionError(0, reason)


def _unknown(test: Test, facts: Facts) -> Iterator[str]:
    """Yield the facts that keep a test from being told; nothing when it is true or false."""
    if runner(test)(facts) is not None:
        return
    match test:
        case All() | Some() | Not():
            for item in under(test):
                yield from _unknown(item, facts)
        case Between(item, low, high):
            for half in (Compare(">=", item, low), Compare("<=", item, high)):
                yield from _unknown(half, facts)
        case Known():
            return
        case _:
            for term in terms_of(test):
                yield from _unknown_terms(term, facts)


def _unknown_terms(term: Term, facts: Facts) -> Iterator[str]:
    match term:
        case Fact(spec):
            if facts.get(spec.name) is None:
                yield spec.name
        case Sum(_, terms):
            for _, part in terms:
                yield from _unknown_terms(part, facts)
        case Coalesce(_, items):
            if getter(term)(facts) is None:
                for item in items:
                    yield from _unknown_terms(item, facts)
        case Constant():
            return
