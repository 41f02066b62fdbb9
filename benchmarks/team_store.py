"""A ward of many cases for the benchmarks of one team, made through the service."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from casereview.packs.library import Library
from casereview.service.actions import actions
from casereview.service.cases import cases, moving
from casereview.service.desk import Desk, batched
from casereview.service.organisation import setup, teams
from casereview.store.opening import Store, open_store

TEAM = "W1"
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
FACTS = (
    ("safeguarding", "none"), ("legal_status", "informal"), ("risk_plan_on", "2026-03-09"),
    ("safety_plan_on", "2026-03-09"), ("destination", "home"), ("persons_view_on", "2026-03-09"),
    ("medicines_arranged", "yes"), ("follow_up_arranged", "yes"), ("carer_told", "yes"),
)  # fmt: skip


def at_desk(store: Store, library: Library) -> Desk:
    """Return a desk of the administrator; `again()` gives one for each command."""
    with store.read() as conn:
        login = str(conn.exec_driver_sql("SELECT login FROM users").scalar_one())
    return Desk(store=store, library=library, now=NOW, actor=login)


def fill(place: Path, library: Library, count: int) -> None:
    """Make a ward with `count` open cases at every distance from their discharge."""
    early = NOW - timedelta(days=60)
    setup.create(place, library=library, now=early, rehearsal=True)
    with open_store(place) as store:
        desk = at_desk(store, library)
        teams.add_team(replace(desk, now=early), TEAM, pathway="ward", meets=["tue,fri"])
        with batched(desk.again()) as together:
            for n in range(count):
                _one(together, n)


def _one(desk: Desk, n: int) -> None:
    on = TODAY - timedelta(days=1 + n % 50)
    row = cases.refer(desk.again(), team=TEAM, person=f"N{n:05}", on=on)[0]
    case = str(row["case"])
    for stage in ("stabilise", "recover")[: n % 3]:
        moving.move(desk.again(), case, stage, on=on)
    for fact, value in FACTS[: n % (len(FACTS) + 1)]:
        cases.set_fact(desk.again(), case, fact, value, on=TODAY - timedelta(days=1))
    if n % 4:
        due = TODAY + timedelta(days=n % 9)
        actions.add(desk.again(), [case], "Ring the family", owner=desk.actor, due_on=due)
