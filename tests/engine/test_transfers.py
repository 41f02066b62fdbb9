"""Transfer and acceptance, return and reopening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.service.actions import actions
from casereview.service.cases import moving, offers
from casereview.service.reviews import closing, minutes

if TYPE_CHECKING:
    from tests.engine.factories import Service


@pytest.fixture
def two_teams(service: Service) -> Service:
    """A case C1 in K1 with facts and an action carried once, offered to nobody yet."""
    service.team("K1", "childrens", meets=["wed"], people=["ann"], lead="boss")
    service.team("K2", "childrens", meets=["thu"], people=["cat"])
    case = service.case("K1", "P1", stage="recover", worker="ann")
    service.set(case, 2, safeguarding="none", goals_met="partly", expected_end_on="2026-04-30")
    for day, step in ((4, "Ring the school"), (11, "Ring the school")):
        review = service.open("caseload-sweep", "K1", day, who="ann")
        service.answers(
            review, case, day,
            {"direction": "continue", "next_step": step, "risk_changed": "no"}, who="ann",
        )  # fmt: skip
        closing.close(service.desk(day, 10, "ann"), review)
    return service


def offer(s: Service, day: int = 12) -> None:
    moving.transfer(s.desk(day, 9, "ann"), "C1", team="K2", on=date(2026, 3, day))


def test_an_offered_case_stays_on_the_senders_agenda_until_it_is_accepted(
    two_teams: Service,
) -> None:
    offer(two_teams)
    assert two_teams.stage("C1") == "recover"
    review = two_teams.open("caseload-sweep", "K1", 18, who="ann")
    assert [r["case"] for r in two_teams.agenda(review, 18)] == ["C1"]
    closing.close(two_teams.desk(18, 10, "ann"), review)
    moving.accept(two_teams.desk(19, 9, "cat"), "C1", on=date(2026, 3, 19))
    review = two_teams.open("caseload-sweep", "K1", 25, who="ann")
    assert two_teams.agenda(review, 25) == []


def test_acceptance_carries_the_first_referral_date_the_facts_and_the_open_actions(
    two_teams: Service,
) -> None:
    offer(two_teams)
    before = two_teams.actions(12, case="C1", status="open")
    row = moving.accept(two_teams.desk(19, 9, "cat"), "C1", on=date(2026, 3, 19))[0]
    new = two_teams.show(row["case"])
    assert (new["team"], new["stage"], new["link"], new["linked_case"]) == (
        "K2", "assess", "transfer", "C1",
    )  # fmt: skip
    assert new["referred_on"] == date(2026, 3, 19)
    assert new["first_referred_on"] == date(2026, 3, 1)
    assert new["facts"]["goals_met"] == "partly"
    assert new["facts"]["expected_end_on"] == date(2026, 4, 30)
    after = two_teams.actions(19, case=row["case"], status="open")
    kept = ("cause", "text", "owner", "due_on", "first_due_on", "carried", "effort")
    assert [[a[k] for k in kept] for a in after] == [[a[k] for k in kept] for a in before]
    assert after[0]["carried"] == 1
    old = two_teams.show("C1")
    assert (old["stage"], old["exit"]) == ("left", "transfer")
    assert two_teams.actions(19, case="C1", status="open") == []
    two_teams.sound()


def test_only_the_receiving_team_accepts_and_only_what_was_offered(
    two_teams: Service, refused: Any
) -> None:
    with refused("not_offered"):
        moving.accept(two_teams.desk(12, 9, "cat"), "C1", on=date(2026, 3, 12))
    offer(two_teams)
    with pytest.raises(NotAllowed, match="does not belong to team K2"):
        moving.accept(two_teams.desk(12, 10, "ann"), "C1", on=date(2026, 3, 12))
    with refused("transfer_pending"):
        offer(two_teams)
    with refused("same_team"):
        moving.transfer(two_teams.desk(12, 9, "ann"), "C1", team="K1", on=date(2026, 3, 12))


def test_a_transfer_to_a_team_where_the_person_has_an_open_case_is_refused(
    two_teams: Service, refused: Any
) -> None:
    two_teams.case("K2", "P1", day=5)
    offer(two_teams)
    with refused("case_open", says="C2"):
        moving.accept(two_teams.desk(12, 10, "cat"), "C1", on=date(2026, 3, 12))


def test_an_offer_is_not_accepted_on_a_day_before_it_was_made(
    two_teams: Service, refused: Any
) -> None:
    offer(two_teams, day=12)
    with refused("date_too_early", says="2026-03-12"):
        moving.accept(two_teams.desk(16, 10, "cat"), "C1", on=date(2026, 3, 11))
    moving.accept(two_teams.desk(16, 10, "cat"), "C1", on=date(2026, 3, 12))
    two_teams.sound()


def test_a_parked_action_stays_parked_when_the_case_is_accepted(two_teams: Service) -> None:
    actions.park(two_teams.desk(12, 9, "ann"), "A1", until=date(2026, 4, 2))
    offer(two_teams)
    row = moving.accept(two_teams.desk(12, 10, "cat"), "C1", on=date(2026, 3, 12))[0]
    held = two_teams.actions(12, case=row["case"])
    assert [(a["status"], a["parked_until"]) for a in held] == [("parked", date(2026, 4, 2))]


# --- reopening


def test_a_reopened_case_has_exactly_the_actions_that_its_closing_closed(
    ward: Service,
) -> None:
    case = ward.case("W1", "P1", stage="recover")
    ward.set(case, 2, safeguarding="none")
    made = [
        actions.add(ward.desk(3, 9, "dr.a"), [case], text, owner="dr.a", due_on=date(2026, 3, 20))[
            0
        ]["action"]
        for text in ("done by hand", "cancelled by hand", "open", "parked")
    ]
    actions.close(ward.desk(4, 9, "dr.a"), made[0], done=True)
    actions.close(ward.desk(4, 9, "dr.a"), made[1], done=False, reason="not needed")
    actions.park(ward.desk(4, 9, "dr.a"), made[3], until=date(2026, 3, 18))
    moving.leave(ward.desk(5, 9, "dr.a"), case, "against-advice", on=date(2026, 3, 5))
    closed = {a["action"]: (a["status"], a["automatic"]) for a in ward.actions(5, case=case)}
    assert closed == {
        made[0]: ("done", False), made[1]: ("cancelled", False),
        made[2]: ("cancelled", True), made[3]: ("cancelled", True),
    }  # fmt: skip
    moving.reopen(ward.desk(6, 9, "dr.a"), case, reason="came back the same night")
    assert ward.stage(case) == "recover"
    status = {a["action"]: a["status"] for a in ward.actions(6, case=case)}
    assert status == {
        made[0]: "done", made[1]: "cancelled", made[2]: "open", made[3]: "parked",
    }  # fmt: skip
    later = {a["action"]: a["parked_until"] for a in ward.actions(6, case=case)}
    assert later[made[3]] == date(2026, 3, 18)
    ward.sound()


def test_an_action_whose_parking_ended_while_the_case_was_closed_is_open_when_it_reopens(
    ward: Service,
) -> None:
    case = ward.case("W1", "P1", stage="recover")
    ward.set(case, 2, safeguarding="none")
    add = actions.add(
        ward.desk(3, 9, "dr.a"), [case], "Ring", owner="dr.a", due_on=date(2026, 3, 20)
    )
    actions.park(ward.desk(4, 9, "dr.a"), add[0]["action"], until=date(2026, 3, 6))
    moving.leave(ward.desk(5, 9, "dr.a"), case, "against-advice", on=date(2026, 3, 5))
    moving.reopen(ward.desk(6, 9, "dr.a"), case, reason="came back the same night")
    assert [a["status"] for a in ward.actions(6, case=case)] == ["open"]
    ward.sound()


def test_a_second_closing_and_reopening_restores_only_what_the_second_closed(
    ward: Service,
) -> None:
    case = ward.case("W1", "P1", stage="recover")
    ward.set(case, 2, safeguarding="none")
    for day, text in ((3, "first"), (6, "second")):
        actions.add(ward.desk(day, 9, "dr.a"), [case], text, owner="dr.a", due_on=date(2026, 3, 20))
        moving.leave(ward.desk(day, 10, "dr.a"), case, "absent", on=date(2026, 3, day))
        moving.reopen(ward.desk(day, 11, "dr.a"), case, reason="found")
        if day == 3:
            actions.close(ward.desk(4, 9, "dr.a"), "A1", done=False, reason="not needed")
    assert [a["text"] for a in ward.actions(6, case=case, status="open")] == ["second"]


def test_a_reopened_case_has_no_follow_up_pending_and_gets_one_when_it_completes_again(
    ward: Service,
) -> None:
    case = ward.case("W1", "P1", stage="recover", worker="dr.a")
    ward.ready(case, 9)
    for day in (10, 13):
        ward.agree(case, "W1", day, first="dr.a", second="dr.b")
        moving.move(ward.desk(day, 15, "dr.a"), case, "complete", on=date(2026, 3, day))
        due = [a["due_on"] for a in ward.actions(day, status="open")]
        assert due == [date(2026, 3, day + 3)]
        if day == 10:
            moving.reopen(ward.desk(11, 9, "dr.a"), case, reason="never left the building")
            assert ward.actions(11, status="open") == []
    ward.sound()


def test_reopening_needs_a_reason_and_a_closed_case(ward: Service, refused: Any) -> None:
    case = ward.case("W1", "P1")
    with refused("reason_missing"):
        moving.reopen(ward.desk(3, 9, "dr.a"), case, reason=" ")
    with refused("case_open"):
        moving.reopen(ward.desk(3, 9, "dr.a"), case, reason="why not")


def test_a_case_that_left_for_another_ward_is_reopened_and_one_that_a_team_accepted_is_not(
    two_teams: Service, refused: Any
) -> None:
    moving.leave(two_teams.desk(12, 9, "ann"), "C1", "moved-away", on=date(2026, 3, 12))
    moving.reopen(two_teams.desk(12, 10, "ann"), "C1", reason="never left")
    assert two_teams.stage("C1") == "recover"
    offer(two_teams, 13)
    moving.accept(two_teams.desk(13, 10, "cat"), "C1", on=date(2026, 3, 13))
    with refused("case_transferred", says="accepted it"):
        moving.reopen(two_teams.desk(13, 11, "ann"), "C1", reason="changed our minds")
    two_teams.sound()


def test_a_closed_case_moves_nowhere_except_by_reopening_or_return(
    ward: Service, refused: Any
) -> None:
    case = ward.case("W1", "P1")
    ward.set(case, 2, safeguarding="none")
    moving.leave(ward.desk(3, 9, "dr.a"), case, "declined", on=date(2026, 3, 3))
    desk, day = ward.desk(4, 9, "dr.a"), date(2026, 3, 4)
    steps: list[Callable[[], object]] = [
        lambda: moving.move(desk.again(), case, "stabilise", on=day),
        lambda: moving.move(desk.again(), case, "complete", on=day, override="x"),
        lambda: moving.leave(desk.again(), case, "absent", on=day),
        lambda: moving.transfer(desk.again(), case, team="W1", on=day),
    ]
    for step in steps:
        with refused("case_closed", next_says="Reopen"):
            step()
    moving.come_back(desk.again(), case, on=day)
    with refused("case_open", says="C2"):
        moving.reopen(desk.again(), case, reason="also")
    with refused("case_open"):
        moving.come_back(desk.again(), case, on=day)


def test_a_return_is_not_dated_before_the_closing(ward: Service, refused: Any) -> None:
    case = ward.case("W1", "P1")
    ward.set(case, 2, safeguarding="none")
    moving.leave(ward.desk(8, 9, "dr.a"), case, "declined", on=date(2026, 3, 8))
    with refused("date_too_early", says="the closing"):
        moving.come_back(ward.desk(9, 9, "dr.a"), case, on=date(2026, 3, 7))


def test_a_case_that_goes_on_in_another_team_has_no_return(
    two_teams: Service, refused: Any
) -> None:
    offer(two_teams)
    moving.accept(two_teams.desk(19, 9, "cat"), "C1", on=date(2026, 3, 19))
    with refused("case_transferred", says="C2", next_says="case refer"):
        moving.come_back(two_teams.desk(20, 9, "ann"), "C1", on=date(2026, 3, 20))
    moving.leave(two_teams.desk(21, 9, "cat"), "C2", "other-service", on=date(2026, 3, 21))
    row = moving.come_back(two_teams.desk(25, 9, "ann"), "C1", on=date(2026, 3, 25))[0]
    assert row["linked_case"] == "C1"
    two_teams.sound()


# --- taking over


GIVEN = {"identity_checked": "no", "safeguarding_told": "yes", "actions_taken_over": "yes"}


def test_the_receiving_team_reviews_what_is_offered_to_it(two_teams: Service) -> None:
    offer(two_teams)
    review = two_teams.open("transfer-in", "K2", 12, who="cat")
    assert [(r["case"], r["lane"] != "left") for r in two_teams.agenda(review, 12)] == [
        ("C1", True)
    ]
    row = two_teams.answers(review, "C1", 12, GIVEN | {"first_contact": "Cat rings"}, who="cat")
    assert row["unanswered"] == []
    raised = {a["text"]: a["owner"] for a in two_teams.actions(12, case="C1", status="open")}
    assert raised["Cat rings"] == "cat"
    assert raised["Check the identity of the child with the sending team"] == "cat"
    closed = closing.close(two_teams.desk(12, 11, "cat"), review)[0]
    assert (closed["reviewed"], closed["not_reached"]) == (1, 0)
    two_teams.sound()


def test_other_reviews_of_the_receiving_team_leave_an_offered_case_alone(
    two_teams: Service, refused: Any
) -> None:
    offer(two_teams)
    review = two_teams.open("caseload-sweep", "K2", 12, who="cat")
    assert two_teams.agenda(review, 12) == []
    with refused("not_on_agenda"):
        two_teams.answer(review, "C1", 12, "direction", "continue", who="cat")


def test_what_is_offered_during_the_review_arrives_and_what_is_taken_back_has_left(
    two_teams: Service, refused: Any
) -> None:
    review = two_teams.open("transfer-in", "K2", 12, who="cat")
    assert two_teams.agenda(review, 12) == []
    moving.transfer(two_teams.desk(12, 10, "ann"), "C1", team="K2", on=date(2026, 3, 12))
    assert [(r["case"], r["lane"]) for r in two_teams.agenda(review, 12)] == [("C1", "arrived")]
    two_teams.answer(review, "C1", 12, "safeguarding_told", "yes", who="cat")
    offers.withdraw(two_teams.desk(12, 12, "ann"), "C1", reason="Stays", on=date(2026, 3, 12))
    with refused("not_on_agenda"):
        two_teams.answer(
            two_teams.open("transfer-in", "K1", 12, who="ann"), "C1", 12, "safeguarding_told",
            "yes", who="ann",
        )  # fmt: skip


def test_a_case_taken_over_after_its_review_stands_in_the_minutes(two_teams: Service) -> None:
    offer(two_teams)
    review = two_teams.open("transfer-in", "K2", 12, who="cat")
    two_teams.answers(review, "C1", 12, GIVEN | {"first_contact": "Cat rings"}, who="cat")
    moving.accept(two_teams.desk(12, 12, "cat"), "C1", on=date(2026, 3, 12))
    closing.close(two_teams.desk(12, 13, "cat"), review)
    told = minutes.minutes(two_teams.desk(13), review)
    assert "C1" in str(told["cases"])
    two_teams.sound()
