"""Every fact of the person, and that all of the person's cases see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from casereview.core.facts import Value
from casereview.core.records import Case, Person, PersonFact, StageSpell, Worry
from casereview.store.facts.set_facts import PERSON_NUMBERS, PERSON_WORDS

TODAY = date(2026, 3, 3)


def d(days: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=days)


def worry(number: int, raised: int, closed: int | None = None, act_by: int | None = None) -> Worry:
    """Return a worry; arguments are days from today."""
    return Worry(
        number, 1, d(raised), "ann", danger_now=False, owner="ann",
        act_by=None if act_by is None else d(act_by),
        closed_on=None if closed is None else d(closed),
    )  # fmt: skip


def second_case(*stages: tuple[str, int]) -> list[Any]:
    """Return another case of the same person."""
    spells = [
        StageSpell(2, i + 1, stage, d(on), d(stages[i + 1][1]) if i + 1 < len(stages) else None)
        for i, (stage, on) in enumerate(stages)
    ]
    came = d(stages[0][1])
    return [Case(2, 1, "REC", "recovery", stages[-1][0], came, came, head=1), *spells]


def born(year: int, month: int, day: int) -> list[Any]:
    """Return a person with a day of birth."""
    return [Person(1, born_on=date(year, month, day))]


WORRIES = [worry(1, -9, closed=-2, act_by=-7), worry(2, -5)]
NONE = PersonFact(1, "safeguarding", 5, d(-20), text="none")
ROWS: list[tuple[str, list[Any], dict[int, Value]]] = [
    ("age", born(2008, 3, 3), {0: 18, -1: 17}),
    ("age", born(1926, 3, 4), {0: 99, 1: 100}),
    ("age", born(2026, 2, 20), {0: 0}),
    ("age", born(2026, 3, 4), {0: None, 1: 0}),
    ("is_child", born(2008, 3, 3), {0: False, -1: True}),
    ("born_known", born(2008, 3, 3), {0: True}),
    ("nhs_number_known", [Person(1, nhs_number="9434765919")], {0: True}),
    ("nhs_number_known", [Person(1, nhs_number="")], {0: False}),
    ("restricted", [Person(1, restricted=True)], {0: True}),
    ("died", [Person(1, died_on=d(-3))], {0: True, -3: True, -4: False}),
    ("died_on", [Person(1, died_on=d(-3))], {0: d(-3), -3: d(-3), -4: None}),
    ("safeguarding", [NONE], {0: "none", -20: "none", -21: None}),
    ("safeguarding", [NONE, *WORRIES], {0: "open", -5: "open", -9: "open", -10: "none"}),
    ("safeguarding", [NONE, worry(1, -9, closed=-2)], {0: "none", -2: "none", -3: "open"}),
    ("safeguarding", [worry(1, -9, closed=-2)], {0: None, -3: "open"}),
    ("open_worries", WORRIES, {0: 1, -2: 1, -3: 2, -9: 1, -10: 0}),
    ("overdue_worries", WORRIES, {0: 0, -3: 1, -6: 1, -7: 0}),
    ("open_cases", second_case(("assess", -9), ("left", -2)), {0: 1, -2: 1, -3: 2, -10: 1}),
    ("open_cases", second_case(("assess", 2)), {0: 1, 2: 2}),
]


@pytest.mark.parametrize(("name", "records", "expected"), ROWS)
def test_a_fact_of_the_person_has_its_value_on_each_day(
    write: Callable[..., None],
    fact: Callable[..., Value],
    bare_case: Callable[..., list[Any]],
    name: str,
    records: list[Any],
    expected: dict[int, Value],
) -> None:
    person, *rest = bare_case(d(-30))
    start = [] if isinstance(records[0], Person) else [person]
    write([*start, *records, *rest])
    assert {days: fact(name, d(days)) for days in expected} == expected


@pytest.mark.parametrize(
    ("born_on", "on", "age"),
    [
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2000, 12, 31), date(2025, 12, 30), 24),
        (date(2000, 12, 31), date(2025, 12, 31), 25),
        (date(1900, 1, 1), date(2026, 1, 1), 126),
    ],
)
def test_a_birthday_counts_from_its_day_on(
    write: Callable[..., None],
    fact: Callable[..., Value],
    bare_case: Callable[..., list[Any]],
    born_on: date,
    on: date,
    age: int,
) -> None:
    _, *rest = bare_case(date(2020, 1, 1))
    write([Person(1, born_on=born_on), *rest])
    assert fact("age", on) == age


@pytest.mark.parametrize("name", [*PERSON_NUMBERS, *PERSON_WORDS])
def test_what_is_set_on_the_person_is_seen_by_every_case_until_the_next(
    write: Callable[..., None],
    fact: Callable[..., Value],
    bare_case: Callable[..., list[Any]],
    name: str,
) -> None:
    number = name in PERSON_NUMBERS
    values: list[dict[str, Any]] = [
        {"number": (d(-k) - date(1970, 1, 1)).days} if number else {"text": f"word{k}"}
        for k in (12, 6)
    ]
    rows = [
        PersonFact(1, name, 5, d(-10), d(-4), **values[0]),
        PersonFact(1, name, 6, d(-4), d(-1), **values[1]),
        PersonFact(1, name, 7, d(-1)),
    ]
    write([*bare_case(d(-30)), *second_case(("assess", -30)), *rows])
    shown: list[Value] = [d(-12), d(-6)] if number else ["word12", "word6"]
    for case in (1, 2):
        held = [fact(name, d(days), case=case) for days in (-11, -10, -5, -4, -2, -1, 0)]
        assert held == [None, shown[0], shown[0], shown[1], shown[1], None, None]
