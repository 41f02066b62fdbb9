"""kill -9 at random moments, and what must be true afterwards."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from casereview.packs.library import Library
from casereview.store.opening import open_store
from tests.storms.commands import Spec, Table, faults, make_store, perform, recorded

ROOT = Path(__file__).parents[2]
COMMANDS = 40
MAY_WRITE_NOTHING = ("sweep",)
"""Commands that are acknowledged without an entry when there is nothing to do."""


@dataclass
class Heard:
    """What one player said before it was killed."""

    done: list[tuple[str, ...]] = field(default_factory=list)
    refused: list[tuple[str, ...]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    under_way: Spec | None = None


@dataclass
class Result:
    """What a storm of kills came to."""

    kills: int = 0
    acknowledged: int = 0
    unacknowledged_kept: int = 0
    retried: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def environment() -> dict[str, str]:
    """Return the environment of a player: this interpreter's own import path."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}


class Players:
    """A warm process that forks players, and the hand that kills them."""

    def __init__(self, place: Path) -> None:
        script = str(Path(__file__).with_name("player.py"))
        self.process = subprocess.Popen(
            [sys.executable, script, str(place), "serve"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(),
        )  # fmt: skip

    def close(self) -> None:
        """Let the warm process end by itself."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def kill_one(self, rng: random.Random, tag: str) -> Heard:
        """Start a player, kill it at a random moment, and return what it said."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{rng.randrange(10**9)} {tag} {COMMANDS}\n")
        self.process.stdin.flush()
        heard = Heard()
        after, pid = rng.randint(0, 12), 0
        for line in self.process.stdout:
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "pid":
                pid = int(rest)
            elif word == "gone":
                return heard
            self._hear(heard, word, rest)
            # Now and then between two commands, mostly in the middle of one.
            if pid and word == "begin" and after == 0:
                time.sleep(rng.random() * 0.008)
                os.kill(pid, signal.SIGKILL)
                pid = 0
            after -= word == "begin"
        raise RuntimeError("the players' process ended")

    @staticmethod
    def _hear(heard: Heard, word: str, rest: str) -> None:
        if word == "begin":
            heard.under_way = json.loads(rest)
        elif word in ("done", "refused"):
            (heard.done if word == "done" else heard.refused).append(tuple(rest.split()))
            heard.under_way = None
        elif word == "fault":
            heard.faults.append(rest)


def storm(place: Path, library: Library, *, kills: int, seed: int, whole_every: int) -> Result:
    """Kill players one after another on one store and look at it after each."""
    rng = random.Random(seed)
    make_store(place, library)
    players, result, start = Players(place), Result(), time.monotonic()
    try:
        for n in range(kills):
            heard = players.kill_one(rng, f"k{n}")
            result.kills += 1
            result.problems += _look(place, library, heard, result)
            if n % whole_every == whole_every - 1 or n == kills - 1:
                with open_store(place) as store:
                    result.problems += faults(store, library, whole=True)
            if result.problems:
                break
    finally:
        players.close()
    result.seconds = time.monotonic() - start
    return result


def _look(place: Path, library: Library, heard: Heard, result: Result) -> list[str]:
    """Return what is wrong after one kill; the command that was under way is sent again, twice."""
    found = list(heard.faults)
    with open_store(place) as store:
        kept = recorded(store, [i for i, *_ in (*heard.done, *heard.refused)])
        result.acknowledged += len(heard.done)
        found += [f"{i} was refused ({c}) and is kept" for i, c in heard.refused if i in kept]
        found += [
            f"{i} ({name}) was acknowledged and is gone"
            for i, name in heard.done
            if i not in kept and name not in MAY_WRITE_NOTHING
        ]
        found += faults(store, library, whole=False)
        spec = heard.under_way
        if spec is None:
            return found
        before = recorded(store, [spec["id"]])
        result.unacknowledged_kept += bool(before)
        table = Table(store, library)
        first, again = perform(table, spec)[0], perform(table, spec)[0]
        result.retried += 1
        after = recorded(store, [spec["id"]])
        if before and (first != "done" or after != before):
            found.append(f"{spec['id']} ({spec['name']}) was kept, then done again")
        if first != again and after:
            found.append(f"{spec['id']} ({spec['name']}) answered {first}, then {again}")
    return found
