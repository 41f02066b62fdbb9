"""Four people at four machines on one store.

The long command has more of them: `python -m benchmarks.storms crowd`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casereview.errors import Stale
from casereview.packs.library import Library
from casereview.service.cases import cases, moving
from casereview.store.opening import open_store
from tests.storms.commands import Table, make_store
from tests.storms.crowd import storm


def test_four_processes_lose_nothing_and_double_nothing(tmp_path: Path, library: Library) -> None:
    crowd = storm(tmp_path / "team.db", library, processes=4, commands=250, seed=4)
    assert crowd.problems == []
    assert crowd.done + sum(crowd.refused.values()) == 1000
    assert crowd.done > 400
    # Whether they get into each other's way is chance; nobody has to wait in vain.
    assert crowd.refused["store_busy"] == 0


def test_a_stale_command_says_what_the_other_one_did(tmp_path: Path, library: Library) -> None:
    place = tmp_path / "team.db"
    make_store(place, library)
    with open_store(place) as one, open_store(place) as other:
        spec = {"id": "x", "who": "ann", "day": "2026-03-03"}
        mine = Table(one, library).desk(spec)
        theirs = Table(other, library).desk({**spec, "id": "y", "who": "bob"})
        with mine.reading() as work:
            seen = work.case(1).case.head
        day = date(2026, 3, 3)
        cases.set_fact(theirs, "C1", "destination", "hostel", on=day)
        with pytest.raises(Stale, match="fact set destination by bob"):
            moving.move(mine, "C1", "stabilise", on=day, seen=seen)
