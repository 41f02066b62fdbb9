"""A process that plays random commands on one store and says on stdout what it was told.

    python player.py STORE serve        fork a player for each line "SEED TAG COUNT" on stdin

A player prints "begin SPEC" before each command and "done ID NAME" or "refused ID CODE" after it;
it ends with "end TAG". Forking a warm process makes two hundred kills affordable.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from pathlib import Path

from casereview.packs.library import Library
from casereview.store.opening import open_store
from tests.storms.commands import Table, choose, perform


def play(place: Path, library: Library, seed: int, tag: str, count: int) -> None:
    """Give `count` commands, saying what becomes of each."""
    rng = random.Random(seed)
    with open_store(place) as store:
        table = Table(store, library)
        for n in range(count):
            spec = choose(table, rng, n, tag)
            say(f"begin {json.dumps(spec)}")
            how, what = perform(table, spec)
            said = spec["name"] if how == "done" else what.code
            say(f"{how} {spec['id']} {said}")
    say(f"end {tag}")


def say(line: str) -> None:
    """Write one line in one system call, so that a kill never leaves half of a short one."""
    os.write(1, f"{line}\n".encode())


def serve(place: Path) -> None:
    """Fork a player for each line, tell its process id, and tell when it is gone."""
    library = Library()
    for line in sys.stdin:
        seed, tag, count = line.split()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            try:
                play(place, library, int(seed), tag, int(count))
            except BaseException as error:  # noqa: BLE001 - told to whoever watches, then ended
                say(f"fault {type(error).__name__} {str(error)[:300]!r}")
                os._exit(1)
            os._exit(0)
        say(f"pid {child}")
        _, status = os.waitpid(child, 0)
        say(f"gone {child} {status}")


if __name__ == "__main__":
    if sys.argv[2] == "serve":
        serve(Path(sys.argv[1]))
    else:
        play(Path(sys.argv[1]), Library(), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
