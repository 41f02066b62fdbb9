"""A tree written back as condition text: for one clause of a longer condition, and for tests."""

from __future__ import annotations

from datetime import date

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


def spell(test: Test) -> str:  # noqa: PLR0911 - one return for each kind of node
    """Return condition text that loads to an equal tree; full fact names, fewest brackets."""
    match test:
        case All(items):
            return " and ".join(_inside(i, Some) for i in items)
        case Some(items):
            return " or ".join(spell(i) for i in items)
        case Not(item):
            return f"not {_inside(item, All, Some)}"
        case Compare(op, left, right):
            return f"{_term(left)} {op} {_term(right)}"
        case OneOf(item, options, negated):
            inside = ", ".join(_term(o) for o in options)
            return f"{_term(item)} {'not in' if negated else 'in'} ({inside})"
        case Between(item, low, high, negated):
            word = "not between" if negated else "between"
            return f"{_term(item)} {word} {_term(low)} and {_term(high)}"
        case Known(item, known):
            return f"{_term(item)} is {'not null' if known else 'null'}"
        case Holds(item):
            return _term(item)


def _inside(test: Test, *kinds: type[Test]) -> str:
    return f"({spell(test)})" if isinstance(test, kinds) else spell(test)


def _term(term: Term) -> str:
    match term:
        case Fact(spec):
            return spec.name
        case Constant(_, value):
            return _literal(value)
        case Coalesce(_, items):
            return f"coalesce({', '.join(_term(i) for i in items)})"
        case Sum(_, terms):
            words: list[str] = []
            for sign, part in terms:
                words += ["+" if sign > 0 else "-"] if words else []
                text = _term(part)
                words.append(f"({text})" if isinstance(part, Sum) else text)
            return " ".join(words)


def _literal(value: int | str | date | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = value.isoformat() if isinstance(value, date) else value.replace("'", "''")
    return f"'{text}'"
