"""Moves along declared edges, and refusals that name every unmet requirement at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.core.pathways import OPEN_STAGES
from casereview.errors import NotAllowed
from casereview.packs.library import Library
from casereview.service.cases import cases, moving, showing
from casereview.service.reviews import closing, confirming, deciding, minutes

if TYPE_CHECKING:
    from tests.engine.factories import Service

PATHWAYS = ("ward", "childrens", "recovery", "reablement")
LIBRARY = Library()
UNDECLARED = [
    (pathway, source, dest)
    for pathway in PATHWAYS
    for source in OPEN_STAGES
    for dest in (*OPEN_STAGES, "complete")
    if source != dest and LIBRARY.pathway(pathway).move(source, dest) is None
]


@pytest.fixture(params=PATHWAYS)
def team(request: pytest.FixtureRequest, service: Service) -> Service:
    """A team T on each pathway with dr.a, dr.b and a lead."""
    service.team("T", request.param, meets=["tue"], people=["dr.a", "dr.b"], lead="boss")
    return service


def test_a_case_goes_through_every_stage_and_completes_after_an_agreed_decision(
    team: Service,
) -> None:
    case = team.case("T", "P1", worker="dr.a")
    for day, stage in ((2, "stabilise"), (3, "recover")):
        row = moving.move(team.desk(day, 9, "dr.a"), case, stage, on=date(2026, 3, day))[0]
        assert (row["stage"], row["overridden"]) == (stage, False)
    team.ready(case, 10)
    team.agree(case, "T", 10, first="dr.a", second=_second(team, case))
    row = moving.move(team.desk(11, 9, "dr.a"), case, "complete", on=date(2026, 3, 11))[0]
    assert (row["stage"], row["on"]) == ("complete", date(2026, 3, 11))
    assert [s["stage"] for s in team.show(case)["stages"]] == [
        "assess", "stabilise", "recover", "complete",
    ]  # fmt: skip
    team.sound()


def _second(team: Service, case: str) -> str | None:
    pathway = team.library.pathway(str(team.show(case)["pathway"]))
    return "dr.b" if pathway.countersign else None


def test_declared_skips_and_the_step_back_are_moves(team: Service) -> None:
    case = team.case("T", "P1", worker="dr.a")
    moving.move(team.desk(2, 9, "dr.a"), case, "recover", on=date(2026, 3, 2))
    moving.move(team.desk(3, 9, "dr.a"), case, "stabilise", on=date(2026, 3, 3))
    assert team.stage(case) == "stabilise"
    team.ready(case, 10)
    team.agree(case, "T", 10, first="dr.a", second=_second(team, case))
    moving.move(team.desk(10, 15, "dr.a"), case, "complete", on=date(2026, 3, 10))
    assert team.stage(case) == "complete"


@pytest.mark.parametrize(("pathway", "source", "dest"), UNDECLARED)
def test_what_is_not_declared_is_no_move(
    service: Service, refused: Any, pathway: str, source: str, dest: str
) -> None:
    service.team("T", pathway, people=["dr.a"])
    case = service.case("T", "P1", stage=source)
    with refused("no_such_move", says=f"from {source} to {dest}", next_says="Moves from"):
        moving.move(service.desk(2, 9, "dr.a"), case, dest, on=date(2026, 3, 2))
    assert service.stage(case) == source


def test_completing_with_nothing_recorded_names_every_requirement(
    team: Service, refused: Any, unmet: Any
) -> None:
    case = team.case("T", "P1", stage="recover")
    move = team.library.pathway(str(team.show(case)["pathway"])).move("recover", "complete")
    assert move is not None
    known_without_facts = {"clinician_agreed", "ministry_agreed", "home_assessment"}
    with refused("blocked") as held:
        moving.move(team.desk(2, 9, "dr.a"), case, "complete", on=date(2026, 3, 2))
    wanted = {r.id for r in move.requires} - known_without_facts
    assert unmet(held[0]) == wanted | {"decision"}
    for row in held[0].requirements:
        assert row["sentence"]
        assert row["fixer"]
        assert row["effort"] in ("small", "medium", "large")
        assert row["facts"]
    assert team.stage(case) == "recover"


ONE_BY_ONE = [
    ("ward", {"safeguarding": "unknown"}, "safeguarding", None),
    ("ward", {"safeguarding": "open"}, "safeguarding", False),
    ("ward", {"legal_status": "unknown"}, "legal_status_known", False),
    ("ward", {"legal_status": "detained"}, "clinician_agreed", False),
    ("ward", {"legal_status": "restricted"}, "ministry_agreed", False),
    ("ward", {"risk_plan_on": "unknown"}, "risk_plan", None),
    ("ward", {"risk_plan_on": "2026-02-27"}, "risk_plan", False),
    ("ward", {"safety_plan_on": "unknown"}, "safety_plan", None),
    ("ward", {"safety_plan_on": "2026-02-28"}, "safety_plan", False),
    ("ward", {"destination": "unknown"}, "destination_named", False),
    ("ward", {"persons_view_on": "unknown"}, "persons_view", False),
    ("ward", {"medicines_arranged": "no"}, "medicines", False),
    ("ward", {"medicines_arranged": "unknown"}, "medicines", None),
    ("ward", {"follow_up_arranged": "no"}, "follow_up", False),
    ("ward", {"carer_told": "no"}, "carer_told", False),
    ("ward", {"carer_told": "unknown"}, "carer_told", None),
    ("childrens", {"child_protection_plan": "yes"}, "protection_plan", False),
    ("childrens", {"risk_changed": "yes"}, "risk_reviewed", False),
    ("childrens", {"goals_met": "unknown"}, "goals_reviewed", False),
    ("childrens", {"persons_view_on": "unknown"}, "persons_view", False),
    ("childrens", {"carer_told": "unknown"}, "family_told", None),
    ("recovery", {"children_in_household": "unknown"}, "household_known", False),
    ("recovery", {"children_in_household": "yes"}, "home_assessment", False),
    ("recovery", {"prescribing": "yes"}, "no_open_prescribing", None),
    ("recovery", {"prescribing": "yes", "substance_group": "opiate"}, "no_open_prescribing", False),
    ("recovery", {"exit_outcome_on": "unknown"}, "exit_outcome", False),
    ("reablement", {"goals_met": "unknown"}, "goals_reviewed", False),
    ("reablement", {"follow_up_arranged": "no"}, "follow_up", False),
]


@pytest.mark.parametrize(("pathway", "facts", "requirement", "holds"), ONE_BY_ONE)
def test_each_requirement_of_completing_blocks_by_itself(
    service: Service,
    refused: Any,
    unmet: Any,
    pathway: str,
    facts: dict[str, str],
    requirement: str,
    holds: bool | None,
) -> None:
    service.team("T", pathway, meets=["tue"], people=["dr.a", "dr.b"])
    case = service.case("T", "P1", stage="recover", worker="dr.a")
    service.ready(case, 10)
    service.agree(case, "T", 10, first="dr.a", second=_second(service, case))
    service.set(case, 11, **facts)
    rows = showing.why(service.desk(11), case, move="complete")
    assert [(r["requirement"], r["holds"]) for r in rows if r["holds"] is not True] == [
        (requirement, holds)
    ]
    with refused("blocked", says="1 requirement not met") as held:
        moving.move(service.desk(11, 9, "dr.a"), case, "complete", on=date(2026, 3, 11))
    assert unmet(held[0]) == {requirement}


@pytest.mark.parametrize(
    ("status", "agreed"),
    [("detained", "responsible_clinician_agreed_on"), ("restricted", "ministry_agreed_on")],
)
def test_the_legal_status_permits_leaving_once_the_agreement_is_recorded(
    ward: Service, status: str, agreed: str
) -> None:
    case = ward.case("W1", "P1", stage="recover")
    ward.ready(case, 9)
    ward.set(case, 9, legal_status=status)
    ward.set(case, 10, **{agreed: "2026-03-10"})
    ward.agree(case, "W1", 10, first="dr.a", second="dr.b")
    moving.move(ward.desk(11, 9, "dr.a"), case, "complete", on=date(2026, 3, 11))
    assert ward.stage(case) == "complete"


def test_completing_needs_the_decision_even_when_everything_else_is_met(
    team: Service, refused: Any, unmet: Any
) -> None:
    case = team.case("T", "P1", stage="recover", worker="dr.a")
    team.ready(case, 10)
    with refused("blocked") as held:
        moving.move(team.desk(10, 9, "dr.a"), case, "complete", on=date(2026, 3, 10))
    assert unmet(held[0]) == {"decision"}


def test_a_departure_cannot_be_dated_before_its_decision(
    ward: Service, refused: Any, unmet: Any
) -> None:
    case = ward.case("W1", "P1", stage="recover")
    ward.ready(case, 9)
    ward.agree(case, "W1", 10, first="dr.a", second="dr.b")
    with refused("blocked") as held:
        moving.move(ward.desk(11, 9, "dr.a"), case, "complete", on=date(2026, 3, 9))
    assert unmet(held[0]) == {"decision"}


def test_an_override_needs_a_role_and_a_reason_and_comes_back_until_it_is_confirmed(
    service: Service, refused: Any
) -> None:
    service.team("K", "childrens", meets=["wed"], people=["dr.a"], lead="boss")
    case = service.case("K", "P1")
    with refused("blocked", says="1 requirement"):
        moving.move(service.desk(2, 9, "boss"), case, "stabilise", on=date(2026, 3, 2))
    with pytest.raises(NotAllowed, match="may not override"):
        moving.move(
            service.desk(2, 9, "dr.a"), case, "stabilise", on=date(2026, 3, 2), override="busy"
        )
    row = moving.move(
        service.desk(2, 9, "boss"), case, "stabilise", on=date(2026, 3, 2), override="agency staff"
    )[0]
    assert row["overridden"] is True
    for day in (4, 11):
        review = service.open("caseload-sweep", "K", day, who="boss")
        held = minutes.minutes(service.desk(day, 10), review)["cases"][0]["overrides"]
        assert [(o["requirements"], o["by"], o["reason"]) for o in held] == [
            ("key_worker", "boss", "agency staff")
        ]
        if day == 11:
            confirming.confirm_override(service.desk(day, 10, "boss"), review, case)
            assert minutes.minutes(service.desk(day, 10), review)["cases"][0]["overrides"] == []
            with refused("no_override"):
                confirming.confirm_override(service.desk(day, 10, "boss"), review, case)
        closing.close(service.desk(day, 11, "boss"), review)
    service.sound()


def test_an_override_where_nothing_was_unmet_is_not_told_as_one(ward: Service) -> None:
    case = ward.case("W1", "P1")
    row = moving.move(
        ward.desk(2, 9, "sister"), case, "stabilise", on=date(2026, 3, 2), override="to be sure"
    )[0]
    assert row["overridden"] is False


def test_dates_of_moves_keep_their_order(ward: Service, refused: Any) -> None:
    case = ward.case("W1", "P1", day=3)
    with refused("date_too_early", says="before the referral"):
        moving.move(ward.desk(5, 9, "dr.a"), case, "stabilise", on=date(2026, 3, 2))
    with refused("date_after_clock", says="after today"):
        moving.move(ward.desk(5, 9, "dr.a"), case, "stabilise", on=date(2026, 3, 6))
    moving.move(ward.desk(5, 9, "dr.a"), case, "stabilise", on=date(2026, 3, 5))
    with refused("date_too_early", says="present stage"):
        moving.move(ward.desk(6, 9, "dr.a"), case, "recover", on=date(2026, 3, 4))
    with refused("same_stage"):
        moving.move(ward.desk(6, 9, "dr.a"), case, "stabilise", on=date(2026, 3, 6))


def test_deciding_needs_its_checks_and_names_them(ward: Service, refused: Any, unmet: Any) -> None:
    case = ward.case("W1", "P1", stage="recover")
    review = ward.open("ward-round", "W1", 3, who="dr.a")
    ward.answers(
        review, case, 3,
        dict.fromkeys(("crisis_stabilised", "destination_ready", "would_not_admit_today"), "yes"),
    )  # fmt: skip
    with refused("blocked", says="cannot be agreed yet") as held:
        deciding.decide(ward.desk(3, 10, "dr.a"), review, case)
    assert unmet(held[0]) == {
        "safeguarding", "legal_status_known", "risk_plan", "safety_plan", "destination_named",
        "persons_view",
    }  # fmt: skip


def test_a_key_worker_is_no_longer_one_after_the_allocation_ends(service: Service) -> None:
    service.team("K", "childrens", people=["dr.a"])
    case = service.case("K", "P1", worker="dr.a")
    cases.allocate(service.desk(3, 9, "dr.a"), case, None, on=date(2026, 3, 3))
    rows = showing.why(service.desk(3), case, move="stabilise")
    assert [(r["requirement"], r["holds"]) for r in rows] == [("key_worker", False)]
    assert showing.why(service.desk(3, as_of=date(2026, 3, 2)), case, move="stabilise")[0]["holds"]
