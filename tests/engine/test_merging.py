"""Two records of one person made one, and taken apart again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from casereview.errors import NotAllowed
from casereview.service.cases import cases, flagging, merging, moving, people

if TYPE_CHECKING:
    from tests.engine.factories import Service


@pytest.fixture
def twice(ward: Service) -> Service:
    """P1 with the open case C1, and the duplicate P2 whose case C2 has ended."""
    ward.case("W1", "11", worker="dr.a")
    ward.case("W1", "22")
    ward.set("C2", 2, safeguarding="none")
    moving.leave(ward.desk(2, 10), "C2", "against-advice", on=date(2026, 3, 2))
    return ward


@pytest.fixture
def merged(twice: Service) -> Service:
    merging.merge(twice.desk(3), "P2", "P1")
    return twice


def person(service: Service, word: str) -> dict[str, Any]:
    return people.show(service.desk(9), word)[0]


def test_the_ids_of_the_duplicate_lead_to_the_kept_record(merged: Service) -> None:
    row = cases.refer(merged.desk(4), team="W1", person="22", on=date(2026, 3, 4))[0]
    assert (row["case"], row["re_referred"]) == ("C1", True)
    kept, gone = person(merged, "22"), person(merged, "P2")
    assert (kept["person"], kept["merged_records"], kept["cases"]) == ("P1", ["P2"], ["C1", "C2"])
    assert (gone["person"], gone["merged_into"]) == ("P2", "P1")
    merged.sound()


def test_a_worry_about_the_duplicate_is_one_about_the_kept_person(
    merged: Service, refused: Any
) -> None:
    row = flagging.raise_worry(merged.desk(4), "P2", "A bruise")[0]
    assert (row["person"], row["case"]) == ("P1", "C1")
    with refused("blocked"):
        moving.leave(merged.desk(4), "C1", "against-advice", on=date(2026, 3, 4))


def test_a_return_to_the_duplicates_case_opens_one_of_the_kept_person(
    merged: Service, refused: Any
) -> None:
    with refused("case_open", says="C1"):
        moving.come_back(merged.desk(4), "C2", on=date(2026, 3, 4))
    merged.set("C1", 4, safeguarding="none")
    moving.leave(merged.desk(4), "C1", "against-advice", on=date(2026, 3, 4))
    row = moving.come_back(merged.desk(5), "C2", on=date(2026, 3, 5))[0]
    assert row["linked_case"] == "C2"
    assert person(merged, "P1")["cases"] == ["C1", "C2", "C3"]
    assert person(merged, "P2")["cases"] == ["C2"]
    merged.sound()


def test_the_duplicates_case_is_not_reopened(merged: Service, refused: Any) -> None:
    with refused("person_merged", says="merged into P1", next_says="case return C2"):
        moving.reopen(merged.desk(4), "C2", reason="by mistake")


@pytest.mark.parametrize(("one", "other"), [("P2", "P1"), ("22", "P1"), ("P1", "P2")])
def test_a_record_is_merged_once_and_never_in_a_circle(
    merged: Service, refused: Any, one: str, other: str
) -> None:
    with refused("already_merged", says="P2 was merged into P1", next_says="person split P2"):
        merging.merge(merged.desk(4), one, other)


def test_a_duplicate_with_open_work_is_not_merged(twice: Service, refused: Any) -> None:
    with refused("open_work", says="C1", next_says="recorded-in-error"):
        merging.merge(twice.desk(3), "P1", "P2")


def test_open_safeguarding_is_never_merged_out_of_sight(twice: Service, refused: Any) -> None:
    twice.set("C2", 3, safeguarding="open")
    with refused("open_work", says="afeguarding", next_says="case flag P2 WORDS"):
        merging.merge(twice.desk(3), "P2", "P1")
    flagging.raise_worry(twice.desk(3, 9, "dr.a"), "P2", "The bruise")
    with refused("open_work", next_says="case flag P2 --handed-to"):
        merging.merge(twice.desk(3), "P2", "P1")
    flagging.hand_over(twice.desk(3, 9, "dr.a"), "P2", "The duty desk")
    flagging.sign(twice.desk(3, 9, "dr.b"), "P2")
    merging.merge(twice.desk(3), "P2", "P1")
    twice.sound()


def test_a_clinician_merges_nobody(twice: Service) -> None:
    with pytest.raises(NotAllowed):
        merging.merge(twice.desk(3, 9, "dr.a"), "P2", "P1")


@pytest.mark.parametrize("word", ["P2", "p2", "22"])
def test_a_merge_is_taken_back_by_number_or_by_local_id(merged: Service, word: str) -> None:
    assert merging.split(merged.desk(4), word) == [{"person": "P2", "merged_into": None}]
    assert person(merged, "22")["person"] == "P2"
    merged.sound()


def test_what_was_never_merged_is_not_split(twice: Service, refused: Any) -> None:
    with refused("not_merged", says="P2"):
        merging.split(twice.desk(3), "22")
