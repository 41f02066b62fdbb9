"""Slips of the pen are named before anything is recorded; what is meant can still be recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program, Result


def refused(result: Result, code: str) -> dict[str, str]:
    assert result.code == 1, result.out
    error: dict[str, str] = result.json["error"]
    assert error["code"] == code
    return error


def test_a_post_that_looks_like_another_names_it(ward: Program) -> None:
    slip = ("team", "post", "W1", "consultan=dr.a")
    error = refused(ward(*slip, "--format", "json"), "unknown_post")
    assert "Did you mean consultant?" in error["next"]
    assert ward.rows("team", "list")[0]["posts"] == {}
    assert ward.rows(*slip, "--new")[0]["post"] == "consultan"
    # Once it is a post of the team, filling it again asks nothing.
    assert ward.rows("team", "post", "W1", "consultan=dr.b")[0]["login"] == "dr.b"


@pytest.mark.parametrize("post", ["consultant", "follow-up", "porter"])
def test_posts_of_rules_and_of_the_team_itself_are_filled(ward: Program, post: str) -> None:
    assert ward.rows("team", "post", "W1", f"{post}=dr.a")[0]["post"] == post


@pytest.mark.parametrize(
    ("typed", "near"), [("fac", "face-to-face"), ("telefone", "telephone"), ("vidoe", "video")]
)
def test_a_kind_of_contact_that_looks_like_a_listed_one_names_it(
    ward: Program, typed: str, near: str
) -> None:
    contact = ("case", "contact", "C1", "--kind", typed, "--attended", "5")
    error = refused(ward(*contact, "--format", "json"), "unknown_kind")
    assert f"Did you mean {near}?" in error["next"]
    assert ward.rows(*contact, "--new")[0]["kind"] == typed


def test_a_kind_of_ones_own_is_kept_and_said_to_be(ward: Program) -> None:
    held = ward.ok("case", "contact", "C1", "--kind", "horse-riding", "--attended", "5")
    assert "'horse-riding' is not on the list" in held.err
    held = ward.ok("case", "contact", "C1", "--kind", "Face to face", "--attended", "5")
    assert held.err == ""


@pytest.mark.parametrize("typed", ["1900-01-01", "9999-12-31", "1788-05-01"])
def test_a_date_that_stands_for_none_is_refused(ward: Program, typed: str) -> None:
    words = ("case", "set", "C1", "expected_end_on", typed, "--format", "json")
    error = refused(ward(*words), "bad_value")
    assert "stands for no date" in error["message"]
    assert "unknown" in error["next"]


def test_several_actions_are_done_together_or_not_at_all(ward: Program) -> None:
    for text in ("Ring", "Write", "Ask"):
        ward.ok("action", "add", "C1", text, "--owner", "dr.a", "--due", "2026-03-06")
    ward.ok("action", "done", "A3")
    refused(ward("action", "done", "A1", "A3", "--format", "json"), "action_closed")
    assert len(ward.rows("action", "list", "--status", "open")) == 2
    rows = ward.rows("action", "done", "A1", "a2", "1", "--reason", "rang them")
    assert [(r["action"], r["status"]) for r in rows] == [("A1", "done"), ("A2", "done")]
    assert ward.ok("doctor").code == 0
    assert ward("action", "done", "A1", "A2", "--seen", "3").code == 2


def test_a_case_confirmed_is_not_confirmed_again(program: Program) -> None:
    program.ok("init", "--rehearsal")
    program.ok("team", "add", "K1", "--pathway", "childrens", "--meets", "tue")
    program.ok("case", "refer", "--team", "K1", "--person", "1", "--on", "2026-03-02")
    for fact, value in (
        ("safeguarding", "none"), ("risk_changed", "no"), ("child_protection_plan", "no"),
    ):  # fmt: skip
        program.ok("case", "set", "C1", fact, value)
    program.ok("case", "move", "C1", "stabilise", "--override", "as imported")
    program.ok("case", "move", "C1", "recover", "--override", "as imported")
    review(program, "R1")
    program.ok("review", "confirm", "R1", "C1", "--override")
    for question, value in (
        ("direction", "continue"), ("next_step", "Ring the school"), ("risk_changed", "no"),
    ):  # fmt: skip
        program.ok("review", "answer", "R1", "C1", question, value)
    program.ok("review", "close", "R1")
    program.ok("case", "set", "C1", "expected_end_on", "2026-04-30")
    program.now("2026-03-10T09:00:00Z")
    review(program, "R2")
    program.ok("review", "confirm", "R2", "C1")
    error = refused(program("review", "confirm", "R2", "C1", "--format", "json"),
                    "already_confirmed")  # fmt: skip
    assert "confirmed until 20" in error["message"]
    program.ok("review", "undo", "R2")
    program.ok("review", "confirm", "R2", "C1")


def review(program: Program, name: str) -> None:
    row = program.rows("review", "open", "--pack", "caseload-sweep", "--team", "K1")[0]
    assert row["review"] == name


def test_a_delay_that_nobody_recorded_is_not_ended(ward: Program) -> None:
    nothing = ward("case", "delay", "C1", "none", "--on", "2026-03-03", "--format", "json")
    assert (nothing.code, nothing.json["error"]["code"]) == (1, "no_delay")
    ward.ok("case", "delay", "C1", "01", "--on", "2026-03-02")
    ended = ("case", "delay", "C1", "none")
    assert ward(*ended, "--end", "2026-03-03").code == 2
    ward.ok(*ended, "--on", "2026-03-03")
    assert ward(*ended, "--on", "2026-03-03").code == 1
