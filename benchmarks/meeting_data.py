"""A children's team of any size in which most cases are on plan, made by the engine's commands."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from casereview.core.decide.judging import Given
from casereview.packs.library import Library
from casereview.service.cases import cases
from casereview.service.desk import Desk, batched
from casereview.service.organisation import setup, teams, users
from casereview.service.organisation.signing_in import sit_down
from casereview.service.reviews import answering, reviewing
from casereview.service.reviews import closing as ending

TEAM = "K1"
MEETING = datetime(2026, 3, 4, 9, tzinfo=UTC)
KNOWN = (
    ("safeguarding", "none"), ("child_protection_plan", "no"), ("risk_changed", "no"),
    ("assessed_on", "2026-01-06"), ("started_on", "2026-01-06"),
)  # fmt: skip


def sit(store: Path, library: Library, at: datetime, who: str | None) -> Desk:
    """Return a desk at the store at a fixed time."""
    return sit_down(store, library=library, clock=lambda: at, as_login=who)


def build(store: Path, library: Library, *, size: int, reviewed: int) -> None:
    """Make a store with `size` cases of which `reviewed` had a plan at the last meeting."""
    created = datetime(2026, 1, 5, 9, tzinfo=UTC)
    setup.create(store, library=library, now=created, rehearsal=True)
    desk = sit(store, library, created, None)
    with closing(desk.store):
        teams.add_team(desk, TEAM, pathway="childrens", meets=["wed"])
        for login in ("lead", "kw1", "kw2"):
            users.add_user(desk.again(), login, name=login, role="team-lead", teams=[TEAM])
    desk = sit(store, library, datetime(2026, 1, 6, 9, tzinfo=UTC), "lead")
    with closing(desk.store), batched(desk) as together:
        for n in range(size):
            _refer(together, n)
    desk = sit(store, library, datetime(2026, 2, 25, 9, tzinfo=UTC), "lead")
    with closing(desk.store), batched(desk) as together:
        if reviewed:
            _last_meeting(together, reviewed)


def _refer(desk: Desk, n: int) -> None:
    row = cases.refer(
        desk.again(), team=TEAM, person=f"L{n:05}", name=f"Ann{n} Bee{n}",
        born=date(2014, 1 + n % 12, 1 + n % 28), on=desk.today,
    )[0]  # fmt: skip
    case = str(row["case"])
    cases.allocate(desk.again(), case, "kw1" if n % 2 else "kw2", on=desk.today)
    for fact, value in KNOWN if n % 20 else KNOWN[:3]:
        cases.set_fact(desk.again(), case, fact, value, on=desk.today)


def _last_meeting(desk: Desk, reviewed: int) -> None:
    reviewing.open_review(desk.again(), pack="caseload-sweep", team=TEAM, on=desk.today)
    for n in range(reviewed):
        if n % 20 == 0:
            continue
        for question, value in (
            ("direction", "continue"), ("next_step", f"Ring the school about term {n}"),
            ("risk_changed", "no"),
        ):  # fmt: skip
            answering.answer(desk.again(), "R1", f"C{n + 1}", question, Given(value))
    ending.close(desk.again(), "R1")
