"""The letter of every kind of ending: it says what happened, and promises only what will."""

from typing import Any

import pytest

from casereview.exchange.out.letter import letter_html, letter_markdown
from casereview.service.cases import moving
from casereview.service.doors.letter import letter
from casereview.service.reviews import closing, deciding


def _day(n: int) -> Any:
    from datetime import date

    return date(2026, 3, n)


@pytest.fixture
def ward(service: Any) -> Any:
    service.case("W1", "one", stage="recover")
    service.ready("C1", 4)
    return service


def told(held: Any, case: str, day: int) -> str:
    return letter_markdown(letter(held.desk(day), case))


def proposed(held: Any, day: int, **more: Any) -> str:
    review = str(held.open("ward-round", "W1", day, who="dr.a"))
    yes = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
    held.answers(review, "C1", day, dict.fromkeys(yes, "yes"), who="dr.a")
    deciding.decide(held.desk(day, 10, "dr.a"), review, "C1", **more)
    return review


def test_it_says_that_the_patient_of_the_rules_is_the_reader(ward: Any) -> None:
    assert 'Where it says "the patient", it means you.' in told(ward, "C1", 10)


def test_many_dates_become_how_often_and_from_when_to_when(ward: Any) -> None:
    for day in (5, 6, 9, 10):
        review = ward.open("ward-round", "W1", day, who="dr.a")
        ward.answer(review, "C1", day, "crisis_stabilised", "no", who="dr.a")
        closing.close(ward.desk(day, 11, "dr.a"), review)
    text = told(ward, "C1", 11)
    assert "On 4 days from Thu 5 Mar 2026 to Tue 10 Mar 2026: **no**" in text
    assert "Fri 6 Mar 2026" not in text


def test_who_is_still_kept_reads_what_the_answer_is_now(ward: Any) -> None:
    for day, value in ((5, "no"), (6, "yes"), (10, "yes")):
        review = ward.open("ward-round", "W1", day, who="dr.a")
        ward.answer(review, "C1", day, "crisis_stabilised", value, who="dr.a")
        closing.close(ward.desk(day, 11, "dr.a"), review)
    assert "Thu 5 Mar 2026: **no**. On Tue 10 Mar 2026: **yes**." in told(ward, "C1", 11)
    review = ward.open("ward-round", "W1", 12, who="dr.a")
    ward.answer(review, "C1", 12, "crisis_stabilised", "no", who="dr.a")
    text = told(ward, "C1", 13)
    assert "Thu 5 Mar 2026 and Thu 12 Mar 2026: **no**." in text
    assert "**yes**" not in text


def test_a_proposal_that_waits_for_a_second_person_is_said_to_wait(ward: Any) -> None:
    proposed(ward, 6)
    text = told(ward, "C1", 7)
    assert "Fri 6 Mar 2026 somebody proposed that you can leave. A second person has" in text
    assert "Nothing has been decided yet" not in text


def test_a_proposal_that_was_declined_is_said_to_be(ward: Any) -> None:
    review = proposed(ward, 6)
    deciding.decline(ward.desk(6, 11, "dr.b"), review, "C1", "no bed at Zebra House")
    text = told(ward, "C1", 7)
    assert "somebody proposed that you can leave. It was not agreed." in text
    assert "Zebra" not in text


def test_an_agreement_that_an_answer_undid_no_longer_stands(ward: Any) -> None:
    ward.agree("C1", "W1", 6, first="dr.a", second="dr.b")
    review = ward.open("ward-round", "W1", 10, who="dr.a")
    ward.answer(review, "C1", 10, "crisis_stabilised", "no", who="dr.a")
    text = told(ward, "C1", 11)
    assert "agreed on Fri 6 Mar 2026 that you can leave. That no longer stands." in text
    assert text.startswith("# Why you are being kept, and what would let you go home")


def test_somebody_who_is_back_does_not_read_that_they_can_go(ward: Any) -> None:
    ward.agree("C1", "W1", 6, first="dr.a", second="dr.b")
    moving.move(ward.desk(9), "C1", "complete", on=_day(9))
    moving.reopen(ward.desk(10), "C1", reason="came back the same night", on=_day(10))
    text = told(ward, "C1", 11)
    assert text.startswith("# Why you are being kept, and what would let you go home")
    assert "that you can leave" not in text
    assert "in touch" not in text


def test_a_planned_day_that_has_passed_is_said_to_have(ward: Any) -> None:
    review = proposed(ward, 6, effective_on=_day(8))
    deciding.countersign(ward.desk(6, 10, "dr.b"), review, "C1")
    assert "You are planned to leave on Sun 8 Mar 2026." in told(ward, "C1", 8)
    text = told(ward, "C1", 9)
    assert "You were planned to leave on Sun 8 Mar 2026." in text
    assert "That day has passed, and no other has been set." in text
    assert "You are planned to leave on" not in text


