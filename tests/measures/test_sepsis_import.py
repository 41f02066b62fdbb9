"""The sepsis log through the importer and the use case, as a manager would ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.packs.library import Library
from casereview.service.desk import Desk
from casereview.service.doors.importing import import_file
from casereview.service.measuring.stats import stats
from casereview.service.organisation import setup, teams
from casereview.store.opening import open_store

LAYOUT = Path(__file__).parents[2] / "fixtures" / "layouts" / "sepsis.toml"


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, shared_file: Callable[[str], Path]
) -> Iterator[Desk]:
    log = shared_file("data/sepsis/sepsis.csv")
    folder = tmp_path_factory.mktemp("sepsis")
    library, now = Library(), datetime(2015, 6, 6, 9, tzinfo=UTC)
    made = setup.create(folder / "team.db", library=library, now=now, rehearsal=True)[0]
    with open_store(folder / "team.db") as store:
        held = Desk(store, library, now, made["administrator"])
        teams.add_team(held.again(), "WARD", pathway="ward", name="Ward")
        import_file(held.again(), log, LAYOUT, team="WARD", report=folder / "report.csv")
        yield held


@pytest.fixture(scope="module")
def expected(shared_json: Any) -> dict[str, Any]:
    found: dict[str, Any] = shared_json("data/expected/sepsis.json")
    return found


def test_stays_of_the_imported_log_are_those_expected(desk: Desk, expected: dict[str, Any]) -> None:
    (row,), facts = stats(desk, "los")
    figures = expected["los_days_er_to_release"]
    assert (row["n"], row["median_days"], row["p90_days"], row["max_days"]) == (782, 6, 15, 114)
    assert row["mean_days"] == pytest.approx(figures["mean"], abs=5e-5)
    assert (row["over_7"], row["over_21"], row["excluded"]) == (252, 32, 0)
    assert facts["exclusions"] == []


def test_imported_starts_and_completions(desk: Desk, expected: dict[str, Any]) -> None:
    rows, _ = stats(desk, "throughput", every="month")
    for column, key in (("referred", "starts_by_month"), ("completed", "throughput_by_month")):
        found = {f"{r['period_from']:%Y-%m}": r[column] for r in rows if r[column]}
        assert found == expected[key]
    assert (rows[-1]["open_at_end"], rows[-1]["open_at_end_returns"]) == (268, 294)


def test_imported_hours_to_antibiotics(desk: Desk, expected: dict[str, Any]) -> None:
    rows, _ = stats(desk, "waits", wait="referred:treated", unit="hours")
    figures = expected["waits_hours"]["er_to_antibiotics"]
    assert rows[0]["n"] == 823
    assert rows[0]["median_hours"] == pytest.approx(figures["median"], abs=5e-4)
    assert rows[0]["mean_hours"] == pytest.approx(figures["mean"], abs=5e-4)


def test_returns_of_the_imported_log_are_those_expected(desk: Desk) -> None:
    rows = {r["window"]: r for r in stats(desk, "returns")[0]}
    assert (rows["28d"]["discharges"], rows["28d"]["returned"]) == (782, 112)
    assert rows["28d"]["percent"] == pytest.approx(14.3223, abs=5e-5)
    assert rows["6m"]["returned"] == 254
    cases, _ = stats(desk, "returns", list_cases=True)
    assert sum(c["returned"] for c in cases if c["window"] == "6m") == 254
