"""Sweep rules over many open cases, against hand-written SQL that does the same.

Run from the project's folder:
    python -m benchmarks.sweep [--n 1000000]        limit: 2.0 x the hand-written SQL
    python -m benchmarks.sweep --team 1300          the facts of one team and of one case

Both sides work out the same facts of the same cases in the same store and insert the same
findings, each in one transaction; the findings are compared before the figures are printed.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

from benchmarks.sweep_data import RULES, bare_statements, fill
from casereview.core.conditions import load
from casereview.core.facts import Catalogue, FactSpec
from casereview.packs.catalogue import load_catalogue
from casereview.store import driver
from casereview.store.facts import (
    AnswerFact,
    Scope,
    fact_names,
    one_case,
    open_cases,
    read_facts,
)
from casereview.store.handle import Store
from casereview.store.opening import create_store
from casereview.store.sweep import RuleCount, RuleToRun, run_sweep
from casereview.store.types import to_day

TODAY = date(2026, 3, 3)
LIMIT = 2.0
ANSWER = "answer_caseload_sweep_still_needed"
ANSWERS = {ANSWER: AnswerFact(ANSWER, "caseload-sweep", "still_needed", 35)}
TEAM_FACTS = (
    "stage", "days_in_stage", "days_since_referral", "days_since_contact", "consecutive_missed",
    "open_actions", "overdue_actions", "leeches", "next_action_due_on", "carried_most",
    "expected_end_on", "days_past_expected_end", "review_on", "ready_on", "destination",
    "safeguarding", "has_key_worker", "days_since_review", "times_not_reached", "decision", ANSWER,
)  # fmt: skip


def catalogue() -> Catalogue:
    """Return the shipped facts and one answer."""
    source = files("casereview_rules").joinpath("facts.toml").read_text(encoding="utf-8")
    answer = FactSpec(ANSWER, "code", "Whether the case is still needed.")
    return load_catalogue(source, "facts.toml").plus([answer])


def clock(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def memory_mb() -> float:
    """Return the greatest resident size of this process so far, in megabytes."""
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def product(store: Store, run: int) -> list[RuleCount]:
    """Run the sweep as the product does."""
    specs = catalogue()
    rules = [RuleToRun(name, load(when, specs)) for name, when in RULES.items()]
    with store.write() as conn:
        return run_sweep(
            conn,
            rules,
            as_of=TODAY,
            scope=open_cases(),
            answers=ANSWERS,
            catalogue=specs,
            run_id=run,
        )


def bare(store: Store, run: int) -> None:
    """Run the hand-written SQL."""
    with store.write() as conn:
        for statement in bare_statements(to_day(TODAY), run):
            conn.exec_driver_sql(statement)


def compared(store: Store, one: int, other: int) -> int:
    """Return how many findings both runs hold; they must be the same."""
    rows = "SELECT rule, case_id, result FROM findings WHERE run ="
    with store.read() as conn:
        for left, right in ((one, other), (other, one)):
            query = f"{rows} {left} EXCEPT {rows} {right} LIMIT 3"
            assert not (odd := conn.exec_driver_sql(query).fetchall()), odd
        count = conn.exec_driver_sql(f"SELECT count(*) FROM findings WHERE run = {one}")  # noqa: S608 - a number
        return int(count.scalar_one())


def sweep(store: Store, n: int, rounds: int) -> bool:
    """Time both sides by turns and print the ratio of their medians."""
    ours, theirs = [], []
    for turn in range(rounds):
        theirs.append(clock(lambda run=2 * turn + 2: bare(store, run)))  # type: ignore[misc]
        ours.append(clock(lambda run=2 * turn + 1: product(store, run)))  # type: ignore[misc]
    found = compared(store, 1, 2)
    mine, reference = statistics.median(ours), statistics.median(theirs)
    ratio = mine / reference
    print(f"cases {n:,}   rules {len(RULES)}   findings {found:,}")
    print(f"hand-written SQL  {reference:8.2f} s")
    print(f"casereview sweep  {mine:8.2f} s")
    print(f"ratio             {ratio:8.2f}   limit {LIMIT}")
    print(f"memory            {memory_mb():8.0f} MB")
    return ratio <= LIMIT


def team(store: Store, size: int) -> None:
    """Print how long reading the facts of one team, and all facts of one case, takes."""
    specs = catalogue()

    def read(names: tuple[str, ...], scope: Scope) -> int:
        with store.read() as conn:
            return len(
                read_facts(conn, names, as_of=TODAY, scope=scope, catalogue=specs, answers=ANSWERS)
            )

    all_names = (*sorted(fact_names()), ANSWER)
    for title, names, scope in (
        (f"team of {size}, {len(TEAM_FACTS)} facts", TEAM_FACTS, open_cases("T0001")),
        (f"team of {size}, all {len(all_names)} facts", all_names, open_cases("T0001")),
        (f"one case, all {len(all_names)} facts", all_names, one_case(size + 7)),
    ):
        first = clock(lambda n=names, s=scope: read(n, s))  # type: ignore[misc]
        rest = [clock(lambda n=names, s=scope: read(n, s)) for _ in range(30)]  # type: ignore[misc]
        print(
            f"{title}: first {first * 1000:.1f} ms, then median "
            f"{statistics.median(rest) * 1000:.1f} ms ({read(names, scope)} cases)"
        )


def main() -> int:
    """Build a store, time it, and return 1 when the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000, help="open cases of the sweep")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--team", type=int, default=0, help="read one team of this size instead")
    given = parser.parse_args()
    print(f"{driver.name()} {'.'.join(map(str, driver.version()))}")
    n = given.team * 20 if given.team else given.n
    with tempfile.TemporaryDirectory() as folder:
        store = create_store(
            Path(folder) / "bench.db", at=datetime(2026, 3, 3, 9, tzinfo=UTC), rehearsal=True
        )
        with store:
            with store.write() as conn:
                fill(conn, n, team_size=given.team or 1300, today=to_day(TODAY))
            if given.team:
                team(store, given.team)
                return 0
            return 0 if sweep(store, n, given.rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
