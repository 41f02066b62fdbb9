"""Somebody who is referred again after the end of their case is told apart from a return."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.service.cases import cases, moving

if TYPE_CHECKING:
    from tests.engine.factories import Service


@pytest.fixture
def ended(ward: Service) -> Service:
    """C1 of person 11, which ended in W1 on 2 March; W2 is on the same pathway, K on another."""
    for code, pathway in (("W2", "ward"), ("K", "childrens")):
        ward.team(code, pathway, meets=["wed"])
    ward.case("W1", "11")
    ward.set("C1", 2, safeguarding="none")
    moving.leave(ward.desk(2, 10), "C1", "against-advice", on=date(2026, 3, 2))
    return ward


def refer(service: Service, team: str, day: int = 5, person: str = "11") -> dict[str, Any]:
    return cases.refer(service.desk(day), team=team, person=person, on=date(2026, 3, day))[0]


@pytest.mark.parametrize("team", ["W1", "W2"])
def test_the_row_names_the_closed_case_of_the_team_or_pathway(ended: Service, team: str) -> None:
    row = refer(ended, team)
    assert (row["case"], row["person"], row["stage"]) == ("C2", "11", "assess")
    assert (row["earlier"], row["earlier_team"]) == ("C1", "W1")
    assert row["earlier_closed_on"] == date(2026, 3, 2)


@pytest.mark.parametrize(("team", "person"), [("K", "11"), ("W1", "12")])
def test_another_pathway_or_another_person_has_no_earlier_case(
    ended: Service, team: str, person: str
) -> None:
    assert refer(ended, team, person=person)["earlier"] is None


def test_a_re_referral_of_an_open_case_names_none(ended: Service) -> None:
    assert refer(ended, "W1", day=5)["earlier"] == "C1"
    again = refer(ended, "W1", day=6)
    assert (again["re_referred"], again["earlier"]) == (True, None)


def test_the_way_that_the_note_names_works(ended: Service) -> None:
    refer(ended, "W1")
    moving.leave(ended.desk(5), "C2", "recorded-in-error", on=date(2026, 3, 5))
    row = moving.come_back(ended.desk(5), "C1", on=date(2026, 3, 5))[0]
    assert (row["case"], row["linked_case"]) == ("C3", "C1")
    assert refer(ended, "W2", day=6)["earlier"] == "C1"
    ended.sound()
