"""The safeguarding interlock on every way out, coded exits, and the death of a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.packs.library import Library
from casereview.service.cases import cases, dying, flagging, moving
from casereview.service.reviews import closing, deciding

if TYPE_CHECKING:
    from tests.engine.factories import Service

PATHWAYS = ("ward", "childrens", "recovery", "reablement")
LIBRARY = Library()
EXITS = [(p, e) for p in PATHWAYS for e in LIBRARY.pathway(p).exits]
TEN = date(2026, 3, 10)


# --- exits and their classes


@pytest.mark.parametrize(("pathway", "exit_"), EXITS, ids=lambda v: getattr(v, "code", v))
def test_leaving_keeps_the_exit_and_its_class(
    service: Service, refused: Any, pathway: str, exit_: Any
) -> None:
    service.team("T", pathway, people=["dr.a"])
    case = service.case("T", "P1", stage="assess")
    service.set(case, 9, safeguarding="none")
    if exit_.exit_class == "died":
        with refused("death_not_recorded", next_says="person died"):
            moving.leave(service.desk(10, 9, "dr.a"), case, exit_.code, on=TEN)
        return
    row = moving.leave(service.desk(10, 9, "dr.a"), case, exit_.code, on=TEN)[0]
    assert (row["stage"], row["exit"], row["exit_class"]) == ("left", exit_.code, exit_.exit_class)
    service.sound()


@pytest.mark.parametrize("pathway", PATHWAYS[1:])
def test_somebody_whose_work_has_begun_is_not_taken_off_the_waiting_list(
    service: Service, refused: Any, pathway: str
) -> None:
    service.team("T", pathway, people=["dr.a"])
    case = service.case("T", "P1", stage="stabilise")
    service.set(case, 9, safeguarding="none")
    with refused("not_waiting", says="stabilise"):
        moving.leave(service.desk(10, 9, "dr.a"), case, "no-longer-needed", on=TEN)


def test_an_unknown_exit_is_refused_with_those_that_there_are(ward: Service, refused: Any) -> None:
    case = ward.case("W1", "P1")
    with refused("no_such_exit", next_says="against-advice"):
        moving.leave(ward.desk(10, 9, "dr.a"), case, "bored", on=TEN)


# --- the interlock


def _complete(s: Service, case: str) -> None:
    moving.move(s.desk(10, 15, "boss"), case, "complete", on=TEN, override="they want to go")


def _leave(s: Service, case: str) -> None:
    moving.leave(s.desk(10, 15, "boss"), case, "other-service", on=TEN, override="urgent")


def _transfer(s: Service, case: str) -> None:
    moving.transfer(s.desk(10, 15, "boss"), case, team="K2", on=TEN)


def _off_the_list(s: Service, case: str) -> None:
    moving.leave(s.desk(10, 15, "boss"), case, "no-longer-needed", on=TEN)


WAYS: list[Callable[[Any, str], None]] = [_complete, _leave, _transfer, _off_the_list]


@pytest.fixture
def childrens(service: Service) -> Service:
    service.team("K1", "childrens", meets=["wed"], people=["ann", "bob"], lead="boss")
    service.team("K2", "childrens", meets=["wed"], people=["cat"])
    return service


@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_while_safeguarding_is_unknown_even_with_an_override(
    childrens: Service, refused: Any, unmet: Any, way: Callable[[Any, str], None]
) -> None:
    case = childrens.case("K1", "P1")
    with refused("blocked") as held:
        way(childrens, case)
    assert "safeguarding" in unmet(held[0])
    assert childrens.stage(case) == "assess"


@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_past_a_worry_until_it_is_handed_over_and_signed_by_a_second(
    childrens: Service, refused: Any, unmet: Any, way: Callable[[Any, str], None]
) -> None:
    case = childrens.case("K1", "P1")
    childrens.ready(case, 9)
    flagging.raise_worry(childrens.desk(10, 9, "ann"), case, "bruises on both arms")
    for step in ("raised", "handed over, not signed"):
        with refused("blocked") as held:
            way(childrens, case)
        assert "safeguarding" in unmet(held[0]), step
        if step == "raised":
            row = flagging.hand_over(
                childrens.desk(10, 10, "ann"), case, "the duty social worker, by telephone"
            )[0]
            assert row["status"] == "needs_countersign"
            with pytest.raises(NotAllowed) as caught:
                flagging.sign(childrens.desk(10, 11, "ann"), case)
            assert caught.value.code == "same_person"
    flagging.sign(childrens.desk(10, 12, "bob"), case)
    way(childrens, case)
    assert childrens.show(case)["worries"] == []
    childrens.sound()


def test_a_worry_settled_by_two_people_opens_the_way_where_nothing_was_known_before(
    childrens: Service,
) -> None:
    case = childrens.case("K1", "P1")
    flagging.raise_worry(childrens.desk(10, 9, "ann"), case, "a neighbour rang")
    flagging.hand_over(childrens.desk(10, 10, "ann"), case, "the duty social worker")
    flagging.sign(childrens.desk(10, 11, "bob"), case)
    _leave(childrens, case)
    assert childrens.stage(case) == "left"


def test_one_of_two_worries_settled_still_blocks(childrens: Service, refused: Any) -> None:
    case = childrens.case("K1", "P1")
    for words in ("a bruise", "not fed"):
        flagging.raise_worry(childrens.desk(10, 9, "ann"), case, words)
    with refused("which_worry", next_says="W1, W2"):
        flagging.hand_over(childrens.desk(10, 10, "ann"), case, "the duty social worker")
    flagging.hand_over(childrens.desk(10, 10, "ann"), case, "duty", worry="W1")
    flagging.sign(childrens.desk(10, 11, "bob"), case, worry="W1")
    with refused("blocked"):
        _leave(childrens, case)


def test_a_way_out_dated_before_the_worry_does_not_lead_past_it(
    childrens: Service, refused: Any, unmet: Any
) -> None:
    case = childrens.case("K1", "P1")
    childrens.ready(case, 5)
    flagging.raise_worry(childrens.desk(10, 9, "ann"), case, "a bruise")
    ways: list[Callable[[], object]] = [
        lambda: moving.leave(
            childrens.desk(10, 10, "ann"), case, "other-service", on=date(2026, 3, 8)
        ),
        lambda: moving.transfer(
            childrens.desk(10, 10, "ann"), case, team="K2", on=date(2026, 3, 8)
        ),
    ]
    for way in ways:
        with refused("blocked") as held:
            way()
        assert unmet(held[0]) == {"safeguarding"}


def test_a_worry_raised_between_offer_and_acceptance_stops_the_transfer(
    childrens: Service, refused: Any
) -> None:
    case = childrens.case("K1", "P1")
    childrens.ready(case, 9)
    _transfer(childrens, case)
    flagging.raise_worry(childrens.desk(11, 9, "ann"), case, "a bruise")
    with refused("blocked", says="transfer"):
        moving.accept(childrens.desk(11, 10, "cat"), case, on=date(2026, 3, 11))
    assert childrens.show(case)["transfer_to"] == "K2"


def test_a_worry_raised_after_the_decision_stops_the_departure(
    childrens: Service, refused: Any, unmet: Any
) -> None:
    case = childrens.case("K1", "P1", stage="recover", worker="ann")
    childrens.ready(case, 9)
    childrens.agree(case, "K1", 10, first="ann")
    flagging.raise_worry(childrens.desk(11, 9, "bob"), "P1", "the aunt rang")
    with refused("blocked") as held:
        moving.move(childrens.desk(11, 10, "ann"), case, "complete", on=date(2026, 3, 11))
    assert unmet(held[0]) == {"safeguarding"}


def test_a_worry_is_due_the_same_day_when_there_is_danger_else_by_the_next_working_day(
    childrens: Service,
) -> None:
    case = childrens.case("K1", "P1")
    friday = flagging.raise_worry(childrens.desk(6, 16, "ann"), case, "a bruise")[0]
    assert friday["act_by"] == date(2026, 3, 9)
    now = flagging.raise_worry(childrens.desk(6, 16, "ann"), case, "shut in", danger_now=True)[0]
    assert now["act_by"] == date(2026, 3, 6)
    assert [a["due_on"] for a in childrens.actions(6, case=case)] == [
        date(2026, 3, 6), date(2026, 3, 9),
    ]  # fmt: skip


# --- the death of a person


def _dead_end(s: Service, case: str) -> tuple[str, str]:
    shown = s.show(case)
    return str(shown["stage"]), str(shown["exit"])


def test_a_death_ends_every_open_case_in_every_team_whatever_is_unmet(service: Service) -> None:
    service.team("W1", "ward", people=["dr.a"])
    service.team("K1", "recovery", people=["ann"])
    service.case("W1", "P1", stage="recover")
    service.case("K1", "P1")
    # dr.a belongs to the ward only; a death is never blocked.
    rows = dying.died(service.desk(10, 9, "dr.a"), "P1", on=TEN)
    assert [r["exit_class"] for r in rows] == ["died", "died"]
    assert [_dead_end(service, c) for c in ("C1", "C2")] == [("left", "died"), ("left", "died")]
    service.sound()


def test_a_worry_of_somebody_who_dies_becomes_an_action_about_the_household(
    ward: Service,
) -> None:
    case = ward.case("W1", "P1", worker="dr.a")
    flagging.raise_worry(ward.desk(9, 9, "dr.b"), case, "who looks after the children?")
    dying.died(ward.desk(10, 9, "dr.a"), case, on=TEN)
    assert ward.stage(case) == "left"
    held = [a for a in ward.actions(10, status="open") if a["cause"] == "worry-household"]
    assert [(a["owner"], a["due_on"]) for a in held] == [("dr.a", date(2026, 3, 11))]
    ward.sound()


def test_a_death_after_discharge_cancels_the_follow_up_contact(ward: Service) -> None:
    case = ward.case("W1", "P1", stage="recover", worker="dr.a")
    ward.ready(case, 9)
    ward.agree(case, "W1", 10, first="dr.a", second="dr.b")
    moving.move(ward.desk(10, 15, "dr.a"), case, "complete", on=TEN)
    assert [a["cause"] for a in ward.actions(10, status="open")] == ["follow-up:1"]
    dying.died(ward.desk(11, 9, "dr.a"), "P1", on=date(2026, 3, 11))
    held = ward.actions(11, case=case)
    assert [(a["status"], a["automatic"]) for a in held] == [("cancelled", True)]
    # A completed journey stays completed: the death came after it.
    assert ward.stage(case) == "complete"
    ward.sound()


def test_somebody_discharged_dead_gets_no_follow_up_action(ward: Service) -> None:
    case = ward.case("W1", "P1", stage="recover")
    dying.died(ward.desk(10, 9, "dr.a"), case, on=TEN)
    assert ward.actions(10, status="open") == []


def test_nobody_is_referred_back_or_reopened_after_their_death(ward: Service, refused: Any) -> None:
    case = ward.case("W1", "P1")
    dying.died(ward.desk(10, 9, "dr.a"), case, on=TEN)
    later = date(2026, 3, 12)
    with refused("person_died"):
        moving.reopen(ward.desk(12, 9, "dr.a"), case, reason="by mistake")
    with refused("person_died"):
        moving.come_back(ward.desk(12, 9, "dr.a"), case, on=later)
    with refused("person_died", says="2026-03-10"):
        cases.refer(ward.desk(12, 9, "dr.a"), team="W1", person="P1", on=later)
    with refused("already_recorded"):
        dying.died(ward.desk(12, 9, "dr.a"), case, on=later)


def test_a_death_in_the_middle_of_a_round_leaves_a_line_shown_as_left(ward: Service) -> None:
    case = ward.case("W1", "P1")
    ward.case("W1", "P2")
    review = ward.open("ward-round", "W1", 10, who="dr.a")
    ward.answer(review, case, 10, "crisis_stabilised", "no", who="dr.a")
    dying.died(ward.desk(10, 10, "dr.a"), case, on=TEN)
    row = closing.close(ward.desk(10, 11, "dr.a"), review)[0]
    assert row["not_reached"] == 1
    assert all(a["status"] != "open" for a in ward.actions(10, case=case))
    ward.sound()


def test_nothing_is_decided_about_a_closed_case(ward: Service, refused: Any) -> None:
    case = ward.case("W1", "P1")
    review = ward.open("ward-round", "W1", 10, who="dr.a")
    dying.died(ward.desk(10, 10, "dr.a"), case, on=TEN)
    with refused("case_closed"):
        deciding.decide(ward.desk(10, 11, "dr.a"), review, case)
    with refused("case_closed"):
        ward.answer(review, case, 10, "crisis_stabilised", "no", who="dr.a")
