"""An offer to the wrong team is taken back or declined; the case stays where it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.service.cases import caseview, moving, offers

if TYPE_CHECKING:
    from tests.engine.factories import Service


@pytest.fixture
def offered(service: Service) -> Service:
    """C1 of K1, offered to K2 on the 12th."""
    service.team("K1", "childrens", meets=["wed"], people=["ann"], lead="boss")
    service.team("K2", "childrens", meets=["thu"], people=["cat"])
    service.team("K3", "childrens", meets=["thu"], people=["dan"])
    case = service.case("K1", "P1", stage="recover", worker="ann")
    service.set(case, 2, safeguarding="none")
    offer(service, 12, "K2")
    return service


def offer(s: Service, day: int, team: str) -> None:
    moving.transfer(s.desk(day, 9, "ann"), "C1", team=team, on=date(2026, 3, day))


def pending(s: Service) -> list[Any]:
    """Whether the case was offered at the end of the 11th, 12th, 13th, 14th and 16th."""
    with s.desk(20).reading() as work:
        days = (date(2026, 3, d) for d in (11, 12, 13, 14, 16))
        return [work.facts(1, ["transfer_pending"], day)["transfer_pending"] for day in days]


ENDS = [
    pytest.param(offers.withdraw, "ann", "withdrawn", id="withdrawn by the sender"),
    pytest.param(offers.decline, "cat", "declined", id="declined by the receiver"),
]


@pytest.mark.parametrize(("end", "who", "how"), ENDS)
def test_an_offer_that_ended_leaves_the_case_where_it_was(
    offered: Service, end: Callable[..., Any], who: str, how: str, refused: Any
) -> None:
    row = end(offered.desk(14, 9, who), "C1", reason="Wrong team", on=date(2026, 3, 14))[0]
    assert (row["case"], row["stage"], row["offer"]) == ("C1", "recover", how)
    shown = offered.show("C1")
    assert (shown["team"], shown["stage"], shown["transfer_to"]) == ("K1", "recover", None)
    assert pending(offered) == [False, True, True, False, False]
    with refused("not_offered"):
        moving.accept(offered.desk(15, 9, "cat"), "C1", on=date(2026, 3, 15))
    words = [h["text"] for h in _history(offered)]
    assert f"Transfer to K2 {how}: Wrong team" in words
    offered.sound()


def _history(s: Service) -> list[dict[str, Any]]:
    from casereview.service.cases import timeline

    return timeline.timeline(s.desk(20), "C1")


@pytest.mark.parametrize(("end", "who", "how"), ENDS)
def test_the_case_can_be_offered_again_and_accepted_elsewhere(
    offered: Service, end: Callable[..., Any], who: str, how: str
) -> None:
    end(offered.desk(14, 9, who), "C1", reason="Wrong team", on=date(2026, 3, 14))
    offer(offered, 16, "K3")
    assert pending(offered) == [False, True, True, False, True]
    row = moving.accept(offered.desk(17, 9, "dan"), "C1", on=date(2026, 3, 17))[0]
    assert (row["team"], row["linked_case"]) == ("K3", "C1")
    offered.sound()


def test_only_the_team_that_it_belongs_to_ends_an_offer(offered: Service) -> None:
    day = date(2026, 3, 13)
    with pytest.raises(NotAllowed, match="does not belong to team K2"):
        offers.decline(offered.desk(13, 9, "ann"), "C1", reason="No", on=day)
    with pytest.raises(NotAllowed, match="does not belong to team K1"):
        offers.withdraw(offered.desk(13, 9, "cat"), "C1", reason="No", on=day)


def test_an_offer_ends_with_a_reason_once_and_not_before_it_was_made(
    offered: Service, refused: Any
) -> None:
    desk = offered.desk(14, 9, "ann")
    with refused("reason_missing"):
        offers.withdraw(desk, "C1", reason="  ", on=date(2026, 3, 14))
    with refused("date_too_early", says="the offer"):
        offers.withdraw(desk, "C1", reason="Wrong", on=date(2026, 3, 11))
    with refused("transfer_pending", next_says="`case transfer C1 --withdraw --reason WHY`"):
        offer(offered, 14, "K3")
    offers.withdraw(desk, "C1", reason="Wrong", on=date(2026, 3, 14))
    with refused("not_offered"):
        offers.withdraw(offered.desk(15, 9, "ann"), "C1", reason="Again", on=date(2026, 3, 15))


def test_the_ways_on_of_an_offered_case_end_its_offer(offered: Service) -> None:
    ways = {w["way"] for w in caseview.ways_on(offered.desk(13, 9, "ann"), "C1")}
    assert {"accept", "decline", "withdraw"} <= ways
    assert "transfer" not in ways
