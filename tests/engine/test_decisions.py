"""Decisions in a review: proposed, signed, declined, contested, lapsed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.report.minutes import minutes_markdown
from casereview.service.actions import actions
from casereview.service.cases import moving
from casereview.service.reviews import closing, deciding, minutes

if TYPE_CHECKING:
    from tests.engine.factories import Service

YESES = dict.fromkeys(("crisis_stabilised", "destination_ready", "would_not_admit_today"), "yes")
CLOSE = {"direction": "close", "risk_changed": "no"}


@pytest.fixture
def round_(ward: Service) -> Service:
    """A ward round R1 on Tuesday 10 March in which C1 has three yeses and every check is met."""
    ward.user("dr.c", team="W1")
    ward.case("W1", "P1", stage="recover", worker="dr.a")
    ward.ready("C1", 9)
    ward.open("ward-round", "W1", 10, who="dr.a")
    ward.answers("R1", "C1", 10, YESES, who="dr.a")
    return ward


@pytest.fixture
def meeting(service: Service) -> Service:
    """A caseload meeting R1 in a children's team, where one person decides; C1 may be closed."""
    service.team("K", "childrens", meets=["wed"], people=["ann", "bob", "cat"], lead="boss")
    service.case("K", "P1", stage="recover", worker="ann")
    service.ready("C1", 9)
    service.open("caseload-sweep", "K", 11, who="ann")
    service.answers("R1", "C1", 11, CLOSE, who="ann")
    return service


def test_where_the_pathway_asks_for_one_person_the_decision_is_agreed_at_once(
    meeting: Service,
) -> None:
    row = deciding.decide(meeting.desk(11, 10, "ann"), "R1", "C1")[0]
    assert (row["status"], row["proposed_by"], row["countersigned_by"]) == ("agreed", "ann", None)


def test_an_auditor_decides_nothing(round_: Service) -> None:
    round_.user("audit", role="auditor")
    with pytest.raises(NotAllowed, match="reads only"):
        deciding.decide(round_.desk(10, 10, "audit"), "R1", "C1")
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    with pytest.raises(NotAllowed, match="reads only"):
        deciding.countersign(round_.desk(10, 10, "audit"), "R1", "C1")


def test_a_second_decision_is_refused_while_one_is_live(round_: Service, refused: Any) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    with refused("decision_live", says="needs_countersign"):
        deciding.decide(round_.desk(10, 10, "dr.b"), "R1", "C1")


def test_nothing_is_signed_that_was_not_proposed(round_: Service, refused: Any) -> None:
    with refused("nothing_to_sign"):
        deciding.countersign(round_.desk(10, 10, "dr.b"), "R1", "C1")


def test_a_planned_departure_lies_ahead(round_: Service, refused: Any) -> None:
    with refused("date_too_early", says="2026-03-09"):
        deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1", effective_on=date(2026, 3, 9))


def test_a_check_that_fails_between_the_signatures_stops_the_second(
    round_: Service, refused: Any, unmet: Any
) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    round_.set("C1", 10, destination="unknown")
    with refused("blocked", says="cannot be signed") as held:
        deciding.countersign(round_.desk(10, 11, "dr.b"), "R1", "C1")
    assert unmet(held[0]) == {"destination_named"}


# --- declining


def test_declining_makes_an_action_due_when_it_is_looked_at_again(round_: Service) -> None:
    row = deciding.decline(
        round_.desk(10, 10, "dr.a"), "R1", "C1", "The family asks for one more day"
    )[0]
    assert (row["status"], row["look_again_on"]) == ("declined", date(2026, 3, 13))
    held = round_.action(10, row["action"])
    assert (held["status"], held["owner"], held["cause"]) == ("open", "dr.a", "declined:ward-round")


def test_declining_with_a_date_and_words_of_ones_own(round_: Service, refused: Any) -> None:
    with refused("date_too_early"):
        deciding.decline(
            round_.desk(10, 10, "dr.a"), "R1", "C1", "later", look_again_on=date(2026, 3, 10)
        )
    row = deciding.decline(
        round_.desk(10, 10, "dr.a"), "R1", "C1", "The flat floods", look_again_on=date(2026, 3, 20),
        action="Ring the landlord", owner="dr.b",
    )[0]  # fmt: skip
    held = round_.action(10, row["action"])
    assert (held["text"], held["owner"], held["due_on"]) == (
        "Ring the landlord", "dr.b", date(2026, 3, 20),
    )  # fmt: skip


