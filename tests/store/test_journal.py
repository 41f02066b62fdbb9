from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from casereview.core.entries import Draft, Entry, PackRef, Stream
from casereview.errors import StoreDamaged, StoreError
from casereview.store import journal
from casereview.store.bulk import BulkJournal
from casereview.store.chain import EMPTY, Origin
from casereview.store.opening import Store, open_store
from casereview.store.verify import verify_chains

Add = Callable[..., list[Entry]]
Make = Callable[..., Draft]
CASE = Stream("case", 7)


def test_an_entry_comes_back_as_it_was_recorded(store: Store, at: datetime, on: date) -> None:
    full = Draft(
        Stream("person", 3),
        "worry_raised",
        on,
        {"act_by": date(2026, 3, 4), "danger_now": False, "owner": None, "order": [2, 1]},
        {"words": "A line\nand \u2019another\u2019 [/]"},
        team="WARD",
        occurred_at=datetime(2026, 3, 3, 8, 15, 0, 250, tzinfo=UTC),
        review=9,
        pack=PackRef("safeguarding", 2, "ab" * 32),
    )
    with store.write() as conn:
        (made,) = journal.append(conn, [full], at=at, by="ann", said_by="bea", command="c1")
    with store.read() as conn:
        (found,) = journal.load(conn, full.stream)
        assert journal.by_command(conn, "c1") == journal.by_review(conn, 9) == [found]
    assert found == made
    assert found.body == {
        "act_by": "2026-03-04", "danger_now": False, "owner": None, "order": [2, 1],
    }  # fmt: skip
    assert (found.seq, found.number, found.recorded_at, found.said_by) == (1, 1, at, "bea")
    assert (found.occurred_at, found.pack, found.team) == (full.occurred_at, full.pack, "WARD")
    assert found.texts == full.texts


def test_streams_count_from_one_and_the_journal_counts_through(
    store: Store, at: datetime, make: Make
) -> None:
    other = Stream("person", 7)
    with store.write() as conn:
        assert journal.head(conn, CASE) == EMPTY
        drafts = [make(CASE, 1), make(other, 1), make(CASE, 2)]
        first = journal.append(conn, drafts, at=at, by="ann", said_by=None, command="a")
        second = journal.append(conn, [make(CASE, 3)], at=at, by="ann", said_by=None, command="b")
        assert journal.append(conn, [], at=at, by="ann", said_by=None, command="c") == []
        assert journal.head(conn, CASE)[0] == 3
    assert [e.seq for e in first + second] == [1, 1, 2, 3]
    assert [e.number for e in first + second] == [1, 2, 3, 4]


def test_a_command_taken_back_leaves_no_gap_in_its_streams(
    store: Store, at: datetime, make: Make
) -> None:
    with pytest.raises(RuntimeError), store.write() as conn:
        journal.append(conn, [make(CASE, 1)], at=at, by="ann", said_by=None, command="a")
        raise RuntimeError
    with store.write() as conn:
        (entry,) = journal.append(conn, [make(CASE, 2)], at=at, by="ann", said_by=None, command="b")
        assert verify_chains(conn) == []
    assert entry.seq == 1


def test_many_streams_load_at_once_and_unknown_ones_are_empty(store: Store, add: Add) -> None:
    for one in (1, 2, 3):
        add("case", one, one)
    add("person", 2, 5)
    with store.read() as conn:
        found = journal.load_many(conn, "case", [*range(2, 1400)])
    assert {one: len(entries) for one, entries in found.items() if entries} == {2: 2, 3: 3}
    assert len(found) == 1398


def test_known_by_hides_what_was_recorded_later(store: Store, add: Add, at: datetime) -> None:
    add("case", 1, 2)
    add("case", 2, 3, at=at + timedelta(microseconds=1))
    for known, count in ((at - timedelta(seconds=1), 0), (at, 2), (at + timedelta(hours=1), 5)):
        with store.read() as conn:
            assert len(list(journal.iterate(conn, known_by=known))) == count
            hidden = journal.load_many(conn, "case", (1, 2), known_by=known)
            assert sum(len(entries) for entries in hidden.values()) == count


def test_the_whole_journal_comes_in_order_whatever_its_length(
    store: Store, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "CHUNK", 4)
    for n in range(1, 5):
        add("case", n, 2)
        add("person", n, 1)
    with store.read() as conn:
        entries = list(journal.iterate(conn))
        people = list(journal.iterate(conn, kinds={"person", "team"}))
        assert list(journal.iterate(conn, kinds=())) == []
    assert [e.number for e in entries] == list(range(1, 13))
    assert {e.stream.kind for e in people} == {"person"}
    assert len(people) == 4


