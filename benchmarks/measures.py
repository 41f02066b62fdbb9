"""Every measure over a million cases, against only reading the same columns into Polars.

Run from the project's folder:
    python -m benchmarks.measures [--n 1000000] [--rounds 3]       limit: 2.0 x the reading

Each side runs in a process of its own on the same store, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from casereview.core.periods import periods_between
from casereview.measures.ask import TRAITS, Ask, Wait
from casereview.measures.left_out import excluded_cases
from casereview.measures.registry import MEASURES
from casereview.measures.tables import calendar_tables, on_polars, rows_of
from casereview.store import driver
from casereview.store.opening import create_store, open_store
from casereview.store.relations.relations import read_relations
from casereview.store.relations.sql import read_source
from casereview.store.types import to_day

TODAY = date(2026, 3, 3)
LIMIT = 2.0
WAITS = (
    Wait("assessment", "referred", "assessed"),
    Wait("therapy", "assessed", "started"),
    Wait("whole", "referred", "started", 126),
)
_TABLES = {
    "cases": "id, person_id, team, pathway, stage, referred_on, first_referred_on, head,"
    " referred_s, closed_on, exit, exit_class, linked_case_id, link",
    "stage_spells": "case_id, n, stage, from_on, before_on, move",
    "milestones": 'case_id, n, name, "on"',
    "allocations": "case_id, n, login, role, from_on, before_on",
    "persons": "id, born_on, sex, restricted",
    "person_facts": "person_id, fact, n, from_on, before_on, text",
    "case_facts": "case_id, fact, n, from_on, before_on, text",
}


def fill(place: Path, n: int) -> None:
    """Write a store of `n` cases over three years, a tenth of them returns."""
    dice = random.Random(20260303)
    today = to_day(TODAY)
    with create_store(place, at=datetime(2026, 3, 3, 9, tzinfo=UTC), rehearsal=True) as store:
        source = iter(range(1, n + 1))
        while batch := list(islice(source, 20_000)):
            rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _TABLES}
            for one in batch:
                for table, row in _case(one, dice, today):
                    rows[table].append(row)
            with store.write() as conn:
                for table, lines in rows.items():
                    marks = ", ".join("?" * len(lines[0]))
                    conn.exec_driver_sql(
                        f"INSERT INTO {table} ({_TABLES[table]}) VALUES ({marks})",  # noqa: S608 - fixed words only
                        lines,
                    )


def _case(one: int, dice: random.Random, today: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    team = f"T{one // 1300:04d}"
    came = today - 1 - dice.randrange(1_095)
    is_return = one % 10 == 0
    person = one - 1 if is_return else one
    days = [came]
    for _ in range(3):
        days.append(days[-1] + dice.randrange(60))
    reached = sum(d <= today for d in days[1:])
    stages = ["assess", "stabilise", "recover", "complete"][: 1 + reached]
    if stages[-1] == "complete" and dice.randrange(5) == 0:
        stages[-1] = "left"
    closed = days[3] if reached == 3 else None
    kind = None if closed is None else "planned"
    if stages[-1] == "left":
        kind = dice.choice(("unplanned", "transfer", "died", "list-removal"))
    linked, link = (one - 1, "return") if is_return else (None, None)
    yield (
        "cases",
        (one, person, team, "childrens", stages[-1], came, came, 9, came * 86_400 + 30_000,
         closed, kind, kind, linked, link),
    )  # fmt: skip
    for n, stage in enumerate(stages):
        before = days[n + 1] if n + 1 < len(stages) else None
        yield "stage_spells", (one, n + 1, stage, days[n], before, "forward" if n else "")
    for n, name in enumerate(("offered", "assessed", "started")[:reached], 1):
        yield "milestones", (one, 20 + n, name, days[n])
    if not is_return:
        yield "persons", (one, came - dice.randrange(33_000), dice.choice("fm"), 0)
        for n, fact in enumerate(("ethnic_group", "district"), 40):
            yield "person_facts", (one, fact, n, came, None, f"code{dice.randrange(12)}")
    yield "case_facts", (one, "site", 45, came, None, f"site{one % 40}")
    yield "allocations", (one, 30, f"worker{dice.randrange(400)}", "key-worker", came, None)


def read_only(place: Path) -> int:
    """Read the columns that the measures read, the quickest plain way, and return the rows."""
    total = 0
    with open_store(place, read_only=True) as store, store.read() as conn:
        for name in ("cases", "stage_spells", "milestones", "workers"):
            total += read_source(conn, name, as_of=TODAY, team=None).height
    return total


def measure(place: Path) -> int:
    """Read the relations once and work out every measure, for each month of the last year."""
    months = periods_between(date(2025, 3, 1), date(2026, 3, 4), "month")
    names = set().union(*(m.relations(("worker",), WAITS) for m in MEASURES.values()))
    with open_store(place, read_only=True) as store, store.read() as conn:
        frames = read_relations(conn, names, as_of=TODAY)
    total = 0
    ask = Ask(months, TODAY, waits=WAITS, waiting_pathways=("childrens",))
    tables = on_polars({**frames, **calendar_tables(ask)})
    for title, one in MEASURES.items():
        start = time.perf_counter()
        asked = replace(ask, by=one.always_by)
        found = rows_of(one.compute(tables, asked))
        if one.collect is not None:
            found, _ = one.collect(found, asked)
        total += len(found) + len(rows_of(excluded_cases(tables)))
        if one.left_out is not None:
            total += len(rows_of(one.left_out(tables, asked)))
        print(f"  {title:22} {time.perf_counter() - start:6.2f} s", file=sys.stderr)
    return total


def grouped(place: Path) -> int:
    """Read the cases with every group of the person and the place, and count them by each."""
    months = periods_between(date(2025, 3, 1), date(2026, 3, 4), "month")
    one = MEASURES["throughput"]
    total = 0
    with open_store(place, read_only=True) as store, store.read() as conn:
        names = one.relations((), ())
        frames = read_relations(conn, names, as_of=TODAY, groups=TRAITS)
    for group in TRAITS:
        ask = Ask(months, TODAY, by=(group,), waiting_pathways=("childrens",))
        tables = on_polars({**frames, **calendar_tables(ask)})
        start = time.perf_counter()
        total += len(rows_of(one.compute(tables, ask)))
        print(f"  by {group:14} {time.perf_counter() - start:6.2f} s", file=sys.stderr)
    return total


SIDES = {"measures": measure, "groups": grouped, "read": read_only}


def side(place: Path, which: str) -> dict[str, float]:
    """Run one side and return its seconds and the memory of this process in megabytes."""
    work = SIDES[which]
    start = time.perf_counter()
    rows = work(place)
    seconds = time.perf_counter() - start
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return {"seconds": seconds, "memory": memory, "rows": rows}


def _apart(place: Path, which: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.measures", "--side", which, "--place", str(place)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def compare(n: int, rounds: int) -> bool:
    """Time both sides by turns and print the ratio of their medians."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bench.db"
        fill(place, n)
        pairs = [(_apart(place, "read"), _apart(place, "measures")) for _ in range(rounds)]
        groups = _apart(place, "groups")
    reading = statistics.median(r["seconds"] for r, _ in pairs)
    ours = statistics.median(m["seconds"] for _, m in pairs)
    memory = [max(p[i]["memory"] for p in pairs) for i in (0, 1)]
    print(f"cases {n:,}   stored rows read {pairs[0][0]['rows']:,}   measures {len(MEASURES)}")
    print(f"reading only      {reading:8.2f} s   {memory[0]:8.0f} MB")
    print(f"every measure     {ours:8.2f} s   {memory[1]:8.0f} MB")
    print(f"by every group    {groups['seconds']:8.2f} s   {groups['memory']:8.0f} MB   (apart)")
    print(f"ratio             {ours / reading:8.2f}   limit {LIMIT}")
    return ours / reading <= LIMIT


def main() -> int:
    """Build a store, time it, and return 1 when the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=tuple(SIDES))
    parser.add_argument("--place", type=Path)
    given = parser.parse_args()
    if given.side:
        print(json.dumps(side(given.place, given.side)))
        return 0
    print(f"{driver.name()} {'.'.join(map(str, driver.version()))}")
    return 0 if compare(given.n, given.rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
