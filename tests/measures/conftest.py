from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pytest

from casereview.core.periods import Every, Period, periods_between
from casereview.core.records import Allocation, Case, CaseFact, Contact, Milestone, StageSpell
from casereview.measures.ask import Ask
from casereview.measures.registry import MEASURES
from casereview.measures.tables import calendar_tables, on_files, on_polars, rows_of
from casereview.packs.library import Library
from casereview.service.desk import Desk
from casereview.service.organisation import setup, teams
from casereview.store.opening import Store, create_store, open_store
from casereview.store.project import insert_rows, values
from casereview.store.relations.relations import RELATIONS, Frames, read_relations, write_parquet

SHARED = Path(__file__).resolve().parents[3] / "shared"
Row = dict[str, Any]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = create_store(
        tmp_path / "team.db", at=datetime(2026, 3, 3, 9, tzinfo=UTC), rehearsal=True
    )
    with made:
        yield made


@dataclass
class History:
    """Writes the dated records of cases, as an import would leave them, into a real store."""

    store: Store
    records: list[Any] = field(default_factory=list)
    last: int = 0

    def case(
        self,
        came: str,
        closed: str | None = None,
        *,
        person: int | None = None,
        team: str = "W1",
        pathway: str = "ward",
        ended: str = "complete",
        exit_class: str | None = "planned",
        exit_code: str | None = None,
        link: str | None = None,
        linked: int | None = None,
        excluded: str | None = None,
        stages: tuple[tuple[str, str], ...] = (),
        worker: str | None = None,
        at: tuple[int | None, int | None] = (None, None),
        milestones: Mapping[str, str | tuple[str, int]] | None = None,
    ) -> int:
        """Add one case: it is in `assess` from the day it came, then in `stages`, then ended."""
        self.last += 1
        one = self.last
        moves = [("assess", came), *stages, *([(ended, closed)] if closed else [])]
        self._spells(one, moves)
        self.records.append(
            Case(
                id=one, person_id=person or 1000 + one, team=team, pathway=pathway,
                stage=moves[-1][0], referred_on=day(came), first_referred_on=day(came), head=9,
                referred_s=at[0], closed_on=day(closed) if closed else None, closed_s=at[1],
                exit=exit_code if closed else None, exit_class=exit_class if closed else None,
                linked_case_id=linked, link=link, excluded=excluded,
            )
        )  # fmt: skip
        if worker:
            self.records.append(Allocation(one, 20, worker, "key-worker", day(came)))
        for n, (name, when) in enumerate((milestones or {}).items(), 30):
            on, at_s = (when, None) if isinstance(when, str) else when
            self.records.append(Milestone(one, n, name, day(on), at_s))
        return one

    def _spells(self, one: int, moves: list[tuple[str, str]]) -> None:
        for n, (stage, from_on) in enumerate(moves, 1):
            before = day(moves[n][1]) if n < len(moves) else None
            move = "" if n == 1 else "forward"
            self.records.append(StageSpell(one, n, stage, day(from_on), before, move=move))

    def contact(self, case: int, on: str, attended: str = "5") -> None:
        self.last_n = getattr(self, "last_n", 100) + 1
        self.records.append(Contact(case, self.last_n, "visit", attended, day(on)))

    def fact(self, case: int, name: str, on: str, value: str) -> None:
        number = day(value).toordinal() - date(1970, 1, 1).toordinal()
        self.records.append(CaseFact(case, name, 50, day(on), number=number))

    def write(self) -> None:
        with self.store.write() as conn:
            ordered = sorted(self.records, key=lambda r: type(r).__name__)
            for record, rows in groupby(ordered, key=type):
                insert_rows(conn, record, [values(r) for r in rows])
        self.records.clear()


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Return a way to make a rehearsal store with teams by pathway, its administrator at it."""
    library = Library()
    with ExitStack() as opened:

        def make(now: datetime, *, made_at: datetime | None = None, **pathways: str) -> Desk:
            place = tmp_path / "desk.db"
            made = setup.create(place, library=library, now=made_at or now, rehearsal=True)[0]
            held = opened.enter_context(open_store(place))
            desk = Desk(store=held, library=library, now=now, actor=made["administrator"])
            for code, pathway in pathways.items():
                teams.add_team(desk.again(), code, pathway=pathway, name=code)
            return desk

        yield make


@pytest.fixture
def told(desk: Desk, history: History) -> History:
    """Records written into the desk's own store."""
    history.store = desk.store
    return history


@pytest.fixture
def history(store: Store) -> History:
    return History(store)


Measured = Callable[..., list[Row]]


def asked(
    as_of: str,
    *,
    start: str | None = None,
    end: str | None = None,
    every: Every | None = None,
    **more: Any,
) -> Ask:
    first, last = day(start or "2000-01-01"), day(end or as_of)
    whole = Period(first, date.fromordinal(last.toordinal() + 1))
    periods = periods_between(first, whole.before_on, every) if every else (whole,)
    return Ask(periods=periods, as_of=day(as_of), **more)


