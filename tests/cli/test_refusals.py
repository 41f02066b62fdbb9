"""Exit codes, sentences and the JSON error: what happened, why, what to do next."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casereview.cli import main as cli
from casereview.cli.options import Given
from casereview.cli.output import tell
from casereview.errors import StoreBusy

Program = Any


def test_a_refused_move_names_every_unmet_requirement_in_words(ward: Program) -> None:
    refused = ward("case", "move", "C1", "complete")
    assert (refused.code, refused.out) == (1, "")
    lines = [line for line in refused.err.splitlines() if line.startswith("  - ")]
    assert len(lines) > 5
    assert any("cannot tell: safeguarding" in line for line in lines)
    assert refused.err.count("no open safeguarding worry") == 1


def test_a_refusal_in_json_goes_to_stdout_with_code_message_requirements_and_next(
    ward: Program,
) -> None:
    refused = ward("case", "move", "C1", "complete", "--format", "json")
    assert (refused.code, refused.err) == (1, "")
    error = refused.json["error"]
    assert set(error) == {"code", "message", "requirements", "next"}
    assert {r["requirement"] for r in error["requirements"]} >= {"safeguarding", "decision"}


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["cse"], "case"),
        (["case", "refr"], "refer"),
        (["review", "agnda", "R1"], "agenda"),
        (["case", "refer", "--tem", "W1"], "--team"),
        (["case", "list", "--formt", "json"], "--format"),
        (["--formt", "json"], "--format"),
    ],
)
def test_an_unknown_word_exits_with_2_and_names_the_nearest(
    program: Program, words: list[str], hint: str
) -> None:
    refused = program(*words)
    assert refused.code == 2
    assert f"Did you mean {hint}?" in refused.err


@pytest.mark.parametrize(
    "words",
    [["case"], ["case", "refer", "--team", "W1"], ["case", "show"], ["action", "add", "C1"]],
)
def test_missing_words_exit_with_2_and_say_where_help_is(
    program: Program, words: list[str]
) -> None:
    refused = program(*words)
    assert refused.code == 2
    assert "--help" in refused.err
    assert "Traceback" not in refused.err


def test_usage_errors_are_json_too_when_asked(program: Program) -> None:
    refused = program("case", "--format", "json", "refr")
    assert (refused.code, refused.json["error"]["code"]) == (2, "no_such_command")


def test_without_a_store_the_two_ways_to_one_are_named(program: Program) -> None:
    refused = program("case", "list")
    assert refused.code == 2
    assert "casereview init" in refused.err
    assert "casereview demo" in refused.err


def test_a_file_that_is_no_store_is_refused(program: Program) -> None:
    program.store.write_text("not a store", encoding="utf-8")
    refused = program("case", "list", "--format", "json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "not_a_store")


def test_init_refuses_what_is_there_already(ward: Program) -> None:
    assert ward("init", "--rehearsal").code == 1


@pytest.mark.parametrize("now", ["2026-03-03T09:00:00", "tomorrow"])
def test_a_clock_without_a_zone_is_refused(ward: Program, now: str) -> None:
    ward.now(now)
    assert ward("case", "list").code == 2


def test_a_date_after_the_clock_is_refused(ward: Program) -> None:
    refused = ward("case", "note", "C1", "x", "--on", "2026-03-04", "--format", "json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "date_after_clock")


def test_a_busy_store_exits_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(StoreBusy("The store is busy.", next="Try again."), json=True) == 3
    assert json.loads(capsys.readouterr().out)["error"]["next"] == "Try again."


def test_a_fault_of_the_program_is_one_line_with_an_id(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(_: Given) -> int:
        raise ZeroDivisionError

    def interrupted(_: Given) -> int:
        raise KeyboardInterrupt

    faults = []
    for _ in range(2):
        assert cli.guarded(lambda: broken(Given()), json=False) == 1
        faults.append(capsys.readouterr().err)
    assert faults[0] == faults[1]
    assert len(faults[0].splitlines()) == 1
    assert "Traceback" not in faults[0]
    assert cli.guarded(lambda: interrupted(Given()), json=False) == 130


def test_a_wrong_setting_up_of_options_is_explained(ward: Program) -> None:
    refused = ward("case", "note", "C1", "-x marks the spot")
    assert refused.code == 2
    assert "after `--`" in refused.err
    assert ward("case", "note", "C1", "--", "-x marks the spot").code == 0


def test_verify_exits_with_1_when_a_row_was_edited_behind_its_back(ward: Program) -> None:
    import subprocess
    import sys

    script = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); "
    script += "d.execute(\"update cases set stage = 'complete'\"); d.commit(); d.close()"
    subprocess.run([sys.executable, "-c", script, str(ward.store)], check=True)
    result = ward("verify", "--format", "json")
    assert result.code == 1
    assert any(r["ok"] is False for r in result.json["rows"])
