"""The values that a fact may usefully take in an unlock search, best first.

A condition changes its value only at the literals that it compares with, so a value on each side of
each of them stands for all others. Where facts are compared with each other, each takes on the
boundaries of the other, for as many rounds as facts are tied together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, product

from casereview.core.conditions.plan import Component, Form
from casereview.core.facts import Facts, FactSpec, Value

WAIT = ""
MAX_WAIT = 36_525  # a century of days: later than that is never
MAX_ROUNDS = 6
MAX_VALUES = 60
MAX_WAYS = 400
_LAST_DAY = date.max.toordinal()
_NUMBERS = ("integer", "date")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Values other than the present one for each fact, days to wait, and whether that is all."""

    values: Mapping[str, tuple[Value, ...]]
    waits: tuple[int, ...]
    whole: bool


def candidates(component: Component, facts: Facts, on: date) -> Candidates:
    """Return what each changeable fact of a component may become.

    Args:
        component: from a plan.
        facts: the case's facts now.
        on: the day of the question; a date to be recorded is this day where that will do.
    """
    hands = {spec.name: spec for spec in component.by_hand if spec.type in _NUMBERS}
    forms = _present(component, facts, hands)
    numbers: dict[str, dict[int, None]] = {name: {} for name in (*hands, WAIT)}
    for spec in hands.values():
        if spec.type == "date" or spec.unit == "days":
            numbers[spec.name][on.toordinal() if spec.type == "date" else 0] = None
    floors = _alone(forms, numbers)
    counts = frozenset(spec.name for spec in hands.values() if spec.type == "integer")
    whole = _together(forms, numbers, facts, counts) and component.whole
    values: dict[str, tuple[Value, ...]] = {}
    for spec in component.by_hand:
        some: Sequence[Value]
        if spec.type == "date":
            some = _dates(numbers[spec.name], on)
        elif spec.type == "integer":
            some = _integers(numbers[spec.name], spec, facts, floors.get(spec.name, 0))
        else:
            some = _others(component, spec, facts)
        now = facts.get(spec.name)
        also: tuple[Value, ...] = (None,) if spec.name in component.nullable else ()
        values[spec.name] = tuple(v for v in (*some, *also) if v != now)
        if spec.name in component.alone:
            values[spec.name] = _useful(values[spec.name], spec.name, component, facts)
    waits = sorted(w for w in numbers[WAIT] if 0 < w <= MAX_WAIT)
    return Candidates(values, tuple(waits), whole)


def _useful(
    values: Sequence[Value], name: str, component: Component, facts: Facts
) -> tuple[Value, ...]:
    """Drop each value that makes nothing true which the present or another value does not.

    Clauses hold no `not`, so more true comparisons can only help.
    """
    tried = dict(facts)

    def true(value: Value) -> frozenset[int]:
        tried[name] = value
        return frozenset(n for n, run in enumerate(component.alone[name]) if run(tried) is True)

    kept: dict[Value, frozenset[int]] = {}
    now = true(facts.get(name))
    for value in values:
        mine = true(value)
        if mine <= now or any(mine <= other for other in kept.values()):
            continue
        kept = {v: other for v, other in kept.items() if not other < mine}
        kept[value] = mine
    return tuple(kept)


def _present(component: Component, facts: Facts, hands: Mapping[str, FactSpec]) -> list[Form]:
    """Return the forms over changeable facts and the wait, with every other fact put in."""
    movers = {spec.name for spec in component.movers}
    found: dict[Form, None] = {}
    for form in component.forms:
        times: dict[str, int] = {}
        constant = form.constant
        for name, number in form.times:
            if name in hands:
                times[name] = number
                continue
            value = _number(facts.get(name))
            if value is None:
                break
            constant += number * value
            if name in movers:
                times[WAIT] = times.get(WAIT, 0) + number
        else:
            kept = tuple((name, number) for name, number in times.items() if number)
            if kept:
                found[Form(kept, constant)] = None
    return list(found)


