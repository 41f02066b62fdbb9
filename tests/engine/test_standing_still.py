"""A case about which nothing is to be done next: one rule for Home, lists and the case itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from casereview.service import home
from casereview.service.actions import actions
from casereview.service.cases import caseload, caseview, moving, showing
from casereview.service.cases.caseload import Wanted

if TYPE_CHECKING:
    from tests.engine.factories import Service

Step = Callable[["Service"], object]


def park(s: Service) -> None:
    action = s.add_action(3)
    actions.park(s.desk(3, 10, "dr.a"), action, until=s.desk(20).today, reason="on holiday")


def leave(s: Service) -> None:
    s.set("C1", 3, safeguarding="none")
    moving.leave(
        s.desk(3, 10), "C1", "against-advice", on=s.desk(3).today, override="went home"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("step", "still"),
    [
        (lambda _: None, True),
        (lambda s: s.add_action(3), False),
        (park, False),
        (leave, False),
    ],
)
def test_every_place_tells_the_same_cases_that_stand_still(
    ward: Service, step: Step, still: bool
) -> None:
    ward.case("W1", "P1", day=2, stage="recover", worker="dr.a")
    step(ward)
    desk = ward.desk(4, who="dr.a")
    wanted = Wanted(only="no-next-action")
    told = {
        "home": home.health(desk)[0]["no_next_action"],
        "case list": len(showing.list_cases(desk, only="no-next-action")),
        "caseload": caseload.caseload(desk, wanted)["total"],
        "a row": sum(r["stands_still"] for r in caseload.caseload(desk, Wanted())["rows"]),
        "the case": sum(w == "no next action" for w, _ in caseview.case_head(desk, "C1")["flags"]),
    }
    assert told == dict.fromkeys(told, int(still))
