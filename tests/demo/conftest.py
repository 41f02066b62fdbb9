"""One small rehearsal service, made once; tests that write work on a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from casereview.packs.library import Library
from casereview.service.desk import Desk
from casereview.service.organisation.signing_in import sit_down
from casereview.service.rehearsal import demo

TODAY = date(2026, 3, 3)
WEEKS = 8
Sit = Callable[[Path], Desk]


@pytest.fixture(scope="session")
def today() -> date:
    """A Tuesday."""
    return TODAY


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    """A service with eight weeks of history; tests leave it as it is."""
    place = tmp_path_factory.mktemp("demo") / "demo.db"
    return demo.build(place, today=TODAY, weeks=WEEKS, library=library)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    """A service with one week of history; tests leave it as it is."""
    place = tmp_path_factory.mktemp("small") / "demo.db"
    return demo.build(place, today=TODAY, weeks=1, library=library)


@pytest.fixture
def sit(library: Library) -> Iterator[Sit]:
    """`sit(place)` is a desk at a rehearsal service at nine on the day it was made for."""
    open_desks: list[Desk] = []

    def seated(place: Path) -> Desk:
        now = datetime.combine(TODAY, time(9), UTC)
        desk = sit_down(place, library=library, clock=lambda: now, rehearsal_now=now)
        open_desks.append(desk)
        return desk

    yield seated
    for desk in open_desks:
        desk.store.close()


@pytest.fixture
def desk(made: Path, sit: Sit) -> Desk:
    return sit(made)
