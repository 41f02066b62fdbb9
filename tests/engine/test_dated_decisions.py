"""How decisions, offers and actions stood on earlier days, once more has happened or was told."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from casereview.packs.library import Library
from casereview.service.actions import actions
from casereview.service.cases import moving, timeline
from casereview.service.reviews import closing, deciding

if TYPE_CHECKING:
    from tests.engine.factories import Service

CLOSE = {"direction": "close", "risk_changed": "no"}


@pytest.fixture
def led(service: Service, tmp_path: Path) -> Service:
    """A children's team K on a pathway of its own, where two team leads decide."""
    own = files("casereview_rules").joinpath("pathways", "childrens.toml").read_text("utf-8")
    own = own.replace("version = 1", 'version = 2\ndecide_roles = ["team-lead"]', 1)
    folder = tmp_path / "rules" / "pathways"
    folder.mkdir(parents=True)
    folder.joinpath("childrens.toml").write_text(own, encoding="utf-8")
    service.library = Library(tmp_path / "rules")
    service.team("K", "childrens", meets=["wed"], people=["ann", "bob"], lead="boss")
    service.user("lea", role="team-lead", team="K")
    service.user("cleo", role="team-lead", team="K")
    service.case("K", "P1", stage="recover", worker="ann")
    service.ready("C1", 9)
    return service


def facts(held: Service, name: str, *days: int, case: int = 1) -> dict[int, Any]:
    """Read a fact as of days of March, on the last of all days."""
    with held.desk(date(2026, 12, 1)).reading() as work:
        return {day: work.facts(case, [name], date(2026, 3, day))[name] for day in days}


def meet(held: Service, day: int) -> str:
    return held.open("caseload-sweep", "K", day, who="ann")


def contested(held: Service) -> None:
    """Propose on the 10th, sign on the 12th, dissent on the 16th, sign again on the 18th."""
    review = meet(held, 10)
    held.answers(review, "C1", 10, CLOSE, who="ann")
    assert deciding.decide(held.desk(10, 10, "ann"), review, "C1")[0]["status"] == "proposed"
    closing.close(held.desk(10, 11, "ann"), review)
    for day, who in ((12, "boss"), (16, None), (18, "lea")):
        review = meet(held, day)
        if who is None:
            deciding.dissent(held.desk(day, 10, "boss"), review, "C1", "Home is not safe yet")
        else:
            deciding.countersign(held.desk(day, 10, who), review, "C1")
        closing.close(held.desk(day, 11, "ann"), review)


def test_a_decision_reads_on_each_day_as_it_stood_then(led: Service) -> None:
    contested(led)
    assert facts(led, "decision", 9, 10, 11, 12, 15, 16, 17, 18, 20) == {
        9: None, 10: "proposed", 11: "proposed", 12: "agreed", 15: "agreed",
        16: "needs_countersign", 17: "needs_countersign", 18: "agreed", 20: "agreed",
    }  # fmt: skip
    assert facts(led, "decided_on", 11, 15, 17, 20) == {
        11: None, 15: date(2026, 3, 12), 17: None, 20: date(2026, 3, 18),
    }  # fmt: skip
    led.sound()


def test_the_departure_ends_what_was_agreed_and_not_before(led: Service) -> None:
    contested(led)
    led.set("C1", 19, exit_outcome_on="2026-03-19")
    moving.leave(led.desk(20, 10, "boss"), "C1", "declined", on=date(2026, 3, 20))
    assert facts(led, "decision", 16, 19, 20) == {16: "needs_countersign", 19: "agreed", 20: None}
    led.sound()


def test_the_history_keeps_every_agreement_of_a_contested_decision(led: Service) -> None:
    contested(led)
    told = [
        (row["on"].day, row["words"], row["by"])
        for row in reversed(timeline.timeline(led.desk(20), "C1"))
        if "decision" in row["words"]
    ]
    assert told == [
        (10, "decision to complete proposed", "ann"),
        (12, "decision to complete agreed, signed by boss", "boss"),
        (16, "decision to complete contested, to be signed again", "boss"),
        (18, "decision to complete agreed, signed by lea", "lea"),
    ]


def test_what_was_undone_never_stood(led: Service) -> None:
    review = meet(led, 10)
    led.answers(review, "C1", 10, CLOSE, who="ann")
    deciding.decide(led.desk(10, 10, "ann"), review, "C1")
    closing.close(led.desk(10, 11, "ann"), review)
    review = meet(led, 12)
    deciding.countersign(led.desk(12, 10, "boss"), review, "C1")
    closing.undo(led.desk(12, 11, "boss"), review)
    assert facts(led, "decision", 10, 12) == {10: "proposed", 12: "proposed"}
    led.sound()


def test_an_offer_that_was_over_when_the_case_was_opened_again_stood_before(led: Service) -> None:
    led.team("R", "childrens", meets=["mon"], people=["ron"])
    led.set("C1", 9, safeguarding="none")
    moving.transfer(led.desk(10), "C1", team="R", on=date(2026, 3, 10))
    moving.leave(led.desk(12), "C1", "declined", on=date(2026, 3, 12))
    moving.reopen(led.desk(14), "C1", reason="A mistake", on=date(2026, 3, 14))
    assert facts(led, "transfer_pending", 9, 10, 11, 12, 14) == {
        9: False, 10: True, 11: True, 12: False, 14: False,
    }  # fmt: skip
    led.sound()


def test_an_action_done_before_its_last_change_was_done_on_that_day(led: Service) -> None:
    row = actions.add(
        led.desk(9, 10), ["C1"], "Ring the school", owner="ann", due_on=date(2026, 3, 11)
    )[0]
    actions.edit(led.desk(12, 10), row["action"], due_on=date(2026, 3, 20), owner="bob")
    assert facts(led, "overdue_actions", 11, 12) == {11: 0, 12: 0}
    actions.close(led.desk(16, 10), row["action"], done=True, on=date(2026, 3, 10))
    assert facts(led, "open_actions", 9, 10, 12, 16) == {9: 1, 10: 0, 12: 0, 16: 0}
    held = led.action(16, row["action"])
    assert (held["status"], held["owner"], held["due_on"]) == ("done", "bob", date(2026, 3, 20))
    led.sound()
