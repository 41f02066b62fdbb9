"""The SQL reading: portable, with bound literals and three values."""

from __future__ import annotations

from datetime import date
from types import ModuleType

import pytest
from sqlalchemy import Engine, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from casereview.core.conditions import load
from casereview.errors import ConditionError
from casereview.store.conditions_sql import to_sql
from casereview.store.types import to_day


def test_literals_are_bound_and_never_part_of_the_text(generate: ModuleType) -> None:
    text = "bed = 'x''; drop table facts' and age in (41, 42) and today > '2026-03-01' and not died"
    query = select(to_sql(load(text, generate.CATALOGUE), generate.COLUMNS))
    for dialect in (sqlite.dialect(), postgresql.dialect()):  # type: ignore[no-untyped-call]
        compiled = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        assert "drop table" not in str(compiled)
        assert "41" not in str(compiled)
        bound = set(compiled.params.values())
        assert bound == {"x'; drop table facts", 41, 42, to_day(date(2026, 3, 1)), 0}


def test_true_false_and_unknown_come_back_as_such(generate: ModuleType, memory: Engine) -> None:
    row = generate.a_row(generate.seeded(1))
    generate.fill(memory, [{**row, "age": age} for age in (1, 2, None)])
    for text in ("age = 1", "not (age <> 1 and age <> 1)", "not age not between 1 and 1"):
        sql = to_sql(load(text, generate.CATALOGUE), generate.COLUMNS)
        with memory.connect() as connection:
            found = connection.execute(select(sql).order_by(generate.TABLE.c.n)).scalars().all()
            unmet = select(generate.TABLE.c.n).where(sql.is_not(True))
            assert found == [True, False, None]
            assert connection.execute(unmet).scalars().all() == [1, 2]
            assert connection.execute(select(generate.TABLE.c.n).where(~sql)).scalars().all() == [1]


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["age"] * 499) + ">1",
        "age in (" + "1," * 990 + "1)",
        " or ".join(["age=1"] * 222),
        "not " * 40 + "died",
        "coalesce(age," * 39 + "1" + ")" * 39 + "=1",
        "died and (died or (" * 19 + "died" + "))" * 19,
        "age + open_actions + risk + days_in_stage > 1",
    ],
    ids=["sum", "list", "or", "not", "coalesce", "brackets", "overflow"],
)
def test_the_longest_conditions_run_in_the_database_too(
    generate: ModuleType, memory: Engine, text: str
) -> None:
    rng = generate.seeded(2)
    big = dict.fromkeys(("age", "open_actions", "risk", "days_in_stage"), 10**9)
    rows = [*(generate.a_row(rng) for _ in range(20)), {**generate.a_row(rng), **big}]
    generate.fill(memory, rows)
    assert generate.disagreements(memory, [load(text, generate.CATALOGUE)], rows) == []


def test_whatever_loads_fits_the_parser_of_the_database(
    generate: ModuleType, memory: Engine
) -> None:
    rng = generate.seeded(3)
    generate.fill(memory, [generate.a_row(rng) for _ in range(3)])
    ran = 0
    with memory.connect() as connection:
        for _ in range(150):
            text = generate.deep(rng, rng.randint(10, 38))
            if generate.refused(text) is not None:
                continue
            sql = to_sql(load(text, generate.CATALOGUE), generate.COLUMNS)
            inner = select(generate.TABLE.c.n, case((sql, 1), else_=0).label("v")).subquery()
            outer = select(func.sum(case((inner.c.v == 1, 1), else_=0)))
            connection.execute(outer.where(inner.c.n.in_(select(generate.TABLE.c.n).where(~sql))))
            ran += 1
    assert ran > 40


@pytest.mark.parametrize("depth", [24, 39])
def test_values_nested_too_deep_for_a_database_are_refused_when_loaded(
    generate: ModuleType, depth: int
) -> None:
    text = "coalesce(risk, 1 + " * (depth // 2) + "age" + ")" * (depth // 2) + " = 1"
    error = generate.refused(text)
    assert "too deep for a database" in error.reason


def test_a_fact_without_a_column_is_refused_by_name(generate: ModuleType) -> None:
    with pytest.raises(ConditionError, match="'age' has no column"):
        to_sql(load("age = 1", generate.CATALOGUE), {})
