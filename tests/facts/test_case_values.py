"""Every fact of the case itself: its value, the days it changes, when it is unknown."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from casereview.core.facts import Value
from casereview.core.records import (
    Allocation,
    Case,
    CaseFact,
    Contact,
    Delay,
    Person,
    StageSpell,
    TransferOffer,
)
from casereview.store.facts.set_facts import CASE_NUMBERS, CASE_WORDS

TODAY = date(2026, 3, 3)
CAME = TODAY - timedelta(days=30)


def d(days: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=days)


def n(days: int) -> int:
    """Return the day number of the day so many days from today."""
    return (d(days) - date(1970, 1, 1)).days


def on_day(fact: str, days: int, value: int | None, **more: Any) -> CaseFact:
    """Return a date that was set: from `days` on, `value` days from today."""
    number = None if value is None else n(value)
    given = {"n": 5, **more}
    return CaseFact(1, fact, from_on=d(days), number=number, **given)


def case(stage: str = "assess", **more: Any) -> list[Any]:
    """Return a person and a case that came 30 days ago."""
    made = Case(1, 1, "WARD", "ward", stage, CAME, CAME, head=1)
    return [Person(1), replace(made, **more), StageSpell(1, 1, stage, CAME)]


def moved(*stages: tuple[str, int], **more: Any) -> list[Any]:
    """Return a case that came into stages on days; the first 30 days ago."""
    spells = [
        StageSpell(1, i + 1, stage, d(on), d(stages[i + 1][1]) if i + 1 < len(stages) else None)
        for i, (stage, on) in enumerate(stages)
    ]
    last = dataclasses.replace(spells[-1], exit_class=more.get("exit_class"))
    return [*case(stages[-1][0], **more)[:2], *spells[:-1], last]


EXPECTED = [
    on_day("expected_end_on", -30, 10, n=5, before_on=d(-20)),
    on_day("expected_end_on", -20, -2, n=6, before_on=d(-5)),
    on_day("expected_end_on", -5, 14, n=7),
]
SAME_DAY = [
    on_day("expected_end_on", -9, 1, n=5, before_on=d(-9)),
    on_day("expected_end_on", -9, 3, n=6),
]
ROWS: list[tuple[str, list[Any], dict[int, Value]]] = [
    ("stage", moved(("assess", -30), ("stabilise", -5)),
     {0: "stabilise", -5: "stabilise", -6: "assess"}),
    ("stage", moved(("assess", -30), ("left", -5)), {0: "left", -6: "assess"}),
    ("pathway", case(), {0: "ward"}),
    ("team", case(), {0: "WARD"}),
    ("today", case(), {0: TODAY, -3: d(-3)}),
    ("days_in_stage", moved(("assess", -30), ("recover", -5)), {0: 5, -5: 0, -6: 24}),
    ("days_since_referral", case(), {0: 30, -30: 0}),
    ("days_since_first_referral", case(first_referred_on=d(-100)), {0: 100, -30: 70}),
    ("admitted_on", case(first_referred_on=d(-100)), {0: CAME}),
    ("is_return", case(link="return", linked_case_id=9), {0: True}),
    ("is_return", case(link="transfer", linked_case_id=9), {0: False}),
    ("transfer_pending", [TransferOffer(1, 5, "REC", d(-1))], {-2: False, -1: True}),
    ("transfer_pending", [TransferOffer(1, 5, "REC", d(-9), d(-2))],
     {-10: False, -9: True, -3: True, -2: False}),
    ("expected_end_on", EXPECTED, {0: d(14), -5: d(14), -6: d(-2), -20: d(-2), -21: d(10)}),
    ("expected_end_on", [on_day("expected_end_on", -3, 4)], {0: d(4), -3: d(4), -4: None}),
    ("first_expected_end_on", EXPECTED, {0: d(10), -30: d(10)}),
    ("first_expected_end_on", SAME_DAY, {0: d(3), -10: None}),
    ("first_expected_end_on", [on_day("expected_end_on", -9, None)], {0: None}),
    ("days_past_expected_end", EXPECTED, {0: -14, -6: -4, -21: -31}),
    ("expected_end_slippage", EXPECTED, {0: 4, -6: -12, -30: 0}),
    ("days_since_ready", [on_day("ready_on", -4, -6)], {0: 6, -4: 2, -5: None}),
    ("days_since_ready", [on_day("ready_on", -4, 2)], {0: -2}),
    ("days_since_outcome_review", [on_day("outcome_review_on", -4, -50)], {0: 50, -5: None}),
    ("delay_reason", [Delay(1, 5, "04", d(-8), d(-3)), Delay(1, 6, "18", d(-3))],
     {0: "18", -3: "18", -4: "04", -9: None}),
    ("delay_reason", [Delay(1, 5, "04", d(-8), d(-3))], {-3: None, -4: "04"}),
    ("days_delayed", [Delay(1, 5, "04", d(-8), d(-3)), Delay(1, 6, "18", d(-1))],
     {0: 6, -1: 5, -2: 5, -3: 5, -4: 4, -8: 0, -9: 0}),
    ("waiting_for", [on_day("assessed_on", -9, -9), on_day("started_on", -3, -3)],
     {0: "nothing", -3: "nothing", -4: "start", -9: "start", -10: "assessment"}),
    ("waiting_for", [on_day("assessed_on", -9, 2)], {0: "assessment", 1: "assessment", 2: "start"}),
    ("waiting_for", moved(("assess", -30), ("stabilise", -5)), {0: "nothing", -6: "assessment"}),
    ("days_waiting", [on_day("assessed_on", -9, -10), on_day("started_on", -3, -3)],
     {0: 0, -3: 0, -4: 6, -9: 1, -10: 20}),
    ("days_waiting", moved(("assess", -30), ("stabilise", -5)), {0: 0, -6: 24}),
    ("has_key_worker", [Allocation(1, 5, "ann", "key-worker", d(-9), d(-2))],
     {0: False, -2: False, -3: True, -9: True, -10: False}),
    ("has_key_worker", [Allocation(1, 5, "ann", "second", d(-9))], {0: False}),
    ("days_since_allocation", [Allocation(1, 5, "ann", "key-worker", d(-9), d(-2)),
                               Allocation(1, 6, "bob", "key-worker", d(-2))],
     {0: 2, -2: 0, -3: 6, -10: None}),
    ("weight",
     [CaseFact(1, "complexity", 5, d(-9), number=2), CaseFact(1, "risk", 6, d(-8), number=3),
      CaseFact(1, "travel", 7, d(-7), number=1)], {0: 6, -7: 6, -8: None}),
    ("completed_on", moved(("recover", -30), ("complete", -5)), {0: d(-5), -5: d(-5), -6: None}),
    ("completed_on", moved(("recover", -30), ("left", -5)), {0: None}),
    ("completed_on", moved(("recover", -30), ("complete", -5), ("recover", -2)),
     {0: None, -3: d(-5)}),
    ("days_since_completion", moved(("recover", -30), ("complete", -5)), {0: 5, -5: 0, -6: None}),
    ("contact_after_completion_on",
     [*moved(("recover", -30), ("complete", -5)), Contact(1, 5, "visit", "5", d(-5)),
      Contact(1, 6, "visit", "3", d(-4)), Contact(1, 7, "phone", "6", d(-3)),
      Contact(1, 8, "phone", "5", d(-2))], {0: d(-3), -3: d(-3), -4: None, -6: None}),
    ("exit_class", moved(("assess", -30), ("left", -5), closed_on=d(-5), exit_class="declined"),
     {0: "declined", -5: "declined", -6: None}),
    ("exit_class", moved(("recover", -30), ("complete", -5), closed_on=d(-5), exit_class="planned"),
     {0: "planned"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "records", "expected"), ROWS)
def test_a_fact_of_the_case_has_its_value_on_each_day(
    write: Callable[..., None],
    fact: Callable[..., Value],
    name: str,
    records: list[Any],
    expected: dict[int, Value],
) -> None:
    whole = records if isinstance(records[0], Person) else [*case(), *records]
    write(whole)
    assert {days: fact(name, d(days)) for days in expected} == expected


@pytest.mark.parametrize("name", CASE_NUMBERS)
def test_a_number_or_date_that_was_set_holds_until_the_next(
    write: Callable[..., None], fact: Callable[..., Value], name: str
) -> None:
    first, last = (n(-12), n(-3)) if name.endswith("_on") else (1, 3)
    rows = [
        CaseFact(1, name, 5, d(-10), d(-4), number=first),
        CaseFact(1, name, 6, d(-4), d(-1), number=last),
        CaseFact(1, name, 7, d(-1)),
        CaseFact(1, "bed", 8, d(-20), text="7"),
    ]
    write([*case(), *rows])
    shown = (d(-12), d(-3)) if name.endswith("_on") else (1, 3)
    held = [fact(name, d(days)) for days in (-11, -10, -5, -4, -2, -1, 0)]
    assert held == [None, shown[0], shown[0], shown[1], shown[1], None, None]


@pytest.mark.parametrize("name", CASE_WORDS)
def test_a_word_that_was_set_holds_until_the_next(
    write: Callable[..., None], fact: Callable[..., Value], name: str
) -> None:
    rows = [
        CaseFact(1, name, 5, d(-10), d(-4), text="no"),
        CaseFact(1, name, 6, d(-4), d(-1), text="yes"),
        CaseFact(1, name, 7, d(-1)),
    ]
    write([*case(), *rows])
    held = [fact(name, d(days)) for days in (-11, -10, -5, -4, -2, -1, 0)]
    assert held == [None, "no", "no", "yes", "yes", None, None]


def test_of_two_values_that_overlap_the_later_told_counts(
    write: Callable[..., None], fact: Callable[..., Value]
) -> None:
    write([*case(), CaseFact(1, "bed", 5, d(-9), text="7"), CaseFact(1, "bed", 6, d(-9), text="2")])
    assert fact("bed") == "2"
