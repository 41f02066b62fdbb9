"""The unlock set is the least there is: compared with trying everything, on small conditions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product

import pytest

from casereview.core.conditions import Condition, load, unlock
from casereview.core.facts import EFFORT, Catalogue, FactSpec, Value

ON = date(2026, 3, 3)
HANDS = ("a", "b", "code", "yes", "due_on", "place")
CATALOGUE = Catalogue.of(
    [
        FactSpec("a", "integer", "A count.", unit="actions"),
        FactSpec("b", "integer", "A score.", effort="medium", changes="action"),
        FactSpec("code", "code", "A code.", values=("x", "y", "z"), effort="large"),
        FactSpec("yes", "boolean", "A yes.", changes="answer", effort="medium"),
        FactSpec("due_on", "date", "A day.", unknown=False),
        FactSpec("place", "text", "A place.", effort="large"),
        FactSpec("days_open", "integer", "Days.", unit="days", changes="time"),
        FactSpec("days_idle", "integer", "Days.", unit="days", changes="time"),
        FactSpec("today", "date", "Today.", changes="time"),
        FactSpec("age", "integer", "Years.", unit="years", changes="time"),
        FactSpec("fixed", "integer", "A number.", changes="never"),
    ]
)
DOMAIN: Mapping[str, tuple[Value, ...]] = {
    "a": (None, *range(12)),
    "b": (None, *range(12)),
    "code": (None, "x", "y", "z"),
    "yes": (None, True, False),
    "due_on": tuple(ON + timedelta(n) for n in range(-7, 12)),
    "place": (None, "home", "ward", "elsewhere"),
}
WAITS = range(10)


def atom(rng: random.Random) -> str:
    number, op = rng.randint(0, 3), rng.choice(("=", "<>", "<", "<=", ">", ">="))
    day = (ON + timedelta(rng.randint(-2, 3))).isoformat()
    return rng.choice(
        (
            f"a {op} {number}",
            f"b {op} {number}",
            f"a {op} b",
            f"a + b {op} {number}",
            f"a {rng.choice(('', 'not '))}between {number} and {number + 1}",
            f"coalesce(a, b) {op} {number}",
            f"code {rng.choice(('=', '<>'))} '{rng.choice('xyz')}'",
            f"code {rng.choice(('', 'not '))}in ('x', 'y')",
            f"{rng.choice(('a', 'code', 'yes', 'place'))} is {rng.choice(('', 'not '))}null",
            rng.choice(("yes", "not yes", "yes = false")),
            f"due_on {op} '{day}'",
            f"due_on {op} today",
            f"due_on - today {op} {number}",
            f"place {rng.choice(('=', '<>'))} '{rng.choice(('home', 'ward'))}'",
            f"days_open {op} {number + 2}",
            f"days_open - days_idle {op} {number}",
            f"days_open + days_idle {op} {number + 2}",
            f"days_idle {op} a",
            f"today {op} '{day}'",
            f"age {op} {number}",
            f"fixed {op} {number}",
        )
    )


def text(rng: random.Random, depth: int = 2) -> str:
    roll = rng.random()
    if depth == 0 or roll < 0.3:
        return atom(rng)
    if roll < 0.4:
        return f"not ({text(rng, depth - 1)})"
    joint = " and " if roll < 0.7 else " or "
    return "(" + joint.join(text(rng, depth - 1) for _ in range(2)) + ")"


def facts_now(rng: random.Random) -> dict[str, Value]:
    return {
        **{name: rng.choice(DOMAIN[name][:5]) for name in HANDS},
        "due_on": ON + timedelta(rng.randint(-2, 2)),
        "days_open": rng.choice((None, 0, 1, 2, 4)),
        "days_idle": rng.choice((0, 1, 3)),
        "today": ON,
        "age": rng.choice((1, 2)),
        "fixed": rng.choice((None, 1, 2)),
    }


def waited(facts: Mapping[str, Value], days: int) -> dict[str, Value]:
    later = dict(facts)
    for name in ("days_open", "days_idle"):
        value = facts[name]
        later[name] = value + days if isinstance(value, int) else None
    later["today"] = ON + timedelta(days)
    return later


def everything(conditions: list[Condition], facts: dict[str, Value]) -> Iterator[tuple[int, int]]:
    """Yield cost and wait of every joint change that makes all conditions true."""
    read = frozenset[str]().union(*(condition.names for condition in conditions))
    hands = [name for name in HANDS if name in read]
    for wait in WAITS:
        later = waited(facts, wait)
        for values in product(*(dict.fromkeys((facts[n], *DOMAIN[n])) for n in hands)):
            tried = {**later, **dict(zip(hands, values, strict=True))}
            if all(condition.evaluate(tried) is True for condition in conditions):
                changed = [n for n in hands if tried[n] != facts[n]]
                yield sum(EFFORT[CATALOGUE[n].effort] for n in changed), wait


@pytest.mark.parametrize("seed", range(12))
def test_no_joint_change_is_cheaper_than_the_unlock_set(seed: int) -> None:
    rng = random.Random(seed)
    compared = 0
    while compared < 25:
        conditions = [load(text(rng), CATALOGUE) for _ in range(rng.randint(1, 3))]
        if len(frozenset[str]().union(*(c.names for c in conditions)) & set(HANDS)) > 3:
            continue
        compared += 1
        facts = facts_now(rng)
        found = unlock(conditions, facts, CATALOGUE, on=ON)
        best = min(everything(conditions, facts), default=None)
        words = [c.text for c in conditions], facts
        assert found.exact, words
        assert found.possible == (best is not None), words
        if best is None:
            continue
        wait = (found.from_on - ON).days if found.from_on else 0
        assert (found.cost, wait) == best, (words, found)
        after = waited(facts, wait)
        for change in found.changes:
            assert after[change.fact] == change.to or change.fact in HANDS
            after[change.fact] = change.to
        assert all(c.evaluate(after) is True for c in conditions), (words, found)
        assert found.cost == sum(change.cost for change in found.changes)


@pytest.mark.parametrize("seed", range(4))
def test_the_answer_does_not_depend_on_the_order_of_the_conditions(seed: int) -> None:
    rng = random.Random(100 + seed)
    for _ in range(100):
        conditions = [load(text(rng), CATALOGUE) for _ in range(4)]
        facts = facts_now(rng)
        one = unlock(conditions, facts, CATALOGUE, on=ON)
        assert unlock(conditions[::-1], facts, CATALOGUE, on=ON) == one
        assert unlock(conditions, facts, CATALOGUE, on=ON) == one
