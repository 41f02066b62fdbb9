"""The installed program in a real terminal: the screens open, an answer is given, they quit."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TMUX = shutil.which("tmux")
pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")
WAIT_SECONDS = 20.0
TUESDAY = "2026-03-03T09:02:00Z"


def program() -> list[str]:
    """Return the console script of this environment; without one, the module that it runs."""
    script = shutil.which("casereview", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "casereview_tui"]


class Terminal:
    """One 80x24 window of a tmux server of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = f"casereview-{uuid.uuid4().hex[:12]}"
        self.env = {
            **os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8",
            "CASEREVIEW_STORE": str(folder / "store.db"), "CASEREVIEW_NOW": TUESDAY,
            "XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data"),
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        }  # fmt: skip
        for name in ("TMUX", "NO_COLOR", "CASEREVIEW_COMMAND"):
            self.env.pop(name, None)

    def tmux(self, *words: str) -> str:
        """Run a tmux command and return what it prints."""
        assert TMUX is not None
        done = subprocess.run(
            [TMUX, "-L", self.socket, "-f", os.devnull, *words],
            env=self.env, cwd=self.folder, capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
        return done.stdout

    def open(self, *words: str) -> None:
        """Run the program in the window; the window says when it has ended, and stays."""
        line = f"{shlex.join([*program(), *words])}; echo ended with $?; exec cat"
        self.tmux("new-session", "-d", "-x", "80", "-y", "24", "sh", "-c", line)

    @property
    def text(self) -> str:
        """Return what stands in the window."""
        return self.tmux("capture-pane", "-p")

    def wait(self, *words: str) -> str:
        """Wait until all of some words stand in the window."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            text = self.text
            if all(w in text for w in words):
                return text
            time.sleep(0.1)
        raise AssertionError(f"{words} did not come within {WAIT_SECONDS} s:\n{self.text}")

    def press(self, *keys: str) -> None:
        """Press keys, by their names in tmux."""
        self.tmux("send-keys", *keys)

    def run(self, *words: str) -> list[dict[str, Any]]:
        """Run the program without a terminal and return its rows."""
        done = subprocess.run(
            [*program(), *words, "--format", "json"],
            env=self.env, cwd=self.folder, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return rows


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Give a window, and end its server afterwards."""
    made = Terminal(tmp_path)
    yield made
    assert TMUX is not None
    subprocess.run([TMUX, "-L", made.socket, "kill-server"], check=False, capture_output=True)


def test_the_installed_program_opens_answers_and_quits(terminal: Terminal) -> None:
    terminal.run("init", "--rehearsal")
    terminal.run("team", "add", "W1", "--pathway", "ward", "--meets", "tue,fri")
    terminal.run("case", "refer", "--team", "W1", "--person", "4711", "--on", "2026-03-01")
    terminal.run("review", "open", "--pack", "ward-round", "--team", "W1")

    terminal.open()
    home = terminal.wait("Due today", "Three-question ward round, W1")
    assert "REHEARSAL" in home
    line = next(x for x in home.splitlines() if "Three-question ward round, W1" in x)
    terminal.press(line.split()[0])
    terminal.wait("case 1 of 1", "Has the initial crisis")
    time.sleep(0.4)  # a key too soon after the case was painted may be a held one
    terminal.press("y")
    terminal.wait("Saved 09:02", "2/3 Is the")
    terminal.press("Escape")
    terminal.wait("Due today")
    terminal.press("q")
    terminal.wait("ended with 0")

    answers = terminal.run("case", "show", "C1")[0]["answers"]
    assert [(a["question"], a["value"]) for a in answers] == [("crisis_stabilised", "yes")]


def test_read_only_screens_record_nothing(terminal: Terminal) -> None:
    terminal.run("init", "--rehearsal")
    terminal.run("team", "add", "W1", "--pathway", "ward", "--meets", "tue,fri")
    terminal.open("--read-only")
    terminal.wait("reads only", "Due today")
    terminal.press("f")
    terminal.wait("opened with --read-only")
    terminal.press("q")
    terminal.wait("ended with 0")
