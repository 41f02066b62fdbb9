"""The agenda of one team of 1,300 cases, simplest first, against reading the same facts.

    python -m benchmarks.agenda [--cases 1300] [--rounds 30]     limit: 50 ms

Each case's facts are read, the least that would open its next move is worked out, lanes and order
are made. The bare reference reads the same facts of the same cases and does nothing with them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.answers import library_of_store
from benchmarks.team_store import TEAM, TODAY, at_desk, fill
from casereview.core.lanes import LANE_FACTS
from casereview.packs.library import Library
from casereview.service.cases.facts import facts_of_many
from casereview.service.desk import Desk
from casereview.service.reviews import agenda, reviewing
from casereview.store.facts import scope
from casereview.store.opening import open_store

LIMIT_MS = 50.0


def clock(
    work: Callable[[], object], rounds: int, *, now: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Return the milliseconds of each round, the first one left out as the warm-up."""
    times = []
    for _ in range(rounds + 1):
        start = now()
        work()
        times.append((now() - start) * 1000)
    return times[1:]


def made(desk: Desk) -> int:
    """Make the agenda as opening a review does, and return its length."""
    with desk.reading() as work:
        return len(agenda.make(work, desk.library.pack("ward-round"), TEAM, TODAY, seed="R1"))


def bare(desk: Desk) -> int:
    """Read the same facts and nothing else."""
    pack, pathway = desk.library.pack("ward-round"), desk.library.pathway("ward")
    names = LANE_FACTS | set(pack.watched) | agenda.names_read(desk.library, pathway)
    with desk.reading() as work:
        return len(facts_of_many(
            work.connection, desk.library, scope.open_cases(TEAM), names, TODAY))  # fmt: skip


def main() -> None:
    """Print the times and their ratio, and what opening and showing the review take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1300)
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    library = Library()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "team.db"
        fill(place, library, asked.cases)
        with open_store(place) as store:
            desk = at_desk(store, library)
            assert made(desk) == bare(desk) == asked.cases
            times = clock(lambda: made(desk), asked.rounds)
            plain = clock(lambda: bare(desk), asked.rounds)
            busy = clock(lambda: made(desk), asked.rounds, now=time.process_time)
            start = time.perf_counter()
            review = reviewing.open_review(desk.again(), pack="ward-round", team=TEAM, on=TODAY)[0][
                "review"
            ]
            opened = (time.perf_counter() - start) * 1000
            shown = clock(lambda: reviewing.agenda(desk, review), 5)
    middle = statistics.median(times)
    print(f"agenda of a team of {asked.cases}, {library_of_store()}")
    print(f"  simplest first   median {middle:7.1f} ms   best {min(times):7.1f} ms"
          f"   worst {max(times):7.1f} ms")  # fmt: skip
    print(f"  of that, processor median {statistics.median(busy):.1f} ms")
    print(f"  its facts alone  median {statistics.median(plain):7.1f} ms")
    print(f"  ratio {middle / statistics.median(plain):.2f}; limit {LIMIT_MS:.0f} ms:"
          f" {'kept' if middle <= LIMIT_MS else 'NOT KEPT'}")  # fmt: skip
    print(f"  opening the review, frozen and durable {opened:.0f} ms;"
          f" showing it whole {statistics.median(shown):.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
