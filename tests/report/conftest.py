"""Stores with a year of made-up history, and a strict reader of the pages made from them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from casereview.core.records import Case, Contact, Milestone, StageSpell
from casereview.packs.library import Library
from casereview.service.desk import Desk
from casereview.service.organisation.setup import create
from casereview.service.organisation.signing_in import sit_down
from casereview.service.organisation.teams import add_team
from casereview.store.opening import Store
from casereview.store.project import insert_rows, values

AS_OF = date(2026, 3, 3)
BEGAN = date(2024, 12, 2)
PLACES = (("CHILD", "childrens"), ("RECOV", "recovery"), ("WARD", "ward"))
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)


def write(store: Store, records: list[Any]) -> None:
    with store.write() as conn:
        for record, rows in groupby(sorted(records, key=lambda r: type(r).__name__), key=type):
            insert_rows(conn, record, [values(r) for r in rows])


def a_case(n: int, code: str, pathway: str, came: date, gone: date | None) -> list[Any]:
    """One case that waits, works and, with a day, is completed."""
    started = came + timedelta(days=3 + n % 9)
    done = gone is not None
    spells = [("assess", came), ("recover", started)] + ([("complete", gone)] if gone else [])
    known = [s for s in spells if s[1] <= (gone or AS_OF)]
    made: list[Any] = [
        Case(
            id=n, person_id=5000 + n, team=code, pathway=pathway,
            stage="complete" if done else known[-1][0], referred_on=came, first_referred_on=came,
            head=1, closed_on=gone, exit_class="planned" if done else None,
        ),
        Milestone(n, 40, "referred", came),
    ]  # fmt: skip
    if started <= AS_OF:
        made += [Milestone(n, 41, m, started) for m in ("assessed", "first_session")][:1]
        made.append(Contact(n, 60, "visit", "3" if n % 7 == 0 else "5", started))
    for k, (stage, on) in enumerate(known):
        before = known[k + 1][1] if k + 1 < len(known) else None
        made.append(StageSpell(n, k + 1, stage, on, before, move="forward" if k else ""))
    return made


def _year(cases: int = 420, *, faster_from: date | None = None) -> list[Any]:
    """A year and a quarter of cases; from a day on, stays are half as long where one is given."""
    chance = random.Random(7)
    records: list[Any] = []
    for n in range(1, cases + 1):
        code, pathway = PLACES[n % 3]
        came = BEGAN + timedelta(days=chance.randrange(450))
        long = 14 + chance.randrange(40)
        if faster_from is not None and came >= faster_from:
            long //= 2
        gone = came + timedelta(days=max(long, 13))
        if came <= AS_OF:
            records += a_case(n, code, pathway, came, gone if gone <= AS_OF else None)
    return records


@dataclass
class Service:
    """A store and the desk that reads it."""

    store: Store
    desk: Desk


Make = Callable[..., Service]


@pytest.fixture(scope="session")
def year() -> Callable[..., list[Any]]:
    """`year()` are the records of a year and a quarter."""
    return _year


@pytest.fixture
def one_case() -> list[Any]:
    return a_case(1, "WARD", "ward", date(2026, 2, 2), None)


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()


@pytest.fixture
def service(tmp_path: Path, library: Library) -> Iterator[Make]:
    """`service(records)` is a store with these records and a desk at 3 March 2026."""
    made: list[Store] = []

    def _make(records: list[Any], on: date = AS_OF, name: str = "") -> Service:
        place = tmp_path / f"{len(made)}.db"
        create(place, library=library, now=datetime(2024, 12, 1, 9, tzinfo=UTC), rehearsal=True)
        at = datetime(2026, 3, 3, 9, tzinfo=UTC)
        desk = sit_down(place, library=library, clock=lambda: at, rehearsal_now=at)
        made.append(desk.store)
        for code, pathway in PLACES:
            add_team(desk.again(), code, pathway=pathway, name=name)
        write(desk.store, records)
        return Service(desk.store, replace(desk, as_of=on))

    yield _make
    for store in made:
        store.close()


# --- reading a page


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    text: str = ""
    inside: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        found = [e for e in self.inside if e.tag == tag]
        return found + [x for e in self.inside for x in e.all(tag)]

    @property
    def words(self) -> str:
        return " ".join(re.sub(r"\s+", " ", self.everything()).split())

    def everything(self) -> str:
        return self.text + "".join(" " + e.everything() for e in self.inside)


class Strict(HTMLParser):
    """Every element is closed by its own end tag, in order; anything else is a fault."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self.open = [self.root]
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [k for k, _ in attrs]
        if len(set(names)) < len(names):
            self.faults.append(f"{tag} has an attribute twice")
        made = Element(tag, {k: v or "" for k, v in attrs})
        if "id" in made.attrs:
            self.ids.append(made.attrs["id"])
        self.open[-1].inside.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes <{self.open[-1].tag}>")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].text += data


Read = Callable[[str], Element]


@pytest.fixture
def read_page() -> Read:
    """`read_page(html)` is its tree; the page is well formed and its ids are its own."""

    def _read(html: str) -> Element:
        reader = Strict()
        reader.feed(html)
        reader.close()
        assert reader.faults == []
        assert [e.tag for e in reader.open] == ["root"]
        assert len(set(reader.ids)) == len(reader.ids), "an id stands twice"
        return reader.root

    return _read
