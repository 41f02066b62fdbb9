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


def test_who_signs_as_the_one_who_sits_types_the_pin_once(real: Program) -> None:
    real.ok("case", "refer", "--team", "W1", "--person", "P1")
    real.ok("case", "flag", "P1", "Bruise", "--owner", "dr.b")
    real.ok("case", "flag", "P1", "--handed-to", "duty desk")
    signed = real.ok("--as", "dr.b", "case", "flag", "P1", "--sign", "--format", "json",
                     stdin="4321\n")  # fmt: skip
    assert signed.json["rows"][0]["status"] == "closed"


def test_a_pin_that_nobody_typed_is_no_attempt(real: Program) -> None:
    for _ in range(6):
        nothing = real("--as", "dr.b", "case", "list", "--format", "json", stdin="")
        assert (nothing.code, nothing.json["error"]["code"]) == (1, "wrong_pin")
        assert "stdin" in nothing.json["error"]["next"]
    assert real("--as", "dr.b", "case", "list", stdin="4321\n").code == 0


def test_a_user_who_is_here_takes_the_name_of_another_computer(
    real: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = ("user", "add", "dr.b", "--name", "B", "--role", "clinician", "--os-user")
    real.ok(*again, "betty")
    with monkeypatch.context() as there:
        there.setenv("LOGNAME", "betty")
        added = real.ok("case", "refer", "--team", "W1", "--person", "P1", "--format", "json")
    case = added.json["rows"][0]["case"]
    shown = real.ok("export", "journal", "--identifiable", "--purpose", "who typed it", "-o",
                    str(real.folder / "j.json"))  # fmt: skip
    assert shown.code == 0
    assert '"dr.b"' in (real.folder / "j.json").read_text()
    assert case == "C1"
    real.ok("verify")


def test_one_name_on_a_computer_is_one_user(real: Program) -> None:
    real.ok("user", "add", "dr.c", "--name", "C", "--role", "clinician", "--os-user", "shared")
    second = ("user", "add", "dr.d", "--name", "D", "--role", "clinician", "--os-user", "shared",
              "--format", "json")  # fmt: skip
    refused = real(*second)
    assert (refused.code, refused.json["error"]["code"]) == (1, "os_user_taken")
    real.ok("user", "remove", "dr.c")
    real.ok(*second)