def test_declining_again_never_leaves_the_case_without_a_date_ahead(round_: Service) -> None:
    deciding.decline(round_.desk(10, 10, "dr.a"), "R1", "C1", "not yet")
    closing.close(round_.desk(10, 11, "dr.a"), "R1")
    round_.open("ward-round", "W1", 13, who="dr.a")
    round_.answers("R2", "C1", 13, YESES, who="dr.a")
    row = deciding.decline(round_.desk(13, 10, "dr.a"), "R2", "C1", "not yet either")[0]
    held = round_.action(13, row["action"])
    assert (held["action"], held["carried"], held["due_on"]) == ("A1", 1, date(2026, 3, 17))


def test_declining_needs_a_reason_and_a_proposal(round_: Service, refused: Any) -> None:
    with refused("text_empty", says="The reason is empty"):
        deciding.decline(round_.desk(10, 10, "dr.a"), "R1", "C1", "  ")
    round_.answer("R1", "C1", 10, "destination_ready", "no", who="dr.a")
    with refused("not_proposed", says="destination_ready"):
        deciding.decline(round_.desk(10, 10, "dr.a"), "R1", "C1", "no")


def test_an_agreed_decision_can_be_declined_and_then_no_longer_opens_the_move(
    meeting: Service, refused: Any
) -> None:
    deciding.decide(meeting.desk(11, 10, "ann"), "R1", "C1")
    deciding.decline(meeting.desk(11, 10, "bob"), "R1", "C1", "the school rang")
    with refused("blocked", says="decision"):
        moving.move(meeting.desk(11, 12, "ann"), "C1", "complete", on=date(2026, 3, 11))


# --- dissent


def test_a_dissenter_cannot_countersign_and_somebody_else_can(round_: Service) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    deciding.dissent(round_.desk(10, 10, "dr.b"), "R1", "C1", "The stairs are too steep")
    with pytest.raises(NotAllowed) as caught:
        deciding.countersign(round_.desk(10, 10, "dr.b"), "R1", "C1")
    assert caught.value.code == "dissenter"
    row = deciding.countersign(round_.desk(10, 10, "dr.c"), "R1", "C1")[0]
    assert row["status"] == "agreed"


def test_withdrawn_dissent_no_longer_keeps_somebody_from_signing(
    round_: Service, refused: Any
) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    deciding.dissent(round_.desk(10, 10, "dr.b"), "R1", "C1", "The stairs are too steep")
    with refused("no_dissent"):
        deciding.withdraw_dissent(round_.desk(10, 10, "dr.c"), "R1", "C1")
    deciding.withdraw_dissent(round_.desk(10, 10, "dr.b"), "R1", "C1")
    assert deciding.countersign(round_.desk(10, 10, "dr.b"), "R1", "C1")[0]["status"] == "agreed"


def test_dissent_before_a_decision_asks_for_a_second_person_even_where_one_decides(
    meeting: Service,
) -> None:
    deciding.dissent(meeting.desk(11, 10, "bob"), "R1", "C1", "Too soon")
    row = deciding.decide(meeting.desk(11, 10, "ann"), "R1", "C1")[0]
    assert row["status"] == "needs_countersign"
    assert deciding.countersign(meeting.desk(11, 10, "cat"), "R1", "C1")[0]["status"] == "agreed"


def test_dissent_after_a_decision_takes_it_back_to_a_second_signature(
    meeting: Service, refused: Any
) -> None:
    deciding.decide(meeting.desk(11, 10, "ann"), "R1", "C1")
    deciding.dissent(meeting.desk(11, 10, "bob"), "R1", "C1", "Too soon")
    assert meeting.show("C1")["decision"]["status"] == "needs_countersign"
    with refused("blocked", says="decision"):
        moving.move(meeting.desk(11, 12, "ann"), "C1", "complete", on=date(2026, 3, 11))
    deciding.countersign(meeting.desk(11, 13, "cat"), "R1", "C1")
    moving.move(meeting.desk(11, 14, "ann"), "C1", "complete", on=date(2026, 3, 11))
    meeting.sound()


