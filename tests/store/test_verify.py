from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casereview.core.entries import Entry, Stream
from casereview.store import journal
from casereview.store.opening import Store, open_store
from casereview.store.seals import last_seal, seal
from casereview.store.verify import Problem, verify_chains

Add = Callable[..., list[Entry]]
Tamper = Callable[..., None]
ONE = Stream("case", 1)

PUT_IN = (
    "INSERT INTO entries SELECT 99, stream_kind, stream_id, 3, 'closed', team, occurred_on, "
    "occurred_at, recorded_at, recorded_by, said_by, command, review, pack_id, pack_version, "
    "pack_hash, body, text_digest, hash FROM entries WHERE number = 8"
)

# Three cases of five entries: numbers 1-5, 6-10, 11-15; then a seal.
ALTERED = {
    "a body changed": (["UPDATE entries SET body = '{\"n\":9}' WHERE number = 8"], {(2, 3)}),
    "a date changed": (["UPDATE entries SET occurred_on = occurred_on - 1 WHERE number = 1"],
                       {(1, 1)}),
    "a name changed": (["UPDATE entries SET recorded_by = 'eve' WHERE number = 15"], {(3, 5)}),
    "a time changed": (
        ["UPDATE entries SET recorded_at = '2025-01-01T00:00:00.000000Z' WHERE number = 9"],
        {(2, 4)},
    ),
    "a hash changed": (["UPDATE entries SET hash = 'x' || substr(hash, 2) WHERE number = 7"],
                       {(2, 2), (2, 3)}),
    "a number made text": (["UPDATE entries SET occurred_on = 'soon' WHERE number = 2"], {(1, 2)}),
    "an entry removed": (
        ["DELETE FROM entry_text WHERE number = 8", "DELETE FROM entries WHERE number = 8"],
        {(2, 3)},
    ),
    "the first entry removed": (["DELETE FROM entries WHERE number = 6"], {(2, 1)}),
    "a stream cut short": (["DELETE FROM entries WHERE number IN (14, 15)"], {(3, 4)}),
    "a whole stream removed": (["DELETE FROM entries WHERE stream_id = 1"], {(1, 1)}),
    "an entry put in": (
        [
            "UPDATE entries SET seq = seq + 100 WHERE stream_id = 2 AND seq >= 3",
            "UPDATE entries SET seq = seq - 99 WHERE stream_id = 2 AND seq >= 100",
            PUT_IN,
        ],
        {(2, 3), (2, 4), (2, 5), (2, 6)},
    ),
    "two entries swapped": (
        [
            "UPDATE entries SET seq = 99 WHERE number = 8",
            "UPDATE entries SET seq = 3 WHERE number = 9",
            "UPDATE entries SET seq = 4 WHERE number = 99 OR seq = 99",
        ],
        {(2, 3), (2, 4), (2, 5)},
    ),
    "two numbers swapped": (
        [
            "UPDATE entries SET number = 98 WHERE number = 12",
            "UPDATE entries SET number = 12 WHERE number = 13",
            "UPDATE entries SET number = 13 WHERE number = 98",
        ],
        # Their texts, which hang on the number, change places as well.
        {(3, 2), (3, 3)},
    ),
    "a text changed": (["UPDATE entry_text SET text = '{\"note\":\"no\"}' WHERE number = 4"],
                       {(1, 4)}),
    "a salt changed": (["UPDATE entry_text SET salt = x'00' WHERE number = 4"], {(1, 4)}),
    "a text made bytes": (["UPDATE entry_text SET text = x'ff' WHERE number = 5"], {(1, 5)}),
    "a text moved": (
        ["DELETE FROM entry_text WHERE number = 2",
         "UPDATE entry_text SET number = 2 WHERE number = 3"],
        {(1, 2)},
    ),
}  # fmt: skip


@pytest.fixture
def sealed(store: Store, add: Add, at: datetime) -> str:
    for one in (1, 2, 3):
        add("case", one, 5)
    with store.write() as conn:
        return seal(conn, at)


def problems(place: Path, **more: str) -> list[Problem]:
    with open_store(place) as store, store.read() as conn:
        return verify_chains(conn, **more)


@pytest.mark.parametrize("what", ALTERED)
def test_tampering_is_found_where_it_was_done(
    store: Store, place: Path, sealed: str, tamper: Tamper, what: str
) -> None:
    store.close()
    assert problems(place, since_head=sealed) == []
    statements, expected = ALTERED[what]
    tamper(place, *statements)
    found = {(p.stream.id if p.stream else 0, p.seq) for p in problems(place)}
    assert found == expected


