"""What a pseudonymised file holds back beside names: exact ages, and words of one's own."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from casereview.errors import Refused
from casereview.exchange.out.allowed import cause_word
from casereview.service.actions import actions
from casereview.service.cases import people
from casereview.service.doors.exporting import export_fhir, export_rows, export_xes
from casereview.service.doors.tables import ROWS
from casereview.service.organisation import teams


def rows_of(held: Any, order: Callable[..., Any], what: str, **more: Any) -> list[dict[str, Any]]:
    return list(export_rows(held.desk(10), order(what, **more))[0])


def test_an_exact_age_leaves_only_as_its_band(full: Any, order: Callable[..., Any]) -> None:
    with pytest.raises(Refused) as caught:
        rows_of(full, order, "cases", facts=("age",))
    assert caught.value.code == "too_exact"
    assert "age_band" in caught.value.next
    wanted = {"facts": ("age",), "identifiable": True, "purpose": "to see that it is there"}
    assert [r["age"] for r in rows_of(full, order, "cases", **wanted)] == [35, 35, None]


def test_a_restricted_person_has_no_fact_that_tells_the_age(
    full: Any, order: Callable[..., Any]
) -> None:
    rows = rows_of(full, order, "cases", facts=("is_child", "days_since_referral"))
    assert [r["is_child"] for r in rows] == [False, False, None]
    assert [r["days_since_referral"] for r in rows] == [9, 9, 9]


def test_a_post_of_ones_own_leaves_as_local(service: Any, order: Callable[..., Any]) -> None:
    teams.fill_post(
        service.desk(1), "W1", "zebra-carer", "dr.b", from_on=date(2026, 3, 1), new=True
    )
    teams.fill_post(service.desk(1), "W1", "consultant", "dr.a", from_on=date(2026, 3, 1))
    service.case("W1", "one")
    for owner in ("zebra-carer", "consultant"):
        actions.add(service.desk(2), ["C1"], "Ring", owner=owner, due_on=date(2026, 3, 9))
    posts = [r["post"] for r in rows_of(service, order, "actions")]
    assert posts == ["local", "consultant"]
    for what in ("journal", "events", "actions"):
        assert "zebra" not in json.dumps(rows_of(service, order, what), default=str)
    shown = rows_of(service, order, "actions", identifiable=True, purpose="to see that it is there")
    assert shown[0]["post"] == "zebra-carer"


def test_a_line_that_somebody_answered_leaves_nowhere(
    service: Any, order: Callable[..., Any]
) -> None:
    service.team("K1", "childrens", people=["ann"])
    case = service.case("K1", "k-1", stage="recover")
    review = service.open("caseload-sweep", "K1", 4, who="ann")
    service.answer(review, case, 4, "direction", "continue", who="ann")
    line = "Ring the Zebra school"
    service.answer(
        review, case, 4, "next_step", line, text=line, owner="ann", due_on=date(2026, 3, 9),
        who="ann",
    )  # fmt: skip
    answers = rows_of(service, order, "answers")
    assert [(r["question"], r["value"]) for r in answers] == [
        ("direction", "continue"), ("next_step", None),
    ]  # fmt: skip
    told = [json.dumps(rows_of(service, order, what), default=str) for what in ROWS]
    told.append(json.dumps(export_fhir(service.desk(10), order("fhir"))))
    told.append(export_xes(service.desk(10), order("xes")).decode())
    assert not [text for text in told if "zebra" in text.lower()]
    shown = rows_of(service, order, "answers", identifiable=True, purpose="to see that it is there")
    assert shown[1]["value"] == line


def test_what_caused_an_action_names_no_case_and_no_list(
    full: Any, order: Callable[..., Any]
) -> None:
    held = [r["cause"] for r in rows_of(full, order, "actions", identifiable=False)]
    assert {"follow-up", "worry", "manual"} <= set(held)
    tasks = [
        e["resource"]["code"]["coding"][0]["code"]
        for e in export_fhir(full.desk(10), order("fhir"))["entry"]
        if e["resource"]["resourceType"] == "Task"
    ]
    bodies = [r["body"].get("cause", "") for r in rows_of(full, order, "journal")]
    whats = [r["what"] or "" for r in rows_of(full, order, "events")]
    log = export_xes(full.desk(10), order("xes")).decode()
    assert "follow-up" in tasks
    assert "follow-up" in bodies
    for text in (*held, *tasks, *bodies, *whats, log):
        assert not re.search(r"(follow-up|worry):\d", text)
    assert cause_word("next-step:zebra's list") == "next-step"


def test_every_word_an_entry_may_carry_is_a_code_a_date_or_a_count(
    full: Any, order: Callable[..., Any]
) -> None:
    people.correct(full.desk(9), "zebra-1", name="Zebra Again")
    for row in rows_of(full, order, "journal"):
        assert "texts" not in row
        assert "zebra" not in json.dumps(row, default=str).lower()
