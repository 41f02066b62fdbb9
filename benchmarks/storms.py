"""The long storms: the same as in tests/storms, with more of everything.

    python -m benchmarks.storms histories [--examples 200] [--steps 400] [--seed 1]
    python -m benchmarks.storms kills     [--kills 2000] [--seed 1]
    python -m benchmarks.storms crowd     [--processes 8] [--commands 1000] [--seed 1]

`histories` runs random commands against the reference model and shrinks what disagrees. `kills`
kills players in the middle of commands and looks at the store after each. `crowd` lets processes
write to one store at the same time. The exit code is 1 when anything is wrong; the seed repeats it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from casereview.packs.library import Library
from tests.storms import crowd, killing
from tests.storms.machine import Histories


def histories(folder: Path, library: Library, asked: argparse.Namespace) -> list[str]:
    """Run random histories; a disagreement is raised with the shortest history that shows it."""
    Histories.prepare(folder, library)
    budget = settings(
        max_examples=asked.examples, stateful_step_count=asked.steps, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), verbosity=Verbosity.normal, print_blob=True,
    )  # fmt: skip
    seeded = seed(asked.seed)(type("SeededHistories", (Histories,), {}))
    run_state_machine_as_test(seeded, settings=budget)
    print(f"{asked.examples} histories of {asked.steps} steps agree with the reference model")
    return []


def kills(folder: Path, library: Library, asked: argparse.Namespace) -> list[str]:
    """Kill players and print what became of their commands."""
    place = folder / "team.db"
    result = killing.storm(place, library, kills=asked.kills, seed=asked.seed, whole_every=50)
    print(
        f"{result.kills} kills in {result.seconds:.0f} s: {result.acknowledged} acknowledged"
        f" commands, {result.retried} cut off and sent again, of which"
        f" {result.unacknowledged_kept} had been kept unacknowledged"
    )
    return result.problems


def crowds(folder: Path, library: Library, asked: argparse.Namespace) -> list[str]:
    """Let a crowd write and print what became of its commands."""
    result = crowd.storm(
        folder / "team.db", library,
        processes=asked.processes, commands=asked.commands, seed=asked.seed,
    )  # fmt: skip
    refused = ", ".join(f"{code} {n}" for code, n in result.refused.most_common())
    print(f"{asked.processes} processes in {result.seconds:.0f} s: {result.done} done; {refused}")
    return result.problems


STORMS = {"histories": histories, "kills": kills, "crowd": crowds}


def main() -> int:
    """Run one storm and return 1 when anything is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("storm", choices=STORMS)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--commands", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        problems = STORMS[asked.storm](Path(folder), Library(), asked)
    print(f"seed {asked.seed}, {time.monotonic() - start:.0f} s, {len(problems)} problems")
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
