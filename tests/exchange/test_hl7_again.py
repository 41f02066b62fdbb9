"""ADT messages sent again, corrected, or out of their order: nobody is lost, nothing is doubled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

OPEN = "SELECT stage, closed_on IS NULL, excluded FROM cases ORDER BY id"


def message(
    trigger: str, control: int, at: str, visit: str = "V1", person: str = "H1", *,
    name: str = "TEST^PERSON", nhs: str = "", born: str = "19800601",
) -> str:  # fmt: skip
    pv1 = ["PV1", "1", "I", "WARD1", *[""] * 15, visit]
    number = f"~{nhs}^^^NHS^NH" if nhs else ""
    return "\r".join([
        f"MSH|^~\\&|PAS|RZZ|WARD|RZZ|{at}||ADT^{trigger}|{control}|P|2.4", f"EVN|{trigger}|{at}",
        f"PID|1||{person}^^^RZZ^MR{number}||{name}||{born}|F", "|".join(pv1), "",
    ])  # fmt: skip


@pytest.fixture
def adt(ward: Any, tmp_path: Path, layouts: Path) -> Any:
    def take(*texts: str | bytes, **more: Any) -> dict[str, Any]:
        file = tmp_path / "messages.hl7"
        file.write_bytes(b"".join(t.encode() if isinstance(t, str) else t for t in texts))
        found: dict[str, Any] = ward.take(file, layouts / "adt.toml", **more)
        return found

    return take


ADMIT = message("A01", 1, "20260105100000")
LEAVE = message("A03", 2, "20260110100000")
BACK = message("A13", 3, "20260110110000")


def counts(row: dict[str, Any]) -> tuple[int, int, int]:
    return row["accepted"], row["unchanged"], row["rejected"]


def reasons(ward: Any, severity: str = "error") -> str:
    return " | ".join(r["reason"] for r in ward.report() if r["severity"] == severity)


def test_another_message_with_a_control_id_of_this_file_is_refused(ward: Any, adt: Any) -> None:
    got = adt(ADMIT, message("A01", 1, "20260105100000", "V2", "H2"))
    assert counts(got) == (1, 0, 1)
    assert "line 1 has this control id and says something else" in reasons(ward)


def test_another_message_with_a_control_id_of_an_earlier_file_is_refused(
    ward: Any, adt: Any
) -> None:
    adt(ADMIT)
    got = adt(message("A03", 1, "20260110100000"))
    assert counts(got) == (0, 0, 1)
    assert "earlier import took another message" in reasons(ward)
    assert ward.sql(OPEN) == [("assess", 1, None)]


def test_a_message_corrected_and_sent_again_is_taken(ward: Any, adt: Any) -> None:
    assert counts(adt(message("A01", 1, "2026"), ADMIT)) == (1, 0, 1)
    assert ward.sql(OPEN) == [("assess", 1, None)]


def test_what_was_refused_is_refused_again_when_it_came_twice(ward: Any, adt: Any) -> None:
    assert counts(adt(LEAVE, LEAVE)) == (0, 0, 2)
    assert "line 1, which has this control id, was refused" in reasons(ward)


def test_messages_that_cancelled_each_other_are_known_again(ward: Any, adt: Any) -> None:
    assert counts(adt(ADMIT, LEAVE, BACK)) == (3, 0, 0)
    again = adt(ADMIT, LEAVE, BACK)
    assert (counts(again), again["run"]) == ((0, 3, 0), None)
    assert ward.problems() == []


def test_a_message_that_changes_nothing_is_known_again(ward: Any, adt: Any) -> None:
    adt(ADMIT)
    same = message("A08", 4, "20260106100000")
    assert counts(adt(same)) == (1, 0, 0)
    again = adt(same)
    assert (counts(again), again["run"]) == ((0, 1, 0), None)


def test_an_admission_after_a_cancelled_one_opens_the_visit(ward: Any, adt: Any) -> None:
    adt(ADMIT)
    adt(message("A11", 2, "20260105120000"))
    got = adt(message("A01", 3, "20260105130000"))
    assert (got["accepted"], got["cases"]) == (1, 1)
    assert ward.sql(OPEN) == [("left", 0, "cancelled"), ("assess", 1, None)]
    assert ward.one("SELECT link FROM cases WHERE id = 2") is None
    assert ward.problems() == []


@pytest.mark.parametrize("together", [True, False])
def test_an_admission_after_a_discharge_is_a_return(ward: Any, adt: Any, together: bool) -> None:
    again = message("A01", 3, "20260112100000")
    if together:
        got = adt(ADMIT, LEAVE, again)
        assert (got["accepted"], got["cases"]) == (3, 2)
    else:
        adt(ADMIT, LEAVE)
        assert adt(again)["cases"] == 1
    assert "opens a new case" in reasons(ward, "warning")
    assert ward.sql(OPEN) == [("complete", 0, None), ("assess", 1, None)]
    assert ward.sql("SELECT link, linked_case_id FROM cases WHERE id = 2") == [("return", 1)]
    known = adt(ADMIT, LEAVE, again)
    assert (counts(known), known["run"]) == ((0, 3, 0), None)
    assert ward.problems() == []


def test_an_admission_sent_late_opens_no_second_stay(ward: Any, adt: Any) -> None:
    adt(ADMIT, LEAVE)
    assert adt(message("A01", 5, "20260106100000"))["cases"] == 0
    assert ward.sql(OPEN) == [("complete", 0, None)]


def test_bytes_that_are_no_text_refuse_their_message(ward: Any, adt: Any) -> None:
    spoiled = message("A01", 1, "20260105100000", name="AXB^ANN").encode().replace(b"X", b"\x81")
    got = adt(spoiled, message("A01", 2, "20260105100000", "V2", "H2"))
    assert counts(got) == (1, 0, 1)
    assert "bytes that are not text" in reasons(ward)


def test_letters_of_another_encoding_are_told(ward: Any, adt: Any) -> None:
    heard: list[str] = []
    text = message("A01", 1, "20260105100000", name="O\u2019NEILL^ZO\u00cb")
    adt(text.encode("cp1252"), tell=heard.append)
    assert "cp1252" in " ".join(heard)
    assert ward.one("SELECT name FROM persons") == "ZO\u00cb O\u2019NEILL"


def test_controls_in_a_name_are_told(ward: Any, adt: Any) -> None:
    assert adt(message("A01", 1, "20260105100000", name="B\x1b[2J^ANN"))["warned"] == 1
    assert "replaced" in reasons(ward, "warning")


def test_an_empty_batch_is_an_honest_nothing(ward: Any, adt: Any) -> None:
    got = adt("FHS|^~\\&|PAS\rBHS|^~\\&|PAS\rBTS|0\rFTS|1\r")
    assert (counts(got), got["run"]) == ((0, 0, 0), None)


@pytest.mark.parametrize(
    ("text", "column"),
    [(message("A01", 1, "20260105100000", nhs="9990000027"), "PID-3"),
     (message("A01", 1, "20260105100000", born="18500101"), "PID-7"),
     (message("A01", 1, "20260105100000", name="X" * 5_000), "PID-5")],
)  # fmt: skip
def test_the_field_that_cannot_be_right_is_named(
    ward: Any, adt: Any, text: str, column: str
) -> None:
    assert counts(adt(text)) == (0, 0, 1)
    assert ward.report()[0]["column"] == column
    assert ward.report()[0]["value"]
