"""Several processes at once on one store."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from casereview.packs.library import Library
from casereview.store.opening import open_store
from tests.storms.commands import faults, make_store, recorded
from tests.storms.killing import MAY_WRITE_NOTHING, environment


@dataclass
class Crowd:
    """What a crowd came to; `refused` counts refusals by code."""

    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def storm(place: Path, library: Library, *, processes: int, commands: int, seed: int) -> Crowd:
    """Let processes give commands at the same time and look at what became of each."""
    make_store(place, library)
    script = str(Path(__file__).with_name("player.py"))
    start = time.monotonic()
    players = [
        subprocess.Popen(
            [sys.executable, script, str(place), str(seed + n), f"c{n}", str(commands)],
            stdout=subprocess.PIPE, text=True, env=environment(),
        )
        for n in range(processes)
    ]  # fmt: skip
    said = [player.communicate(timeout=280)[0].splitlines() for player in players]
    crowd = Crowd(seconds=time.monotonic() - start)
    for n, lines in enumerate(said):
        if not lines or lines[-1] != f"end c{n}":
            crowd.problems.append(f"player {n} did not come to its end")
        _count(crowd, place, lines)
    with open_store(place) as store:
        crowd.problems += faults(store, library, whole=True)
        known = {json.loads(x[6:])["id"] for lines in said for x in lines if x[:6] == "begin "}
        kept = store_commands(place)
        crowd.problems += [f"{i} is kept and nobody gave it" for i in kept - known]
    return crowd


def store_commands(place: Path) -> set[str]:
    """Return the ids of the players' commands that a store holds."""
    with open_store(place) as store, store.read() as conn:
        rows = conn.exec_driver_sql("SELECT id FROM commands WHERE id LIKE 'c%-%'")
        return {row[0] for row in rows}


def _count(crowd: Crowd, place: Path, lines: list[str]) -> None:
    told = [line.split() for line in lines if line.startswith(("done ", "refused "))]
    with open_store(place) as store:
        kept = recorded(store, [words[1] for words in told])
    for how, command, what in told:
        if how == "refused":
            crowd.refused[what] += 1
            if command in kept:
                crowd.problems.append(f"{command} was refused ({what}) and is kept")
            continue
        crowd.done += 1
        if command not in kept and what not in MAY_WRITE_NOTHING:
            crowd.problems.append(f"{command} ({what}) was acknowledged and is lost")