RECHAIN = """
import sqlite3, sys
from casereview.store.chain import entry_hash
from casereview.store.types import from_day
place, start = sys.argv[1], int(sys.argv[2])
connection = sqlite3.connect(place)
for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
    connection.execute(f"DROP TRIGGER {name}")
connection.execute("UPDATE entries SET recorded_by='eve' WHERE stream_id=1 AND seq=?", (start,))
previous = ""
for row in connection.execute("SELECT * FROM entries WHERE stream_id=1 ORDER BY seq").fetchall():
    found = entry_hash(previous, (*row[1:6], from_day(row[6]).isoformat(), *row[7:18]))
    connection.execute("UPDATE entries SET hash=? WHERE number=?", (found, row[0]))
    previous = found
connection.commit()
"""


def rechain(place: Path, start: int) -> None:
    subprocess.run([sys.executable, "-c", RECHAIN, str(place), str(start)], check=True)


def test_a_rewritten_chain_is_betrayed_by_an_older_seal(
    store: Store, place: Path, sealed: str
) -> None:
    store.close()
    rechain(place, 2)
    (problem,) = problems(place)
    assert (problem.stream, problem.seq) == (ONE, 5)
    assert "seal 1" in problem.what
    assert str(problem).startswith("case 1, entry 5: ")


def test_what_followed_the_last_seal_is_covered_by_the_next(
    store: Store, place: Path, sealed: str, add: Add, at: datetime
) -> None:
    add("case", 1, 2)
    store.close()
    rechain(place, 6)
    assert problems(place, since_head=sealed) == []
    with open_store(place) as again, again.write() as conn:
        later = seal(conn, at + timedelta(days=7))
    rechain(place, 7)
    assert [(p.stream, p.seq) for p in problems(place, since_head=later)] == [(ONE, 7)]


SEALS = {
    "head changed": (["UPDATE seals SET head = 'x' || substr(head, 2) WHERE number = 1"], {1, 2}),
    "time changed": (["UPDATE seals SET at = '' WHERE number = 2"], {2}),
    "a line changed": (["UPDATE seal_streams SET seq = 4 WHERE seal = 1 AND stream_id = 1"], {1}),
    "a line removed": (["DELETE FROM seal_streams WHERE seal = 2"], {2}),
    "the first removed": (["DELETE FROM seal_streams WHERE seal = 1",
                           "DELETE FROM seals WHERE number = 1"], {1}),
}  # fmt: skip


@pytest.mark.parametrize("what", SEALS)
def test_a_changed_seal_is_found(
    store: Store, place: Path, sealed: str, add: Add, tamper: Tamper, at: datetime, what: str
) -> None:
    add("person", 1, 1)
    with store.write() as conn:
        seal(conn, at)
    store.close()
    statements, expected = SEALS[what]
    tamper(place, *statements)
    assert {p.seq for p in problems(place) if p.stream is None} == expected


def test_a_printed_head_proves_that_its_seal_is_still_there(
    store: Store, place: Path, sealed: str, add: Add, tamper: Tamper, at: datetime
) -> None:
    add("person", 1, 1)
    with store.write() as conn:
        later = seal(conn, at)
    store.close()
    assert problems(place, since_head=later[:12].upper()) == []
    tamper(place, "DELETE FROM seal_streams WHERE seal = 2", "DELETE FROM seals WHERE number = 2")
    assert problems(place) == []
    assert problems(place, since_head=sealed) == []
    (problem,) = problems(place, since_head=later)
    assert (problem.stream, problem.seq) == (None, 1)
    assert later in str(problem)
    assert len(problems(place, since_head=sealed[:11])) == 1


def test_a_seal_covers_only_what_changed_and_an_idle_one_writes_nothing(
    store: Store, sealed: str, add: Add, at: datetime
) -> None:
    count = "SELECT count(*) FROM seal_streams WHERE seal = "
    with store.write() as conn:
        assert seal(conn, at + timedelta(hours=1)) == sealed
        found = last_seal(conn)
        assert found is not None
        assert (found[0], found[3]) == (1, sealed)
        assert conn.exec_driver_sql(f"{count}1").scalar_one() == 3
    add("case", 2, 1)
    with store.write() as conn:
        assert seal(conn, at) != sealed
        assert conn.exec_driver_sql(f"{count}2").scalar_one() == 1
        assert verify_chains(conn) == []


def test_an_empty_store_can_be_sealed(store: Store, at: datetime) -> None:
    with store.write() as conn:
        assert last_seal(conn) is None
        head = seal(conn, at)
        assert seal(conn, at) == head
        assert verify_chains(conn, since_head=head) == []


def test_long_journals_are_checked_in_parts(
    store: Store, sealed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chunk in (1, 4, 5, 15):
        monkeypatch.setattr("casereview.store.verify.CHUNK", chunk)
        with store.read() as conn:
            assert verify_chains(conn, since_head=sealed) == []
            assert journal.head(conn, ONE)[0] == 5
