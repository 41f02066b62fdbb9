"""Raising actions from a sweep: microseconds an action (limit 40), beside a bare insert of rows."""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from casereview.core.entries import Stream
from casereview.core.records import Action, ActionSpell, Case, Person, PersonId, StageSpell
from casereview.packs.library import Library
from casereview.service import setup, sweeping
from casereview.service.desk import Desk, Rows, sit_down
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.bulk import BulkJournal
from casereview.store.project import insert_rows, values

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def fill(place: Path, library: Library, cases: int) -> None:
    """Make a store with open cases that have nothing but a referral."""
    setup.create(place, library=library, now=NOW, rehearsal=True)
    desk = sit_down(place, library=library, clock=lambda: NOW, rehearsal_now=NOW)
    setup.add_team(desk.again(), "KIDS", pathway="childrens", meets=["tue"])

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
        began = time.perf_counter()
        dry = sweeping.sweep(desk, team="KIDS", pack="safeguarding", dry_run=True)
        counting = time.perf_counter() - began
        began = time.perf_counter()
        rows = sweeping.sweep(desk.again(), team="KIDS", pack="safeguarding")
        took = time.perf_counter() - began
        made = sum(r["new_actions"] for r in rows)
        bare = _bare(desk, made)
        desk.store.close()
    assert made, dry
    each = (took - counting) / made * 1e6
    print(f"{cases:,} cases, {made:,} actions raised in {took:.1f} s, of which {counting:.1f} s")
    print(f"is the dry run: {each:.1f} us an action (limit 40)")
    print(f"bare insert of the same rows: {bare / made * 1e6:.1f} us an action")


def _bare(desk: Desk, made: int) -> float:
    on = date(2026, 3, 3)
    ids = range(10**8, 10**8 + made)
    actions = [values(Action(i, 1, None, "KIDS", "bare", on, on, "small", "root")) for i in ids]
    spells = [values(ActionSpell(i, 1, "open", "a", None, None, on, 0, on)) for i in ids]
    began = time.perf_counter()
    with desk.store.write() as connection:
        insert_rows(connection, Action, actions)
        insert_rows(connection, ActionSpell, spells)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
