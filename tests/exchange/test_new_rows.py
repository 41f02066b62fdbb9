"""Rows built straight from lines are exactly the rows that folding the entries gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casereview.core.entries import Stream
from casereview.exchange.loading.new_rows import NewRows
from casereview.exchange.sorting import Sorter
from casereview.store.bulk import BulkJournal, Line
from casereview.store.chain import Origin
from casereview.store.opening import Store, create_store
from casereview.store.rebuild import compare_rows

START = date(2025, 1, 1)
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
FACTS = [
    {"fact": "medically_safe", "type": "code", "value": "yes"},
    {"fact": "ready_on", "type": "date", "value": "2025-02-01"},
    {"fact": "complexity", "type": "integer", "value": 2},
    {"fact": "complexity", "type": "integer", "value": None},
]
ONE = st.sampled_from([
    ("moved", {"source": "assess", "dest": "stabilise", "move": "go", "kind": "forward"}, {}),
    ("moved", {"source": "stabilise", "dest": "assess", "kind": "imported"}, {}),
    ("moved", {"source": "assess", "dest": "complete", "kind": "skip", "exit": "home",
               "exit_class": "planned"}, {}),
    ("moved", {"source": "assess", "dest": "left", "kind": "leave"}, {}),
    ("milestone", {"name": "treated"}, {}),
    ("contact", {"kind": "telephone", "attended": "5"}, {}),
    *(("fact_set", body, {}) for body in FACTS),
    ("fact_set", {"fact": "destination", "type": "text"}, {"value": "home"}),
    ("allocated", {"login": "ann", "role": "key-worker"}, {}),
    ("allocated", {"login": "bob", "role": "key-worker"}, {}),
    ("allocated", {"login": "bob", "role": "second"}, {}),
    ("noted", {}, {"words": "a note"}),
    ("re_referred", {}, {}),
    ("excluded", {"why": "overlap"}, {}),
    ("events_taken", {"run": 1, "events": "0123456789ab"}, {}),
])  # fmt: skip
STEPS = st.lists(st.tuples(ONE, st.integers(0, 5), st.booleans()), max_size=12)


def lines_of(steps: Any) -> list[Line]:
    body = {"person": 1, "pathway": "ward", "run": 1, "source": "s", "stage": "assess"}
    lines: list[Line] = [("referred", START, None, body, {"local_id": "K1"})]
    for (kind, what, texts), days, timed in steps:
        # Facts and workers may be told late; everything else an import records in order of time.
        on = START + timedelta(days=days)
        at = datetime(on.year, on.month, on.day, 10, tzinfo=UTC) if timed else None
        lines.append((kind, on, at, what, texts))
    return lines


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    place = tmp_path_factory.mktemp("rows") / "t.db"
    with create_store(place, at=AT, rehearsal=True) as made:
        yield made


_next = iter(range(1, 10**6))


@settings(max_examples=60, deadline=None)
@given(STEPS, st.booleans())
def test_fast_rows_equal_folded_rows(store: Store, steps: Any, dies: bool) -> None:
    number = next(_next)
    person: list[Line] = [
        ("registered", START, None, {}, {"name": "Ann", "born_on": "1980-06-02"}),
        ("identified", START, None, {"source": "s"}, {"local_id": "K1"}),
        (
            "fact_set",
            START,
            None,
            {"fact": "legal_status", "type": "code", "value": "informal"},
            {},
        ),
    ]
    if dies:
        person.append(("died", START, None, {}, {}))
    lines = lines_of(steps)
    origin = Origin(AT, "ann", f"c{number}", None, "WARD")
    rows = NewRows()
    with store.write() as conn:
        with BulkJournal(conn, origin) as bulk:
            bulk.add(Stream("person", number), person)
            bulk.add(Stream("case", number), lines)
        rows.person(number, person)
        rows.case(number, "WARD", "ann", lines)
        rows.insert(conn)
        found = [d for d in compare_rows(conn) if d.key[0] == number]
    assert found == []


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(), st.none() | st.integers())))
@settings(max_examples=50, deadline=None)
def test_spilled_tuples_come_back_sorted(items: list[tuple[Any, ...]]) -> None:
    numbered = [(text, number, place, more) for place, (text, number, more) in enumerate(items)]
    sorter = Sorter(3)
    for one in numbered:
        sorter.add(one)
    assert list(sorter) == sorted(numbered, key=lambda i: i[:3])
    assert list(sorter) == list(sorter)
    sorter.close()


def test_nothing_is_left_beside_the_store(ward: Any, events: Any, tmp_path: Path) -> None:
    before = {p.name for p in tmp_path.iterdir()}
    ward.take(*events("A,Referred,05/01/2026"))
    assert {p.name for p in tmp_path.iterdir()} - before <= {"events.csv", "events.toml"}
