"""What an unlock search needs to know about a set of conditions before it sees a case.

Clauses that share no changeable fact cannot disturb each other, so they are grouped into components
that are searched apart; ten requirements over twelve facts are then ten small searches, not one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

from casereview.core.conditions.condition import Condition, Same
from casereview.core.conditions.evaluate import Run, runner
from casereview.core.conditions.tree import (
    All,
    Coalesce,
    Constant,
    Fact,
    Known,
    Sum,
    Term,
    Test,
    atoms,
    facts_in,
    positive,
    terms_of,
)
from casereview.core.facts import Catalogue, FactSpec

MAX_FORMS = 32
BY_HAND = ("answer", "action", "record")


@dataclass(frozen=True, slots=True)
class Form:
    """A comparison of numbers or dates as `sum of times x fact + constant` against nought."""

    times: tuple[tuple[str, int], ...]
    constant: int


@dataclass(frozen=True, slots=True)
class ClauseRun:
    """One clause: its three-valued function and every fact that it reads."""

    run: Run
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Component:
    """Clauses tied together by facts that can change.

    Attributes:
        clauses: in canonical order, so that the answer does not depend on the order given.
        by_hand: facts that people change, in catalogue order.
        movers: facts that move by one a day, in catalogue order.
        forms: comparisons of numbers and dates.
        words: the quoted words that each text or code fact is compared with.
        paired: text and code facts compared with another fact.
        nullable: facts whose being unknown is itself asked for.
        alone: the comparisons of each fact that is compared with no other changeable fact.
        whole: False when some comparison had too many forms to list.
    """

    clauses: tuple[ClauseRun, ...]
    by_hand: tuple[FactSpec, ...]
    movers: tuple[FactSpec, ...]
    forms: tuple[Form, ...]
    words: Mapping[str, tuple[str, ...]]
    paired: frozenset[str]
    nullable: frozenset[str]
    alone: Mapping[str, tuple[Run, ...]]
    whole: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Components, the clauses that nothing can change, every fact read, and catalogue order."""

    components: tuple[Component, ...]
    fixed: tuple[ClauseRun, ...]
    specs: tuple[FactSpec, ...]
    order: Mapping[str, int]


def moves(spec: FactSpec) -> bool:
    """Return whether waiting moves the fact: `today`, or a count of days that time changes."""
    counts = spec.type == "integer" and spec.unit == "days"
    return spec.changes == "time" and (counts or (spec.type == "date" and spec.name == "today"))


def plan_for(conditions: Iterable[Condition], catalogue: Catalogue) -> Plan:
    """Return the plan of these conditions, made once for the same conditions and catalogue."""
    return _plan(tuple(conditions), Same(catalogue))


@lru_cache(maxsize=512)
def _plan(conditions: tuple[Condition, ...], same: Same) -> Plan:
    order = {name: n for n, name in enumerate(same.held.specs)}
    trees = dict.fromkeys(
        positive(part.tree) for whole in conditions for part in whole.clauses()
    )  # a dictionary drops repeated clauses and keeps their order
    split = [item for tree in trees for item in (tree.items if isinstance(tree, All) else (tree,))]
    clauses = sorted(split, key=lambda tree: _key(tree, order))
    groups, fixed = _grouped(clauses)
    parts = tuple(_component(group, order) for group in groups)
    specs = {spec.name: spec for tree in clauses for spec in facts_in(tree)}
    return Plan(parts, tuple(_clause(tree) for tree in fixed), tuple(specs.values()), order)


def _key(tree: Test, order: Mapping[str, int]) -> tuple[list[int], str]:
    return sorted(order.get(spec.name, -1) for spec in facts_in(tree)), repr(tree)


def _clause(tree: Test) -> ClauseRun:
    return ClauseRun(runner(tree), frozenset(spec.name for spec in facts_in(tree)))


def _handles(tree: Test) -> frozenset[str]:
    """Return what can change a clause: facts by name, and "" for waiting, which moves them all."""
    by_hand = {spec.name for spec in facts_in(tree) if spec.changes in BY_HAND}
    return frozenset(by_hand | ({""} if any(moves(spec) for spec in facts_in(tree)) else set()))


def _grouped(clauses: list[Test]) -> tuple[list[list[Test]], list[Test]]:
    groups: list[tuple[frozenset[str], list[Test]]] = []
    fixed: list[Test] = []
    for tree in clauses:
        handles = _handles(tree)
        if not handles:
            fixed.append(tree)
            continue
        tied = [group for group in groups if group[0] & handles]
        groups = [group for group in groups if not group[0] & handles]
        names = handles.union(*(group[0] for group in tied))
        groups.append((names, [*(t for group in tied for t in group[1]), tree]))
    return [trees for _, trees in groups], fixed


