"""The command line run in this process on a real store whose clock the test sets."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casereview.cli.main import run

NOW = "2026-03-20T09:00:00Z"


@dataclass(frozen=True)
class Result:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Program:
    """The program on one store."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, streams: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self._patch, self._streams = patch, streams
        patch.setenv("CASEREVIEW_STORE", str(folder / "store.db"))
        patch.setenv("COLUMNS", "80")
        patch.delenv("CASEREVIEW_COMMAND", raising=False)
        self.now(NOW)

    def now(self, instant: str) -> None:
        self._patch.setenv("CASEREVIEW_NOW", instant)

    def __call__(self, *words: str) -> Result:
        self._patch.setattr(sys, "stdin", io.StringIO(""))
        code = run([str(w) for w in words])
        found = self._streams.readouterr()
        return Result(code, found.out, found.err)

    def ok(self, *words: str) -> Result:
        result = self(*words)
        assert result.code == 0, f"{' '.join(words)}: {result.err or result.out}"
        return result

    def said(self, *words: str) -> Any:
        """Return a command's JSON: rows and all that is said beside them."""
        return self.ok(*words, "--format", "json").json

    def rows(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.said(*words)["rows"]
        return found

    def refused(self, *words: str) -> dict[str, Any]:
        """Return the refusal of a command that fails without having changed anything."""
        result = self(*words, "--format", "json")
        assert result.code in (1, 2), result.out
        found: dict[str, Any] = result.json["error"]
        return found


Command = tuple[str, tuple[str, ...]]
BARE: tuple[Command, ...] = (
    ("2026-01-02T09:00:00Z", ("init", "--rehearsal")),
    ("2026-01-02T09:00:00Z", ("team", "add", "W1", "--pathway", "ward")),
    ("2026-01-02T09:00:00Z", ("team", "add", "W2", "--pathway", "ward")),
)


def referrals(days: Sequence[str]) -> tuple[Command, ...]:
    """Return commands that refer one person to W1 on each day, told on that day."""
    return tuple(
        (f"{on}T12:00:00Z", ("case", "refer", "--team", "W1", "--person", f"47{n}", "--on", on))
        for n, on in enumerate(days, 1)
    )


FEW = ("2026-01-05", "2026-01-20", "2026-02-03", "2026-02-10", "2026-02-24", "2026-03-09")
MANY = [f"2026-0{1 if n < 12 else 2}-{n % 12 + 3:02}" for n in range(23)]
STORES = {"bare": BARE, "few": (*BARE, *referrals(FEW)), "many": (*BARE, *referrals(MANY))}


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Each store made once, to be copied."""
    made = {}
    for name, commands in STORES.items():
        made[name] = tmp_path_factory.mktemp(name) / "store.db"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CASEREVIEW_STORE", str(made[name]))
            patch.delenv("CASEREVIEW_COMMAND", raising=False)
            for now, words in commands:
                patch.setenv("CASEREVIEW_NOW", now)
                assert run(list(words)) == 0
    return made


@pytest.fixture
def opened(
    stores: Mapping[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[str], Program]:
    def _opened(name: str) -> Program:
        made = Program(tmp_path, monkeypatch, capsys)
        shutil.copy2(stores[name], tmp_path / "store.db")
        return made

    return _opened


@pytest.fixture
def program(opened: Callable[[str], Program]) -> Program:
    """A rehearsal store with the wards W1 and W2, at 20 March 2026."""
    return opened("bare")


@pytest.fixture
def served(opened: Callable[[str], Program]) -> Program:
    """Referrals to W1: two in January, three in February, one in March."""
    return opened("few")


@pytest.fixture
def busy(opened: Callable[[str], Program]) -> Program:
    """Twelve referrals to W1 in January and eleven in February."""
    return opened("many")
