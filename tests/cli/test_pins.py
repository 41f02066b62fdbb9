"""Who acts in a real store: PINs come from the keyboard or stdin, never from a setting."""

from __future__ import annotations

from typing import Any

import pytest

Program = Any


@pytest.fixture
def real(program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A real store with the team W1 and dr.b, whose PIN is 4321."""
    monkeypatch.delenv("CASEREVIEW_NOW")
    program.ok("init")
    program.ok("team", "add", "W1", "--pathway", "ward")
    program.ok("user", "add", "dr.b", "--name", "B", "--role", "clinician", "--team", "W1")
    program.ok("user", "pin", "dr.b", stdin="4321\n")
    return program


def test_another_login_in_a_real_store_needs_its_pin(real: Program) -> None:
    note = ("--as", "dr.b", "case", "list", "--format", "json")
    assert real(*note, stdin="4321\n").code == 0
    wrong = real(*note, stdin="1111\n")
    assert (wrong.code, wrong.json["error"]["code"]) == (1, "wrong_pin")
    assert real(*note, stdin="").code == 1


def test_a_pin_is_never_taken_from_the_environment(
    real: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEREVIEW_PIN", "4321")
    assert real("--as", "dr.b", "case", "list").code == 1


def test_a_pin_that_is_too_short_is_refused(real: Program) -> None:
    assert real("user", "pin", "dr.b", stdin="1\n").code == 1


def test_the_clock_of_a_real_store_cannot_be_set(real: Program) -> None:
    real.now("2026-03-03T09:00:00Z")
    refused = real("case", "list", "--format", "json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "clock_of_real_store")


def test_a_real_store_is_not_made_with_a_set_clock(program: Program) -> None:
    assert program("init").code == 2
    assert not program.store.exists()


def test_rehearsal_stores_let_anybody_act_as_anybody(ward: Program) -> None:
    assert ward("--as", "dr.b", "case", "list").code == 0
    assert ward("--as", "nobody.here", "case", "list").code == 1
