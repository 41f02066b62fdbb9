"""The SQL reading: portable, with bound literals and three values."""

from __future__ import annotations

import random
from datetime import date
from types import ModuleType

import pytest
from sqlalchemy import Engine, select
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
        assert bound == {"x'; drop table facts", 41, 42, to_day(date(2026, 3, 1)), 1}


def test_true_false_and_unknown_come_back_as_such(generate: ModuleType, memory: Engine) -> None:
    rows = [{"age": 1}, {"age": 2}, {"age": None}]
    generate.fill(memory, [{**generate.a_row(random.Random(1)), **row} for row in rows])
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
    rng = random.Random(2)
    big = dict.fromkeys(("age", "open_actions", "risk", "days_in_stage"), 10**9)
    rows = [*(generate.a_row(rng) for _ in range(20)), {**generate.a_row(rng), **big}]
    generate.fill(memory, rows)
    assert generate.disagreements(memory, [load(text, generate.CATALOGUE)], rows) == []


def test_a_fact_without_a_column_is_refused_by_name(generate: ModuleType) -> None:
    with pytest.raises(ConditionError, match="'age' has no column"):
        to_sql(load("age = 1", generate.CATALOGUE), {})
