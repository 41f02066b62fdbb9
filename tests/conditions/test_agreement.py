"""The two readings of one tree never disagree: for one case, and in SQL."""

from __future__ import annotations

from types import ModuleType

import pytest
from sqlalchemy import Engine

from casereview.core.conditions import Condition, load
from casereview.core.conditions.spelling import spell
from casereview.core.conditions.tree import (
    Coalesce,
    Constant,
    Fact,
    Not,
    Sum,
    Term,
    Test,
    positive,
    terms_of,
    under,
)


def kinds(node: Test | Term) -> set[str]:
    match node:
        case Fact() | Constant():
            below: tuple[Test | Term, ...] = ()
        case Sum(_, terms):
            below = tuple(part for _, part in terms)
        case Coalesce(_, items):
            below = items
        case _:
            below = (*under(node), *terms_of(node))
    return {type(node).__name__}.union(*(kinds(part) for part in below))


@pytest.fixture(scope="module")
def conditions(generate: ModuleType) -> list[Condition]:
    found: list[Condition] = generate.loaded(generate.seeded(20260301), 700)
    return found


def test_twenty_thousand_random_conditions_and_rows_agree_in_sql_and_for_one_case(
    generate: ModuleType, memory: Engine, conditions: list[Condition]
) -> None:
    rng = generate.seeded(1)
    rows = [generate.a_row(rng) for _ in range(40)]
    generate.fill(memory, rows)
    assert len(conditions) * len(rows) >= 20_000
    assert generate.disagreements(memory, conditions, rows) == []


def test_the_random_conditions_use_every_kind_of_node_and_give_every_value(
    generate: ModuleType, conditions: list[Condition]
) -> None:
    used = set().union(*(kinds(condition.tree) for condition in conditions))
    assert used == {
        "All", "Some", "Not", "Compare", "OneOf", "Between", "Known", "Holds",
        "Fact", "Constant", "Sum", "Coalesce",
    }  # fmt: skip
    row = generate.a_row(generate.seeded(2))
    assert {condition.evaluate(row) for condition in conditions} == {True, False, None}


def test_pushing_not_down_keeps_the_three_values(
    generate: ModuleType, conditions: list[Condition]
) -> None:
    rng = generate.seeded(3)
    for condition in conditions:
        tree = positive(condition.tree)
        assert "Not" not in kinds(tree)
        other = load(spell(tree), generate.CATALOGUE)
        for _ in range(5):
            row = generate.a_row(rng)
            assert other.evaluate(row) is condition.evaluate(row), condition.text


def test_a_negated_tree_has_the_opposite_value(
    generate: ModuleType, conditions: list[Condition]
) -> None:
    row = generate.a_row(generate.seeded(4))
    opposite = {True: False, False: True, None: None}
    for condition in conditions:
        other = load(spell(Not(condition.tree)), generate.CATALOGUE)
        assert other.evaluate(row) is opposite[condition.evaluate(row)]


def test_a_tree_written_back_loads_to_an_equal_tree(
    generate: ModuleType, conditions: list[Condition]
) -> None:
    for condition in conditions:
        assert load(spell(condition.tree), generate.CATALOGUE).tree == condition.tree


def test_the_clauses_together_are_the_condition(
    generate: ModuleType, conditions: list[Condition]
) -> None:
    rng = generate.seeded(5)
    for condition in conditions:
        row = generate.a_row(rng)
        values = [clause.evaluate(row) for clause in condition.clauses()]
        whole = False if False in values else None if None in values else True
        assert whole is condition.evaluate(row)
        failing = condition.failing(row)
        assert [clause.holds for clause in failing] == [v for v in values if v is not True]


def test_missing_facts_are_unknown_and_filling_them_settles_the_result(
    generate: ModuleType, conditions: list[Condition]
) -> None:
    rng = generate.seeded(6)
    settled = unknown = 0
    for condition in conditions:
        row = generate.a_row(rng)
        missing = condition.missing(row)
        assert bool(missing) == (condition.evaluate(row) is None)
        assert all(row[name] is None for name in missing)
        if missing:
            unknown += 1
            filled = [{**row, **{n: generate.a_row(rng)[n] for n in missing}} for _ in range(30)]
            settled += any(condition.evaluate(r) is not None for r in filled)
    assert unknown > 100
    assert settled > unknown * 0.9
