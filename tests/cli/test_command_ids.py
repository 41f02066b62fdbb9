"""A command id repeats the very same command and never swallows another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program

NOTE = ("case", "note", "C1", "x", "--command", "Z1")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("case", "set", "C1", "destination", "home"), id="another command"),
        pytest.param(("case", "note", "C1", "y"), id="other words"),
        pytest.param(("case", "note", "C1", "x", "--on", "2026-03-02"), id="another day"),
        pytest.param(("case", "note", "C1", "x", "--as", "dr.a"), id="another person"),
        pytest.param(("case", "note", "C1", "x", "--by", "dr.a"), id="said by another"),
    ],
)
def test_another_command_under_a_used_id_is_refused(ward: Program, other: tuple[str, ...]) -> None:
    ward.ok(*NOTE)
    before = ward.rows("case", "show", "C1")
    held = ward(*other, "--command", "Z1", "--format", "json")
    assert held.code == 1
    error = held.json["error"]
    assert error["code"] == "command_reused"
    assert "'Z1' was used already for `case note`" in error["message"]
    assert "--command" in error["next"]
    assert ward.rows("case", "show", "C1") == before


def test_the_very_same_command_answers_the_same_however_it_is_shown(
    ward: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ward.rows(*NOTE)
    version = ward.rows("case", "show", "C1")[0]["version"]
    ward.now("2026-03-04T00:10:00Z")
    assert ward.rows(*NOTE) == first
    ward.ok(*NOTE, "--format", "csv", "--yes")
    monkeypatch.setenv("CASEREVIEW_COMMAND", "Z1")
    assert ward.rows(*NOTE[:4]) == first
    assert ward.rows("--as", _me(ward), *NOTE[:4]) == first
    monkeypatch.delenv("CASEREVIEW_COMMAND")
    assert ward.rows("case", "show", "C1")[0]["version"] == version


def _me(ward: Program) -> str:
    return next(str(u["login"]) for u in ward.rows("user", "list") if u["role"] == "administrator")


def test_options_in_another_order_are_the_same_command(ward: Program) -> None:
    contact = ("case", "contact", "C1", "--command", "Z2")
    kind, came = ("--kind", "telephone"), ("--attended", "5")
    assert ward.rows(*contact, *kind, *came) == ward.rows(*contact, *came, *kind)


def test_a_refused_command_leaves_its_id_free(ward: Program) -> None:
    assert ward("case", "note", "C9", "x", "--command", "Z3").code == 1
    ward.ok("case", "note", "C1", "x", "--command", "Z3")


def test_several_actions_done_under_one_id_are_done_once(ward: Program) -> None:
    for text in ("Ring", "Write", "Ask"):
        ward.ok("action", "add", "C1", text, "--owner", "dr.a", "--due", "2026-03-06")
    both = ("action", "done", "A1", "A2", "--command", "Z4")
    first = ward.rows(*both)
    again = ward.rows(*both)
    assert [(r["action"], r["status"]) for r in first] == [("A1", "done"), ("A2", "done")]
    assert [(r["action"], r["status"]) for r in again] == [("A1", "done"), ("A2", "done")]
    held = ward("action", "done", "A3", "--command", "Z4", "--format", "json")
    assert held.json["error"]["code"] == "command_reused"
    assert ward.rows("action", "list", "--status", "open")[0]["action"] == "A3"
