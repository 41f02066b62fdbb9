"""A death recorded of the wrong person, or on the wrong day, is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.service.actions import actions
from casereview.service.cases import dying, flagging, moving, people
from casereview.service.past import as_known

if TYPE_CHECKING:
    from tests.engine.factories import Service

DEAD, TAKEN_BACK = date(2026, 3, 5), date(2026, 3, 9)


@pytest.fixture
def died(ward: Service) -> Service:
    """C1 of P1 in recover with an action, ended by a death on the 5th that was somebody else's."""
    ward.case("W1", "4711", stage="recover", worker="dr.a")
    actions.add(
        ward.desk(4, 9, "dr.a"), ["C1"], "Ring the sister", owner="dr.a", due_on=date(2026, 3, 20)
    )
    dying.died(ward.desk(5, 12, "dr.a"), "P1", on=DEAD)
    return ward


def take_back(s: Service, day: int = 9) -> list[dict[str, Any]]:
    return dying.withdraw(s.desk(day, 9), "P1", reason="It was the neighbour")


def test_a_death_taken_back_leaves_nobody_dead_and_its_cases_open_again(died: Service) -> None:
    row = take_back(died)[0]
    assert (row["case"], row["exit"], row["died_on"]) == ("C1", "died", None)
    assert died.stage("C1") == "left"
    moving.reopen(died.desk(9, 10, "dr.a"), "C1", reason="She lives")
    assert died.stage("C1") == "recover"
    (action,) = died.actions(9, case="C1", status="open")
    assert (action["text"], action["owner"]) == ("Ring the sister", "dr.a")
    assert people.show(died.desk(10), "P1")[0]["died_on"] is None
    died.sound()


def test_a_case_of_the_dead_says_how_the_death_is_taken_back(died: Service, refused: Any) -> None:
    command = "`person died P1 --withdraw --reason WHY`"
    with refused("person_died", next_says=command):
        moving.reopen(died.desk(9, 10, "dr.a"), "C1", reason="She lives")
    with refused("already_recorded", next_says=command):
        dying.died(died.desk(9, 10, "dr.a"), "P1", on=DEAD)


def test_no_day_knows_the_death_any_more_but_earlier_knowledge_does(died: Service) -> None:
    take_back(died)

    def dead(day: int, known: datetime | None = None) -> Any:
        desk = replace(died.desk(12), known_by=known)
        if known is None:
            return people.show(replace(desk, as_of=date(2026, 3, day)), "P1")[0]["died_on"]
        with as_known(desk) as then:
            return people.show(then, "P1")[0]["died_on"]

    assert [dead(day) for day in (4, 5, 6, 9, 10)] == [None] * 5
    assert dead(12, datetime(2026, 3, 8, tzinfo=UTC)) == DEAD
    assert dead(12, datetime(2026, 3, 10, tzinfo=UTC)) is None


def test_the_facts_of_each_day_agree_with_what_is_shown_for_it(died: Service) -> None:
    take_back(died)
    dying.died(died.desk(10, 9, "dr.a"), "P1", on=date(2026, 3, 7))
    with died.desk(10).reading() as work:
        found = [
            tuple(work.facts(1, ["died", "died_on"], date(2026, 3, day)).values())
            for day in (4, 5, 6, 7, 10)
        ]
    still, gone = (False, None), (True, date(2026, 3, 7))
    assert found == [still, still, still, gone, gone]
    died.sound()


def test_the_right_day_is_recorded_after_the_case_is_open_again(died: Service) -> None:
    take_back(died)
    moving.reopen(died.desk(9, 10, "dr.a"), "C1", reason="Another day", on=DEAD)
    dying.died(died.desk(9, 11, "dr.a"), "P1", on=date(2026, 3, 7))
    shown = died.show("C1")
    assert (shown["stage"], shown["closed_on"]) == ("left", date(2026, 3, 7))
    take_back(died, 10)
    died.sound()


def test_actions_about_the_person_come_back_and_that_about_the_household_goes(
    ward: Service,
) -> None:
    case = ward.case("W1", "4711", stage="recover", worker="dr.a")
    ward.ready(case, 6)
    ward.agree(case, "W1", 6, first="dr.a", second="dr.b")
    moving.move(ward.desk(6, 15, "dr.a"), case, "complete", on=date(2026, 3, 6))
    (follow_up,) = [a for a in ward.actions(8, status="open") if a["cause"] == "follow-up:1"]
    flagging.raise_worry(ward.desk(8, 9, "dr.a"), case, "A bruise", owner="dr.a")
    dying.died(ward.desk(8, 12, "dr.a"), "P1", on=date(2026, 3, 8))
    now = {a["cause"]: a["status"] for a in ward.actions(8)}
    assert (now["follow-up:1"], now["worry-household"]) == ("cancelled", "open")
    assert take_back(ward)[0]["restored"] == 1
    now = {a["cause"]: a["status"] for a in ward.actions(9)}
    assert (now["follow-up:1"], now["worry-household"]) == ("open", "cancelled")
    assert ward.action(9, follow_up["action"])["due_on"] == follow_up["due_on"]
    ward.sound(TAKEN_BACK)


def test_only_a_lead_takes_a_death_back_and_only_with_a_reason(died: Service, refused: Any) -> None:
    with pytest.raises(NotAllowed, match="may not take back a death"):
        dying.withdraw(died.desk(9, 9, "dr.a"), "P1", reason="no")
    with refused("reason_missing"):
        dying.withdraw(died.desk(9), "P1", reason=" ")
    dying.withdraw(died.desk(9, 9, "sister"), "P1", reason="It was the neighbour")
    with refused("death_not_recorded"):
        take_back(died)
