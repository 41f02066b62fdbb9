"""An override that closes a case comes back at the team's reviews until somebody confirms it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.report.minutes import form_html, minutes_markdown
from casereview.service import checking
from casereview.service.cases import moving
from casereview.service.reviews import closing, confirming, minutes

if TYPE_CHECKING:
    from tests.engine.factories import Service


@pytest.fixture
def closed(ward: Service) -> Service:
    """C1 completed on 3 March past its requirements, C2 open; the override is not confirmed."""
    ward.team("W2", "ward", meets=["tue,fri"], lead="matron")
    ward.case("W1", "P1", stage="assess", worker="dr.a")
    moving.move(ward.desk(1, 9), "C1", "stabilise", on=date(2026, 3, 1))
    moving.move(ward.desk(1, 9), "C1", "recover", on=date(2026, 3, 1), override="no bed")
    ward.case("W1", "P2", worker="dr.a")
    ward.set("C1", 2, safeguarding="none")
    moving.move(
        ward.desk(3, 9, "sister"), "C1", "complete", on=date(2026, 3, 3), override="ward closes"
    )
    return ward


def waiting(service: Service, review: str, day: int) -> list[dict[str, Any]]:
    return [r for r in service.agenda(review, day) if r["lane"] == "override"]


def warned(service: Service, day: int) -> str:
    rows = checking.doctor(service.desk(day))
    return str(next(r["detail"] for r in rows if r["check"] == "overrides have been confirmed"))


def test_it_stands_apart_at_the_end_of_every_agenda_until_it_is_confirmed(closed: Service) -> None:
    for day in (3, 6):
        review = closed.open("ward-round", "W1", day, who="dr.a")
        found = waiting(closed, review, day)
        assert [(r["case"], r["position"], r["stage"]) for r in found] == [("C1", 2, "complete")]
        assert "decision" in found[0]["blockers"]
        left = closing.close(closed.desk(day, 11, "dr.a"), review)[0]["overrides_to_confirm"]
        assert left == ["C1"]
        held = minutes.minutes(closed.desk(day, 12), review)
        assert {(o["case"], o["confirmed"]) for o in held["overrides"]} == {("C1", False)}
        assert "still to confirm" in minutes_markdown(held)
    assert "C1" in warned(closed, 6)


@pytest.mark.parametrize("how", [confirming.confirm, confirming.confirm_override])
def test_confirming_it_is_journalled_and_ends_it(closed: Service, how: Any) -> None:
    review = closed.open("ward-round", "W1", 6, who="dr.a")
    row = how(closed.desk(6, 10, "sister"), review, "C1")[0]
    assert (row["case"], row["progress"]) == ("C1", "override confirmed")
    assert waiting(closed, review, 6) == []
    assert "C1" not in warned(closed, 6)
    row = closing.close(closed.desk(6, 11, "dr.a"), review)[0]
    assert row["overrides_to_confirm"] == []
    held = minutes.minutes(closed.desk(6, 12), review)
    assert all(o["confirmed"] for o in held["overrides"])
    assert held["overrides"]
    assert "ward closes" in minutes_markdown(held)
    assert waiting(closed, closed.open("ward-round", "W1", 10, who="dr.a"), 10) == []
    closed.sound()


def test_undoing_the_confirmation_brings_it_back(closed: Service) -> None:
    review = closed.open("ward-round", "W1", 6, who="dr.a")
    confirming.confirm(closed.desk(6, 10, "sister"), review, "C1")
    closing.undo(closed.desk(6, 10, "sister"), review)
    assert [r["case"] for r in waiting(closed, review, 6)] == ["C1"]
    assert not any(o["confirmed"] for o in minutes.minutes(closed.desk(6), review)["overrides"])


def test_who_may_not_override_may_not_confirm(service: Service) -> None:
    service.team("K", "childrens", meets=["wed"], people=["ann"], lead="boss")
    case = service.case("K", "P1", stage="recover")
    service.set(case, 2, safeguarding="none")
    moving.move(service.desk(3, 9, "boss"), case, "complete", on=date(2026, 3, 3), override="moved")
    review = service.open("caseload-sweep", "K", 4, who="ann")
    with pytest.raises(NotAllowed, match="may not confirm an override"):
        confirming.confirm(service.desk(4, 10, "ann"), review, case)
    confirming.confirm(service.desk(4, 10, "boss"), review, case)
    service.sound()


def test_another_team_neither_sees_nor_confirms_it(closed: Service, refused: Any) -> None:
    review = closed.open("ward-round", "W2", 6, who="matron")
    assert waiting(closed, review, 6) == []
    with refused("not_on_agenda", says="a case of W1", next_says="review of W1"):
        confirming.confirm_override(closed.desk(6, 10), review, "C1")


def test_a_review_held_before_the_override_does_not_confirm_it(
    closed: Service, refused: Any
) -> None:
    review = closed.open("ward-round", "W1", 2, who="dr.a")
    assert waiting(closed, review, 6) == []
    with refused("no_override"):
        confirming.confirm_override(closed.desk(6, 10, "sister"), review, "C1")
    closing.close(closed.desk(6, 11, "sister"), review)
    later = closed.open("ward-round", "W1", 6, who="dr.a")
    assert [r["case"] for r in waiting(closed, later, 6)] == ["C1"]


def test_a_closed_case_without_an_override_is_refused_as_before(
    closed: Service, refused: Any
) -> None:
    closed.set("C2", 2, safeguarding="none")
    moving.leave(closed.desk(4, 9, "sister"), "C2", "against-advice", on=date(2026, 3, 4))
    review = closed.open("ward-round", "W1", 6, who="dr.a")
    with refused("case_closed"):
        confirming.confirm(closed.desk(6, 10, "sister"), review, "C2")


def test_an_open_case_is_told_how_its_override_is_confirmed(ward: Service, refused: Any) -> None:
    ward.team("K", "childrens", meets=["wed"], people=["ann"], lead="boss")
    case = ward.case("K", "P1")
    moving.move(ward.desk(2, 9, "boss"), case, "stabilise", on=date(2026, 3, 2), override="staff")
    review = ward.open("caseload-sweep", "K", 4, who="ann")
    with refused("not_on_plan", next_says=f"review confirm {review} {case} --override"):
        confirming.confirm(ward.desk(4, 10, "boss"), review, case)
    assert waiting(ward, review, 4) == []


def test_the_printed_form_asks_about_it(closed: Service) -> None:
    review = closed.open("ward-round", "W1", 6, who="dr.a")
    assert "Is the override confirmed?" in form_html(minutes.form(closed.desk(6), review))
