"""One answer in a review, durable, against a bare commit of the same rows.

    python -m benchmarks.answers [--cases 1300] [--answers 400]     limit: 5 ms more at p95

The rows that each answer writes are taken down as it is given, and are then written again to a copy
of the store as it was before, one commit for each answer, with nothing read and nothing decided.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.team_store import TEAM, TODAY, at_desk, fill
from casereview.core.decide.judging import Given
from casereview.packs.library import Library
from casereview.service.reviews import answering, reviewing
from casereview.store import driver
from casereview.store.opening import open_store

LIMIT_MS = 5.0
QUESTIONS = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
VALUES = ("no", "yes", "cannot-tell", "yes")
Written = list[tuple[str, Any]]


@contextmanager
def taken_down(into: Written) -> Iterator[None]:
    """Take down every statement that writes, with what it writes."""

    def note(_c: Any, _cur: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            into.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def give(
    place: Path, library: Library, count: int, review: str
) -> tuple[list[float], list[Written]]:
    """Give answers, each its own command; return the milliseconds and what each wrote."""
    times, written = [], []
    with open_store(place) as store:
        desk = at_desk(store, library)
        for n in range(count):
            case, question = f"C{1 + n // len(QUESTIONS)}", QUESTIONS[n % len(QUESTIONS)]
            rows: Written = []
            with taken_down(rows):
                start = time.perf_counter()
                given = Given(VALUES[n % len(VALUES)])
                answering.answer(desk.again(), review, case, question, given)
                times.append((time.perf_counter() - start) * 1000)
            written.append(rows)
    return times, written


def bare(place: Path, written: list[Written]) -> list[float]:
    """Write the same rows again, one commit for each answer; return the milliseconds."""
    times = []
    with open_store(place) as store:
        for rows in written:
            start = time.perf_counter()
            with store.write() as conn:
                for statement, parameters in rows:
                    conn.exec_driver_sql(statement, parameters)
            times.append((time.perf_counter() - start) * 1000)
    return times


def library_of_store() -> str:
    """Return name, version and journal mode of the database library."""
    return f"{driver.name()} {'.'.join(map(str, driver.version()))}, {driver.journal_mode()}"


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    """Print both times, their difference and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1300)
    parser.add_argument("--answers", type=int, default=400)
    asked = parser.parse_args()
    library = Library()
    with tempfile.TemporaryDirectory() as folder:
        place, copy = Path(folder) / "team.db", Path(folder) / "before.db"
        fill(place, library, asked.cases)
        with open_store(place) as store:
            desk = at_desk(store, library)
            row = reviewing.open_review(desk, pack="ward-round", team=TEAM, on=TODAY)[0]
        shutil.copy2(place, copy)
        times, written = give(place, library, asked.answers, row["review"])
        plain = bare(copy, written)
    over = p95(times) - p95(plain)
    rows = sum(len(w) for w in written) / len(written)
    print(f"{asked.answers} answers in a review of {row['cases']} cases, {library_of_store()}")
    print(
        f"  an answer        median {statistics.median(times):6.2f} ms   p95 {p95(times):6.2f} ms"
    )
    print(f"  the rows alone   median {statistics.median(plain):6.2f} ms"
          f"   p95 {p95(plain):6.2f} ms   ({rows:.1f} statements each)")  # fmt: skip
    print(f"  ratio {statistics.median(times) / statistics.median(plain):.2f};"
          f" p95 is {over:.2f} ms above, limit {LIMIT_MS} ms:"
          f" {'kept' if over <= LIMIT_MS else 'NOT KEPT'}")  # fmt: skip


if __name__ == "__main__":
    main()
