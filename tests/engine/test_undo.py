"""Taking back: any depth, after a restart, and never past what others did since."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.service.actions import actions
from casereview.service.cases import cases, flagging, moving
from casereview.service.reviews import answering, closing, deciding
from casereview.store.rebuild import expected_rows

if TYPE_CHECKING:
    from tests.engine.factories import Service

THREE = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
TUE = 10


@pytest.fixture
def round_(ward: Service) -> Service:
    """A round R1 on Tuesday 10 March with C1 and C2 in recovery."""
    for person in ("P1", "P2"):
        ward.ready(ward.case("W1", person, stage="recover", worker="dr.a"), 9)
    ward.open("ward-round", "W1", TUE, who="dr.a")
    return ward


def undo(s: Service) -> dict[str, Any]:
    return closing.undo(s.desk(TUE, 12, "dr.a"), "R1")[0]


def picture(s: Service) -> Any:
    """Everything the journal adds up to for both cases, without versions, which only grow."""
    with s.store.read() as conn:
        rows = expected_rows(conn, "case", [1, 2])
    return {place: row for place, (_, row) in rows.items() if place[0] != "cases"}


def test_every_answer_can_be_taken_back_in_turn_down_to_the_empty_review(
    round_: Service, refused: Any
) -> None:
    pictures = [picture(round_)]
    steps = [(c, q) for c in ("C1", "C2") for q in THREE]
    for n, (case, question) in enumerate(steps):
        round_.answer("R1", case, TUE, question, ("yes", "no")[n % 2], who="dr.a")
        pictures.append(picture(round_))
    for wanted, (case, _) in zip(reversed(pictures[:-1]), reversed(steps), strict=True):
        assert undo(round_)["cases"] == [case]
        assert picture(round_) == wanted
    with refused("nothing_to_undo"):
        undo(round_)
    assert round_.actions(TUE) == []
    round_.sound()


def test_undo_takes_back_all_that_one_command_did(round_: Service) -> None:
    round_.answers("R1", "C1", TUE, dict.fromkeys(THREE, "yes"), who="dr.a")
    before = picture(round_)
    row = round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    assert row["action"] == "A1"
    assert row["asks_delay_reason"] is True
    undo(round_)
    assert picture(round_) == before
    assert round_.actions(TUE) == []


def test_after_a_restart_and_later_answers_undo_goes_on_where_it_was(round_: Service) -> None:
    round_.answer("R1", "C1", TUE, "crisis_stabilised", "no", who="dr.a")
    round_.answer("R1", "C2", TUE, "crisis_stabilised", "no", who="dr.a")
    undo(round_)
    round_.restart()
    round_.answer("R1", "C2", TUE, "destination_ready", "no", who="dr.a")
    undo(round_)
    assert [a["case"] for a in round_.actions(TUE)] == ["C1"]
    undo(round_)
    assert round_.actions(TUE) == []
    round_.sound()


def test_decisions_signatures_dissent_and_skips_are_taken_back_too(round_: Service) -> None:
    round_.answers("R1", "C1", TUE, dict.fromkeys(THREE, "yes"), who="dr.a")
    deciding.decide(round_.desk(TUE, 10, "dr.a"), "R1", "C1")
    deciding.countersign(round_.desk(TUE, 10, "dr.b"), "R1", "C1")
    deciding.dissent(round_.desk(TUE, 10, "sister"), "R1", "C1", "too soon")
    answering.skip(round_.desk(TUE, 10, "dr.a"), "R1", "C2", "not here")
    assert [undo(round_)["undone"] for _ in range(4)] == [
        "marked", "dissented", "decision_signed", "decided",
    ]  # fmt: skip
    assert round_.show("C1")["decision"] is None
    round_.sound()


def test_a_worry_raised_in_the_review_can_be_taken_back_with_its_action(round_: Service) -> None:
    flagging.raise_worry(round_.desk(TUE, 10, "dr.a"), "C1", "wrong patient", review="R1")
    assert round_.show("C1")["worries"] == ["W1"]
    undo(round_)
    assert round_.show("C1")["worries"] == []
    assert round_.actions(TUE) == []
    round_.sound()


def test_an_action_changed_in_the_review_is_changed_back(round_: Service) -> None:
    desk = round_.desk(TUE, 10, "dr.a")
    actions.add(desk.again(), ["C1"], "Ring", owner="dr.a", due_on=date(2026, 3, 12))
    actions.close(desk.again(), "A1", done=True, review="R1")
    undo(round_)
    assert round_.action(TUE, "A1")["status"] == "open"


@pytest.mark.parametrize("kind", ["noted", "fact set", "moved", "action done"])
def test_undo_is_refused_when_something_outside_the_review_followed(
    round_: Service, refused: Any, kind: str
) -> None:
    round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    desk, day = round_.desk(TUE, 11, "dr.b"), date(2026, 3, TUE)
    if kind == "noted":
        cases.note(desk, "C1", "her sister rang", on=day)
    elif kind == "fact set":
        cases.set_fact(desk, "C1", "destination", "hostel", on=day)
    elif kind == "moved":
        moving.move(desk, "C1", "stabilise", on=day)
    else:
        actions.close(desk, "A1", done=True)
    with refused("followed", says=f"{kind} was recorded on C1 by dr.b", next_says="Correct it"):
        undo(round_)
    round_.sound()


def test_what_followed_on_another_case_is_no_reason_to_refuse(round_: Service) -> None:
    round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    cases.note(round_.desk(TUE, 11, "dr.b"), "C2", "her sister rang", on=date(2026, 3, TUE))
    assert undo(round_)["cases"] == ["C1"]


def test_nothing_is_undone_after_the_review_is_closed(round_: Service, refused: Any) -> None:
    round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    closing.close(round_.desk(TUE, 11, "dr.a"), "R1")
    with refused("review_closed", says="R1 is closed"):
        undo(round_)


def test_the_same_undo_sent_twice_takes_back_one_step_only(round_: Service) -> None:
    for question in THREE[:2]:
        round_.answer("R1", "C1", TUE, question, "no", who="dr.a")
    desk = round_.desk(TUE, 12, "dr.a", command="undo-1")
    first = closing.undo(desk, "R1")
    assert closing.undo(desk, "R1") == first
    assert len(round_.actions(TUE)) == 1
    round_.sound()


def test_an_arrival_stays_on_the_agenda_when_its_answer_is_taken_back(round_: Service) -> None:
    round_.case("W1", "P3", day=TUE)
    round_.answer("R1", "C3", TUE, "crisis_stabilised", "no", who="dr.a")
    undo(round_)
    row = next(r for r in round_.agenda("R1", TUE) if r["case"] == "C3")
    assert row["progress"] == "not reached"
