"""Answers as facts: the last one that stands, unknown once too old, drafts never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from casereview.core.facts import Catalogue, FactType, Value
from casereview.core.records import Answer
from casereview.errors import StoreDamaged
from casereview.store.facts import AnswerFact, case_ids, read_facts
from casereview.store.handle import Store

TODAY = date(2026, 3, 3)


def d(days: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=days)


def answered(n: int, on: int, value: str | None, *, case: int = 1, **more: Any) -> Answer:
    """Return an answer to question q of pack ward-round."""
    given = {"pack": "ward-round", "question": "q", **more}
    return Answer(case, n, 1, value=value, on=d(on), by="ann", **given)


def asked(type: FactType = "code", kind: Any = "value") -> AnswerFact:  # noqa: A002 - as the field
    """Return the fact of question q, which lasts seven days."""
    return AnswerFact("answer_ward_round_q", "ward-round", "q", 7, type, kind)


TWICE = [answered(5, -9, "no", before_on=d(-2)), answered(6, -2, "yes")]
ROWS: list[tuple[AnswerFact, list[Answer], dict[int, Value]]] = [
    (asked(), TWICE, {0: "yes", -2: "yes", -3: "no", -9: "no", -10: None}),
    (asked(), [answered(5, -7, "yes")], {0: "yes", 1: None}),
    (asked(), [answered(5, -2, "yes"), answered(6, -4, "no", before_on=d(-2))],
     {0: "yes", -3: "no"}),
    (asked(), [answered(5, -2, "yes", before_on=d(-2)), answered(6, -2, "no")], {0: "no"}),
    (asked(), [answered(5, -2, "no"), answered(6, -1, "yes", drafted=True)], {0: "no"}),
    (asked(), [answered(5, -1, "yes", drafted=True)], {0: None}),
    (asked(), [answered(5, -1, "cannot-tell")], {0: "cannot-tell"}),
    (asked(), [answered(5, -1, "does-not-apply")], {0: "does-not-apply"}),
    (asked(), [answered(5, -1, None)], {0: None}),
    (asked(), [answered(5, -1, "yes", pack="long-stay")], {0: None}),
    (asked(), [answered(5, -1, "yes", question="r")], {0: None}),
    (asked("text"), [answered(5, -1, "waits for a ramp")], {0: "waits for a ramp"}),
    (asked("date"), [answered(5, -1, "2026-02-28")], {0: date(2026, 2, 28), -2: None}),
    (asked("date"), [answered(5, -1, "1969-07-20")], {0: date(1969, 7, 20)}),
    (asked("integer"), [answered(5, -1, "-12")], {0: -12, -2: None}),
    (asked("integer"), [answered(5, -1, "0")], {0: 0}),
    (asked("integer", "days"), TWICE, {0: 2, -3: 6, -10: None}),
    (asked("integer", "days"), [answered(5, -40, "yes")], {0: 40}),
]  # fmt: skip


@pytest.mark.parametrize(("asks", "answers", "expected"), ROWS)
def test_an_answer_stands_until_the_next_or_until_it_is_too_old(
    write: Callable[..., None],
    fact: Callable[..., Value],
    bare_case: Callable[..., list[Any]],
    asks: AnswerFact,
    answers: list[Answer],
    expected: dict[int, Value],
) -> None:
    write([*bare_case(d(-60)), *answers])
    assert {days: fact(asks.name, d(days), answer=asks) for days in expected} == expected


@pytest.mark.parametrize(
    ("asks", "value"),
    [
        (asked("date"), "2026-02-31"),
        (asked("date"), "soon"),
        (asked("date"), "20260228"),
        (asked("integer"), "twelve"),
        (asked("integer"), "1.5"),
        (asked("integer"), "9999999999"),
        (asked("integer"), ""),
    ],
)
def test_an_answer_that_cannot_be_read_names_its_case_and_leaves_the_others(
    store: Store,
    catalogue: Catalogue,
    write: Callable[..., None],
    fact: Callable[..., Value],
    bare_case: Callable[..., list[Any]],
    asks: AnswerFact,
    value: str,
) -> None:
    good = "2026-02-28" if asks.type == "date" else "12"
    write([*bare_case(d(-60)), *bare_case(d(-60), case=2), answered(5, -1, value)])
    write([answered(5, -1, good, case=2)])
    with pytest.raises(StoreDamaged, match="case 1 cannot be read"):
        fact(asks.name, answer=asks)
    unreadable: dict[int, list[str]] = {}
    with store.read() as conn:
        found = read_facts(
            conn,
            [asks.name],
            as_of=TODAY,
            scope=case_ids([1, 2]),
            catalogue=catalogue,
            answers={asks.name: asks},
            unreadable=unreadable,
        )
    assert unreadable == {1: [asks.name]}
    assert found[1][asks.name] is None
    assert found[2][asks.name] in (date(2026, 2, 28), 12)
