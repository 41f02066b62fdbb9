"""Import of a million unsorted events: time per event, ratio to a bare executemany, memory.

Run from the project's folder:
    python -m benchmarks.importing [EVENTS]       limits: 60 us an event, 6.0 x, flat memory

The bare run inserts the same final rows, journal included, into an equal empty store with the same
settings, in one transaction; reading the rows is not counted. Each step runs in a process of its
own, so that its memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.importing_data import write_events

HERE = Path(__file__).resolve().parent
LAYOUT = HERE.parent / "fixtures" / "layouts" / "sepsis.toml"
NOW = datetime(2020, 1, 1, 9, tzinfo=UTC)
CHUNK = 20_000
JOURNAL = ("entries", "entry_text")


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _desk(place: Path) -> Any:
    from casereview.packs.library import Library
    from casereview.service.organisation import setup, teams
    from casereview.service.organisation.signing_in import sit_down

    library = Library()
    setup.create(place, library=library, now=NOW, rehearsal=True)
    desk = sit_down(place, library=library, clock=lambda: NOW)
    teams.add_team(desk, "WARD", pathway="ward")
    return desk.again()


def run_import(place: Path, file: Path) -> dict[str, Any]:
    """Import and return rows, seconds, peak memory."""
    from casereview.service.doors.importing import import_file

    desk = _desk(place)
    reached: dict[str, float] = {}
    start = time.perf_counter()
    rows = import_file(
        desk, file, LAYOUT, team="WARD", report=place.parent / "report.csv",
        progress=lambda what, *_: reached.__setitem__(what, time.perf_counter() - start),
    )  # fmt: skip
    seconds = time.perf_counter() - start
    desk.store.close()
    return {**rows[0], "seconds": seconds, "read_seconds": reached["read"], "peak": _peak_mb(),
            "store_mb": place.stat().st_size / 1e6}  # fmt: skip


def run_bare(place: Path, source: Path) -> dict[str, Any]:
    """Insert the rows of another store and return how many, and the seconds of inserting."""
    from casereview.store.opening import create_store, open_store
    from casereview.store.project import SHAPES

    tables = [*JOURNAL, *(s.name for s in SHAPES.values())]
    seconds, count = 0.0, 0
    with (
        open_store(source, read_only=True) as old,
        create_store(place, at=NOW, rehearsal=True) as new,
        old.read() as reading,
    ):
        begun = time.perf_counter()
        with new.write() as writing:
            seconds += time.perf_counter() - begun
            for table in tables:
                found = reading.exec_driver_sql(f'SELECT * FROM "{table}"')  # noqa: S608 - our own
                marks = ", ".join("?" * len(found.keys()))
                sql = f'INSERT INTO "{table}" VALUES ({marks})'  # noqa: S608 - our own
                for part in found.partitions(CHUNK):
                    rows = [tuple(row) for row in part]
                    begun = time.perf_counter()
                    writing.exec_driver_sql(sql, rows)
                    seconds += time.perf_counter() - begun
                    count += len(rows)
            begun = time.perf_counter()
        seconds += time.perf_counter() - begun
    return {"rows": count, "seconds": seconds}


def _alone(*arguments: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.importing", *map(str, arguments)],
        check=True, capture_output=True, text=True, cwd=HERE.parent,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main(events: int) -> None:
    """Run every step and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        file, place = Path(folder) / "events.csv", Path(folder) / "store.db"
        write_events(file, events)
        size = file.stat().st_size
        got = _alone("import", place, file)
        bare = _alone("bare", Path(folder) / "bare.db", place)
        n = got["accepted"]
        print(f"events {n:,} in {got['cases']:,} cases; file {size / 1e6:.0f} MB, "
              f"store {got['store_mb']:.0f} MB ({got['store_mb'] * 1e6 / size:.1f} x)")  # fmt: skip
        print(f"import {got['seconds']:.1f} s ({got['read_seconds']:.1f} s of it reading), "
              f"{got['seconds'] / n * 1e6:.1f} us an event, peak {got['peak']:.0f} MB")  # fmt: skip
        print(f"bare executemany of the same {bare['rows']:,} rows {bare['seconds']:.1f} s; "
              f"ratio {got['seconds'] / bare['seconds']:.2f}")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["import"]:
        print(json.dumps(run_import(Path(sys.argv[2]), Path(sys.argv[3]))))
    elif sys.argv[1:2] == ["bare"]:
        print(json.dumps(run_bare(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
