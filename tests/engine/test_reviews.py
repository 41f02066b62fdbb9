"""A review: the frozen agenda, what a person is held to, answers that count."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.core.decide.judging import Given
from casereview.errors import Stale
from casereview.service.actions import actions
from casereview.service.cases import cases, moving
from casereview.service.reviews import answering, closing, deciding, reviewing

if TYPE_CHECKING:
    from tests.engine.factories import Service

TUE = 10
CONTINUE = {"direction": "continue", "next_step": "Ring the school", "risk_changed": "no"}


# --- what a person is held to


def test_an_answer_by_somebody_who_saw_an_older_one_is_refused_with_what_changed(
    round_: Service,
) -> None:
    round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    with pytest.raises(Stale, match="answered destination_ready no by dr.a") as caught:
        round_.answer("R1", "C1", TUE, "destination_ready", "yes", who="dr.b", seen=0)
    # Two people answer different questions of one case at once: no quarrel.
    round_.answer("R1", "C1", TUE, "crisis_stabilised", "no", who="dr.b", seen=0)
    assert "nothing that you typed is lost" in caught.value.next


def test_an_answer_by_somebody_who_saw_the_newest_is_taken(round_: Service) -> None:
    first = round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    round_.answer("R1", "C1", TUE, "destination_ready", "yes", who="dr.b", seen=first["version"])


def test_a_decision_is_held_to_the_whole_case(round_: Service) -> None:
    three = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
    seen = round_.answers("R1", "C1", TUE, dict.fromkeys(three, "yes"), who="dr.a")["version"]
    cases.note(round_.desk(TUE, 10, "dr.b"), "C1", "she fell", on=date(2026, 3, TUE))
    with pytest.raises(Stale, match="The case has changed since it was shown: noted by dr.b"):
        deciding.decide(round_.desk(TUE, 11, "dr.a"), "R1", "C1", seen=seen)
    with pytest.raises(Stale, match="noted by dr.b"):
        moving.move(
            round_.desk(TUE, 11, "dr.a"), "C1", "stabilise", on=date(2026, 3, TUE), seen=seen
        )
    with pytest.raises(Stale):
        moving.leave(round_.desk(TUE, 11, "dr.a"), "C1", "absent", on=date(2026, 3, TUE), seen=seen)


def test_an_edit_is_held_to_the_action_alone(round_: Service) -> None:
    desk = round_.desk(TUE, 10, "dr.a")
    row = actions.add(desk.again(), ["C1"], "Ring", owner="dr.a", due_on=date(2026, 3, 12))[0]
    cases.note(desk.again(), "C1", "she fell", on=date(2026, 3, TUE))
    changed = actions.edit(desk.again(), "A1", text="Ring twice", seen=row["version"])[0]
    with pytest.raises(Stale, match="Action A1 has changed since it was shown: action edited"):
        actions.edit(desk.again(), "A1", text="Ring thrice", seen=row["version"])
    actions.edit(desk.again(), "A1", text="Ring thrice", seen=changed["version"])


# --- opening


def test_an_earlier_review_left_open_is_named_with_three_ways_on(
    round_: Service, refused: Any
) -> None:
    with refused("review_open", says="R1 of 2026-03-10") as held:
        round_.open("ward-round", "W1", 13, who="dr.b")
    for way in ("Go on with R1", "review close R1", "review abandon R1"):
        assert way in held[0].next


def test_a_review_opened_by_mistake_is_abandoned_unless_something_was_recorded_in_it(
    round_: Service, refused: Any
) -> None:
    round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    with refused("review_used", says="answered", next_says="review undo R1"):
        closing.abandon(round_.desk(TUE, 10, "dr.a"), "R1", "wrong team")
    closing.undo(round_.desk(TUE, 10, "dr.a"), "R1")
    with refused("reason_missing"):
        closing.abandon(round_.desk(TUE, 10, "dr.a"), "R1", " ")
    closing.abandon(round_.desk(TUE, 10, "dr.a"), "R1", "wrong team")
    with refused("review_closed", says="R1 is abandoned"):
        round_.answer("R1", "C1", TUE, "destination_ready", "no", who="dr.a")
    assert round_.open("ward-round", "W1", TUE, who="dr.a") == "R2"


def test_a_pack_that_does_not_fit_and_one_without_questions_are_refused(
    weekly: Service, refused: Any
) -> None:
    with refused("pack_does_not_fit", says="childrens"):
        weekly.open("ward-round", "K", 4)


def test_a_review_is_not_held_tomorrow(ward: Service, refused: Any) -> None:
    with refused("date_after_clock"):
        reviewing.open_review(ward.desk(9), pack="ward-round", team="W1", on=date(2026, 3, TUE))


def test_the_agenda_is_frozen_arrivals_come_at_the_end_and_who_left_is_shown_as_left(
    round_: Service, refused: Any
) -> None:
    closing.close(round_.desk(TUE, 11, "dr.a"), "R1")
    round_.open("ward-round", "W1", 13, who="dr.a")
    round_.case("W1", "P3", day=13)
    round_.set("C2", 13, safeguarding="none")
    moving.leave(round_.desk(13, 10, "dr.a"), "C2", "absent", on=date(2026, 3, 13))
    rows = round_.agenda("R2", 13)
    assert [(r["case"], r["lane"]) for r in rows] == [
        ("C1", "complex"), ("C2", "left"), ("C3", "arrived"),
    ]  # fmt: skip
    assert [r["position"] for r in rows] == [1, 2, 3]
    round_.answer("R2", "C3", 13, "crisis_stabilised", "no", who="dr.a")
    assert [(r["case"], r["lane"]) for r in round_.agenda("R2", 13)][2] == ("C3", "complex")
    with refused("case_closed"):
        round_.answer("R2", "C2", 13, "crisis_stabilised", "no", who="dr.a")


def test_somebody_referred_during_a_teams_first_meeting_is_offered_at_its_end(
    round_: Service,
) -> None:
    assert [r["case"] for r in round_.agenda("R1", TUE)] == ["C1", "C2"]
    round_.case("W1", "P3", day=TUE)
    rows = round_.agenda("R1", TUE)
    assert [(r["case"], r["lane"]) for r in rows][2:] == [("C3", "arrived")]


def test_a_review_of_one_workers_cases_takes_nobody_elses_for_an_arrival(round_: Service) -> None:
    closing.close(round_.desk(TUE, 11, "dr.a"), "R1")
    round_.case("W1", "P3", day=6, worker="dr.b")
    round_.case("W1", "P4", day=6, worker="dr.a")
    desk = round_.desk(13, 9, "dr.a")
    made = reviewing.open_review(
        desk, pack="ward-round", team="W1", on=date(2026, 3, 13), worker="dr.a"
    )
    assert [r["case"] for r in round_.agenda(made[0]["review"], 13)] == ["C1", "C2", "C4"]
    round_.case("W1", "P5", day=13)
    rows = round_.agenda(made[0]["review"], 13)
    assert [(r["case"], r["lane"]) for r in rows][3:] == [("C5", "arrived")]


def test_a_case_of_another_team_is_not_on_this_agenda(round_: Service, refused: Any) -> None:
    round_.team("W2", "ward", meets=["tue"])
    round_.case("W2", "P9")
    with refused("not_on_agenda", says="C3"):
        round_.answer("R1", "C3", TUE, "crisis_stabilised", "no", who="dr.a")


# --- answers


def test_an_answer_that_does_not_fit_says_what_would(round_: Service, refused: Any) -> None:
    with refused("bad_answer", says="'perhaps'", next_says="yes, no, cannot-tell"):
        round_.answer("R1", "C1", TUE, "crisis_stabilised", "perhaps", who="dr.a")
    with refused("bad_answer", says="always applies"):
        round_.answer("R1", "C1", TUE, "crisis_stabilised", "does-not-apply", who="dr.a")


def test_an_unknown_question_is_refused_with_the_nearest(round_: Service, refused: Any) -> None:
    with refused("not_found", next_says="crisis_stabilised"):
        round_.answer("R1", "C1", TUE, "crisis_stabilized", "no", who="dr.a")


def test_a_prepared_answer_counts_only_when_the_meeting_confirms_it(
    round_: Service, refused: Any
) -> None:
    closing.close(round_.desk(TUE, 11, "dr.a"), "R1")
    answering.prepare(
        round_.desk(12, 9, "dr.b"), "C1", "ward-round", "destination_ready", Given("no")
    )
    assert round_.actions(12) == []
    round_.open("ward-round", "W1", 13, who="dr.a")
    with refused("not_proposed", says="destination_ready"):
        deciding.decide(round_.desk(13, 9, "dr.a"), "R2", "C1")
    rows = answering.take_drafts(round_.desk(13, 9, "dr.a"), "R2", "C1")
    assert [(r["question"], r["action"]) for r in rows] == [("destination_ready", "A1")]
    with refused("no_drafts"):
        answering.take_drafts(round_.desk(13, 10, "dr.a"), "R2", "C1")
    round_.sound()


def test_who_said_it_and_who_recorded_it_are_both_kept(round_: Service) -> None:
    desk = round_.desk(TUE, 9, "dr.a", said_by="dr.b")
    answering.answer(desk, "R1", "C1", "destination_ready", Given("no"))
    held = round_.show("C1")["answers"][0]
    assert held["by"] == "dr.b"
    with round_.desk(TUE).reading() as work:
        kept = work.case(1).answers[0]
    assert (kept.by, kept.said_by) == ("dr.a", "dr.b")
