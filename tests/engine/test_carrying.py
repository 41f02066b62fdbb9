"""Actions carried from meeting to meeting, leeches, and meetings that move."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.service.actions import actions
from casereview.service.organisation import teams
from casereview.service.reviews import closing

if TYPE_CHECKING:
    from tests.engine.factories import Service

ROUNDS = (3, 6, 10, 13, 17)
DAY = {n: date(2026, 3, n) for n in range(1, 32)}


# --- carrying


def test_a_carry_counts_only_when_the_due_date_has_been_reached(
    ward: Service, in_recovery: str
) -> None:
    review = ward.open("ward-round", "W1", 3, who="dr.a")
    first = ward.answer(review, "C1", 3, "destination_ready", "no", who="dr.a")
    again = ward.answer(review, "C1", 3, "destination_ready", "no", who="dr.a")
    assert (again["action"], again["carried"]) == (first["action"], 0)
    closing.close(ward.desk(3, 11, "dr.a"), review)
    assert ward.a_round(5)["carried"] == 0
    assert ward.action(5, "A1")["due_on"] == DAY[6]
    assert ward.a_round(6)["carried"] == 1
    assert ward.a_round(9)["carried"] == 1
    assert ward.a_round(10)["carried"] == 2
    assert [a["action"] for a in ward.actions(10, case="C1")] == ["A1"]


def test_saying_the_same_twice_in_one_round_never_counts_twice(
    ward: Service, in_recovery: str
) -> None:
    for day in ROUNDS[:3]:
        ward.a_round(day)
    review = ward.open("ward-round", "W1", 13, who="dr.a")
    for _ in range(3):
        row = ward.answer(review, "C1", 13, "destination_ready", "no", who="dr.a")
        assert (row["carried"], row["leech"]) == (3, True)


def test_carried_three_times_it_is_a_leech_and_a_new_date_alone_is_refused(
    ward: Service, in_recovery: str, refused: Any
) -> None:
    rows = [ward.a_round(day) for day in ROUNDS[:4]]
    assert [(r["carried"], r["leech"]) for r in rows] == [
        (0, False), (1, False), (2, False), (3, True),
    ]  # fmt: skip
    held = ward.action(13, "A1")
    assert (held["leech"], held["due_on"], held["first_due_on"]) == (True, DAY[13], DAY[6])
    assert [a["action"] for a in ward.actions(14, leeches=True)] == ["A1"]
    desk = ward.desk(14, 9, "dr.a")
    with refused("leech", says="carried 3 times"):
        actions.edit(desk.again(), "A1", due_on=DAY[20])
    with refused("leech"):
        actions.edit(desk.again(), "A1", due_on=DAY[20], owner=held["owner"])
    with refused("leech", says="carried 3 times"):
        actions.park(desk.again(), "A1", until=DAY[20])
    # Its size may be set right without pretending that anything has changed about it.
    assert actions.edit(desk.again(), "A1", effort="large")[0]["effort"] == "large"
    row = actions.edit(desk.again(), "A1", due_on=DAY[20], owner="dr.b")[0]
    assert (row["owner"], row["due_on"], row["carried"]) == ("dr.b", DAY[20], 3)


@pytest.mark.parametrize(
    "approach", [{"text": "Ask the director of housing"}, {"doer": "Housing department"}]
)
def test_a_leech_moves_on_with_a_new_approach(
    ward: Service, in_recovery: str, approach: dict[str, Any]
) -> None:
    for day in ROUNDS[:4]:
        ward.a_round(day)
    row = actions.edit(ward.desk(14, 9, "dr.a"), "A1", due_on=DAY[20], **approach)[0]
    assert (row["action"], row["carried"], row["due_on"]) == ("A1", 3, DAY[20])


def test_changed_wording_keeps_identity_first_due_date_and_count(
    ward: Service, in_recovery: str
) -> None:
    ward.a_round(3)
    ward.a_round(6)
    before = ward.action(6, "A1")
    row = actions.edit(ward.desk(7, 9, "dr.a"), "A1", text="Find a flat on the ground floor")[0]
    assert row["text"] == "Find a flat on the ground floor"
    kept = ("action", "cause", "first_due_on", "carried", "due_on", "owner", "opened_on")
    assert {k: row[k] for k in kept} == {k: before[k] for k in kept}
    assert ward.a_round(10)["action"] == "A1"


def test_the_meeting_may_change_the_action_in_the_same_breath_as_the_answer(
    ward: Service, in_recovery: str
) -> None:
    row = ward.a_round(3, text="Ring her sister", owner="dr.b", due_on=DAY[5])
    held = ward.action(3, row["action"])
    assert (held["text"], held["owner"], held["due_on"]) == ("Ring her sister", "dr.b", DAY[5])


def test_a_passing_answer_closes_the_action_of_its_cause_unless_it_is_kept(
    ward: Service, in_recovery: str
) -> None:
    ward.a_round(3)
    assert ward.a_round(6, "yes", keep_action=True)["closed"] == []
    assert ward.action(6, "A1")["status"] == "open"
    assert ward.a_round(10, "yes")["closed"] == ["A1"]
    held = ward.action(10, "A1")
    assert (held["status"], held["closed_on"], held["automatic"]) == ("done", DAY[10], True)


def test_after_a_yes_the_next_no_makes_a_new_action(ward: Service, in_recovery: str) -> None:
    ward.a_round(3)
    ward.a_round(6, "yes")
    row = ward.a_round(10)
    assert (row["action"], row["carried"]) == ("A2", 0)


# --- meetings that move


def test_a_moved_meeting_moves_the_actions_due_there_without_a_carry(
    ward: Service, in_recovery: str
) -> None:
    ward.a_round(3)
    by_hand = ward.add_action(due_on=DAY[6])
    row = teams.change_meeting(ward.desk(4), "W1", DAY[6], move_to=DAY[8], reason="strike")[0]
    assert row["actions_moved"] == 1
    held = ward.action(4, "A1")
    assert (held["due_on"], held["first_due_on"], held["carried"]) == (DAY[8], DAY[6], 0)
    assert ward.action(4, by_hand)["due_on"] == DAY[6]
    assert ward.a_round(8)["carried"] == 1


def test_a_meeting_brought_forward_brings_its_actions_forward(
    ward: Service, in_recovery: str
) -> None:
    ward.a_round(3)
    teams.change_meeting(ward.desk(3), "W1", DAY[6], move_to=DAY[5], reason="inspection")
    assert ward.action(4, "A1")["due_on"] == DAY[5]


def test_a_cancelled_meeting_moves_them_to_the_next_one(ward: Service, in_recovery: str) -> None:
    ward.a_round(3)
    teams.change_meeting(ward.desk(4), "W1", DAY[6], move_to=None, reason="no chair")
    held = ward.action(4, "A1")
    assert (held["due_on"], held["first_due_on"], held["carried"]) == (DAY[10], DAY[6], 0)


def test_a_meeting_is_moved_with_a_reason_from_a_day_on_which_there_is_one(
    ward: Service, refused: Any
) -> None:
    with refused("reason_missing"):
        teams.change_meeting(ward.desk(4), "W1", DAY[6], move_to=None, reason=" ")
    with refused("no_meeting", says="2026-03-05"):
        teams.change_meeting(ward.desk(4), "W1", DAY[5], move_to=None, reason="x")
