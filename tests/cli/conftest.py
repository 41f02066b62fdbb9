"""The command line run in this process on a real store, with its words, exit code and streams."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casereview.cli.main import run


@dataclass(frozen=True)
class Result:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


class Program:
    """The installed program: call it with words, or ask for its JSON rows."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, streams: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.store = folder / "store.db"
        self._patch = patch
        self._streams = streams
        self.now("2026-03-03T09:00:00Z")
        patch.setenv("CASEREVIEW_STORE", str(self.store))
        patch.setenv("COLUMNS", "80")
        patch.delenv("CASEREVIEW_COMMAND", raising=False)

    def now(self, instant: str) -> None:
        self._patch.setenv("CASEREVIEW_NOW", instant)

    def __call__(self, *words: str, stdin: str = "") -> Result:
        self._patch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run([str(w) for w in words])
        found = self._streams.readouterr()
        return Result(code, found.out, found.err)

    def ok(self, *words: str, stdin: str = "") -> Result:
        result = self(*words, stdin=stdin)
        assert result.code == 0, f"{' '.join(words)}: {result.err or result.out}"
        return result

    def rows(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ok(*words, "--format", "json").json["rows"]
        return found


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    """The program without a store yet, its clock at 3 March 2026, a Tuesday."""
    return Program(tmp_path, monkeypatch, capsys)


@pytest.fixture
def ward(program: Program) -> Program:
    """A rehearsal store with the ward W1, dr.a, dr.b and the open case C1 in recover."""
    program.ok("init", "--rehearsal")
    program.ok("team", "add", "W1", "--pathway", "ward", "--meets", "tue,fri")
    for login in ("dr.a", "dr.b"):
        program.ok("user", "add", login, "--name", login, "--role", "clinician", "--team", "W1")
    program.ok("case", "refer", "--team", "W1", "--person", "4711", "--on", "2026-03-01")
    for stage in ("stabilise", "recover"):
        program.ok("case", "move", "C1", stage, "--on", "2026-03-02")
    return program


READY = {
    "safeguarding": "none",
    "legal_status": "informal",
    "risk_plan_on": "2026-03-02",
    "safety_plan_on": "2026-03-02",
    "destination": "home",
    "persons_view_on": "2026-03-02",
    "medicines_arranged": "yes",
    "follow_up_arranged": "yes",
    "carer_told": "yes",
}


@pytest.fixture
def make_ready(ward: Program) -> Callable[[], None]:
    """Set every fact that completing C1 needs."""

    def make() -> None:
        for fact, value in READY.items():
            ward.ok("case", "set", "C1", fact, value, "--on", "2026-03-02")

    return make