def _alone(forms: list[Form], numbers: dict[str, dict[int, None]]) -> dict[str, int]:
    """Add the boundaries of forms with one fact; return each fact's lowest below nought."""
    floors: dict[str, int] = {}
    for form in forms:
        if len(form.times) == 1:
            ((name, number),) = form.times
            boundary = -form.constant // number
            numbers[name].update(dict.fromkeys((boundary, boundary + 1, boundary - 1)))
            floors[name] = min(floors.get(name, 0), boundary)
    return floors


def _together(
    forms: list[Form],
    numbers: dict[str, dict[int, None]],
    facts: Facts,
    counts: frozenset[str],
) -> bool:
    """Add the boundaries of forms with several facts; return whether all were found."""
    tied = [form for form in forms if len(form.times) > 1]
    names = {name for form in tied for name, _ in form.times}
    for name in names & counts:
        numbers[name].setdefault(0)  # the least that a count can be is a boundary too
    whole = len(names) <= MAX_ROUNDS
    for _ in range(min(len(names), MAX_ROUNDS)):
        pool = {name: _pool(name, numbers[name], facts) for name in names}
        for form in tied:
            for name, number in form.times:
                others = [(pool[n], k) for n, k in form.times if n != name]
                ways = product(*(values for values, _ in others))
                for n, way in enumerate(islice(ways, MAX_WAYS + 1)):
                    whole = whole and n < MAX_WAYS
                    rest = sum(v * k for v, (_, k) in zip(way, others, strict=True))
                    boundary = -(form.constant + rest) // number
                    numbers[name].update(dict.fromkeys((boundary, boundary + 1, boundary - 1)))
                whole = whole and len(numbers[name]) <= MAX_VALUES
                numbers[name] = dict.fromkeys(islice(numbers[name], MAX_VALUES))
    return whole


def _pool(name: str, found: Mapping[int, None], facts: Facts) -> list[int]:
    now = 0 if name == WAIT else _number(facts.get(name))
    values = [value for value in found if name != WAIT or 0 < value <= MAX_WAIT]
    return values if now is None else [now, *values]


def _number(value: Value) -> int | None:
    if isinstance(value, date):
        return value.toordinal()
    return value if isinstance(value, int) else None


def _dates(found: Mapping[int, None], on: date) -> list[date]:
    today = on.toordinal()
    near = sorted(found, key=lambda day: abs(day - today))
    return [date.fromordinal(day) for day in near if 0 < day <= _LAST_DAY]


def _integers(found: Mapping[int, None], spec: FactSpec, facts: Facts, boundary: int) -> list[int]:
    now = facts.get(spec.name)
    known = now if isinstance(now, int) else None
    # Counts and scores do not go below nought, unless this one is there or is asked to be.
    floor = min(0, boundary, known or 0)
    values = [value for value in found if value >= floor] or [1]
    if spec.unit == "days" or known is None:
        return values
    return sorted(values, key=lambda value: abs(value - known))


def _others(component: Component, spec: FactSpec, facts: Facts) -> list[Value]:
    if spec.type == "boolean":
        return [True, False]
    words = dict.fromkeys(component.words.get(spec.name, ()))
    if spec.name in component.paired:
        for names in (component.words, component.paired):
            for name in sorted(names):
                now = facts.get(name)
                words.update(dict.fromkeys(component.words.get(name, ())))
                words.update({now: None} if isinstance(now, str) else {})
    if spec.type == "code" and spec.values:
        return [
            *(w for w in words if w in spec.values),
            *(v for v in spec.values if v not in words),
        ]
    spare = 1 + (len(component.paired) if spec.name in component.paired else 0)
    return [*words, *_unlike(words, spare)]


def _unlike(words: Mapping[str, None], count: int) -> list[str]:
    """Return `count` words that no condition names, to stand for "something else"."""
    found: list[str] = []
    number = 1
    while len(found) < count:
        word = "other" if number == 1 else f"other {number}"
        if word not in words:
            found.append(word)
        number += 1
    return found
