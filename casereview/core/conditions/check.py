"""Names and types: from the tree as written to the typed tree, refusing what does not fit.

Only like compares with like. SQLite would let `text = integer` pass where PostgreSQL fails, so it
is refused here, before either reads it. A quoted word takes its type from what stands beside it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from casereview.core.conditions.grammar import Raw
from casereview.core.conditions.tree import (
    All,
    Between,
    Coalesce,
    Compare,
    Comparison,
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
    flat,
)
from casereview.core.facts import Catalogue, FactType
from casereview.errors import ConditionError

LIMIT = 10**9
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_A = {
    "integer": "a whole number", "text": "text", "code": "a code", "date": "a date",
    "boolean": "true or false",
}  # fmt: skip
_ORDERED = ("integer", "date")


@dataclass(slots=True)
class Loose:
    """A term whose quoted words still wait for a type; `type` None means that all of it does."""

    at: int
    type: FactType | None
    settle: Callable[[FactType, tuple[str, ...]], Term]
    values: tuple[str, ...] = ()


class Checker:
    """Turns one untyped tree into a typed one; holds the catalogue and the short names."""

    def __init__(self, catalogue: Catalogue, aliases: Mapping[str, str]) -> None:
        self.catalogue = catalogue
        self.aliases = aliases
        self._tests: dict[str, Callable[[Raw], Test]] = {
            "either": lambda raw: flat(Some(tuple(self.test(part) for part in raw.parts[0]))),
            "both": lambda raw: flat(All(tuple(self.test(part) for part in raw.parts[0]))),
            "not": lambda raw: Not(self.test(raw.parts[0][0])),
            "compare": self._compare,
            "one_of": self._one_of,
            "between": self._between,
            "is_null": self._is_null,
        }
        self._terms: dict[str, Callable[[Raw], Loose]] = {
            "name": self._name,
            "number": self._number,
            "quoted": self._quoted,
            "truth": self._truth,
            "sum": self._sum,
            "coalesce": self._coalesce,
        }

    def test(self, raw: Raw) -> Test:
        """Return the typed test of a node; a term standing bare must be boolean."""
        build = self._tests.get(raw.kind)
        if build is not None:
            return build(raw)
        term = self.term(raw)
        if term.type != "boolean":
            what = _A[term.type or "text"]
            raise ConditionError(raw.at, f"This is {what}; alone it is neither true nor false.")
        return Holds(term.settle("boolean", ()))

    def term(self, raw: Raw) -> Loose:
        """Return the value of a node; a comparison has none."""
        build = self._terms.get(raw.kind)
        if build is None:
            raise ConditionError(raw.at, "A value is wanted here, not a comparison.")
        return build(raw)

    def _compare(self, raw: Raw) -> Test:
        op, at = raw.parts[1]
        terms = [self.term(part) for part in raw.parts[0]]
        kind = _common(terms, "compared") or "text"
        if op not in ("=", "<>") and kind not in _ORDERED:
            raise ConditionError(at, f"'{op}' cannot compare {_A[kind]}; only = and <> can.")
        left, right = _settled(terms, kind)
        return Compare(cast("Comparison", op), left, right)

    def _one_of(self, raw: Raw) -> Test:
        terms = [self.term(part) for part in raw.parts[0]]
        kind = _common(terms, "compared") or "text"
        if kind == "boolean":
            raise ConditionError(raw.at, "'in' cannot compare true or false; only = and <> can.")
        item, *options = _settled(terms, kind)
        return OneOf(item, tuple(options), negated=raw.parts[1])

    def _between(self, raw: Raw) -> Test:
        terms = [self.term(part) for part in raw.parts[0]]
        kind = _common(terms, "compared") or "text"
        if kind not in _ORDERED:
            raise ConditionError(raw.at, f"'between' cannot compare {_A[kind]}.")
        item, low, high = _settled(terms, kind)
        return Between(item, low, high, negated=raw.parts[1])

    def _is_null(self, raw: Raw) -> Test:
        term = self.term(raw.parts[0][0])
        return Known(term.settle(term.type or "text", term.values), known=raw.parts[1])

    def _name(self, raw: Raw) -> Loose:
        word = raw.parts[0]
        spec = self.catalogue.get(self.aliases.get(word, word))
        if spec is None:
            near = nearest(word, (*self.aliases, *self.catalogue.specs))
            shown = word if len(word) <= 60 else word[:57] + "..."
            raise ConditionError(raw.at, f"There is no fact '{shown}'.", nearest=near)
        fact = Fact(spec)
        return Loose(raw.at, spec.type, lambda _type, _values: fact, spec.values)

    def _number(self, raw: Raw) -> Loose:
        digits = raw.parts[0]
        # Compared by length first: turning thousands of digits into a number is slow.
        if len(digits.lstrip("-0")) > 10 or abs(int(digits)) > LIMIT:
            raise ConditionError(raw.at, "The number is beyond 1000000000, the most that fits.")
        constant = Constant("integer", int(digits), raw.at)
        return Loose(raw.at, "integer", lambda _type, _values: constant)

    def _truth(self, raw: Raw) -> Loose:
        constant = Constant("boolean", raw.parts[0], raw.at)
        return Loose(raw.at, "boolean", lambda _type, _values: constant)

    def _quoted(self, raw: Raw) -> Loose:
        word = raw.parts[0]

        def settle(kind: FactType, values: tuple[str, ...]) -> Term:
            if kind == "date":
                return Constant("date", _date(word, raw.at), raw.at)
            if kind == "code" and values and word not in values:
                reason = f"'{word[:60]}' is not a value it can have."
                raise ConditionError(raw.at, reason, nearest=nearest(word, values))
            return Constant(kind, word, raw.at)

        return Loose(raw.at, None, settle)

    def _sum(self, raw: Raw) -> Loose:
        signs: tuple[int, ...] = raw.parts[1]
        parts = [self.term(part) for part in raw.parts[0]]
        dates = 0
        kinds: list[FactType] = []
        for sign, part, node in zip(signs, parts, raw.parts[0], strict=True):
            # A quoted word can only be a date here: nothing else written in quotes adds up.
            kind = part.type or "date"
            if kind not in _ORDERED:
                reason = f"{_A[kind].capitalize()} cannot be added or subtracted."
                raise ConditionError(node.at, reason)
            dates += sign if kind == "date" else 0
            if not 0 <= dates <= 1:
                reason = "Dates: a date plus or minus days, or one date minus another."
                raise ConditionError(node.at, reason)
            kinds.append(kind)
        items = tuple(
            (sign, part.settle(kind, ()))
            for sign, part, kind in zip(signs, parts, kinds, strict=True)
        )
        total = Sum("date" if dates else "integer", items)
        return Loose(raw.at, total.type, lambda _type, _values: total)

    def _coalesce(self, raw: Raw) -> Loose:
        parts = [self.term(part) for part in raw.parts[0]]
        kind = _common(parts, "put together by coalesce")
        if kind is not None:
            whole = _coalesced(kind, _settled(parts, kind))
            return Loose(raw.at, kind, lambda _type, _values: whole, _values(parts))

        def settle(kind: FactType, values: tuple[str, ...]) -> Term:
            return _coalesced(kind, [part.settle(kind, values) for part in parts])

        return Loose(raw.at, None, settle)


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the valid name most like `word`, or None when nothing is near."""
    # Cut, because likeness takes time with the square of the length.
    near = difflib.get_close_matches(word[:60].lower(), list(names), n=1, cutoff=0.6)
    return near[0] if near else None


