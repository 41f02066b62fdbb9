"""The ward round of the first customer, day by day, with a frozen clock."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.service.cases import cases, moving
from casereview.service.reviews import closing, deciding, reviewing

if TYPE_CHECKING:
    from tests.engine.factories import Service

THREE = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
TUE, FRI, NEXT_TUE, THU = 3, 6, 10, 12


@pytest.fixture
def journey(ward: Service) -> Service:
    """A patient in recovery whose first round was on Tuesday 3 March: no, no, yes."""
    ward.case("W1", "P1", stage="recover", worker="dr.a")
    review = ward.open("ward-round", "W1", TUE, who="dr.a")
    ward.answers(review, "C1", TUE, dict(zip(THREE, ("no", "no", "yes"), strict=True)), who="dr.a")
    closing.close(ward.desk(TUE, 10, "dr.a"), review)
    return ward


def second_round(ward: Service) -> str:
    review = ward.open("ward-round", "W1", FRI, who="dr.a")
    ward.answers(review, "C1", FRI, dict(zip(THREE, ("yes", "no", "yes"), strict=True)), who="dr.a")
    closing.close(ward.desk(FRI, 10, "dr.a"), review)
    return review


def test_two_noes_on_tuesday_make_two_actions_due_on_friday(journey: Service) -> None:
    found = journey.actions(TUE, case="C1")
    assert [a["cause"] for a in found] == [
        "answer:ward-round/crisis_stabilised",
        "answer:ward-round/destination_ready",
    ]
    assert {a["due_on"] for a in found} == {date(2026, 3, FRI)}
    assert {a["carried"] for a in found} == {0}
    assert all(a["owner"] for a in found)


def test_on_friday_a_yes_closes_its_action_and_a_second_no_carries_the_other(
    journey: Service,
) -> None:
    review = journey.open("ward-round", "W1", FRI, who="dr.a")
    yes = journey.answer(review, "C1", FRI, "crisis_stabilised", "yes", who="dr.a")
    assert yes["closed"] == ["A1"]
    assert yes["action"] is None
    no = journey.answer(review, "C1", FRI, "destination_ready", "no", who="dr.a")
    assert (no["action"], no["carried"]) == ("A2", 1)
    held = journey.actions(FRI, case="C1", status="open")
    assert [(a["action"], a["carried"]) for a in held] == [("A2", 1)]
    assert held[0]["due_on"] == date(2026, 3, NEXT_TUE)
    assert held[0]["first_due_on"] == date(2026, 3, FRI)


def test_last_weeks_yes_and_two_yeses_today_propose_nothing(journey: Service, refused: Any) -> None:
    second_round(journey)
    journey.ready("C1", FRI)
    review = journey.open("ward-round", "W1", NEXT_TUE, who="dr.a")
    row = journey.answer(review, "C1", NEXT_TUE, "destination_ready", "yes", who="dr.a")
    row = journey.answer(review, "C1", NEXT_TUE, "would_not_admit_today", "yes", who="dr.a")
    assert row["proposes"] is None
    assert row["unanswered"] == ["crisis_stabilised"]
    with refused("not_proposed", says="crisis_stabilised"):
        deciding.decide(journey.desk(NEXT_TUE, 10, "dr.a"), review, "C1")


def test_three_yeses_need_two_people_then_a_departure_then_a_contact_within_72_hours(
    journey: Service, refused: Any
) -> None:
    second_round(journey)
    review = journey.open("ward-round", "W1", NEXT_TUE, who="dr.a")
    row = journey.answers(review, "C1", NEXT_TUE, dict.fromkeys(THREE, "yes"), who="dr.a")
    assert row["proposes"] == "complete"
    assert row["closed"] == []
    assert journey.actions(NEXT_TUE, case="C1", status="open") == []
    journey.ready("C1", NEXT_TUE, departure=False)

    desk = journey.desk(NEXT_TUE, 10, "dr.a")
    decided = deciding.decide(desk, review, "C1", effective_on=date(2026, 3, THU))[0]
    assert decided["status"] == "needs_countersign"
    assert set(decided["before_departure"]) == {"medicines", "follow_up", "carer_told"}
    with pytest.raises(NotAllowed) as caught:
        deciding.countersign(journey.desk(NEXT_TUE, 10, "dr.a"), review, "C1")
    assert caught.value.code == "same_person"
    # The second signature cannot be had by speaking through somebody else's keyboard either.
    with pytest.raises(NotAllowed):
        deciding.countersign(journey.desk(NEXT_TUE, 10, "dr.b", said_by="dr.a"), review, "C1")
    signed = deciding.countersign(journey.desk(NEXT_TUE, 10, "dr.b"), review, "C1")[0]
    assert (signed["status"], signed["countersigned_by"]) == ("agreed", "dr.b")
    closing.close(journey.desk(NEXT_TUE, 11, "dr.a"), review)
    assert journey.stage("C1") == "recover"

    with refused("blocked") as held:
        moving.move(journey.desk(THU, 9, "dr.a"), "C1", "complete", on=date(2026, 3, THU))
    assert {r["requirement"] for r in held[0].requirements} == {
        "medicines", "follow_up", "carer_told",
    }  # fmt: skip
    journey.ready("C1", THU)
    left = moving.move(journey.desk(THU, 14, "dr.a"), "C1", "complete", on=date(2026, 3, THU))[0]
    assert left["stage"] == "complete"

    follow_up = journey.actions(THU, case="C1", status="open")
    assert len(follow_up) == 1
    assert follow_up[0]["cause"] == "follow-up:1"
    assert follow_up[0]["due_on"] == date(2026, 3, THU + 3)
    assert follow_up[0]["from_on"] == date(2026, 3, THU + 1)
    assert follow_up[0]["owner"] == "dr.a"

    back = moving.come_back(journey.desk(22, 9, "dr.a"), "C1", on=date(2026, 3, THU + 10))[0]
    again = journey.show(back["case"])
    assert (again["linked_case"], again["link"], again["stage"]) == ("C1", "return", "assess")
    assert again["case"] != "C1"
    assert journey.stage("C1") == "complete"
    journey.sound()


def test_an_agreed_discharge_that_has_not_left_stands_on_the_next_agenda(
    journey: Service,
) -> None:
    second_round(journey)
    journey.ready("C1", NEXT_TUE)
    journey.agree("C1", "W1", NEXT_TUE, first="dr.a", second="dr.b")
    review = journey.open("ward-round", "W1", 13, who="dr.a")
    row = next(r for r in journey.agenda(review, 13) if r["case"] == "C1")
    assert row["facts"]["decision"] == "agreed"


def test_the_decision_lapses_when_an_answer_stops_passing(journey: Service, refused: Any) -> None:
    second_round(journey)
    journey.ready("C1", NEXT_TUE)
    journey.agree("C1", "W1", NEXT_TUE, first="dr.a", second="dr.b")
    review = journey.open("ward-round", "W1", 13, who="dr.a")
    journey.answer(review, "C1", 13, "destination_ready", "no", who="dr.a")
    assert journey.show("C1")["decision"] is None
    with refused("blocked", says="decision"):
        moving.move(journey.desk(13, 12, "dr.a"), "C1", "complete", on=date(2026, 3, 13))


def test_a_contact_on_the_day_of_leaving_does_not_count_as_the_follow_up(
    journey: Service,
) -> None:
    second_round(journey)
    journey.ready("C1", NEXT_TUE)
    journey.agree("C1", "W1", NEXT_TUE, first="dr.a", second="dr.b")
    moving.move(journey.desk(THU, 9, "dr.a"), "C1", "complete", on=date(2026, 3, THU))
    for day, still_open in ((THU, 1), (THU + 2, 0)):
        cases.contact(
            journey.desk(day, 17, "dr.a"),
            "C1",
            kind="telephone",
            attended="5",
            on=date(2026, 3, day),
        )
        assert len(journey.actions(day, case="C1", status="open")) == still_open


def test_a_patient_who_has_left_is_shown_as_left_and_is_not_on_the_next_agenda(
    journey: Service,
) -> None:
    second_round(journey)
    journey.case("W1", "P2", day=FRI, stage="recover")
    journey.ready("C1", NEXT_TUE)
    journey.agree("C1", "W1", NEXT_TUE, first="dr.a", second="dr.b")
    review = journey.open("ward-round", "W1", 13, who="dr.a")
    moving.move(journey.desk(13, 10, "dr.a"), "C1", "complete", on=date(2026, 3, 13))
    assert {r["case"]: r["lane"] for r in journey.agenda(review, 13)}["C1"] == "left"
    closing.close(journey.desk(13, 11, "dr.a"), review)
    review = journey.open("ward-round", "W1", 17, who="dr.a")
    assert [r["case"] for r in journey.agenda(review, 17)] == ["C2"]
    assert reviewing.list_reviews(journey.desk(17), team="W1")[0]["status"] == "open"
