"""Actions that a sweep raises: once for a cause, as if each had been raised by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from casereview.service import sweeping
from casereview.service.actions import actions

if TYPE_CHECKING:
    from tests.engine.factories import Service

PACK = "safeguarding"


@pytest.fixture
def team(service: Service) -> Service:
    """A team of three cases; nothing is known of the household of any."""
    service.team("KIDS", "childrens", people=["kay", "lou"], lead="lead")
    for n, worker in enumerate(("kay", "lou", ""), 1):
        service.case("KIDS", f"P{n}", worker=worker)
    return service


def raised(s: Service, day: int, **more: Any) -> int:
    rows = sweeping.sweep(s.desk(day, 10, **more), team="KIDS", pack=PACK)
    return sum(int(r["new_actions"]) for r in rows)


def test_a_sweep_leaves_a_journal_and_rows_that_agree(team: Service) -> None:
    made = raised(team, 3)
    held = team.actions(3, team="KIDS")
    assert made == len(held) > 3
    assert {a["text"] for a in held if "household" in a["text"]}
    team.sound()


def test_the_same_sweep_again_raises_nothing(team: Service) -> None:
    made = raised(team, 3)
    assert raised(team, 3) == raised(team, 4) == 0
    assert len(team.actions(4, team="KIDS")) == made
    team.sound()


def test_the_same_command_again_only_repeats_its_answer(team: Service) -> None:
    first = raised(team, 3, command="once")
    assert first == raised(team, 3, command="once") == len(team.actions(3, team="KIDS"))


def test_an_action_that_was_done_is_raised_again_where_the_rule_still_holds(team: Service) -> None:
    raised(team, 3)
    held = team.actions(3, case="C1")
    for row in held:
        actions.close(team.desk(4), str(row["action"]), done=True)
    assert raised(team, 5) == len(held) > 0
    assert len(team.actions(5, case="C1")) == 2 * len(held)
    team.sound()
