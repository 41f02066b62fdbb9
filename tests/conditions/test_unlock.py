"""The smallest unlock set, case by case."""

from __future__ import annotations

from datetime import date

import pytest

from casereview.core.conditions import Unlock, load, unlock
from casereview.core.facts import Catalogue, FactSpec, Value
from casereview.errors import ConditionError

ON = date(2026, 3, 3)
YES = ("yes", "no")
CATALOGUE = Catalogue.of(
    [
        FactSpec("today", "date", "Today.", changes="time", noun="today"),
        FactSpec("days_in_stage", "integer", "Days.", unit="days", changes="time"),
        FactSpec("days_waiting", "integer", "Days.", unit="days", changes="time"),
        FactSpec("age", "integer", "Years.", unit="years", changes="time"),
        FactSpec("admitted_on", "date", "In.", changes="never"),
        FactSpec("stage", "code", "Stage.", values=("assess", "recover"), changes="never"),
        FactSpec("legal_status", "code", "Law.", values=("informal", "detained"), effort="medium"),
        FactSpec("agreed_on", "date", "Agreed.", effort="medium"),
        FactSpec("risk_plan_on", "date", "Plan.", effort="medium", noun="the risk plan"),
        FactSpec("safety_plan_on", "date", "Plan.", effort="medium"),
        FactSpec("destination", "text", "Where.", effort="large", noun="the destination"),
        FactSpec("medicines", "code", "Medicines.", values=YES),
        FactSpec("follow_up", "code", "Follow-up.", values=YES),
        FactSpec("view_on", "date", "View."),
        FactSpec("carer_told", "code", "Carer.", values=("yes", "declined", "no")),
        FactSpec("safeguarding", "code", "Worry.", values=("none", "open"), changes="action"),
        FactSpec("open_actions", "integer", "Open.", unit="actions", changes="action"),
        FactSpec("has_key_worker", "boolean", "Worker.", noun="a key worker"),
        FactSpec("answer_ready", "code", "Ready.", values=YES, changes="answer", noun="ready"),
        FactSpec("a", "boolean", "A.", effort="large"),
        FactSpec("b", "boolean", "B.", effort="medium"),
        FactSpec("c", "boolean", "C.", effort="medium"),
        FactSpec("x", "text", "X."),
        FactSpec("y", "text", "Y."),
        *(FactSpec(f"f{n:02}", "boolean", "F.", effort="small") for n in range(40)),
    ]
)


def solve(*texts: str, **facts: Value) -> Unlock:
    conditions = [load(text, CATALOGUE) for text in texts]
    return unlock(conditions, {"today": ON, **facts}, CATALOGUE, on=ON)


def test_nothing_is_to_be_done_when_all_are_true() -> None:
    assert solve("a", a=True) == Unlock()
    assert solve() == Unlock()


def test_a_shared_fact_counts_once_where_tree_recursion_would_pay_four() -> None:
    found = solve("(a or b) and (a or c)", a=False, b=False, c=False)
    assert (set(found.facts), found.cost, found.exact) == ({"a"}, 3, True)
    apart = solve("a or b", "a or c", a=False, b=False, c=False)
    assert apart == found


def test_changes_must_hold_together() -> None:
    assert solve("x = 'p'", "x = 'q'").possible is False
    found = solve("x = 'p' or a", "x = 'q' or b", x="p")
    assert (set(found.facts), found.cost) == ({"b"}, 2)


def test_a_change_that_breaks_a_true_condition_brings_its_own_repair() -> None:
    found = solve("x = 'p'", "x = 'q' or b", x="q", b=False)
    assert (set(found.facts), found.cost) == ({"x", "b"}, 3)


def test_facts_that_never_change_are_not_offered() -> None:
    assert solve("stage = 'recover'", stage="assess").possible is False
    assert solve("stage = 'recover' or a", stage="assess").facts == {"a"}
    blocked = solve("stage = 'recover'", "b", stage="assess")
    assert (blocked.possible, blocked.changes) == (False, ())


def test_ties_go_to_the_earlier_fact_of_the_catalogue() -> None:
    assert solve("c or b").facts == {"b"}
    assert solve("follow_up = 'yes' or medicines = 'yes'").facts == {"medicines"}


def test_waiting_costs_nothing_and_tells_the_day() -> None:
    found = solve("days_in_stage > 42", days_in_stage=40)
    (change,) = found.changes
    assert (found.cost, found.possible) == (0, True)
    assert (change.fact, change.to, change.from_on) == ("days_in_stage", 43, date(2026, 3, 6))
    assert change.say == "wait until 6 March 2026"
    assert found.from_on == date(2026, 3, 6)


def test_facts_of_time_move_together() -> None:
    facts = dict(days_in_stage=40, days_waiting=2)
    assert solve("days_in_stage > 42 and days_waiting < 4", **facts).possible is False
    found = solve("days_in_stage > 42 and days_waiting < 6", **facts)
    assert (set(found.facts), found.from_on) == ({"days_in_stage"}, date(2026, 3, 6))
    assert solve("days_in_stage - days_waiting > 50", **facts).possible is False
    assert solve("days_in_stage + days_waiting > 50", **facts).from_on == date(2026, 3, 8)


