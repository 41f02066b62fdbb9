"""Who is at a review, in which order its cases come, and what carries over to the next one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.core.decide.judging import Given
from casereview.errors import NotAllowed
from casereview.service.actions import actions
from casereview.service.cases import cases, flagging
from casereview.service.organisation import users
from casereview.service.reviews import answering, attending, closing, confirming, reviewing

if TYPE_CHECKING:
    from tests.engine.factories import Service

TUE = 10
CONTINUE = {"direction": "continue", "next_step": "Ring the school", "risk_changed": "no"}


# --- people


def test_a_user_removed_in_mid_review_writes_nothing_more(round_: Service, refused: Any) -> None:
    round_.answer("R1", "C1", TUE, "crisis_stabilised", "no", who="dr.b")
    users.remove_user(round_.desk(TUE, 10), "dr.b")
    with refused("user_removed", says="'dr.b' was removed on 2026-03-10"):
        round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.b")
    with refused("user_removed"):
        desk = round_.desk(TUE, 10, "dr.a", said_by="dr.b")
        answering.answer(desk, "R1", "C1", "destination_ready", Given("no"))
    # What they said before stands, and the meeting goes on.
    assert round_.show("C1")["answers"][0]["by"] == "dr.b"
    round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    closing.close(round_.desk(TUE, 11, "dr.a"), "R1")
    round_.sound()


def test_members_of_other_teams_and_readers_write_nothing(round_: Service) -> None:
    round_.team("W2", "ward", people=["zed"])
    round_.user("audit", role="auditor")
    for who, words in (("zed", "does not belong to team W1"), ("audit", "reads only")):
        with pytest.raises(NotAllowed, match=words):
            round_.answer("R1", "C1", TUE, "crisis_stabilised", "no", who=who)


def test_a_late_workers_cases_move_to_the_end_of_their_lane(weekly: Service) -> None:
    for n, worker in enumerate(("ann", "bob", "ann", "bob"), 1):
        case = weekly.case("K", f"P{n}", stage="recover", worker=worker)
        weekly.ready(case, 9)
        if n in (2, 4):
            weekly.set(case, 9, carer_told="unknown")
        if n == 4:
            weekly.set(case, 9, goals_met="unknown")
    weekly.case("K", "P5", stage="recover", worker="bob")
    weekly.case("K", "P6", stage="recover", worker="ann")
    review = weekly.open("caseload-sweep", "K", 11, who="boss")
    lanes = [(r["case"], r["lane"]) for r in weekly.agenda(review, 11)]
    assert lanes == [
        ("C1", "one-step"), ("C3", "one-step"), ("C2", "one-step"),
        ("C4", "two-steps"), ("C5", "complex"), ("C6", "complex"),
    ]  # fmt: skip
    attending.attend(weekly.desk(11, 9, "boss"), review, "ann", "late")
    rows = weekly.agenda(review, 11)
    assert [r["case"] for r in rows] == ["C2", "C1", "C3", "C4", "C5", "C6"]
    assert [r["case"] for r in rows if r["late"]] == ["C1", "C3", "C6"]
    attending.attend(weekly.desk(11, 9, "boss"), review, "bob", "absent")
    assert [r["case"] for r in weekly.agenda(review, 11)] == [
        "C1", "C3", "C2", "C4", "C6", "C5",
    ]  # fmt: skip


def test_a_case_not_reached_twice_keeps_its_place_before_the_lanes_when_somebody_is_late(
    weekly: Service,
) -> None:
    weekly.case("K", "P1", stage="recover", worker="bob")
    for day in (4, 11):
        review = weekly.open("caseload-sweep", "K", day, who="boss")
        closing.close(weekly.desk(day, 10, "boss"), review)
    for n, worker in ((2, "ann"), (3, "bob"), (4, "bob")):
        case = weekly.case("K", f"P{n}", day=12, stage="recover", worker=worker)
        if n < 4:
            weekly.ready(case, 12)
    review = weekly.open("caseload-sweep", "K", 18, who="boss")
    before = [(r["case"], r["lane"]) for r in weekly.agenda(review, 18)]
    assert before == [
        ("C1", "complex"), ("C2", "one-step"), ("C3", "one-step"), ("C4", "complex"),
    ]  # fmt: skip
    attending.attend(weekly.desk(18, 9, "boss"), review, "ann", "late")
    assert [r["case"] for r in weekly.agenda(review, 18)] == ["C1", "C3", "C2", "C4"]


def test_guests_are_named_and_an_attendance_is_one_of_four(round_: Service, refused: Any) -> None:
    attending.attend(round_.desk(TUE, 9, "dr.a"), "R1", "The housing officer", "guest")
    with refused("bad_choice", next_says="present, late, absent, guest"):
        attending.attend(round_.desk(TUE, 9, "dr.a"), "R1", "dr.b", "asleep")
    with refused("not_found"):
        attending.attend(round_.desk(TUE, 9, "dr.a"), "R1", "nobody", "present")


# --- lanes from one meeting to the next


def test_skipped_comes_first_in_its_lane_next_time_then_not_reached(
    ward: Service, refused: Any
) -> None:
    for n in range(1, 5):
        ward.case("W1", f"P{n}", stage="recover")
    ward.open("ward-round", "W1", 3, who="dr.a")
    with refused("reason_missing"):
        answering.skip(ward.desk(3, 10, "dr.a"), "R1", "C4", " ")
    answering.skip(ward.desk(3, 10, "dr.a"), "R1", "C4", "on leave")
    three = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
    for case in ("C1", "C2"):
        ward.answers("R1", case, 3, dict.fromkeys(three, "no"), who="dr.a")
    row = closing.close(ward.desk(3, 11, "dr.a"), "R1")[0]
    assert (row["reviewed"], row["skipped"], row["not_reached"]) == (2, 1, 1)
    ward.open("ward-round", "W1", 6, who="dr.a")
    assert [r["case"] for r in ward.agenda("R2", 6)] == ["C4", "C3", "C1", "C2"]


def test_safeguarding_comes_before_everything_the_overdue_first(weekly: Service) -> None:
    for n in range(1, 4):
        weekly.case("K", f"P{n}", stage="recover", worker="ann")
    flagging.raise_worry(weekly.desk(9, 9, "ann"), "C3", "older")
    flagging.raise_worry(weekly.desk(11, 8, "ann"), "C2", "today's")
    review = weekly.open("caseload-sweep", "K", 11, who="boss")
    rows = weekly.agenda(review, 11)
    assert [(r["case"], r["lane"]) for r in rows] == [
        ("C3", "safeguarding"), ("C2", "safeguarding"), ("C1", "complex"),
    ]  # fmt: skip


def test_confirming_is_for_the_on_plan_lane_and_says_until_when(
    weekly: Service, refused: Any
) -> None:
    weekly.case("K", "P1", stage="stabilise", worker="ann")
    weekly.set("C1", 2, safeguarding="none", risk_changed="no", child_protection_plan="no")
    weekly.open("caseload-sweep", "K", 4, who="ann")
    with refused("not_on_plan"):
        confirming.confirm(weekly.desk(4, 9, "ann"), "R1", "C1")
    weekly.answers("R1", "C1", 4, CONTINUE, who="ann", due_on=date(2026, 3, 20))
    closing.close(weekly.desk(4, 10, "ann"), "R1")
    weekly.open("caseload-sweep", "K", 11, who="ann")
    assert [(r["case"], r["lane"]) for r in weekly.agenda("R2", 11)] == [("C1", "on-plan")]
    row = confirming.confirm(weekly.desk(11, 9, "ann"), "R2", "C1")[0]
    assert row["continue_to"] == date(2026, 3, 20)
    # It is a decision of its own kind, never a fresh answer.
    answered = [a["on"] for a in weekly.show("C1")["answers"]]
    assert set(answered) == {date(2026, 3, 4)}
    assert closing.close(weekly.desk(11, 10, "ann"), "R2")[0]["confirmed"] == 1


@pytest.mark.parametrize("change", ["a worry", "a fact that is watched", "an overdue action"])
def test_what_changes_takes_a_case_off_the_on_plan_lane(
    weekly: Service, refused: Any, change: str
) -> None:
    weekly.case("K", "P1", stage="stabilise", worker="ann")
    weekly.set("C1", 2, safeguarding="none", risk_changed="no", child_protection_plan="no")
    weekly.open("caseload-sweep", "K", 4, who="ann")
    due = 10 if change == "an overdue action" else 20
    weekly.answers("R1", "C1", 4, CONTINUE, who="ann", due_on=date(2026, 3, due))
    closing.close(weekly.desk(4, 10, "ann"), "R1")
    if change == "a fact that is watched":
        weekly.set("C1", 9, child_protection_plan="yes")
    weekly.open("caseload-sweep", "K", 11, who="ann")
    if change == "a worry":
        flagging.raise_worry(weekly.desk(11, 9, "ann"), "C1", "a bruise", review="R2")
    with refused("not_on_plan"):
        confirming.confirm(weekly.desk(11, 9, "ann"), "R2", "C1")


@pytest.mark.parametrize(("planned", "lane"), [(10, "complex"), (11, "complex"), (12, "on-plan")])
def test_a_planned_end_is_ahead_only_after_the_day_of_the_review(
    weekly: Service, planned: int, lane: str
) -> None:
    weekly.case("K", "P1", stage="stabilise", worker="ann")
    weekly.set("C1", 2, safeguarding="none", risk_changed="no", child_protection_plan="no")
    weekly.set("C1", 2, expected_end_on=f"2026-03-{planned}")
    weekly.open("caseload-sweep", "K", 4, who="ann")
    weekly.answers("R1", "C1", 4, CONTINUE, who="ann")
    closing.close(weekly.desk(4, 10, "ann"), "R1")
    actions.close(weekly.desk(5, 9, "ann"), "A1", done=True)
    weekly.open("caseload-sweep", "K", 11, who="ann")
    assert weekly.agenda("R2", 11)[0]["lane"] == lane


def test_waiting_cases_have_a_lane_and_questions_of_their_own(weekly: Service) -> None:
    weekly.case("K", "P1")
    review = weekly.open("caseload-sweep", "K", 4, who="ann")
    assert weekly.agenda(review, 4)[0]["lane"] == "waiting"
    row = weekly.answers(
        review, "C1", 4, {"still_needed": "no", "risk_changed_waiting": "no"}, who="ann"
    )
    assert row["unanswered"] == []
    assert weekly.agenda(review, 4)[0]["progress"] == "reviewed"


def test_answering_the_same_question_again_replaces_it_within_the_review(
    round_: Service,
) -> None:
    first = round_.answer("R1", "C1", TUE, "crisis_stabilised", "no", who="dr.a")
    row = round_.answer("R1", "C1", TUE, "crisis_stabilised", "yes", who="dr.a")
    assert row["closed"] == [first["action"]]
    held = round_.show("C1")["answers"]
    assert [(a["question"], a["value"]) for a in held] == [("crisis_stabilised", "yes")]


def test_paper_answers_entered_later_keep_the_day_of_the_meeting(ward: Service) -> None:
    ward.case("W1", "P1", stage="recover")
    row = reviewing.open_review(
        ward.desk(12, 9, "dr.a"), pack="ward-round", team="W1", on=date(2026, 3, TUE), paper=True
    )[0]
    ward.answer(row["review"], "C1", 12, "crisis_stabilised", "no", who="dr.a", paper=True)
    held = ward.show("C1")["answers"][0]
    assert held["on"] == date(2026, 3, TUE)
    assert ward.action(12, "A1")["due_on"] == date(2026, 3, 13)


def test_ready_but_delayed_sets_the_date_and_asks_for_a_reason_once(ward: Service) -> None:
    ward.case("W1", "P1", stage="recover")
    given = {"crisis_stabilised": "yes", "would_not_admit_today": "yes", "destination_ready": "no"}
    ward.open("ward-round", "W1", 3, who="dr.a")
    assert ward.answers("R1", "C1", 3, given, who="dr.a")["asks_delay_reason"] is True
    closing.close(ward.desk(3, 10, "dr.a"), "R1")
    assert ward.show("C1", 3)["facts"]["ready_on"] == date(2026, 3, 3)
    listed = cases.delay(ward.desk(4, 9, "dr.a"), "C1", _a_delay(ward), on=date(2026, 3, 4))
    assert listed[0]["from_on"] == date(2026, 3, 4)
    ward.open("ward-round", "W1", 6, who="dr.a")
    row = ward.answers("R2", "C1", 6, given, who="dr.a")
    assert row["asks_delay_reason"] is False
    assert ward.show("C1", 6)["facts"]["ready_on"] == date(2026, 3, 3)


def _a_delay(ward: Service) -> str:
    from casereview.packs.codes import lists_for

    found = lists_for("ward", "england-and-wales", date(2026, 3, 4))
    return str(found[0].codes[0].code)
