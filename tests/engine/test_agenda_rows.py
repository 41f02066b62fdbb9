"""A long agenda is read from rows; it says what folding every journal says."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest

from casereview.service.cases import merging, moving
from casereview.service.reviews import answering, closing, deciding, minutes
from casereview.service.reviews import reviewing as held

if TYPE_CHECKING:
    from tests.engine.factories import Service

YESES = dict.fromkeys(("crisis_stabilised", "destination_ready", "would_not_admit_today"), "yes")


@pytest.fixture
def mixed(ward: Service) -> Service:
    """R2 of 10 March, with every way in which a case can stand on an agenda, and R1 before it."""
    ward.team("W2", "ward", lead="matron")
    for n in range(1, 10):
        ward.case("W1", f"P{n}", stage="recover" if n < 4 else "assess", worker="dr.a")
    ward.set("C1", 2, safeguarding="none")
    first = ward.open("ward-round", "W1", 3, who="dr.a")
    ward.answers(first, "C1", 3, YESES, who="dr.a")
    closing.close(ward.desk(3, 11, "dr.a"), first)
    review = ward.open("ward-round", "W1", 10, who="dr.a")
    ward.answers(review, "C1", 10, YESES, who="dr.a")
    ward.answer(review, "C2", 10, "crisis_stabilised", "no", who="dr.a")
    answering.skip(ward.desk(10, 10, "dr.a"), review, "C3", "asleep")
    ward.answer(review, "C4", 10, "crisis_stabilised", "no", who="dr.a")
    closing.undo(ward.desk(10, 10, "dr.a"), review)
    for case in ("C5", "C6", "C2"):
        ward.set(case, 10, safeguarding="none")
    moving.leave(ward.desk(10, 10), "C5", "against-advice", on=date(2026, 3, 10))
    moving.leave(ward.desk(10, 10), "C2", "against-advice", on=date(2026, 3, 10))
    moving.transfer(ward.desk(10, 10), "C6", team="W2", on=date(2026, 3, 10))
    moving.accept(ward.desk(10, 10, "matron"), "C6", on=date(2026, 3, 10))
    merging.merge(ward.desk(10, 10), "P5", "P7")
    ward.case("W1", "late", day=10)
    moving.move(
        ward.desk(10, 10, "sister"), "C1", "complete", on=date(2026, 3, 10), override="bed needed"
    )
    return ward


@pytest.mark.parametrize("review", ["R1", "R2"])
def test_the_rows_say_what_the_journals_say(mixed: Service, review: str) -> None:
    now = mixed.desk(10, 12)
    folded = dataclasses.replace(now, as_of=date(2026, 3, 10))
    assert held.agenda(now, review) == held.agenda(folded, review)
    assert minutes.minutes(now, review) == minutes.minutes(folded, review)


def test_it_holds_every_way_to_stand(mixed: Service) -> None:
    rows = {r["case"]: r for r in mixed.agenda("R2", 10)}
    assert {c: r["progress"] for c, r in rows.items() if c in ("C1", "C2", "C3", "C4", "C5")} == {
        "C1": "to confirm", "C2": "partly answered", "C3": "skipped", "C4": "not reached",
        "C5": "left",
    }  # fmt: skip
    assert rows["C6"]["lane"] == "left"
    assert rows["C11"]["lane"] == "arrived"


def test_an_agreed_decision_is_not_listed_as_one_step_from_completing(ward: Service) -> None:
    ward.case("W1", "P1", stage="recover", worker="dr.a")
    ward.ready("C1", 9)
    ward.agree("C1", "W1", 10, first="dr.a")
    assert minutes.minutes(ward.desk(10, 12), "R1")["one_step"] == ["C1"]
    review = ward.open("ward-round", "W1", 13, who="dr.b")
    deciding.countersign(ward.desk(13, 10, "dr.b"), review, "C1")
    assert minutes.minutes(ward.desk(13, 12), review)["one_step"] == []