def sort_rows(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: [str(v) for v in row.values()])


@pytest.fixture
def frames_of(history: History) -> Callable[..., Frames]:
    def _frames(as_of: str, *, team: str | None = None) -> Frames:
        history.write()
        with history.store.read() as conn:
            return read_relations(conn, RELATIONS, as_of=day(as_of), team=team)

    return _frames


@pytest.fixture(params=["polars", "duckdb"])
def measured(
    request: pytest.FixtureRequest, frames_of: Callable[..., Frames], tmp_path: Path
) -> Measured:
    """Work a measure out on a store, on each engine; `cases=True` gives the cases behind it."""

    def _measured(
        name: str, as_of: str, *, cases: bool = False, compute: Any = None, **more: Any
    ) -> list[Row]:
        frames = frames_of(as_of, team=more.pop("team", None))
        ask = asked(as_of, **more)
        tables = {**frames, **calendar_tables(ask)}
        measure = compute or (MEASURES[name].cases if cases else MEASURES[name].compute)
        if request.param == "polars":
            return sort_rows(rows_of(measure(on_polars(tables), ask)))
        with duckdb.connect() as engine:
            paths = write_parquet(tables, tmp_path / "lake")
            return sort_rows(rows_of(measure(on_files(paths, engine.read_parquet), ask)))

    return _measured


def shared(path: str) -> Path:
    """Return a file of the shared data; skip without it, fail where it is required."""
    found = SHARED / path
    if not found.exists():
        if os.environ.get("CASEREVIEW_REQUIRE_SHARED"):
            pytest.fail(f"{path} is required and not there")
        pytest.skip(f"the shared data is not here: {path}")
    return found


@pytest.fixture(scope="session")
def shared_file() -> Callable[[str], Path]:
    return shared


@pytest.fixture(scope="session")
def shared_json() -> Callable[[str], dict[str, Any]]:
    def _read(path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(shared(path).read_text(encoding="utf-8"))
        return found

    return _read


_STAGE_OF = {
    "IV Antibiotics": "stabilise", "IV Liquid": "stabilise", "Admission IC": "stabilise",
    "Admission NC": "recover",
}  # fmt: skip
_RANK = {"assess": 1, "stabilise": 2, "recover": 3, "complete": 4}


def sepsis_records() -> Iterator[Any]:
    """Yield the sepsis log as dated records, read by hand with the table of data.md 2.1."""
    path = shared("data/sepsis/sepsis.csv")
    with path.open(encoding="ascii", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter=";"))
    found = sorted((r["Case ID"], r["Complete Timestamp"], r["Activity"]) for r in rows)
    for number, (_, events) in enumerate(groupby(found, key=lambda r: r[0]), 1):
        timed = [(activity, _instant(text)) for _, text, activity in events]
        yield from _sepsis_case(number, timed)


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=UTC)


def _sepsis_case(number: int, events: list[tuple[str, datetime]]) -> Iterator[Any]:
    start = next(t for a, t in events if a == "ER Registration")
    spells = [("assess", start)]
    closed: tuple[str, datetime] | None = None
    back: datetime | None = None
    for activity, at in events:
        stage = _STAGE_OF.get(activity)
        moves_on = stage and _RANK[stage] > _RANK[spells[-1][0]]
        back_up = activity == "Admission IC" and stage != spells[-1][0]
        if activity.startswith("Release"):
            closed = (activity, at)
        elif activity == "Return ER":
            back = at
        elif closed is None and (moves_on or back_up):
            spells.append((str(stage), max(at, start)))
    if closed:
        spells.append(("complete", closed[1]))
    for n, (stage, at) in enumerate(spells, 1):
        before = spells[n][1].date() if n < len(spells) else None
        yield StageSpell(number, n, stage, at.date(), before, int(at.timestamp()))
    treated = min((t for a, t in events if a == "IV Antibiotics"), default=None)
    if treated:
        yield Milestone(number, 30, "treated", treated.date(), int(treated.timestamp()))
    yield Case(
        number, number, "WARD", "ward", spells[-1][0], start.date(), start.date(), 9,
        int(start.timestamp()), closed[1].date() if closed else None,
        int(closed[1].timestamp()) if closed else None, closed[0] if closed else None,
        "planned" if closed else None,
    )  # fmt: skip
    if back:
        yield Case(
            5000 + number, number, "WARD", "ward", "assess", back.date(), back.date(), 1,
            int(back.timestamp()), linked_case_id=number, link="return",
        )  # fmt: skip
        yield StageSpell(5000 + number, 1, "assess", back.date(), from_s=int(back.timestamp()))


@pytest.fixture
def sepsis(history: History) -> History:
    history.records.extend(sepsis_records())
    return history
