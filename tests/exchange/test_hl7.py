"""ADT messages over several files: cancels, repeats, merges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

OPEN = "SELECT stage, closed_on IS NULL, excluded FROM cases ORDER BY id"
BED = "SELECT text FROM case_facts WHERE fact = 'bed' AND before_on IS NULL"


def message(trigger: str, control: int, at: str, bed: str = "WARD1^B1^1", visit: str = "V1") -> str:
    pv1 = ["PV1", "1", "I", bed, *[""] * 15, visit]
    return "\r".join([
        f"MSH|^~\\&|PAS|RZZ|WARD|RZZ|{at}||ADT^{trigger}|{control}|P|2.4", f"EVN|{trigger}|{at}",
        "PID|1||H1^^^RZZ^MR~9990000026^^^NHS^NH||TEST^PERSON||19800601|F", "|".join(pv1), "",
    ])  # fmt: skip


@pytest.fixture
def adt(ward: Any, tmp_path: Path, layouts: Path) -> Any:
    def take(*texts: str) -> dict[str, Any]:
        file = tmp_path / "messages.hl7"
        file.write_text("".join(f"\x0b{t}\x1c\r" for t in texts), encoding="utf-8")
        found: dict[str, Any] = ward.take(file, layouts / "adt.toml")
        return found

    return take


ADMIT = message("A01", 1, "20260105100000")
MOVE = message("A02", 2, "20260106100000", "WARD2^B1^1")
LEAVE = message("A03", 3, "20260110100000")


def test_a_cancelled_discharge_opens_the_visit_again_also_days_later(ward: Any, adt: Any) -> None:
    assert adt(ADMIT, MOVE, LEAVE)["accepted"] == 3
    assert ward.sql(OPEN) == [("complete", 0, None)]
    got = adt(message("A13", 4, "20260111090000", "WARD2^B1^1"))
    assert (got["accepted"], got["cases"]) == (1, 0)
    assert ward.sql(OPEN) == [("assess", 1, None)]
    assert ward.sql(BED) == [("WARD2-B1-1",)]
    assert ward.problems() == []


def test_what_one_file_cancels_never_happens(ward: Any, adt: Any) -> None:
    got = adt(ADMIT, MOVE, message("A12", 3, "20260107090000"))
    assert (got["accepted"], got["rejected"]) == (3, 0)
    assert ward.sql(BED) == [("WARD1-B1-1",)]
    adt(message("A01", 5, "20260108090000", visit="V2"), message("A11", 6, "20260108100000",
                                                                   visit="V2"))  # fmt: skip
    assert len(ward.sql(OPEN)) == 1


def test_a_cancelled_admission_of_an_earlier_file_is_left_out_of_statistics(
    ward: Any, adt: Any
) -> None:
    adt(ADMIT)
    adt(message("A11", 2, "20260105120000"))
    assert ward.sql(OPEN) == [("left", 0, "cancelled")]
    assert ward.problems() == []


def test_a_control_id_counts_once_also_over_files(ward: Any, adt: Any) -> None:
    first = adt(ADMIT, ADMIT, MOVE)
    assert (first["accepted"], first["unchanged"]) == (3, 0)
    again = adt(ADMIT, MOVE, MOVE)
    assert (again["accepted"], again["unchanged"], again["run"]) == (0, 3, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (message("A40", 9, "20260105100000"), "merges two people"),
        (message("A17", 9, "20260105100000"), "not read"),
        (message("A02", 9, "20260105100000"), "No admission of this visit"),
        (message("A01", 9, "2026"), "no time as HL7"),
        (message("A01", 9, "20990101"), "after today"),
        (message("A01", 9, "20260105100000", visit=""), "no number of a visit"),
        (ADMIT.replace("9990000026", "9990000027"), "NHS number"),
        (ADMIT.replace("|1|P|", "||P|"), "no control id"),
        ("MSH|^~\\&|PAS\r", "MSH segment"),
    ],
)
def test_a_message_that_cannot_be_taken_says_why(ward: Any, adt: Any, text: str, why: str) -> None:
    got = adt(text)
    assert (got["accepted"], got["rejected"]) == (0, 1)
    assert why in next(r["reason"] for r in ward.report() if r["severity"] == "error")


def test_an_announced_person_becomes_a_case_when_admitted(ward: Any, adt: Any) -> None:
    got = adt(message("A05", 1, "20260104100000"), message("A01", 2, "20260105100000"))
    assert (got["accepted"], got["cases"]) == (2, 1)
    assert ward.one("SELECT name FROM persons") == "PERSON TEST"
    adt(message("A08", 3, "20260106100000", "WARD3"))
    assert ward.sql(BED) == [("WARD3",)]


def test_a_cancelled_transfer_of_an_earlier_file_puts_the_bed_back(ward: Any, adt: Any) -> None:
    adt(ADMIT, MOVE)
    assert ward.sql(BED) == [("WARD2-B1-1",)]
    got = adt(message("A12", 3, "20260107090000"))
    assert (got["accepted"], ward.sql(BED)) == (1, [("WARD1-B1-1",)])
    assert ward.problems() == []


@pytest.mark.parametrize("trigger", ["A11", "A12", "A13"])
def test_a_cancel_of_what_never_was_is_refused(ward: Any, adt: Any, trigger: str) -> None:
    got = adt(message(trigger, 9, "20260105100000"))
    assert (got["accepted"], got["rejected"], ward.sql(OPEN)) == (0, 1, [])


def test_an_announcement_alone_opens_no_case(ward: Any, adt: Any) -> None:
    adt(message("A05", 1, "20260104100000"))
    assert ward.sql(OPEN) == []
