"""A proposed layout: it loads, it imports what it can, and it says what it could not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casereview.errors import FileFaults
from casereview.exchange.layouts.file import read_layout
from casereview.exchange.layouts.guessing import propose


def test_a_proposal_can_be_used_as_it_is(ward: Any, tmp_path: Path, library: Any) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "Our caseload\nCase No;NHS Number;Date of Birth;Referral Date;Stage\n"
        "1;999 000 0026;02/06/1980;03/01/2026;Assess\n2;;13/06/1981;13/01/2026;Recovery\n",
        encoding="utf-8",
    )
    text = propose(file)
    layout = read_layout(text, "proposal.toml", library)
    assert (layout.shape, layout.delimiters, layout.skip) == ("snapshot", (";",), 1)
    assert layout.columns["nhs_number"] == "NHS Number"
    assert layout.statuses == {"assess": "assess", "recovery": "recover"}
    (tmp_path / "proposal.toml").write_text(text, encoding="utf-8")
    assert ward.take(file, tmp_path / "proposal.toml")["accepted"] == 2


def test_an_event_log_lists_what_happens_and_leaves_its_meaning_open(
    tmp_path: Path, library: Any
) -> None:
    file = tmp_path / "events.csv"
    file.write_text("case id,activity,timestamp\nA,Seen,2026-01-05 10:00:00\n", encoding="utf-8")
    text = propose(file)
    layout = read_layout(text, "proposal.toml", library)
    assert (layout.shape, list(layout.activities)) == ("events", ["seen"])
    assert "CHECK" in text.split("Seen")[1]


def test_dates_that_could_be_month_first_are_marked(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("case,referred\nA,03/04/2026\nB,05/06/2026\n", encoding="utf-8")
    assert "month first" in propose(file)
    file.write_text("case,referred\nA,03/04/2026\nB,25/06/2026\n", encoding="utf-8")
    assert "month first" not in propose(file)


def test_no_value_of_the_sample_but_words_of_lists_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("case,name,referred\nA,Ann Example,03/04/2026\n", encoding="utf-8")
    assert "Ann" not in propose(file)


@pytest.mark.parametrize("content", [b"MSH|^~\\&|PAS", b"<?xml version='1.0'?><log/>", b"a,b\n1,2"])
def test_what_is_no_table_with_known_headings_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(FileFaults):
        propose(file)


def test_next_steps_siblings_and_the_unborn_are_proposed(tmp_path: Path, library: Any) -> None:
    file = Path(__file__).resolve().parents[2] / "fixtures" / "imports" / "childrens-list.csv"
    layout = read_layout(propose(file), "proposal.toml", library)
    assert layout.step is not None
    assert (layout.step.column, layout.step.owner, layout.step.due) == (
        "Next step", "By whom", "By when",
    )  # fmt: skip
    assert [link.column for link in layout.links] == ["Siblings"]
    assert [(f.column, f.spec.name) for f in layout.facts] == [("EDD", "expected_birth_on")]


CASELOAD = """Caseload report,,,,,,,,
,,,,,,,,
Client No,Surname,Forename,Date of Birth,Date Referred,Keyworker,Status,Closed Date,Comments
1001,Bell,Ann,02/06/1980,05/01/2024,JS,Open,,"on holiday, back soon"
1002,Khan,Bo,13/07/1975,16/01/2024,AB,Open,,
1003,Lee,Cy,,17/01/2024,JS,Closed,01/03/2024,DNA x3
"""


def test_an_ordinary_caseload_list_gets_its_identifiers_and_ends(
    tmp_path: Path, library: Any
) -> None:
    file = tmp_path / "caseload.csv"
    file.write_text(CASELOAD, encoding="utf-8")
    layout = read_layout(propose(file), "proposal.toml", library)
    assert layout.columns["id"] == "Client No"
    assert layout.columns["ended"] == "Closed Date"
    assert layout.statuses["closed"] == "complete"


def test_a_column_that_tells_all_rows_apart_is_proposed_as_identifier(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(CASELOAD.replace("Client No", "Our mark"), encoding="utf-8")
    assert 'id = "Our mark"' in propose(file)
    assert "CHECK: tells" in propose(file)
    file.write_text(CASELOAD.replace("Client No", "Our mark").replace("1003", "1001"),
                    encoding="utf-8")  # fmt: skip
    assert 'id = "make"' in propose(file)


@pytest.mark.parametrize(
    ("born", "fact"), [("02/06/1980", "expected_end_on"), ("", "expected_birth_on")]
)
def test_an_edd_is_the_discharge_of_those_who_are_born(
    tmp_path: Path, library: Any, born: str, fact: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"Case No,DOB,Admitted,EDD\n1,{born},13/01/2024,15/01/2024\n", encoding="utf-8")
    text = propose(file)
    assert [f.spec.name for f in read_layout(text, "p.toml", library).facts] == [fact]
    assert "CHECK" in text.partition("EDD")[2]
