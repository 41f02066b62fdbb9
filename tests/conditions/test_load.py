"""What may be written, and what each value of it is."""

from __future__ import annotations

from datetime import date
from types import ModuleType

import pytest

from casereview.core.conditions import Condition, load
from casereview.core.facts import Catalogue, Value
from casereview.errors import ConditionError

FACTS: dict[str, Value] = {
    "days_in_stage": 50,
    "open_actions": 0,
    "age": 17,
    "today": date(2026, 3, 3),
    "expected_end_on": date(2026, 2, 20),
    "has_key_worker": True,
    "died": False,
    "destination": "it's home",
    "legal_status": "detained",
    "answer_ward_ready": "yes",
}


@pytest.fixture
def read(generate: ModuleType) -> Catalogue:
    catalogue: Catalogue = generate.CATALOGUE
    return catalogue


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("days_in_stage > 42 and open_actions = 0", True),
        ("days_in_stage > 42 AND Not died", True),
        ("days_in_stage = 50", True),
        ("days_in_stage <> 50", False),
        ("days_in_stage < 50", False),
        ("days_in_stage <= 50", True),
        ("days_in_stage >= 51", False),
        ("age between 17 and 17", True),
        ("age not between 0 and 17", False),
        ("age in (16, 17)", True),
        ("age not in (16, 17)", False),
        ("age in (16, open_actions + 17)", True),
        ("age = - 17 + 34", True),
        ("age - -1 = 18", True),
        ("age - (open_actions - 3) = 20", True),
        ("age = +17", True),
        ("today - expected_end_on = 11", True),
        ("expected_end_on + 11 = today", True),
        ("today - 11 = expected_end_on", True),
        ("11 + expected_end_on = today", True),
        ("today = '2026-03-03'", True),
        ("'2026-03-03' <= today", True),
        ("today between '2026-03-01' and '2026-03-01' + 2", True),
        ("today in ('2026-03-02', '2026-03-03')", True),
        ("'2026-03-01' - '2026-02-01' = 28", True),
        ("coalesce(ready_on, expected_end_on) < '2026-02-21'", True),
        ("coalesce(ready_on, '2026-03-03') = today", True),
        ("coalesce(risk, 3) = 3", True),
        ("has_key_worker", True),
        ("has_key_worker = true", True),
        ("has_key_worker <> FALSE", True),
        ("not has_key_worker", False),
        ("died = has_key_worker", False),
        ("coalesce(transfer_pending, has_key_worker)", True),
        ("true", True),
        ("false or died", False),
        ("destination = 'it''s home'", True),
        ("destination <> 'home'", True),
        ("destination in ('home', 'it''s home')", True),
        ("legal_status in ('informal', 'detained')", True),
        ("answer_ward_ready = 'yes'", True),
        ("answer_ready = 'yes'", True),
        ("'a' = 'a' and 1 = 1", True),
        ("risk is null and age is not null", True),
        ("coalesce(risk, age) is null", False),
        ("risk + 1 is null", True),
        ("((((age)) = (17)))", True),
        ("age=17\n\tand\r\ndied=false", True),
        ("not not died", False),
        ("not (age = 17 and died)", True),
    ],
)
def test_a_condition_has_its_value(
    generate: ModuleType, read: Catalogue, text: str, value: bool
) -> None:
    assert load(text, read, generate.ALIASES).evaluate(FACTS) is value


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        ("died", "risk = 1", False, None),
        ("risk = 1", "died", False, None),
        ("has_key_worker", "risk = 1", None, True),
        ("risk = 1", "has_key_worker", None, True),
        ("risk = 1", "ready_on = today", None, None),
    ],
)
def test_and_and_or_follow_kleene(
    read: Catalogue, left: str, right: str, both: bool | None, either: bool | None
) -> None:
    assert load(f"{left} and {right}", read).evaluate(FACTS) is both
    assert load(f"{left} or {right}", read).evaluate(FACTS) is either


@pytest.mark.parametrize(
    "text",
    [
        "risk = 1",
        "risk <> 1",
        "not risk = 1",
        "risk > 14",
        "risk in (1, 2)",
        "risk not in (1)",
        "age in (1, risk)",
        "age not in (1, risk)",
        "risk between 1 and 2",
        "age between risk and 99",
        "age between 1 and risk",
        "risk + 1 = 2",
        "ready_on = today",
        "today - ready_on > 0",
        "transfer_pending",
        "transfer_pending = true",
        "bed = 'x'",
        "answer_ward_stabilised <> 'yes'",
        "coalesce(risk, risk + 1) = 1",
    ],
)
def test_a_comparison_with_an_unknown_fact_is_unknown(read: Catalogue, text: str) -> None:
    assert load(text, read).evaluate(FACTS) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("age in (17, risk)", True),
        ("age not in (17, risk)", False),
        ("age between 18 and risk", False),
        ("age between risk and 16", False),
        ("age not between 18 and risk", True),
    ],
)
def test_an_unknown_end_does_not_hide_what_is_certain(
    read: Catalogue, text: str, value: bool
) -> None:
    assert load(text, read).evaluate(FACTS) is value