@pytest.mark.parametrize(
    "bad",
    [
        Draft(Stream("house", 1), "built", date(2026, 3, 3)),
        Draft(CASE, "moved", date(2026, 3, 3), {"weight": 1.5}),
        Draft(CASE, "moved", date(2026, 3, 3), occurred_at=datetime(2026, 3, 3)),
    ],
)
def test_what_cannot_be_hashed_is_never_recorded(store: Store, at: datetime, bad: Draft) -> None:
    with pytest.raises((ValueError, TypeError)), store.write() as conn:
        journal.append(conn, [bad], at=at, by="ann", said_by=None, command="c")
    with store.read() as conn:
        assert list(journal.iterate(conn)) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entries SET body = '{}'",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE number = 1",
        "REPLACE INTO entries SELECT * FROM entries",
        "UPDATE seals SET head = ''",
        "DELETE FROM seals",
        "DELETE FROM seal_streams",
    ],
)
def test_the_journal_refuses_to_be_changed(store: Store, add: Add, at: datetime, sql: str) -> None:
    from casereview.store.seals import seal

    add("case", 1, 2)
    with store.write() as conn:
        seal(conn, at)
    with pytest.raises(StoreError, match="are append-only") as caught, store.write() as conn:
        conn.exec_driver_sql(sql)
    assert caught.value.code == "store_conflict"
    with store.read() as conn:
        assert len(journal.load(conn, Stream("case", 1))) == 2


def test_erased_text_is_gone_and_the_chain_still_verifies(
    store: Store, place: Path, add: Add
) -> None:
    entries = add("case", 1, 3)
    canary = "said 1"
    with store.write() as conn:
        assert journal.erase_texts(conn, [entries[1].number, 99]) == 1
        assert journal.erase_texts(conn, []) == 0
    with store.read() as conn:
        assert [e.texts for e in journal.load(conn, Stream("case", 1))] == [
            {"note": "said 0"}, {}, {"note": "said 2"},
        ]  # fmt: skip
        assert verify_chains(conn) == []
    store.compact()
    beside = [p for p in place.parent.iterdir() if p.name.startswith(place.name)]
    assert not any(canary.encode() in p.read_bytes() for p in beside)
    assert b"said 2" in place.read_bytes()


def test_a_command_done_twice_finds_its_first_answer(store: Store, at: datetime) -> None:
    with store.write() as conn:
        assert journal.command_result(conn, "c1") is None
        journal.keep_results(conn, [journal.Done("c1", at, "ann", {"case": 4, "stage": "assess"})])
    with store.read() as conn:
        assert journal.command_result(conn, "c1") == {"case": 4, "stage": "assess"}
    with pytest.raises(StoreError), store.write() as conn:
        journal.keep_results(conn, [journal.Done("c1", at, "bea", {})])


def test_counters_never_give_the_same_number_twice(store: Store) -> None:
    with store.write() as conn:
        assert [journal.next_id(conn, "case") for _ in range(3)] == [1, 2, 3]
        assert journal.next_id(conn, "action") == 1
        assert journal.next_id(conn, "case", floor=100) == 101
        assert journal.next_id(conn, "case", floor=50) == 102
        assert journal.next_id(conn, "case", count=10) == 103
        assert journal.next_id(conn, "case") == 113
        assert journal.next_id(conn, "person", floor=9, count=5) == 10
        assert journal.next_id(conn, "person") == 15


def test_whole_streams_go_in_at_once_and_chain_like_any_other(
    store: Store, at: datetime, on: date, make: Make
) -> None:
    origin = Origin(at, "ann", "import-1", team="WARD")
    lines = [
        ("moved", on, at, {"n": n}, {"source_id": f"NA{n}"} if n % 2 else {}) for n in range(5)
    ]
    with store.write() as conn:
        journal.append(conn, [make(CASE, 0)], at=at, by="ann", said_by=None, command="a")
        with BulkJournal(conn, origin, batch=7) as bulk:
            added = [bulk.add(Stream("case", one), lines) for one in range(100, 110)]
            late = bulk.add(CASE, lines[:1], after=journal.head(conn, CASE))
            more = bulk.add(Stream("case", 100), lines[:1], after=added[0].head)
        journal.append(conn, [make(CASE, 9)], at=at, by="ann", said_by=None, command="b")
    with store.read() as conn:
        assert verify_chains(conn) == []
        found = journal.load(conn, Stream("case", 100))
        assert [e.seq for e in journal.load(conn, CASE)] == [1, 2, 3]
        assert journal.head(conn, Stream("case", 101)) == added[1].head
    assert [e.body["n"] for e in found] == [0, 1, 2, 3, 4, 0]
    assert found[1].texts == {"source_id": "NA1"}
    assert found[0].texts == {}
    assert (found[0].number, found[4].number) == (added[0].first, added[0].last)
    assert found[5].number == more.last > late.first
    assert {e.command for e in found} == {"import-1"}


def test_a_bulk_stream_needs_lines_and_a_known_kind(store: Store, at: datetime, on: date) -> None:
    with store.write() as conn:
        bulk = BulkJournal(conn, Origin(at, "ann", "i"))
        with pytest.raises(ValueError, match="without lines"):
            bulk.add(CASE, [])
        with pytest.raises(ValueError, match="no kind"):
            bulk.add(Stream("house", 1), [("moved", on, None, {}, {})])


def test_an_unreadable_entry_is_named(
    store: Store, place: Path, add: Add, tamper: Callable[..., None]
) -> None:
    add("case", 1, 2)
    store.close()
    tamper(place, "UPDATE entries SET body = '{' WHERE number = 2")
    with open_store(place) as again, again.read() as conn:
        with pytest.raises(StoreDamaged, match="Entry 2 "):
            journal.load(conn, Stream("case", 1))
        (problem,) = verify_chains(conn)
        assert (problem.stream, problem.seq) == (Stream("case", 1), 2)
