"""The life of an action: raised, due, carried, parked, moved with its meeting, closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.core.decide.judging import Given
from casereview.errors import NotFound
from casereview.service.actions import actions
from casereview.service.cases import cases, flagging, moving
from casereview.service.organisation import teams, users
from casereview.service.reviews import answering, closing

if TYPE_CHECKING:
    from tests.engine.factories import Service

ROUNDS = (3, 6, 10, 13, 17)
DAY = {n: date(2026, 3, n) for n in range(1, 32)}


# --- due dates


@pytest.mark.parametrize(("day", "due"), [(3, 6), (4, 6), (5, 6), (6, 10), (7, 10), (9, 10)])
def test_an_answers_action_is_due_at_the_next_round(
    ward: Service, in_recovery: str, day: int, due: int
) -> None:
    ward.a_round(day)
    assert ward.action(day, "A1")["due_on"] == DAY[due]


def test_easter_monday_is_a_round_on_a_ward_and_is_skipped_where_the_team_says_so(
    service: Service,
) -> None:
    """T-2: rounds on Monday and Thursday, asked on Thursday 2 April 2026."""
    for code, holidays, due in (("W1", "pack", date(2026, 4, 6)), ("W2", "skip", date(2026, 4, 9))):
        service.team(code, "ward", meets=["mon,thu"], bank_holidays=holidays)
        held = service.case(code, f"P{code}", stage="recover")
        asked_on = date(2026, 4, 2)
        review = service.open("ward-round", code, asked_on)
        row = service.answer(review, held, asked_on, "destination_ready", "no")
        assert service.action(asked_on, row["action"])["due_on"] == due


def test_overdue_is_worked_out_the_day_after_the_due_date(ward: Service, in_recovery: str) -> None:
    action = ward.add_action()
    assert ward.action(6, action)["overdue"] is False
    assert ward.action(7, action)["overdue"] is True
    assert [a["action"] for a in ward.actions(7, overdue=True)] == [action]
    assert ward.actions(6, overdue=True) == []


def test_an_action_has_a_window_from_when_until_when(ward: Service, in_recovery: str) -> None:
    action = ward.add_action(from_on=DAY[5], due_on=DAY[9])
    held = ward.action(3, action)
    assert (held["from_on"], held["due_on"]) == (DAY[5], DAY[9])


def test_a_due_date_lies_ahead_when_it_is_given_and_when_it_is_changed(
    ward: Service, in_recovery: str, refused: Any
) -> None:
    with refused("date_too_early", says="2026-03-02"):
        ward.add_action(due_on=DAY[2])
    action = ward.add_action()
    with refused("date_too_early", says="2026-03-02"):
        actions.edit(ward.desk(4, 9, "dr.a"), action, due_on=DAY[2])


def test_an_action_is_not_dated_before_the_referral_of_its_case(
    ward: Service, refused: Any
) -> None:
    ward.case("W1", "P1", day=3)
    with refused("date_too_early", says="the referral"):
        actions.add(ward.desk(5, 9, "dr.a"), ["C1"], "x", owner="dr.a", due_on=DAY[9], on=DAY[2])


# --- parked, done, cancelled


def test_a_parked_action_is_open_again_by_itself_on_its_day(
    ward: Service, in_recovery: str, refused: Any
) -> None:
    action = ward.add_action()
    row = actions.park(ward.desk(4, 9, "dr.a"), action, until=DAY[12], reason="flat is painted")[0]
    assert (row["status"], row["parked_until"]) == ("parked", DAY[12])
    states = {d: ward.action(d, action)["status"] for d in (3, 4, 11, 12, 13)}
    assert states == {3: "open", 4: "parked", 11: "parked", 12: "open", 13: "open"}
    assert ward.action(11, action)["overdue"] is False
    assert ward.action(13, action)["overdue"] is True
    with refused("date_too_early"):
        actions.park(ward.desk(5, 9, "dr.a"), action, until=DAY[5])


def test_a_parked_action_of_an_answer_is_not_made_a_second_time(
    ward: Service, in_recovery: str
) -> None:
    ward.a_round(3)
    actions.park(ward.desk(4, 9, "dr.a"), "A1", until=DAY[20])
    row = ward.a_round(6)
    assert (row["action"], row["carried"]) == ("A1", 0)
    assert ward.action(6, "A1")["status"] == "parked"


def test_cancelling_needs_a_reason_and_what_has_ended_stays_ended(
    ward: Service, in_recovery: str, refused: Any
) -> None:
    action = ward.add_action()
    with refused("reason_missing"):
        actions.close(ward.desk(4, 9, "dr.a"), action, done=False)
    actions.close(ward.desk(4, 9, "dr.a"), action, done=True)
    desk = ward.desk(5, 9, "dr.a")
    changes: list[Callable[[], object]] = [
        lambda: actions.close(desk.again(), action, done=True),
        lambda: actions.park(desk.again(), action, until=DAY[9]),
        lambda: actions.edit(desk.again(), action, text="x"),
        lambda: actions.accept(desk.again(), action),
    ]
    for change in changes:
        with refused("action_closed", says="done since 2026-03-04"):
            change()


# --- whose, about whom


def test_one_action_for_several_cases_gives_each_its_own(ward: Service, in_recovery: str) -> None:
    ward.case("W1", "P2")
    rows = actions.add(
        ward.desk(3, 9, "dr.a"), ["C1", "C2"], "Meet the family", owner="dr.a", due_on=DAY[9]
    )
    assert [(r["action"], r["case"]) for r in rows] == [("A1", "C1"), ("A2", "C2")]
    ward.sound()


def test_an_action_of_a_team_and_of_a_person(ward: Service, in_recovery: str, refused: Any) -> None:
    desk = ward.desk(3, 9, "dr.a")
    actions.add(desk.again(), [], "Order forms", owner="sister", due_on=DAY[9], team="W1")
    actions.add(desk.again(), [], "Visit", owner="dr.a", due_on=DAY[8], team="W1", person="P1")
    with refused("no_target"):
        actions.add(desk.again(), [], "Visit", owner="dr.a", due_on=DAY[8])
    held = ward.actions(3, team="W1")
    assert [(a["text"], a["case"]) for a in held] == [("Visit", None), ("Order forms", None)]
    for action in ("A1", "A2"):
        assert actions.close(desk.again(), action, done=True)[0]["status"] == "done"
    ward.sound()


def test_an_action_of_a_person_is_the_work_of_the_only_team_that_has_them(
    ward: Service, in_recovery: str, refused: Any
) -> None:
    def visit() -> dict[str, Any]:
        desk = ward.desk(3, 9, "dr.a")
        return actions.add(desk, [], "Visit", owner="dr.a", due_on=DAY[8], person="P1")[0]

    assert ward.actions(3, team="W1") == []
    assert visit()["case"] is None
    assert [a["text"] for a in ward.actions(3, team="W1")] == ["Visit"]
    ward.team("W2", "ward")
    ward.case("W2", "P1")
    with refused("no_team", says="W1, W2"):
        visit()
    ward.sound()


def test_an_action_of_somebody_without_an_open_case_needs_the_team(
    ward: Service, in_recovery: str, refused: Any
) -> None:
    ward.set(in_recovery, 3, safeguarding="none")
    moving.leave(ward.desk(3, 9, "dr.a"), in_recovery, "absent", on=DAY[3])
    with refused("no_team", says="no open case"):
        actions.add(ward.desk(3, 10, "dr.a"), [], "Visit", owner="dr.a", due_on=DAY[8], person="P1")


def test_the_owner_is_a_person_of_the_post_at_that_time(ward: Service, in_recovery: str) -> None:
    teams.fill_post(ward.desk(3), "W1", "discharge-coordinator", "dr.b", from_on=None)
    row = ward.a_round(3)
    held = ward.action(3, row["action"])
    assert (held["owner"], held["post"]) == ("dr.b", "discharge-coordinator")


def test_an_unfilled_post_and_a_post_of_somebody_removed_fall_to_the_chair(
    ward: Service, in_recovery: str
) -> None:
    row = ward.a_round(3)
    held = ward.action(3, row["action"])
    assert (held["owner"], held["post"]) == ("dr.a", "discharge-coordinator")
    ward.user("dr.c", team="W1")
    teams.fill_post(ward.desk(4), "W1", "consultant", "dr.c", from_on=None)
    users.remove_user(ward.desk(5), "dr.c")
    review = ward.open("ward-round", "W1", 6, who="dr.a")
    row = ward.answer(review, "C1", 6, "crisis_stabilised", "no", who="dr.a")
    assert ward.action(6, row["action"])["owner"] == "dr.a"


def test_a_removed_key_worker_gets_no_new_actions(ward: Service) -> None:
    ward.user("dr.c", team="W1")
    case = ward.case("W1", "P1", worker="dr.c")
    users.remove_user(ward.desk(5), "dr.c")
    row = flagging.raise_worry(ward.desk(6, 9, "dr.b"), case, "a bruise")[0]
    assert row["owner"] == "dr.b"


def test_removing_a_user_lists_what_they_still_own(ward: Service, in_recovery: str) -> None:
    ward.user("dr.c", team="W1")
    action = ward.add_action(owner="dr.c")
    row = users.remove_user(ward.desk(5), "dr.c")[0]
    assert row["open_actions"] == [action]


def test_an_action_given_to_somebody_absent_is_theirs_when_they_accept_it(
    ward: Service, in_recovery: str, refused: Any
) -> None:
    action = ward.add_action(owner="dr.b")
    with refused("not_owner", says="dr.b"):
        actions.accept(ward.desk(4, 9, "dr.a"), action)
    assert actions.accept(ward.desk(4, 9, "dr.b"), action)[0]["owner"] == "dr.b"


def test_an_outside_doer_stands_beside_the_inside_owner(ward: Service, in_recovery: str) -> None:
    action = ward.add_action(doer="City council")
    held = ward.action(3, action)
    assert (held["owner"], held["doer"]) == ("dr.a", "City council")


def test_an_owner_who_is_nobody_is_refused_with_the_nearest(
    ward: Service, in_recovery: str
) -> None:
    with pytest.raises(NotFound, match=r"Did you mean dr\.a"):
        ward.add_action(owner="dr,a")


def test_reassigning_to_a_post_while_another_reads_keeps_the_store_free(
    ward: Service, in_recovery: str
) -> None:
    teams.fill_post(ward.desk(3), "W1", "consultant", "dr.b", from_on=None)
    action = ward.add_action()
    assert actions.edit(ward.desk(4, 9, "dr.a"), action, owner="consultant")[0]["owner"] == "dr.b"
    assert actions.edit(ward.desk(4, 9, "dr.a"), action, owner="key-worker")[0]["owner"] == "dr.a"


# --- answers that ask to find out


def test_cannot_tell_asks_somebody_to_find_out(ward: Service, in_recovery: str) -> None:
    row = ward.a_round(3, "cannot-tell")
    held = ward.action(3, row["action"])
    assert held["text"].startswith("Find out: ")
    assert held["due_on"] == DAY[6]


def test_the_find_out_action_becomes_the_other_one_when_the_answer_is_no(
    ward: Service, in_recovery: str
) -> None:
    ward.a_round(3, "cannot-tell")
    row = ward.a_round(6, "no")
    held = ward.actions(6, case="C1", status="open")
    assert [a["action"] for a in held] == [row["action"]] == ["A1"]
    assert not held[0]["text"].startswith("Find out")


def test_work_by_working_days_skips_the_weekend(service: Service) -> None:
    service.team("K", "childrens", meets=["fri"], people=["ann"])
    case = service.case("K", "P1", stage="stabilise", worker="ann")
    review = service.open("caseload-sweep", "K", 6, who="ann")
    row = service.answer(review, case, 6, "risk_changed", "yes", who="ann")
    assert service.action(6, row["action"])["due_on"] == DAY[9]


def test_a_line_is_the_next_step_and_last_weeks_open_step_is_carried_under_new_words(
    service: Service,
) -> None:
    service.team("K", "childrens", meets=["wed"], people=["ann"])
    case = service.case("K", "P1", stage="stabilise", worker="ann")
    found = []
    for day, step in ((4, "Ring the school"), (11, "Visit the school")):
        review = service.open("caseload-sweep", "K", day, who="ann")
        service.answer(review, case, day, "direction", "continue", who="ann")
        desk = service.desk(day, 10, "ann")
        given = Given(step, owner="ann")
        found.append(answering.answer(desk, review, case, "next_step", given)[0])
        closing.close(service.desk(day, 11, "ann"), review)
    assert [(r["action"], r["carried"]) for r in found] == [("A1", 0), ("A1", 1)]
    assert service.action(11, "A1")["text"] == "Visit the school"


def test_a_contact_code_in_the_past_of_the_referral_is_refused(
    ward: Service, in_recovery: str, refused: Any
) -> None:
    with refused("date_too_early", says="the referral"):
        cases.contact(
            ward.desk(4, 9, "dr.a"),
            in_recovery,
            kind="telephone",
            attended="5",
            on=date(2026, 2, 27),
        )
