"""Relations that several questions share: read once, never stale, the same figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import event

from casereview.measures.registry import MEASURES
from casereview.service.cases import cases
from casereview.service.desk import Desk
from casereview.service.measuring.extracting import extracted
from casereview.service.measuring.stats import stats
from casereview.store.relations.extraction import Extraction, Held
from casereview.store.relations.groups import GROUPS
from casereview.store.relations.relations import RELATIONS, read_relations

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
day = date.fromisoformat


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    held = make_desk(NOW, W1="ward", W2="ward")
    for person in range(4711, 4715):
        cases.refer(held.again(), team="W1", person=str(person), on=day("2026-03-01"))
    return held


@pytest.fixture
def selects(desk: Desk) -> Iterator[list[str]]:
    """Every statement that reads cases for measures, as it is given."""
    given: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "first_referred_on" in statement and statement.startswith("SELECT"):
            given.append(statement)

    with desk.store.read() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    yield given
    event.remove(engine, "before_cursor_execute", note)


def test_the_measures_of_one_command_read_the_cases_once(desk: Desk, selects: list[str]) -> None:
    with extracted(desk) as sharing:
        for name in MEASURES:
            stats(sharing, name)
    assert len(selects) == 1


@pytest.mark.parametrize("name", MEASURES)
def test_shared_and_own_reading_give_the_same_rows(desk: Desk, name: str) -> None:
    with extracted(desk) as sharing:
        stats(sharing, "front-door", by="worker")
        assert stats(sharing, name) == stats(desk, name)


def test_what_is_recorded_between_two_questions_counts_in_the_second(desk: Desk) -> None:
    with extracted(desk) as sharing:
        assert stats(sharing, "throughput")[0][0]["referred"] == 4
        cases.refer(desk.again(), team="W2", person="4720", on=day("2026-03-02"))
        assert stats(sharing, "throughput")[0][0]["referred"] == 5


def test_another_day_or_team_is_another_question(desk: Desk) -> None:
    cases.refer(desk.again(), team="W2", person="4720", on=day("2026-03-02"))
    with extracted(desk) as sharing:
        assert stats(sharing, "throughput")[0][0]["open_at_end"] == 5
        assert stats(sharing, "throughput", team="W2")[0][0]["open_at_end"] == 1
        earlier = replace(sharing, as_of=day("2026-03-01"))
        assert stats(earlier, "throughput")[0][0]["open_at_end"] == 4


def test_a_desk_over_what_was_known_has_an_extraction_of_its_own(desk: Desk) -> None:
    later = replace(desk.again(), now=datetime(2026, 3, 31, 12, tzinfo=UTC))
    cases.refer(later, team="W2", person="4720", on=day("2026-03-02"))
    with extracted(later) as sharing:
        assert stats(sharing, "throughput")[0][0]["referred"] == 5
        known = replace(sharing, known_by=NOW)
        assert stats(known, "throughput")[0][0]["referred"] == 4


@pytest.mark.parametrize("most", [0, 500_000_000])
def test_what_was_let_go_is_read_again_and_is_the_same(desk: Desk, most: int) -> None:
    extraction = Extraction(desk.store, most_bytes=most)
    with desk.store.read() as connection:
        for names, groups in ((RELATIONS, GROUPS), (("workers",), ()), (RELATIONS, ("sex",))):
            shared = extraction.frames(connection, names, as_of=NOW.date(), groups=groups)
            alone = read_relations(connection, names, as_of=NOW.date(), groups=groups)
            assert shared.keys() == alone.keys()
            for name, frame in alone.items():
                assert_frame_equal(shared[name], frame)


def test_what_was_not_asked_for_longest_is_let_go_first() -> None:
    held = Held(most=100)
    frame = pl.DataFrame({"x": range(6)}, schema={"x": pl.Int64})
    for name in ("a", "b", "a", "c"):
        held.once(name, lambda: frame)
    held.let_go()
    made: list[str] = []

    def make(name: str) -> pl.DataFrame:
        made.append(name)
        return frame

    for name in ("a", "b", "c"):
        held.once(name, partial(make, name))
    assert made == ["b"]