def _component(trees: list[Test], order: Mapping[str, int]) -> Component:
    specs = {spec.name: spec for tree in trees for spec in facts_in(tree)}
    ordered = sorted(specs.values(), key=lambda spec: order.get(spec.name, -1))
    found = [atom for tree in trees for atom in atoms(tree)]
    forms, whole = _all_forms(found)
    words, paired = _all_words(found)
    return Component(
        clauses=tuple(_clause(tree) for tree in trees),
        by_hand=tuple(spec for spec in ordered if spec.changes in BY_HAND),
        movers=tuple(spec for spec in ordered if moves(spec)),
        forms=forms,
        words=words,
        paired=paired,
        nullable=_nullable(found),
        alone=_alone(found),
        whole=whole,
    )


def _all_forms(found: list[Test]) -> tuple[tuple[Form, ...], bool]:
    forms: dict[Form, None] = {}
    whole = True
    for atom in found:
        item, *others = terms_of(atom)
        if item.type not in ("integer", "date"):
            continue
        for other in others:
            kind = Sum("integer", ((1, item), (-1, other)))
            some = _forms(kind)
            whole = whole and len(some) <= MAX_FORMS
            forms.update(dict.fromkeys(some[:MAX_FORMS]))
    return tuple(forms), whole


def _forms(term: Term) -> list[Form]:
    """Return the linear forms a term can take: one for each way that its coalesces can fall."""
    match term:
        case Fact(spec):
            return [Form(((spec.name, 1),), 0)]
        case Constant(_, value):
            number = value.toordinal() if isinstance(value, date) else int(value)
            return [Form((), number)]
        case Coalesce(_, items):
            return [form for item in items for form in _forms(item)][: MAX_FORMS + 1]
        case Sum(_, terms):
            ways = product(*(_forms(part) for _, part in terms))
            signs = [sign for sign, _ in terms]
            return [_added(signs, way) for way, _ in zip(ways, range(MAX_FORMS + 1), strict=False)]


def _added(signs: list[int], parts: tuple[Form, ...]) -> Form:
    times: dict[str, int] = {}
    for sign, part in zip(signs, parts, strict=True):
        for name, number in part.times:
            times[name] = times.get(name, 0) + sign * number
    constant = sum(sign * part.constant for sign, part in zip(signs, parts, strict=True))
    return Form(tuple(sorted((n, k) for n, k in times.items() if k)), constant)


def _all_words(found: list[Test]) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    words: dict[str, dict[str, None]] = {}
    paired: set[str] = set()
    for atom in found:
        terms = terms_of(atom)
        if terms[0].type not in ("text", "code"):
            continue
        names = {spec.name for term in terms for spec in facts_in(term)}
        literals = [word for term in terms for word in _literals(term)]
        for name in names:
            words.setdefault(name, {}).update(dict.fromkeys(literals))
        paired |= names if len(names) > 1 else set()
    return {name: tuple(found) for name, found in words.items()}, frozenset(paired)


def _literals(term: Term) -> list[str]:
    match term:
        case Constant(_, str() as word):
            return [word]
        case Coalesce(_, items):
            return [word for item in items for word in _literals(item)]
        case _:
            return []


def _nullable(found: list[Test]) -> frozenset[str]:
    asked = [term for atom in found if isinstance(atom, Known) for term in terms_of(atom)]
    chosen = [part for atom in found for term in terms_of(atom) for part in _coalesces(term)]
    return frozenset(
        spec.name for term in (*asked, *chosen) for spec in facts_in(term) if spec.unknown
    )


def _alone(found: list[Test]) -> dict[str, tuple[Run, ...]]:
    tied = {name for atom in found if len(_handles(atom)) > 1 for name in _handles(atom)}
    alone: dict[str, list[Run]] = {}
    for atom in dict.fromkeys(found):
        for name in _handles(atom) - tied - {""}:
            alone.setdefault(name, []).append(runner(atom))
    return {name: tuple(runs) for name, runs in alone.items()}


def _coalesces(term: Term) -> list[Term]:
    match term:
        case Coalesce():
            return [term]
        case Sum(_, terms):
            return [found for _, part in terms for found in _coalesces(part)]
        case _:
            return []
