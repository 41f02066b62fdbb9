"""A proposed layout: it loads, it imports what it can, and it says what it could not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casereview.errors import FileFaults
from casereview.exchange.guessing import propose
from casereview.exchange.layout_file import read_layout


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
