"""Which cases a scope holds on which day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from casereview.core.facts import Catalogue
from casereview.core.records import Case, Person, StageSpell
from casereview.errors import NotFound
from casereview.store.facts import (
    Scope,
    all_cases,
    case_ids,
    completed_within,
    one_case,
    open_cases,
    read_facts,
)
from casereview.store.handle import Store

TODAY = date(2026, 3, 3)
HISTORIES: dict[int, tuple[str, list[tuple[str, int]]]] = {
    1: ("WARD", [("assess", -30), ("stabilise", -9)]),
    2: ("WARD", [("assess", -20), ("complete", -9)]),
    3: ("REC", [("assess", -20), ("left", -5)]),
    4: ("REC", [("assess", -20), ("complete", -9), ("assess", -4)]),
    5: ("REC", [("assess", -20), ("complete", -9), ("assess", -7), ("complete", -2)]),
    6: ("WARD", [("assess", 1)]),
}


def d(days: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=days)


@pytest.fixture
def cases(
    store: Store, catalogue: Catalogue, write: Callable[..., None]
) -> Callable[[Scope, date], set[int]]:
    for number, (team, stages) in HISTORIES.items():
        days = [on for _, on in stages]
        last = stages[-1][0]
        closed = d(days[-1]) if last in ("complete", "left") else None
        came = d(days[0])
        spells = [
            StageSpell(number, i, stage, d(on), d(before) if before is not None else None)
            for i, ((stage, on), before) in enumerate(zip(stages, [*days[1:], None], strict=True))
        ]
        case = Case(number, number, team, "ward", last, came, came, 1, closed_on=closed)
        write([Person(number), case, *spells])

    def read(scope: Scope, on: date) -> set[int]:
        with store.read() as conn:
            return set(read_facts(conn, [], as_of=on, scope=scope, catalogue=catalogue, answers={}))

    return read


@pytest.mark.parametrize(
    ("scope", "days", "expected"),
    [
        (open_cases(), 0, {1, 4}),
        (open_cases(), 1, {1, 4, 6}),
        (open_cases(), -4, {1, 4, 5}),
        (open_cases(), -5, {1, 5}),
        (open_cases(), -6, {1, 3, 5}),
        (open_cases(), -9, {1, 3}),
        (open_cases(), -10, {1, 2, 3, 4, 5}),
        (open_cases("WARD"), 0, {1}),
        (open_cases("REC"), -6, {3, 5}),
        (open_cases("NONE"), 0, set()),
        (all_cases(), 0, {1, 2, 3, 4, 5}),
        (all_cases("WARD"), 1, {1, 2, 6}),
        (one_case(2), 0, {2}),
        (one_case(6), 0, set()),
        (case_ids([3, 1, 1, 99]), 0, {1, 3}),
        (case_ids([]), 0, set()),
        (completed_within(8), 0, {5}),
        (completed_within(9), 0, {2, 5}),
        (completed_within(9, "WARD"), 0, {2}),
        (completed_within(3), -6, {2, 4}),
        (completed_within(3), -7, {2, 4}),
        (completed_within(0), -9, {2, 4, 5}),
    ],
)
def test_a_scope_holds_the_cases_as_they_stood_on_the_day(
    cases: Callable[[Scope, date], set[int]], scope: Scope, days: int, expected: set[int]
) -> None:
    assert cases(scope, d(days)) == expected


@pytest.mark.parametrize("size", [1, 8, 9, 64, 65, 512, 513, 1500])
def test_a_list_of_any_length_gives_each_case_once(
    store: Store, catalogue: Catalogue, write: Callable[..., None], size: int
) -> None:
    came = d(-3)
    write([Case(i, 1, "WARD", "ward", "assess", came, came, 1) for i in range(1, size + 1)])
    with store.read() as conn:
        found = read_facts(
            conn,
            ["days_since_referral"],
            as_of=TODAY,
            scope=case_ids(range(1, size + 1)),
            catalogue=catalogue,
            answers={},
        )
    assert found == {i: {"days_since_referral": 3} for i in range(1, size + 1)}


def test_a_fact_that_does_not_exist_is_refused_with_the_nearest(
    store: Store, catalogue: Catalogue
) -> None:
    with store.read() as conn, pytest.raises(NotFound, match="days_in_stage"):
        read_facts(
            conn,
            ["days_in_stge"],
            as_of=TODAY,
            scope=one_case(1),
            catalogue=catalogue,
            answers={},
        )