def test_today_moves_with_the_days() -> None:
    found = solve("today >= '2026-03-10' and days_waiting >= 5", days_waiting=1)
    assert (set(found.facts), found.from_on) == (
        {"today", "days_waiting"},
        date(2026, 3, 10),
    )
    assert solve("today < '2026-03-03'").possible is False


def test_time_that_cannot_help_leaves_the_other_branch() -> None:
    assert solve("days_in_stage < 5", days_in_stage=9).possible is False
    assert solve("days_in_stage > 5").possible is False
    assert solve("age >= 18", age=17).possible is False
    assert solve("age >= 18 or a", age=17).facts == {"a"}


def test_waiting_is_preferred_to_work_and_the_shortest_wait_is_told() -> None:
    found = solve("days_waiting > 9 or days_in_stage > 9 or a", days_waiting=0, days_in_stage=7)
    assert (set(found.facts), found.cost, found.from_on) == ({"days_in_stage"}, 0, date(2026, 3, 6))


@pytest.mark.parametrize(
    ("text", "facts", "to", "say"),
    [
        ("open_actions = 0", {"open_actions": 4}, 0, "bring open actions to 0"),
        ("open_actions < 3", {"open_actions": 4}, 2, "bring open actions to 2"),
        ("open_actions between 6 and 9", {"open_actions": 4}, 6, "bring open actions to 6"),
        ("has_key_worker", {}, True, "record a key worker: yes"),
        ("not has_key_worker", {"has_key_worker": True}, False, "record a key worker: no"),
        ("answer_ready = 'yes'", {"answer_ready": "no"}, "yes", "answer ready: yes"),
        ("destination is not null", {}, "other", "record the destination"),
        ("destination = 'home'", {}, "home", "record the destination: home"),
        ("destination is null", {"destination": "home"}, None, "clear the destination"),
        ("destination <> 'other'", {"destination": "other"}, "other 2", "record the destination"),
        (
            "risk_plan_on >= admitted_on",
            {"admitted_on": date(2026, 2, 1)},
            ON,
            "record the risk plan",
        ),
        (
            "risk_plan_on > today + 6",
            {"risk_plan_on": ON},
            date(2026, 3, 10),
            "record the risk plan: 10 March 2026",
        ),
        (
            "carer_told in ('declined', 'yes')",
            {"carer_told": "no"},
            "declined",
            "change carer told to declined",
        ),
        ("carer_told not in ('no')", {}, "yes", "find out and record carer told"),
    ],
)  # fmt: skip
def test_a_change_says_what_to_do(text: str, facts: dict[str, Value], to: Value, say: str) -> None:
    (change,) = solve(text, **facts).changes
    assert (change.to, change.say, change.from_on) == (to, say, None)


def test_counts_do_not_go_below_nought() -> None:
    assert solve("open_actions < 0", open_actions=2).possible is False


WARD = (
    "legal_status = 'informal' or (legal_status = 'detained' and agreed_on is not null)",
    "risk_plan_on >= admitted_on",
    "safety_plan_on >= admitted_on",
    "destination is not null",
    "medicines = 'yes'",
    "follow_up = 'yes'",
    "view_on is not null",
    "carer_told in ('yes', 'declined')",
    "safeguarding = 'none'",
    "open_actions = 0",
)


def test_a_ward_discharge_with_nothing_done() -> None:
    found = solve(*WARD, admitted_on=date(2026, 2, 20), open_actions=3, legal_status="detained")
    assert found.exact
    assert [change.fact for change in found.changes] == [
        "legal_status", "risk_plan_on", "safety_plan_on", "destination", "medicines", "follow_up",
        "view_on", "carer_told", "safeguarding", "open_actions",
    ]  # fmt: skip
    assert found.cost == 2 + 2 + 2 + 3 + 1 + 1 + 1 + 1 + 1 + 1


def test_many_requirements_that_share_nothing_stay_exact() -> None:
    found = solve(*(f"f{n:02}" for n in range(40)))
    assert (found.cost, found.exact) == (40, True)


def test_beyond_sixteen_tied_facts_the_answer_holds_and_is_marked_at_most() -> None:
    texts = [f"f{n:02} or f{n + 1:02}" for n in range(30)]
    conditions = [load(text, CATALOGUE) for text in texts]
    found = unlock(conditions, {}, CATALOGUE, on=ON)
    assert (found.exact, found.possible) == (False, True)
    assert 15 <= found.cost <= 30
    after = {change.fact: change.to for change in found.changes}
    assert all(condition.evaluate(after) is True for condition in conditions)


def test_sixteen_tied_facts_are_exact() -> None:
    found = solve(*(f"f{n:02} or f{n + 1:02}" for n in range(15)))
    assert (found.cost, found.exact) == (8, True)  # 15 links of a chain, two for each fact


def test_a_fact_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(ConditionError, match="'open_actions' is not of its type"):
        solve("a or open_actions = 0", open_actions="none")
