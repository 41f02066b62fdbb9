"""What takes two people is not done by one: in another's name, by undo, or by a repeat."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.service import home
from casereview.service.cases import cases, flagging, moving
from casereview.service.reviews import closing, deciding, reviewing

if TYPE_CHECKING:
    from tests.engine.factories import Service

TUE = 10


@pytest.fixture
def round_(ward: Service) -> Service:
    """A round R1 on Tuesday 10 March in which the answers about C1 propose the discharge."""
    ward.user("dr.c", team="W1")
    ward.ready(ward.case("W1", "P1", stage="recover", worker="dr.a"), 9)
    ward.open("ward-round", "W1", TUE, who="dr.a")
    for question in ("crisis_stabilised", "destination_ready", "would_not_admit_today"):
        ward.answer("R1", "C1", TUE, question, "yes", who="dr.a")
    return ward


def test_who_recorded_a_proposal_for_somebody_else_cannot_sign_it(round_: Service) -> None:
    deciding.decide(round_.desk(TUE, 10, "dr.a", said_by="dr.b"), "R1", "C1")
    for who in ("dr.a", "dr.b"):
        with pytest.raises(NotAllowed) as caught:
            deciding.countersign(round_.desk(TUE, 10, who), "R1", "C1")
        assert caught.value.code == "same_person"
    row = deciding.countersign(round_.desk(TUE, 10, "dr.c"), "R1", "C1")[0]
    assert (row["status"], row["proposed_by"], row["countersigned_by"]) == (
        "agreed", "dr.b", "dr.c",
    )  # fmt: skip
    round_.sound()


def test_who_recorded_a_hand_over_for_somebody_else_cannot_sign_it(
    round_: Service, refused: Any
) -> None:
    flagging.raise_worry(round_.desk(TUE, 10, "dr.c"), "C1", "a bruise")
    flagging.hand_over(round_.desk(TUE, 11, "dr.a", said_by="dr.b"), "C1", "the duty desk")
    for who in ("dr.a", "dr.b"):
        with pytest.raises(NotAllowed) as caught:
            flagging.sign(round_.desk(TUE, 12, who), "C1")
        assert caught.value.code == "same_person"
    with refused("blocked"):
        moving.leave(round_.desk(TUE, 13, "dr.a"), "C1", "absent", on=date(2026, 3, TUE))
    assert flagging.sign(round_.desk(TUE, 14, "dr.c"), "C1")[0]["status"] == "closed"
    round_.sound()


@pytest.mark.parametrize("raised", ["a worry", "an answer"])
def test_undo_takes_back_open_safeguarding_only_for_who_said_it(
    round_: Service, refused: Any, raised: str
) -> None:
    review = "R1"
    if raised == "a worry":
        flagging.raise_worry(round_.desk(TUE, 10, "dr.b"), "C1", "a bruise", review=review)
    else:
        review = round_.open("safeguarding", "W1", TUE, who="dr.a")
        round_.answer(review, "C1", TUE, "worry", "open", who="dr.b")
    with pytest.raises(NotAllowed) as caught:
        closing.undo(round_.desk(TUE, 11, "dr.a"), review)
    assert caught.value.code == "worry_of_another"
    assert "dr.b" in caught.value.next
    with refused("blocked"):
        moving.leave(round_.desk(TUE, 12, "dr.a"), "C1", "absent", on=date(2026, 3, TUE))
    closing.undo(round_.desk(TUE, 13, "dr.b"), review)
    moving.leave(round_.desk(TUE, 14, "dr.a"), "C1", "absent", on=date(2026, 3, TUE))
    round_.sound()


def test_a_command_that_is_repeated_answers_with_the_same_keys(round_: Service) -> None:
    rows = [
        cases.refer(
            round_.desk(TUE, 10, command="tok-1"), team="W1", person="P7", on=date(2026, 3, TUE)
        )[0]
        for _ in range(2)
    ]
    assert rows[0].keys() == rows[1].keys()
    assert rows[1] == {**rows[0], "person": None}


def test_an_agenda_is_not_opened_for_a_pack_about_completed_cases(
    round_: Service, refused: Any
) -> None:
    with refused("no_questions", says="72-hour", next_says="sweep --pack discharge-follow-up"):
        reviewing.open_review(
            round_.desk(TUE, 10, "dr.a"), pack="discharge-follow-up", team="W1",
            on=date(2026, 3, TUE),
        )  # fmt: skip


def test_the_start_offers_no_meeting_that_could_not_be_opened(round_: Service) -> None:
    due = {r["pack"] for r in home.home_view(round_.desk(13, 9, "dr.a"))["meetings"]}
    ahead = {r["pack"] for r in home.meetings_ahead(round_.desk(13, 9, "dr.a"))}
    assert "ward-round" in due & ahead
    assert "discharge-follow-up" not in due | ahead
