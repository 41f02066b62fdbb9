"""Sweeps: counts of three values, kept findings, and what cannot be evaluated set apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casereview.core.conditions import load
from casereview.core.facts import Catalogue, FactSpec
from casereview.core.records import Answer, PersonFact
from casereview.store.facts import AnswerFact, Scope, all_cases, open_cases
from casereview.store.handle import Store
from casereview.store.sweep import (
    RuleCount,
    RuleToRun,
    cases_of,
    forget_sweeps,
    next_run,
    run_sweep,
)

TODAY = date(2026, 3, 3)
NUMBER = AnswerFact("answer_number", "p", "number", 7, "integer")
Sweep = Callable[..., list[RuleCount]]


def d(days: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=days)


def counts(found: list[RuleCount]) -> dict[str, tuple[int, int, int, int]]:
    """Return true, false, unknown and error of each rule."""
    return {c.rule: (c.true, c.false, c.unknown, c.error) for c in found}


@pytest.fixture
def whole(catalogue: Catalogue) -> Catalogue:
    return catalogue.plus([FactSpec(NUMBER.name, "integer", "A number.")])


@pytest.fixture
def sweep(store: Store, whole: Catalogue) -> Sweep:
    def run(rules: dict[str, str], scope: Scope | None = None, **more: Any) -> list[RuleCount]:
        ready = [RuleToRun(name, load(when, whole)) for name, when in rules.items()]
        given = {"run_id": 1, "answers": {NUMBER.name: NUMBER}, "catalogue": whole, **more}
        with store.write() as conn:
            return run_sweep(conn, ready, as_of=TODAY, scope=scope or open_cases(), **given)

    return run


@pytest.fixture
def four(write: Callable[..., None], bare_case: Callable[..., list[Any]]) -> None:
    """Cases 1 to 4 came 10, 20, 30, 40 days ago; children: yes, no, unknown, not recorded."""
    for number in (1, 2, 3, 4):
        team = "WARD" if number < 4 else "REC"
        write(bare_case(d(-10 * number), case=number, team=team))
    for number, text in ((1, "yes"), (2, "no"), (3, None)):
        write([PersonFact(number, "children_in_household", 5, d(-5), text=text)])


RULES = {
    "long/over-21": "days_in_stage > 21",
    "safe/children": "children_in_household = 'yes' and home_assessment_on is null",
    "safe/not-yes": "children_in_household <> 'yes'",
    "safe/worker": "not has_key_worker",
}


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("keep", [True, False])
def test_every_case_is_counted_as_true_false_or_cannot_tell(sweep: Sweep, keep: bool) -> None:
    assert counts(sweep(RULES, keep=keep)) == {
        "long/over-21": (2, 2, 0, 0),
        "safe/children": (1, 1, 2, 0),
        "safe/not-yes": (1, 1, 2, 0),
        "safe/worker": (4, 0, 0, 0),
    }


@pytest.mark.usefixtures("four")
def test_findings_are_kept_by_run_with_the_cases_that_cannot_be_told(
    sweep: Sweep, store: Store
) -> None:
    sweep(RULES, head=17, at=datetime(2026, 3, 3, 9, tzinfo=UTC))
    with store.read() as conn:
        assert cases_of(conn, 1, "long/over-21") == [3, 4]
        assert cases_of(conn, 1, "safe/children") == [1]
        assert cases_of(conn, 1, "safe/children", "unknown") == [3, 4]
        assert cases_of(conn, 2, "safe/children") == []
        assert cases_of(conn, 1, "safe/worker") == [1, 2, 3, 4]
        row = conn.exec_driver_sql("SELECT run, at_s, team, head FROM sweeps").one()
        assert tuple(row) == (1, 1772528400, None, 17)
        assert next_run(conn) == 2


@pytest.mark.usefixtures("four")
def test_a_team_is_swept_alone_and_cases_are_listed_when_asked_for(sweep: Sweep) -> None:
    (found,) = sweep({"safe/children": RULES["safe/children"]}, open_cases("WARD"), list_cases=True)
    assert (found.true_cases, found.unknown_cases) == ((1,), (3,))
    assert (found.true, found.false, found.unknown) == (1, 1, 1)


@pytest.mark.usefixtures("four")
def test_a_sweep_again_under_its_number_changes_nothing(sweep: Sweep, store: Store) -> None:
    dump = "SELECT * FROM findings ORDER BY rule, case_id"
    sweep(RULES)
    with store.read() as conn:
        before = conn.exec_driver_sql(dump).fetchall()
    sweep(RULES)
    with store.read() as conn:
        assert conn.exec_driver_sql(dump).fetchall() == before


@pytest.mark.usefixtures("four")
def test_a_dry_run_keeps_nothing(sweep: Sweep, store: Store) -> None:
    sweep(RULES, keep=False)
    with store.read() as conn:
        for table in ("findings", "sweeps"):
            assert conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


@pytest.mark.usefixtures("four")
def test_old_sweeps_can_be_forgotten(sweep: Sweep, store: Store) -> None:
    for run in (1, 2, 3):
        sweep(RULES, run_id=run)
    with store.write() as conn:
        forget_sweeps(conn, before_run=3)
    with store.read() as conn:
        assert [cases_of(conn, run, "safe/children") for run in (1, 2, 3)] == [[], [], [1]]


@pytest.mark.usefixtures("four")
def test_nothing_is_left_behind_between_sweeps(sweep: Sweep, store: Store) -> None:
    sweep(RULES)
    with store.write() as conn:
        assert conn.exec_driver_sql("SELECT name FROM sqlite_temp_master").fetchall() == []


@pytest.mark.usefixtures("four")
def test_a_rule_whose_answer_is_not_there_is_reported_and_the_rest_go_on(sweep: Sweep) -> None:
    found = sweep({"p/gone": "answer_number > 3", **RULES}, answers={})
    assert counts(found)["p/gone"] == (0, 0, 0, 4)
    assert "answer_number" in found[0].why
    assert counts(found)["long/over-21"] == (2, 2, 0, 0)


@pytest.mark.usefixtures("four")
def test_a_rule_that_the_database_refuses_is_reported_and_the_rest_go_on(
    sweep: Sweep, store: Store
) -> None:
    with store.write() as conn:
        conn.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON findings WHEN NEW.rule = 'safe/worker' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    found = sweep(RULES)
    assert counts(found) == {
        "long/over-21": (2, 2, 0, 0),
        "safe/children": (1, 1, 2, 0),
        "safe/not-yes": (1, 1, 2, 0),
        "safe/worker": (0, 0, 0, 4),
    }
    assert found[3].why
    with store.read() as conn:
        assert cases_of(conn, 1, "safe/worker") == []
        assert cases_of(conn, 1, "long/over-21") == [3, 4]


@pytest.mark.usefixtures("four")
def test_a_fact_that_the_database_cannot_work_out_stops_only_its_rules(
    sweep: Sweep, store: Store
) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("ALTER TABLE allocations RENAME TO elsewhere")
    found = sweep(RULES)
    assert counts(found)["safe/worker"] == (0, 0, 0, 4)
    assert "has_key_worker" in found[3].why
    assert counts(found)["safe/children"] == (1, 1, 2, 0)


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("keep", [True, False])
def test_a_case_with_an_unreadable_answer_is_set_apart_in_the_rules_that_read_it(
    sweep: Sweep, store: Store, write: Callable[..., None], keep: bool
) -> None:
    for case, value in ((1, "12"), (2, "many"), (3, "2")):
        write([Answer(case, 9, 1, "p", "number", value, d(-1), "ann")])
    rules = {"p/number": "answer_number > 3", "p/none": "answer_number is null", **RULES}
    found = sweep(rules, keep=keep, list_cases=True)
    assert counts(found)["p/number"] == (1, 1, 1, 1)
    assert counts(found)["p/none"] == (1, 2, 0, 1)
    assert "cannot be read" in found[0].why
    assert found[0].true_cases == (1,)
    assert counts(found)["safe/worker"] == (4, 0, 0, 0)
    if keep:
        with store.read() as conn:
            assert cases_of(conn, 1, "p/number", "error") == [2]
            assert cases_of(conn, 1, "p/none", "error") == [2]


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("rule", ["ready_on > today", "days_since_ready > 3", "weight > 3"])
def test_a_stored_value_of_the_wrong_kind_never_counts_as_a_finding(
    sweep: Sweep, store: Store, rule: str
) -> None:
    with store.write() as conn:
        for fact in ("ready_on", "complexity", "risk", "travel"):
            conn.exec_driver_sql(
                "INSERT INTO case_facts (case_id, fact, n, from_on, number) "
                "VALUES (2, ?, 5, 20000, 'abc')",
                (fact,),
            )
    assert counts(sweep({"p/bad": rule})) == {"p/bad": (0, 0, 3, 1)}


def test_a_sweep_of_nothing_counts_nought(sweep: Sweep) -> None:
    assert counts(sweep(RULES, all_cases())) == dict.fromkeys(RULES, (0, 0, 0, 0))
    assert sweep({}) == []
