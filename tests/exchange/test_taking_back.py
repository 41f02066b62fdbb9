"""Taking an import back: exactly that run, while nothing later rests on it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casereview.errors import NotFound, Refused
from casereview.service.cases import cases
from casereview.service.doors.unimporting import undo_run

TABLES = ("cases", "persons", "person_ids", "stage_spells", "case_facts", "milestones",
          "contacts", "imported_cases", "notes")  # fmt: skip
FIRST = ("A,Referred,05/01/2026", "A,Treated,06/01/2026", "B,Referred,07/01/2026")


def rows(ward: Any) -> dict[str, list[Any]]:
    # The version of a stream grows with every entry, also with one that takes others back.
    found = {t: ward.sql(f"SELECT * FROM {t}") for t in TABLES if t != "cases"}
    found["cases"] = ward.sql(
        "SELECT id, person_id, stage, referred_on, closed_on, exit FROM cases"
    )
    return {t: sorted(r, key=str) for t, r in found.items()}


def undo(ward: Any, run: str) -> dict[str, Any]:
    found: dict[str, Any] = undo_run(ward.desk.again(), run)[0]
    return found


def test_a_run_is_taken_back_whole_and_can_be_done_again(ward: Any, events: Any) -> None:
    before = rows(ward)
    made = events(*FIRST)
    run = ward.take(*made)["run"]
    after = rows(ward)
    assert undo(ward, run) == {"run": run, "cases": 2, "entries": 10}
    assert rows(ward) == before
    assert ward.problems() == []
    again = ward.take(*made)
    assert (again["accepted"], again["cases"]) == (3, 2)
    assert {t: len(r) for t, r in rows(ward).items()} == {t: len(r) for t, r in after.items()}
    assert ward.one("SELECT status FROM runs WHERE id = 1") == "undone"


def test_a_second_run_is_taken_back_to_what_the_first_left(ward: Any, events: Any) -> None:
    first = ward.take(*events(*FIRST))["run"]
    before = rows(ward)
    more = ("A,Home,20/01/2026", "C,Referred,08/01/2026")
    second = ward.take(*events(*FIRST, *more))["run"]
    with pytest.raises(Refused, match=f"Since the import {first}"):
        undo(ward, first)
    undo(ward, second)
    assert rows(ward) == before
    undo(ward, first)
    assert ward.one("SELECT count(*) FROM cases") == 0
    assert ward.problems() == []


def test_what_was_recorded_by_hand_since_is_named(ward: Any, events: Any) -> None:
    run = ward.take(*events(*FIRST))["run"]
    cases.note(ward.desk.again(), "C1", "seen today", on=date(2026, 3, 1))
    with pytest.raises(Refused, match="noted was recorded on C1"):
        undo(ward, run)
    assert ward.one("SELECT count(*) FROM cases") == 2


def test_a_run_is_taken_back_once_and_must_exist(ward: Any, events: Any) -> None:
    run = ward.take(*events(*FIRST))["run"]
    undo(ward, run)
    with pytest.raises(Refused, match="already"):
        undo(ward, run)
    with pytest.raises(NotFound) as caught:
        undo(ward, "I99")
    assert caught.value.next == f"The last one is {run}."
