"""The shipped layouts on made-up files of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casereview.exchange.layout_file import load_layout
from casereview.service import setup

FILES = Path(__file__).resolve().parents[2] / "fixtures" / "imports"


def test_every_shipped_layout_loads(layouts: Path, library: Any) -> None:
    found = sorted(layouts.glob("*.toml"))
    assert len(found) >= 12
    for path in found:
        layout = load_layout(path, library)
        assert layout.id == path.stem
        assert all((layouts / name).exists() for name in layout.also)


def test_rows_of_one_treatment_episode_are_one_case(make_ward: Any, layouts: Path) -> None:
    ward = make_ward(pathway="recovery")
    got = ward.take(FILES / "ndtms.csv", layouts / "ndtms.toml")
    assert (got["accepted"], got["rejected"], got["cases"]) == (5, 1, 4)
    assert ward.sql("SELECT stage, exit FROM cases ORDER BY referred_on") == [
        ("complete", "drug-free"), ("left", "dropped-out"), ("left", "died"), ("assess", None),
    ]  # fmt: skip
    assert ward.one("SELECT count(*) FROM milestones WHERE name = 'started' AND case_id = 1") == 2
    assert ward.one("SELECT count(*) FROM milestones WHERE name = 'assessed' AND case_id = 1") == 1
    assert ward.one("SELECT count(died_on) FROM persons") == 1
    assert ward.one("SELECT link FROM cases WHERE stage = 'assess'") == "return"
    again = ward.take(FILES / "ndtms.csv", layouts / "ndtms.toml")
    assert (again["accepted"], again["unchanged"]) == (0, 5)
    assert ward.problems() == []


def test_a_ward_s_own_list_names_beds_and_workers(make_ward: Any, layouts: Path) -> None:
    ward = make_ward()
    for login, role in (("nurse", "clinician"), ("consultant", "clinician")):
        setup.add_user(ward.desk.again(), login, name=login, role=role)
    got = ward.take(FILES / "ward-list.csv", layouts / "ward-list.toml")
    assert (got["accepted"], got["rejected"]) == (3, 1)
    roles = ward.sql("SELECT role, login FROM allocations WHERE case_id = 1 ORDER BY role")
    assert roles == [("key-worker", "nurse"), ("second", "consultant")]
    facts = ward.sql("SELECT fact, text FROM case_facts WHERE case_id = 1 ORDER BY fact")
    assert facts == [("bed", "A1"), ("medically_safe", "yes")]


@pytest.mark.parametrize("name", ["ndtms", "ward-list"])
def test_fixtures_hold_only_numbers_that_are_never_issued(name: str) -> None:
    text = (FILES / f"{name}.csv").read_text(encoding="utf-8")
    assert "Test Person" in text or "T1-1" in text
