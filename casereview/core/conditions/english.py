"""A condition as an English sentence, from the catalogue's nouns and units; no names of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

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
    OneOf,
    Some,
    Sum,
    Term,
    Test,
    positive,
)
from casereview.core.facts import FactSpec, Value

# A sentence must not change with the machine's language, as the calendar's own names do.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MEASURES = frozenset({"", "days", "weeks", "months", "years", "hours", "minutes", "points"})
_ARTICLES = ("the ", "a ", "an ", "whether ", "what ")
_NUMBER = {
    "=": "is", "<>": "is not", "<": "is less than", "<=": "is at most", ">": "is more than",
    ">=": "is at least",
}  # fmt: skip
_DATE = {
    "=": "is", "<>": "is not", "<": "is before", "<=": "is on or before", ">": "is after",
    ">=": "is on or after",
}  # fmt: skip
_COUNT = {
    "<": "there are fewer than {n} {noun}", "<=": "there are at most {n} {noun}",
    ">": "there are more than {n} {noun}", ">=": "there are at least {n} {noun}",
}  # fmt: skip


def sentence(test: Test) -> str:
    """Return the test in plain English, without capital or full stop; `not` is worked in."""
    return _say(positive(test))


def noun(spec: FactSpec) -> str:
    """Return how a sentence names the fact."""
    return spec.noun or spec.name.replace("_", " ")


def value_words(value: Value) -> str:
    """Return a value as a reader would write it: 3 March 2026, yes, 7, not known."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return str(value)


def _say(test: Test) -> str:  # noqa: PLR0911 - one return for each kind of node
    match test:
        case All(items):
            return " and ".join(f"({_say(i)})" if isinstance(i, Some) else _say(i) for i in items)
        case Some(items):
            return " or ".join(f"({_say(i)})" if isinstance(i, All) else _say(i) for i in items)
        case Compare(op, left, right):
            return _compare(op, left, right)
        case OneOf(item, options, negated):
            words = _listed([_words(option) for option in options])
            return f"{_words(item)} {'is not' if negated else 'is'} {words}"
        case Between(item, low, high, negated):
            word = "is not between" if negated else "is between"
            return f"{_words(item)} {word} {_words(low)} and {_words(high)}"
        case Known(item, known):
            return f"{_words(item)} is {'known' if known else 'not known'}"
        case Holds(item):
            return _is_so(item, so=True)
        case _:  # `positive` leaves no Not
            return f"not ({_say(test.item)})"


def _is_so(item: Term, *, so: bool) -> str:
    words = _words(item)
    if isinstance(item, Fact) and words.startswith(("a ", "an ")):
        return f"there is {words}" if so else f"there is no {words.split(' ', 1)[1]}"
    return f"{words} is {value_words(so)}"


def _compare(op: Comparison, left: Term, right: Term) -> str:
    if isinstance(right, Constant) and isinstance(right.value, bool):
        return _is_so(left, so=right.value == (op == "="))
    if isinstance(left, Fact) and isinstance(right, Constant) and isinstance(right.value, int):
        counted = _counted(op, left.spec, right.value)
        if counted:
            return counted
    signs = _DATE if left.type == "date" else _NUMBER
    return f"{_words(left)} {signs[op]} {_words(right)}"


def _counted(op: Comparison, spec: FactSpec, n: int) -> str | None:
    """Return "there are no open actions" for a fact that counts things, None for any other."""
    name = noun(spec)
    if spec.type != "integer" or spec.unit in _MEASURES or name.startswith(_ARTICLES):
        return None
    if (op, n) in (("=", 0), ("<", 1), ("<=", 0)):
        return f"there are no {name}"
    if (op, n) in ((">", 0), (">=", 1), ("<>", 0)):
        return f"there are {name}"
    if op not in _COUNT:
        return f"the number of {name} {_NUMBER[op]} {n}"
    return _COUNT[op].format(n=n, noun=name)


def _words(term: Term) -> str:
    match term:
        case Fact(spec):
            return noun(spec)
        case Constant(kind, value):
            return f'"{value}"' if kind == "text" else value_words(value)
        case Coalesce(_, items):
            first, *others = (_words(item) for item in items)
            return f"{first} (or, where not known, {' or '.join(others)})"
        case Sum():
            return _sum(term)


def _sum(term: Sum) -> str:
    words: list[str] = []
    for sign, part in term.terms:
        if words:
            words.append("plus" if sign > 0 else "minus")
        text = f"({_words(part)})" if isinstance(part, Sum) else _words(part)
        days = term.type == "date" and isinstance(part, Constant) and part.type == "integer"
        words.append(_days(text) if days else text)
    return " ".join(words)


def _days(text: str) -> str:
    return f"{text} day" if text == "1" else f"{text} days"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
