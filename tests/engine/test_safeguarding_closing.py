"""Open safeguarding is closed by two people, never by one person's word."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.service.cases import cases, flagging, moving
from casereview.service.reviews import answering

if TYPE_CHECKING:
    from tests.engine.factories import Service


@pytest.fixture
def open_(ward: Service) -> Service:
    """C1, whose safeguarding was recorded as open on 3 March without a worry in words."""
    ward.case("W1", "P1", stage="recover", worker="dr.a")
    ward.set("C1", 2, safeguarding="none")
    ward.set("C1", 3, safeguarding="open")
    return ward


@pytest.mark.parametrize("value", ["none", "unknown"])
@pytest.mark.parametrize("day", [3, 5])
@pytest.mark.parametrize("who", ["dr.a", "dr.b", "sister"])
def test_nobody_takes_it_back_alone(
    open_: Service, refused: Any, value: str, day: int, who: str
) -> None:
    with refused("safeguarding_open", next_says="case flag C1 WORDS --handed-to"):
        cases.set_fact(open_.desk(5, 9, who), "C1", "safeguarding", value, on=date(2026, 3, day))


@pytest.mark.parametrize("dated", [2, 5])
def test_every_way_out_stays_shut(open_: Service, refused: Any, dated: int) -> None:
    """A day before it was open may be corrected; that opens no way out, also not a dated one."""
    open_.set("C1", 5, safeguarding="open")
    cases.set_fact(open_.desk(5), "C1", "safeguarding", "none", on=date(2026, 3, 2))
    on = date(2026, 3, dated)
    with refused("blocked", says="afeguarding"):
        moving.leave(open_.desk(5, 10), "C1", "against-advice", on=on, override="now")
    with refused("blocked", says="afeguarding"):
        moving.move(open_.desk(5, 10), "C1", "complete", on=on, override="now")


def test_two_people_close_it_by_the_way_of_the_worries(open_: Service) -> None:
    flagging.raise_worry(open_.desk(4, 9, "dr.a"), "C1", "The bruise of 3 March")
    flagging.hand_over(open_.desk(4, 9, "dr.a"), "C1", "The duty desk, Ms Hall")
    with pytest.raises(NotAllowed, match="same person"):
        flagging.sign(open_.desk(4, 10, "dr.a"), "C1")
    flagging.sign(open_.desk(4, 10, "dr.b"), "C1")
    moving.leave(open_.desk(5, 9), "C1", "against-advice", on=date(2026, 3, 5))
    open_.sound()


def test_it_may_be_recorded_as_none_again_once_two_have_signed(open_: Service) -> None:
    flagging.raise_worry(open_.desk(4, 9, "dr.a"), "C1", "The bruise of 3 March")
    flagging.hand_over(open_.desk(4, 9, "dr.a"), "C1", "The duty desk, Ms Hall")
    flagging.sign(open_.desk(4, 10, "dr.b"), "C1")
    open_.set("C1", 5, safeguarding="unknown")
    open_.set("C1", 6, safeguarding="none")


def test_a_worry_in_words_is_not_talked_away_either(ward: Service, refused: Any) -> None:
    ward.case("W1", "P1", worker="dr.a")
    flagging.raise_worry(ward.desk(4, 9, "dr.a"), "C1", "A bruise")
    with refused("safeguarding_open", next_says="case flag C1 --handed-to"):
        cases.set_fact(ward.desk(4, 10), "C1", "safeguarding", "none", on=date(2026, 3, 4))


@pytest.mark.parametrize("value", ["none", "cannot-tell"])
def test_an_answer_in_a_review_does_not_close_it(open_: Service, refused: Any, value: str) -> None:
    review = open_.open("safeguarding", "W1", 9, who="dr.a")
    with refused("safeguarding_open"):
        open_.answer(review, "C1", 9, "worry", value, who="dr.a")
    row = open_.answer(review, "C1", 9, "worry", "open", who="dr.a")
    assert row["action"] is not None


def test_an_answer_prepared_beforehand_does_not_close_it(open_: Service, refused: Any) -> None:
    from casereview.core.decide.judging import Given

    answering.prepare(open_.desk(8, 9, "dr.a"), "C1", "safeguarding", "worry", Given("none"))
    review = open_.open("safeguarding", "W1", 9, who="dr.a")
    with refused("safeguarding_open"):
        answering.take_drafts(open_.desk(9, 9, "dr.b"), review, "C1")
