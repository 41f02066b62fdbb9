"""How the program starts: what it imports, its version, its help."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from casereview.cli.tree import BRANCHES, command_of

Program = Any
ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("sqlmodel", "sqlalchemy", "polars", "textual")
COUNT = f"""
import sys
from casereview.cli.main import run
code = run(sys.argv[1:])
heavy = sorted(m for m in sys.modules if m in {HEAVY!r})
print("heavy:", ",".join(heavy), code)
"""


def start(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(ROOT / p) for p in (".", "tui", "rules"))
    env = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, env=env, check=False, **more
    )


@pytest.mark.parametrize("words", [["--version"], ["--help"], [], ["cse"], ["case", "--help"]])
def test_the_start_imports_nothing_heavy(words: list[str]) -> None:
    done = start("-c", COUNT, *words)
    assert done.stdout.splitlines()[-1].startswith("heavy:  ")


def test_the_version_is_one_line() -> None:
    done = start("-m", "casereview_tui", "--version")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)


def test_without_words_and_terminal_the_help_is_shown(program: Program) -> None:
    result = program()
    assert result.code == 0
    assert "Commands:" in result.out
    assert max(len(line) for line in result.out.splitlines()) <= 80


@pytest.mark.parametrize("word", list(BRANCHES))
def test_every_command_is_explained_with_an_example(program: Program, word: str) -> None:
    command = command_of(BRANCHES[word])
    paths = [[word, name] for name in getattr(command, "commands", {})] or [[word]]
    for path in paths:
        text = program.ok(*path, "--help").out
        assert "Example: casereview" in text, path
        assert " ".join(path) in text


def test_a_reader_that_leaves_early_is_no_fault(ward: Program) -> None:
    path = os.pathsep.join(str(ROOT / p) for p in (".", "tui", "rules"))
    command = f'"{sys.executable}" -m casereview_tui rules facts | head -1'
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
