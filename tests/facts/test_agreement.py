"""What a sweep lists and what the explanation of one case says never disagree."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType

import pytest

from casereview.core.conditions import load
from casereview.core.facts import Catalogue, FactSpec
from casereview.store.facts import AnswerFact, all_cases, read_facts
from casereview.store.handle import Store
from casereview.store.sweep import RuleToRun, cases_of, run_sweep

LITERALS = {
    "integer": ("0", "1", "2", "7", "30"),
    "date": ("today", "'2026-01-20'", "coalesce(ready_on, today)"),
    "boolean": ("true", "false"),
    "text": ("'home'", "'a place'"),
}
ANSWERS = {
    f"answer_{question}": AnswerFact(f"answer_{question}", "ward-round", question, 30, kind)  # type: ignore[arg-type]
    for question, kind in (("q", "code"), ("when", "date"), ("many", "integer"))
}


def clause(dice: random.Random, spec: FactSpec) -> str:
    """Return a random test of one fact."""
    if dice.random() < 0.2:
        return f"{spec.name} is {dice.choice(('', 'not '))}null"
    if spec.type == "code":
        word = dice.choice(spec.values or ("WARD", "REC", "04", "no"))
        return f"{spec.name} {dice.choice(('=', '<>'))} '{word}'"
    if spec.type in ("text", "boolean"):
        return f"{spec.name} {dice.choice(('=', '<>'))} {dice.choice(LITERALS[spec.type])}"
    operator = dice.choice(("=", "<>", "<", "<=", ">", ">="))
    return f"{spec.name} {operator} {dice.choice(LITERALS[spec.type])}"


def condition(dice: random.Random, catalogue: Catalogue) -> str:
    """Return a random condition of one to four clauses."""
    text = clause(dice, dice.choice(list(catalogue)))
    for _ in range(dice.randrange(4)):
        more = clause(dice, dice.choice(list(catalogue)))
        text = dice.choice(("{0} and {1}", "{0} or {1}", "not ({0}) or {1}")).format(text, more)
    return text


@pytest.mark.parametrize("seed", range(3))
def test_a_sweep_and_the_explanation_of_one_case_agree_on_random_stores(
    store: Store,
    catalogue: Catalogue,
    write: Callable[..., None],
    histories: ModuleType,
    seed: int,
) -> None:
    specs = histories.with_answers(catalogue)
    dice = random.Random(seed)
    write(list(histories.records(histories.streams(100 + seed, 60), date(2027, 1, 1))))
    rules = [RuleToRun(f"p/{i}", load(condition(dice, specs), specs)) for i in range(150)]
    as_of = histories.START + timedelta(days=dice.randrange(20, 70))
    names = {name for rule in rules for name in rule.condition.names}
    with store.write() as conn:
        counts = run_sweep(
            conn, rules, as_of=as_of, scope=all_cases(), answers=ANSWERS, catalogue=specs, run_id=1
        )
        facts = read_facts(
            conn, names, as_of=as_of, scope=all_cases(), catalogue=specs, answers=ANSWERS
        )
        results: set[bool | None] = set()
        for rule, count in zip(rules, counts, strict=True):
            said = {case: rule.condition.evaluate(row) for case, row in facts.items()}
            results.update(said.values())
            true = sorted(case for case, holds in said.items() if holds)
            unknown = sorted(case for case, holds in said.items() if holds is None)
            assert cases_of(conn, 1, rule.id) == true, rule.condition.text
            assert cases_of(conn, 1, rule.id, "unknown") == unknown, rule.condition.text
            assert (count.true, count.unknown, count.error) == (len(true), len(unknown), 0)
            assert count.false == len(said) - len(true) - len(unknown)
    assert results == {True, False, None}