@pytest.mark.parametrize(
    ("code", "title"),
    [("against-advice", "Left against medical advice"), ("other-ward", "Transferred to another")],
)
def test_who_left_in_another_way_reads_how_it_ended_and_is_promised_nothing(
    ward: Any, code: str, title: str
) -> None:
    ward.set("C1", 8, safeguarding="none")
    moving.leave(ward.desk(9), "C1", exit_code=code, on=_day(9))
    text = told(ward, "C1", 10)
    assert text.startswith("# Why you were kept, and how it ended")
    assert f"It ended on Mon 9 Mar 2026: {title}" in text
    assert "can go home" not in text
    assert "What comes next" not in text
    assert "in touch" not in text
    assert "how it ended" in letter_html(letter(ward.desk(10), "C1"))


def test_a_hand_over_to_another_team_has_a_name(ward: Any) -> None:
    ward.team("W2", "ward", people=["dr.c"])
    ward.set("C1", 5, safeguarding="none")
    moving.transfer(ward.desk(6, 9, "dr.a"), "C1", team="W2", on=_day(6))
    moving.accept(ward.desk(7, 9, "dr.c"), "C1", on=_day(7))
    text = told(ward, "C1", 10)
    assert "It ended on Sat 7 Mar 2026: another team took over." in text


def test_what_was_missing_at_the_door_is_not_said_to_be_still_to_come(ward: Any) -> None:
    service = ward
    service.case("W1", "two", stage="recover")
    service.ready("C2", 4, departure=False)
    service.agree("C2", "W1", 6, first="dr.a", second="dr.b")
    moving.move(service.desk(9, who="dr.a"), "C2", "complete", on=_day(9), override="own flat")
    text = told(service, "C2", 10)
    assert "- Not in place when you left: Medicines" not in text
    assert "- Not recorded when you left: Medicines to take home" in text
    assert "Not known yet" not in text
    assert "own flat" not in text


def test_the_promise_of_a_contact_ends_with_its_day(ward: Any) -> None:
    ward.agree("C1", "W1", 6, first="dr.a", second="dr.b")
    moving.move(ward.desk(9), "C1", "complete", on=_day(9))
    assert "Somebody will be in touch within 3 days of your leaving" in told(ward, "C1", 10)
    later = told(ward, "C1", 20)
    assert "Somebody was to be in touch within 3 days of your leaving, by Thu 12 Mar 2026" in later


def test_a_requirement_that_asks_nothing_of_them_is_not_called_done(ward: Any) -> None:
    ward.agree("C1", "W1", 6, first="dr.a", second="dr.b")
    text = told(ward, "C1", 7)
    assert "In order: While the patient is detained" in text
    assert "Done" not in text


SILENT = ("safeguard", "risk", "protection", "worry", "household")


@pytest.mark.parametrize("pathway", ["childrens", "recovery", "reablement"])
@pytest.mark.parametrize("changed", ["no", "yes", "cannot-tell"])
def test_no_question_and_no_requirement_tells_of_a_worry(
    service: Any, pathway: str, changed: str
) -> None:
    service.team("K1", pathway, people=["ann"])
    case = service.case("K1", "k-1", stage="recover")
    service.ready(case, 5)
    review = service.open("caseload-sweep", "K1", 6, who="ann")
    service.answer(review, case, 6, "direction", "close", who="ann")
    service.answer(review, case, 6, "risk_changed", changed, who="ann")
    if changed == "no":
        deciding.decide(service.desk(6, 10, "ann"), review, case)
    found = letter(service.desk(10), case)
    assert "In order" in letter_markdown(found)
    for text in (letter_markdown(found), letter_html(found)):
        assert not [word for word in SILENT if word in text.lower()]


def test_an_agreement_that_somebody_contested_waits_to_be_signed_again(ward: Any) -> None:
    ward.user("dr.c", team="W1")
    review = proposed(ward, 6)
    deciding.countersign(ward.desk(6, 10, "dr.b"), review, "C1")
    deciding.dissent(ward.desk(6, 11, "dr.b"), review, "C1", "Zebra flat is cold")
    text = told(ward, "C1", 7)
    assert "Fri 6 Mar 2026 somebody proposed that you can leave. A second person has" in text
    assert "no longer stands" not in text
    assert "Zebra" not in text
    deciding.countersign(ward.desk(6, 12, "dr.c"), review, "C1")
    assert "Two people agreed on Fri 6 Mar 2026 that you can leave." in told(ward, "C1", 7)
