"""Who may give which role: a team lead adds colleagues and makes nobody an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casereview.errors import NotAllowed
from casereview.service.organisation import users

if TYPE_CHECKING:
    from tests.engine.factories import Service


@pytest.fixture
def led(ward: Service) -> Service:
    """The ward with a team lead `lea` beside its doctors."""
    ward.user("lea", role="team-lead", team="W1")
    return ward


@pytest.mark.parametrize(
    ("login", "role"),
    [("lea", "administrator"), ("new", "administrator"), ("dr.a", "team-lead"), ("lea", "auditor")],
)
def test_a_team_lead_makes_no_administrator_and_changes_no_role(
    led: Service, login: str, role: str
) -> None:
    desk = led.desk(3, 9, "lea")
    before = {u["login"]: u["role"] for u in users.list_users(desk)}
    with pytest.raises(NotAllowed, match="Only an administrator"):
        users.add_user(desk, login, name="N", role=role, teams=["W1"])
    assert {u["login"]: u["role"] for u in users.list_users(desk)} == before


def test_a_team_lead_adds_a_colleague_and_removes_no_administrator(led: Service) -> None:
    desk = led.desk(3, 9, "lea")
    users.add_user(desk, "new", name="Nia", role="clinician", teams=["W1"])
    users.add_user(led.desk(3, 10, "lea"), "new", name="Nia", role="clinician", teams=["W1"])
    with pytest.raises(NotAllowed, match="Only an administrator"):
        users.remove_user(led.desk(3, 11, "lea"), led.admin)


def test_an_administrator_changes_roles(led: Service) -> None:
    users.add_user(led.desk(3), "dr.a", name="N", role="team-lead")
    roles = {u["login"]: u["role"] for u in users.list_users(led.desk(3))}
    assert roles["dr.a"] == "team-lead"
