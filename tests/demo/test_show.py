"""What the demo prints, and when its file is made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command

from casereview.errors import StoreError
from casereview.service.desk import Desk
from casereview.service.rehearsal import demo
from casereview.service.reviews import reviewing
from casereview.store.engine import migration_engine
from casereview.store.migrate import SCRIPTS, steps_in
from casereview.store.opening import open_store
from casereview.store.schema import APPLICATION_ID, SCHEMA

Sit = Callable[[Path], Desk]
NINE = datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_the_round_is_shown_with_its_minutes_and_the_throughput(desk: Desk) -> None:
    text = demo.show(desk)
    assert "Larch Ward, Tue 3 Mar 2026" in text
    assert "three yeses: discharge agreed" in text
    assert "# Three-question ward round" in text
    assert "Sealed journal head: " in text
    assert "Throughput of the year" in text
    assert "2026-02-01" in text


def test_showing_leaves_the_round_due_and_the_file_as_it_was(
    desk: Desk, made: Path, today: object
) -> None:
    before = made.read_bytes()
    demo.show(desk)
    assert [r for r in reviewing.list_reviews(desk) if r["on"] == today] == []
    assert made.read_bytes() == before


def test_the_demo_has_a_file_of_its_own_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CASEREVIEW_STORE", "elsewhere.db")
    assert demo.place().name == "casereview-demo.db"


def test_the_file_is_made_when_missing_and_kept_afterwards(tmp_path: Path, sit: Sit) -> None:
    place = tmp_path / "folder" / "demo.db"
    told: list[tuple[int, int]] = []
    demo.ready(place, now=NINE, weeks=1, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]
    desk = sit(place)
    first = desk.store.id
    assert desk.store.rehearsal
    desk.store.close()
    demo.ready(place, now=NINE, weeks=1)
    assert sit(place).store.id == first
    assert sorted(p.name for p in place.parent.iterdir() if p.suffix == ".new") == []


@pytest.mark.parametrize(
    ("now", "fresh"),
    [(NINE, True), (datetime(2026, 2, 20, 9, tzinfo=UTC), False)],
    ids=["asked for", "the clock was set back"],
)
def test_the_file_is_made_anew(
    tmp_path: Path, small: Path, sit: Sit, now: datetime, *, fresh: bool
) -> None:
    place = tmp_path / "demo.db"
    shutil.copy(small, place)
    desk = sit(place)
    first = desk.store.id
    desk.store.close()
    demo.ready(place, now=now, weeks=1, fresh=fresh)
    assert sit(place).store.id != first


def test_a_demo_of_an_older_version_is_brought_to_this_schema(tmp_path: Path, sit: Sit) -> None:
    place = tmp_path / "demo.db"
    place.touch()
    engine = migration_engine(place)
    with engine.begin() as connection:
        steps = steps_in(SCRIPTS)
        steps.attributes["connection"] = connection
        command.upgrade(steps, "0001")
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql("PRAGMA user_version=1")
        said = {
            "created": "2026-03-02T09:00:00.000000Z", "id": "one", "rehearsal": "1",
            "schema": "1", "time_zone": "Europe/London",
        }  # fmt: skip
        for row in said.items():
            connection.exec_driver_sql("INSERT INTO store_meta VALUES (?, ?)", row)
    engine.dispose()
    demo.ready(place, now=NINE, weeks=1)
    with open_store(place) as store:
        assert (store.id, store.meta["schema"]) == ("one", str(SCHEMA))


@pytest.mark.parametrize(
    ("content", "code"), [(b"no store at all", "not_a_store"), (b"", "not_a_store")]
)
def test_what_is_no_demo_any_more_is_refused_with_how_to_make_it_anew(
    tmp_path: Path, content: bytes, code: str
) -> None:
    place = tmp_path / "demo.db"
    place.write_bytes(content)
    with pytest.raises(StoreError) as held:
        demo.ready(place, now=NINE, weeks=1)
    assert held.value.code == code
    assert "demo --fresh" in held.value.next
    assert place.read_bytes() == content


def test_building_over_something_is_refused(tmp_path: Path, made: Path) -> None:
    with pytest.raises(StoreError) as held:
        demo.build(made, today=NINE.date(), weeks=1)
    assert held.value.code == "store_exists"
