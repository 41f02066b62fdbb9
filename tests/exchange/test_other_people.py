"""A case that a later line or file gives to somebody else is left as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casereview.service.cases import merging

ROWS = (
    "SELECT c.local_id, p.local_id, k.stage FROM imported_cases c JOIN cases k "
    "ON k.id = c.case_id JOIN person_ids p ON p.person_id = k.person_id ORDER BY k.id"
)
WITH_PERSON = 'person = "who"'


def counts(row: dict[str, Any]) -> tuple[int, int, int]:
    return row["accepted"], row["unchanged"], row["rejected"]


@pytest.mark.parametrize("other", ["Q2", "Q9"])
@pytest.mark.parametrize("stage", ["Assess", "Stabilise"])
def test_a_list_that_gives_a_case_to_somebody_else_is_refused_there(
    ward: Any, snapshot: Any, other: str, stage: str
) -> None:
    heading = "case,referred,stage,ended,why,who"
    one, two = "K1,05/01/2026,Assess,,,Q1", "K2,05/01/2026,Assess,,,Q2"
    ward.take(*snapshot(one, two, heading=heading, columns=WITH_PERSON))
    before = ward.sql(ROWS)
    file = snapshot(f"K1,05/01/2026,{stage},,,{other}", two, heading=heading, columns=WITH_PERSON)
    got = ward.take(*file)
    assert counts(got) == (0, 1, 1)
    (told,) = ward.report()
    assert (told["line"], told["column"], told["value"]) == ("2", "who", other)
    assert "belongs to somebody else" in told["reason"]
    assert ward.sql(ROWS) == before
    assert ward.one("SELECT count(*) FROM persons") == 2


def test_events_of_somebody_else_s_case_are_refused(ward: Any, events: Any) -> None:
    head = "case,what,when,who"
    ward.take(*events("A,Referred,05/01/2026,Q1", head=head, columns=WITH_PERSON))
    got = ward.take(*events("A,Treated,06/01/2026,Q2", head=head, columns=WITH_PERSON))
    assert counts(got) == (0, 0, 1)
    assert ward.sql(ROWS) == [("A", "Q1", "assess")]


def test_a_case_of_a_merged_record_is_still_known_by_both_identifiers(
    ward: Any, events: Any
) -> None:
    head = "case,what,when,who"
    closed = ("A,Referred,05/01/2026,Q1", "A,Home,06/01/2026,Q1")
    ward.take(*events(*closed, "B,Referred,05/01/2026,Q2", head=head, columns=WITH_PERSON))
    merging.merge(ward.desk.again(), "P1", "P2")
    got = ward.take(*events("A,Blood,06/01/2026,Q1", "A,Blood,07/01/2026,Q1", head=head,
                            columns=WITH_PERSON))  # fmt: skip
    assert counts(got) == (2, 0, 0)


def message(trigger: str, control: int, at: str, person: str, nhs: str = "") -> str:
    pv1 = ["PV1", "1", "I", "WARD1", *[""] * 15, "V1"]
    ids = "~".join(filter(None, (person and f"{person}^^^RZZ^MR", nhs and f"{nhs}^^^NHS^NH")))
    return "\r".join([
        f"MSH|^~\\&|PAS|RZZ|WARD|RZZ|{at}||ADT^{trigger}|{control}|P|2.4", f"EVN|{trigger}|{at}",
        f"PID|1||{ids}||TEST^PERSON", "|".join(pv1), "",
    ])  # fmt: skip


ADMIT = message("A01", 1, "20260105100000", "H1", "9990000026")


@pytest.mark.parametrize("together", [True, False])
def test_a_message_about_somebody_else_s_visit_is_refused(
    ward: Any, tmp_path: Path, layouts: Path, together: bool
) -> None:
    file, other = tmp_path / "a.hl7", message("A02", 2, "20260106100000", "H2")
    file.write_text(ADMIT + (other if together else ""), encoding="utf-8")
    got = ward.take(file, layouts / "adt.toml")
    if not together:
        file.write_text(other, encoding="utf-8")
        got = ward.take(file, layouts / "adt.toml")
    assert got["rejected"] == 1
    error = next(r for r in ward.report() if r["severity"] == "error")
    assert (error["column"], error["value"]) == ("PID-3", "H2")
    assert "somebody else" in error["reason"]
    assert ward.one("SELECT count(*) FROM persons") == 1


def test_the_nhs_number_shows_that_another_identifier_is_the_same_person(
    ward: Any, tmp_path: Path, layouts: Path
) -> None:
    file = tmp_path / "a.hl7"
    file.write_text(ADMIT + message("A02", 2, "20260106100000", "", "9990000026"), encoding="utf-8")
    assert counts(ward.take(file, layouts / "adt.toml")) == (2, 0, 0)
