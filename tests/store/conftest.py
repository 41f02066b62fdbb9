from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.core.entries import Draft, Entry, Stream
from casereview.store import journal
from casereview.store.opening import Store, create_store

AT = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
ON = date(2026, 3, 3)

TAMPER = """
import sqlite3, sys
place, *statements = sys.argv[1:]
connection = sqlite3.connect(place)
for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
    connection.execute(f"DROP TRIGGER {name}")
for statement in statements:
    connection.execute(statement)
connection.commit()
connection.close()
"""


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "team.db"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    with create_store(place, at=AT, rehearsal=True) as made:
        yield made


def draft(stream: Stream, n: int, **more: Any) -> Draft:
    return Draft(
        stream,
        "answered",
        ON,
        {"n": n, "question": "destination_ready"},
        {"note": f"said {n}"},
        **more,
    )


@pytest.fixture
def on() -> date:
    return ON


@pytest.fixture
def make() -> Callable[..., Draft]:
    """Return a draft of a stream, numbered in its body and its text."""
    return draft


Add = Callable[..., list[Entry]]


@pytest.fixture
def add(store: Store) -> Add:
    """Record `count` entries in one stream, each as its own command."""

    def _add(kind: str, one: int, count: int = 1, *, at: datetime = AT) -> list[Entry]:
        made: list[Entry] = []
        for n in range(count):
            with store.write() as conn:
                made += journal.append(
                    conn,
                    [draft(Stream(kind, one), n)],
                    at=at,
                    by="ann",
                    said_by=None,
                    command=f"{kind}-{one}-{n}",
                )
        return made

    return _add


@pytest.fixture
def tamper() -> Callable[..., None]:
    """Change a closed store's file from another process, past every guard of ours."""

    def _tamper(place: Path, *statements: str) -> None:
        subprocess.run([sys.executable, "-c", TAMPER, str(place), *statements], check=True)

    return _tamper
