"""The 72-hour follow-up (T-19): discharged on Tuesday 24 March 2026."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.service import sweeping
from casereview.service.cases import cases, dying, moving

if TYPE_CHECKING:
    from tests.engine.factories import Service

OUT = 24


@pytest.fixture
def discharged(ward: Service) -> Service:
    """C1 left the ward on 24 March, its follow-up contact due on the 27th."""
    case = ward.case("W1", "P1", stage="recover", worker="dr.a")
    ward.ready(case, 10)
    ward.agree(case, "W1", OUT, first="dr.a", second="dr.b")
    moving.move(ward.desk(OUT, 15, "dr.a"), case, "complete", on=date(2026, 3, OUT))
    return ward


def contact(s: Service, day: int, attended: str = "5") -> None:
    cases.contact(
        s.desk(day, 10, "dr.a"), "C1", kind="telephone", attended=attended, on=date(2026, 3, day)
    )


def findings(s: Service, day: int) -> set[str]:
    rows = sweeping.sweep(s.desk(day, 18), team="W1", pack="discharge-follow-up", dry_run=True)
    return {r["rule"].partition("/")[2] for r in rows if r["true"]}


@pytest.mark.parametrize(
    ("contacts", "on", "wanted"),
    [
        ([], OUT, {"due"}),
        ([(OUT, "5")], OUT, {"due"}),
        ([(OUT, "5")], OUT + 3, {"due"}),
        ([(OUT + 1, "7")], OUT + 3, {"due"}),
        ([(OUT + 1, "3")], OUT + 4, {"missed", "not-reached"}),
        ([(OUT + 1, "5")], OUT + 1, {"met"}),
        ([(OUT + 3, "5")], OUT + 3, {"met"}),
        ([(OUT + 3, "6")], OUT + 7, {"met"}),
        ([(OUT, "5"), (OUT + 4, "5")], OUT + 4, {"missed"}),
        ([(OUT + 4, "5")], OUT + 4, {"missed"}),
        ([], OUT + 4, {"missed", "not-reached"}),
        ([(OUT, "5")], OUT + 4, {"missed", "not-reached"}),
    ],
)
def test_the_first_attended_contact_after_the_day_of_leaving_counts(
    discharged: Service, contacts: list[tuple[int, str]], on: int, wanted: set[str]
) -> None:
    for day, attended in contacts:
        contact(discharged, day, attended)
    assert findings(discharged, on) == wanted


def test_the_action_is_done_by_the_first_attended_contact_after_the_day_of_leaving(
    discharged: Service,
) -> None:
    states = []
    for day, attended in ((OUT, "5"), (OUT + 1, "7"), (OUT + 2, "3"), (OUT + 3, "6")):
        contact(discharged, day, attended)
        states.append(discharged.actions(day, case="C1")[0]["status"])
    assert states == ["open", "open", "open", "done"]
    held = discharged.actions(OUT + 3, case="C1")[0]
    assert (held["closed_on"], held["automatic"]) == (date(2026, 3, OUT + 3), True)
    discharged.sound()


def test_a_missed_follow_up_raises_work_once_about_the_closed_case(discharged: Service) -> None:
    for made in (1, 0):
        rows = sweeping.sweep(discharged.desk(OUT + 4, 8), team="W1", pack="discharge-follow-up")
        row = next(r for r in rows if r["rule"].endswith("/not-reached"))
        assert row["new_actions"] == made
    held = [a for a in discharged.actions(OUT + 4, case="C1") if a["cause"].startswith("rule:")]
    assert [(a["owner"], a["due_on"], a["case"]) for a in held] == [
        ("dr.a", date(2026, 3, OUT + 5), "C1")
    ]
    discharged.sound()


def test_a_person_who_died_within_the_72_hours_is_left_out(discharged: Service) -> None:
    dying.died(discharged.desk(OUT + 2, 9, "dr.a"), "P1", on=date(2026, 3, OUT + 1))
    assert findings(discharged, OUT + 4) == set()
    assert discharged.actions(OUT + 4, status="open") == []


def test_work_raised_about_a_missed_follow_up_ends_with_a_death_too(discharged: Service) -> None:
    sweeping.sweep(discharged.desk(OUT + 4, 8), team="W1", pack="discharge-follow-up")
    dying.died(discharged.desk(OUT + 5, 9, "dr.a"), "P1", on=date(2026, 3, OUT + 5))
    assert discharged.actions(OUT + 5, status="open") == []
    discharged.sound()


def test_recovery_service_completions_have_no_follow_up(service: Service, refused: Any) -> None:
    service.team("R", "recovery", meets=["wed"], people=["ann"])
    case = service.case("R", "P1", stage="recover", worker="ann")
    service.ready(case, 9)
    service.agree(case, "R", 11, first="ann")
    moving.move(service.desk(11, 15, "ann"), case, "complete", on=date(2026, 3, 11))
    assert service.actions(11, status="open") == []
