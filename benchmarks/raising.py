"""Raising actions from a sweep: microseconds an action (limit 40), beside a bare insert of rows."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from casereview.core.entries import Stream
from casereview.core.records import Action, ActionSpell, Case, Person, PersonId, StageSpell
from casereview.packs.library import Library
from casereview.service import sweeping
from casereview.service.desk import Desk, Rows
from casereview.service.organisation import setup, teams
from casereview.service.organisation.signing_in import sit_down
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.bulk import BulkJournal
from casereview.store.project import insert_rows, values

T = TypeVar("T")
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def fill(place: Path, library: Library, cases: int) -> None:
    """Make a store with open cases that have nothing but a referral."""
    setup.create(place, library=library, now=NOW, rehearsal=True)
    desk = sit_down(place, library=library, clock=lambda: NOW, rehearsal_now=NOW)
    teams.add_team(desk.again(), "KIDS", pathway="childrens", meets=["tue"])

    def run(work: Work) -> Rows:
        people, ids, held, spells = [], [], [], []
        first = journal.next_id(work.connection, "case", count=cases)
        journal.next_id(work.connection, "person", count=cases)
        with BulkJournal(work.connection, work.origin("KIDS")) as bulk:
            for n in range(first, first + cases):
                on = date(2026, 3, 1) - timedelta(days=n % 200)
                lines = [
                    ("registered", on, None, {}, {"name": f"Person {n}"}),
                    ("identified", on, None, {"source": "local"}, {"local_id": f"L{n}"}),
                ]
                bulk.add(Stream("person", n), lines)
                people.append(values(Person(n, name=f"Person {n}")))
                ids.append(values(PersonId(n, 2, "local", f"L{n}")))
                body = {"person": n, "pathway": "childrens"}
                bulk.add(Stream("case", n), [("referred", on, None, body, {})])
                held.append(values(Case(n, n, "KIDS", "childrens", "assess", on, on, 1)))
                spells.append(values(StageSpell(n, 1, "assess", on)))
        for record, rows in ((Person, people), (PersonId, ids), (Case, held), (StageSpell, spells)):
            insert_rows(work.connection, record, rows)
        work.appended = True
        return [{"cases": cases}]

    desk.again().change(run)
    desk.store.close()


def main() -> None:
    """Fill a store, sweep it, and print what an action cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="open cases")
    cases = parser.parse_args().n
    library = Library()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "raising.db"
        fill(place, library, cases)
        desk = sit_down(place, library=library, clock=lambda: NOW, rehearsal_now=NOW)
        dry, counting = _timed(
            lambda: sweeping.sweep(desk, team="KIDS", pack="safeguarding", dry_run=True)
        )
        rows, took = _timed(lambda: sweeping.sweep(desk.again(), team="KIDS", pack="safeguarding"))
        made = sum(r["new_actions"] for r in rows)
        _, bare = _timed(lambda: _bare(desk, made))
        desk.store.close()
    assert made, dry
    print(f"{cases:,} cases, {made:,} actions raised in {took.wall:.1f} s, of which")
    print(f"{counting.wall:.1f} s is the dry run; microseconds an action, limit 40:")
    for what, wall, cpu in (
        ("raising", took.wall - counting.wall, took.cpu - counting.cpu),
        ("bare insert of the same rows", bare.wall, bare.cpu),
    ):
        print(f"  {what}: {wall / made * 1e6:.1f}, of the processor {cpu / made * 1e6:.1f}")


class Took(NamedTuple):
    """Seconds on the clock, and seconds of the processor: a busy machine stretches the first."""

    wall: float
    cpu: float


def _timed(work: Callable[[], T]) -> tuple[T, Took]:
    wall, before = time.perf_counter(), os.times()
    made = work()
    after = os.times()
    cpu = after.user + after.system - before.user - before.system
    return made, Took(time.perf_counter() - wall, cpu)


def _bare(desk: Desk, made: int) -> None:
    on = date(2026, 3, 3)
    ids = range(10**8, 10**8 + made)
    actions = [values(Action(i, 1, None, "KIDS", "bare", on, on, "small", "root")) for i in ids]
    spells = [values(ActionSpell(i, 1, "open", "a", None, None, on, 0, on)) for i in ids]
    with desk.store.write() as connection:
        insert_rows(connection, Action, actions)
        insert_rows(connection, ActionSpell, spells)


if __name__ == "__main__":
    main()