def _coalesced(kind: FactType, items: list[Term]) -> Coalesce:
    """Return one coalesce; those inside it give the same value as their items in their place."""
    found: list[Term] = []
    for item in items:
        found.extend(item.items if isinstance(item, Coalesce) else (item,))
    return Coalesce(kind, tuple(found))


def _common(terms: list[Loose], done: str) -> FactType | None:
    """Return the one type of all terms; None when every one is a quoted word."""
    kind = next((term.type for term in terms if term.type is not None), None)
    if kind is None:
        return None
    for term in terms:
        mine = term.type or ("text" if kind in ("integer", "boolean") else kind)
        if mine != kind:
            reason = f"{_A[kind].capitalize()} and {_A[mine]} cannot be {done}."
            raise ConditionError(term.at, reason)
    return kind


def _settled(terms: list[Loose], kind: FactType) -> list[Term]:
    values = _values(terms)
    return [term.settle(kind, values) for term in terms]


def _values(terms: list[Loose]) -> tuple[str, ...]:
    """Return the codes that the typed terms can have, () when one of them can have any."""
    typed = [term.values for term in terms if term.type is not None]
    if not typed or not all(typed):
        return ()
    return tuple(dict.fromkeys(value for values in typed for value in values))


def _date(word: str, at: int) -> date:
    found = _ISO.fullmatch(word)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        reason = f"'{word}' is not a day of the calendar."
        raise ConditionError(at, reason) from None
    raise ConditionError(at, f"'{word[:40]}' is not a date; dates are written '2026-03-01'.")
