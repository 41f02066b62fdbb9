"""--read-only: what reads works, what would record is refused before anything is opened."""

from __future__ import annotations

from typing import Any

import pytest

from casereview.cli.main import run
from casereview.cli.options import Given

Program = Any
READS = [["case", "list"], ["info"], ["sweep", "--help"], ["team", "list"], ["stats", "caseload"]]
WRITES = [
    ["case", "note", "C1", "words"],
    ["case", "move", "C1", "complete"],
    ["review", "open", "--pack", "ward-round", "--team", "W1"],
    ["review", "run", "--plain", "--pack", "ward-round", "--team", "W1"],
    ["user", "add", "x", "--name", "X", "--role", "clinician"],
    ["init", "--rehearsal"],
    ["migrate"],
    ["backup", "copy.db"],
    ["restore", "copy.db"],
    ["demo", "--fresh"],
]


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_what_reads_works(ward: Program, words: list[str]) -> None:
    assert ward("--read-only", *words).code == 0


@pytest.mark.parametrize("words", WRITES, ids=" ".join)
def test_what_would_record_is_refused_and_records_nothing(ward: Program, words: list[str]) -> None:
    before = ward.store.read_bytes()
    for line in (["--read-only", *words], [*words, "--read-only"]):
        result = ward(*line)
        assert result.code == 1
        assert "--read-only was given. Nothing was done." in result.err
    assert ward.store.read_bytes() == before
    assert not (ward.folder / "copy.db").exists()


def test_a_refusal_in_json_has_its_code(ward: Program) -> None:
    result = ward("case", "note", "C1", "words", "--read-only", "--format", "json")
    assert result.json["error"]["code"] == "read_only"


def test_the_overview_explains_it(program: Program) -> None:
    assert "--read-only" in program.ok("--help").out


@pytest.mark.parametrize("words", [["--read-only"], []])
def test_the_screens_are_told(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    told: list[Given] = []

    def screens(given: Given) -> int:
        told.append(given)
        return 0

    assert run(words, screens=screens) == 0
    assert told[0].read_only is bool(words)