def test_dates_may_run_past_the_ends_of_the_calendar(read: Catalogue) -> None:
    facts = {**FACTS, "today": date.max, "expected_end_on": date.min}
    assert load("today + 1000000000 > today", read).evaluate(facts) is True
    assert load("expected_end_on - 1000000000 < expected_end_on", read).evaluate(facts) is True


def test_the_same_text_and_catalogue_give_the_same_condition(read: Catalogue) -> None:
    assert load("age = 1", read) is load("age = 1", read)
    assert load("age = 1", read) is not load("age = 1", Catalogue.of(read))


def test_short_names_stand_for_full_names(generate: ModuleType, read: Catalogue) -> None:
    condition = load("answer_ready = 'no' and age > 1", read, generate.ALIASES)
    assert condition.names == {"answer_ward_ready", "age"}
    with pytest.raises(ConditionError, match=r"There is no fact 'answer_ready'"):
        load("answer_ready = 'no'", read)


@pytest.mark.parametrize(
    ("text", "position", "nearest"),
    [
        ("age = 1 and open_action = 0", 12, "open_actions"),
        ("days_in_stag > 42", 0, "days_in_stage"),
        ("answer_redy = 'yes'", 0, "answer_ready"),
        ("answer_ready = 'yess'", 15, "yes"),
        ("answer_ready in ('yes', 'cannot tell')", 24, "cannot-tell"),
        ("age = 1 and zzz = 2", 12, None),
    ],
)
def test_a_refusal_names_its_place_and_the_nearest_valid_name(
    generate: ModuleType, read: Catalogue, text: str, position: int, nearest: str | None
) -> None:
    with pytest.raises(ConditionError) as caught:
        load(text, read, generate.ALIASES)
    assert caught.value.position == position
    assert caught.value.nearest == nearest
    assert (nearest is None) or nearest in str(caught.value)


@pytest.mark.parametrize("depth", [1, 39, 40])
def test_forty_brackets_and_forty_nots_are_allowed(read: Catalogue, depth: int) -> None:
    assert load("(" * depth + "died" + ")" * depth, read).evaluate(FACTS) is False
    assert load("not " * depth + "died", read).evaluate(FACTS) is (depth % 2 == 1)


def test_two_thousand_characters_are_allowed(read: Catalogue) -> None:
    assert load("died" + " " * 1996, read).evaluate(FACTS) is False


@pytest.mark.parametrize("number", [10**9, -(10**9)])
def test_numbers_up_to_a_thousand_million_are_allowed(read: Catalogue, number: int) -> None:
    assert load(f"age > {number}", read).evaluate(FACTS) is (number < 0)


def test_a_value_of_another_type_is_refused_by_its_fact(read: Catalogue) -> None:
    condition = load("open_actions = 0 and age > 3", read)
    with pytest.raises(ConditionError, match="'age' is not of its type, integer"):
        condition.evaluate({"open_actions": 0, "age": "seventeen"})


def failing(condition: Condition) -> list[tuple[str, bool | None, tuple[str, ...]]]:
    return [(c.sentence, c.holds, c.missing) for c in condition.failing(FACTS)]


def test_every_failing_clause_is_named_with_its_facts(read: Catalogue) -> None:
    condition = load(
        "has_key_worker and (age >= 18 or risk = 1) and died and open_actions = 0", read
    )
    assert failing(condition) == [
        ("age is at least 18 or risk is 1", None, ("risk",)),
        ("died is yes", False, ()),
    ]
    assert condition.failing(FACTS)[0].names == {"age", "risk"}
    assert [c.text for c in condition.clauses()] == [
        "has_key_worker", "age >= 18 or risk = 1", "died", "open_actions = 0",
    ]  # fmt: skip


def test_nested_ands_are_clauses_of_the_top(read: Catalogue) -> None:
    condition = load("(died and (age = 1 and risk = 2)) and has_key_worker", read)
    assert len(condition.clauses()) == 4


def test_missing_facts_are_those_that_keep_it_unknown(read: Catalogue) -> None:
    condition = load(
        "(died and bed = 'x') or (risk = 1 and coalesce(ready_on, today) = today)", read
    )
    assert condition.missing(FACTS) == ("risk",)
    assert condition.missing({**FACTS, "risk": 1}) == ()
    assert load("died", read).missing({}) == ("died",)
