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
    ward.now("2026-03-04T00:10:00Z")
    assert ward.rows(*NOTE) == first
    ward.ok(*NOTE, "--format", "csv", "--yes")
    monkeypatch.setenv("CASEREVIEW_COMMAND", "Z1")
    assert ward.rows("case", "note", "--", "C1", "x") == first
    assert ward.rows("--as", _me(ward), *NOTE[:4]) == first
    monkeypatch.delenv("CASEREVIEW_COMMAND")
    assert len(ward.rows("case", "show", "C1")[0]["notes"]) == 1


def _me(ward: Program) -> str:
    return next(str(u["login"]) for u in ward.rows("user", "list") if u["role"] == "administrator")


def test_options_in_another_order_are_the_same_command(ward: Program) -> None:
    contact = ("case", "contact", "C1", "--command", "Z2")
    kind, came = ("--kind", "telephone"), ("--attended", "5")
    assert ward.rows(*contact, *kind, *came) == ward.rows(*contact, *came, *kind)


def test_a_refused_command_leaves_its_id_free(ward: Program) -> None:
    assert ward("case", "note", "C9", "x", "--command", "Z3").code == 1
    ward.ok("case", "note", "C1", "x", "--command", "Z3")
