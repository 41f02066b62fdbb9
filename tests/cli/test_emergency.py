"""What a team does when somebody is in danger now: its own line, never a number made up."""

from __future__ import annotations

from typing import Any

import pytest

Program = Any
LINE = "Ring security on 2222, then the duty desk"


def of_team(ward: Program) -> Any:
    return ward.rows("team", "list")[0]["emergency"]


def test_a_team_has_none_until_it_is_set_and_it_can_be_taken_back(ward: Program) -> None:
    assert of_team(ward) is None
    assert ward.rows("team", "emergency", "W1", LINE)[0] == {"team": "W1", "emergency": LINE}
    assert of_team(ward) == LINE
    ward.ok("team", "emergency", "W1", "Another line")
    assert of_team(ward) == "Another line"
    ward.ok("team", "emergency", "W1", "--clear")
    assert of_team(ward) is None
    ward.ok("verify")


def test_the_line_is_shown_when_there_is_danger_now_only(ward: Program) -> None:
    ward.ok("team", "emergency", "W1", LINE)
    assert "2222" not in ward.ok("case", "flag", "C1", "Bruise").err
    now = ward("case", "flag", "C1", "He is at the door", "--danger-now")
    assert f"DANGER NOW: {LINE}" in now.err


@pytest.mark.parametrize(
    ("words", "code"),
    [([], 2), ([LINE, "--clear"], 2), ([" "], 1), (["x" * 201], 1), ([LINE, "--as", "dr.a"], 1)],
    ids=["nothing", "both", "empty", "too long", "a clinician"],
)
def test_what_is_no_line_is_refused(ward: Program, words: list[str], code: int) -> None:
    assert ward("team", "emergency", "W1", *words).code == code
    assert of_team(ward) is None


def test_the_same_line_again_records_nothing(ward: Program) -> None:
    ward.ok("team", "emergency", "W1", LINE)
    before = ward.rows("info")
    ward.ok("team", "emergency", "W1", LINE)
    assert [r for r in ward.rows("info") if r["name"] != "size_bytes"] == [
        r for r in before if r["name"] != "size_bytes"
    ]