def test_dissent_of_a_third_person_leaves_a_decision_of_two_as_it_is(round_: Service) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    deciding.countersign(round_.desk(10, 10, "dr.b"), "R1", "C1")
    deciding.dissent(round_.desk(10, 10, "dr.c"), "R1", "C1", "The stairs are too steep")
    assert round_.show("C1")["decision"]["status"] == "agreed"


def test_dissent_needs_words(round_: Service, refused: Any) -> None:
    with refused("text_empty", says="The reason is empty"):
        deciding.dissent(round_.desk(10, 10, "dr.b"), "R1", "C1", "")


# --- lapsing


@pytest.mark.parametrize("value", ["no", "cannot-tell"])
def test_a_decision_lapses_with_its_reason_when_an_answer_no_longer_passes(
    round_: Service, value: str
) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    deciding.countersign(round_.desk(10, 10, "dr.b"), "R1", "C1")
    closing.close(round_.desk(10, 11, "dr.a"), "R1")
    round_.open("ward-round", "W1", 13, who="dr.a")
    round_.answer("R2", "C1", 13, "destination_ready", value, who="dr.a")
    assert round_.show("C1")["decision"] is None
    with round_.desk(13).reading() as work:
        last = work.case(1).decisions[-1]
    assert (last.status, last.ended_on, last.reason) == (
        "lapsed", date(2026, 3, 13), "destination_ready no longer passes",
    )  # fmt: skip


def test_the_minutes_of_the_review_in_which_a_decision_lapsed_say_so_with_the_reason(
    round_: Service,
) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    deciding.countersign(round_.desk(10, 10, "dr.b"), "R1", "C1")
    closing.close(round_.desk(10, 11, "dr.a"), "R1")
    round_.open("ward-round", "W1", 13, who="dr.a")
    round_.answer("R2", "C1", 13, "destination_ready", "no", who="dr.a")
    closing.close(round_.desk(13, 11, "dr.a"), "R2")
    first, second = (
        minutes_markdown(minutes.minutes(round_.desk(13, 12), review)) for review in ("R1", "R2")
    )
    assert "C1 to complete: agreed" in first
    assert "C1 to complete: lapsed" in second
    assert "no longer passes" in second


def test_undoing_the_answer_that_made_it_lapse_brings_the_decision_back(round_: Service) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    round_.answer("R1", "C1", 10, "destination_ready", "no", who="dr.a")
    assert round_.show("C1")["decision"] is None
    closing.undo(round_.desk(10, 10, "dr.a"), "R1")
    assert round_.show("C1")["decision"]["status"] == "needs_countersign"
    round_.sound()


def test_a_case_that_leaves_otherwise_takes_its_decision_with_it(round_: Service) -> None:
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    deciding.countersign(round_.desk(10, 10, "dr.b"), "R1", "C1")
    moving.leave(round_.desk(10, 12, "dr.a"), "C1", "against-advice", on=date(2026, 3, 10))
    with round_.desk(10).reading() as work:
        assert work.case(1).decisions[-1].status == "lapsed"
    round_.sound()


def test_open_actions_do_not_stop_an_agreed_departure_and_are_closed_by_it(
    round_: Service,
) -> None:
    actions.add(
        round_.desk(10, 9, "dr.a"), ["C1"], "Post the letter", owner="dr.a",
        due_on=date(2026, 3, 12),
    )  # fmt: skip
    deciding.decide(round_.desk(10, 10, "dr.a"), "R1", "C1")
    deciding.countersign(round_.desk(10, 10, "dr.b"), "R1", "C1")
    moving.move(round_.desk(11, 9, "dr.a"), "C1", "complete", on=date(2026, 3, 11))
    assert (round_.action(11, "A1")["status"], round_.action(11, "A1")["automatic"]) == (
        "cancelled", True,
    )  # fmt: skip
