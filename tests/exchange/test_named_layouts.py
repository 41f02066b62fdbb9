"""The shipped layouts on made-up files of their own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from casereview.exchange.layouts.file import load_layout
from casereview.service.actions import action_rows
from casereview.service.cases import caseload
from casereview.service.organisation import users

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
        users.add_user(ward.desk.again(), login, name=login, role=role)
    got = ward.take(FILES / "ward-list.csv", layouts / "ward-list.toml")
    assert (got["accepted"], got["rejected"]) == (3, 1)
    roles = ward.sql("SELECT role, login FROM allocations WHERE case_id = 1 ORDER BY role")
    assert roles == [("key-worker", "nurse"), ("second", "consultant")]
    facts = ward.sql("SELECT fact, text FROM case_facts WHERE case_id = 1 ORDER BY fact")
    assert facts == [("bed", "A1"), ("medically_safe", "yes")]


def test_a_snapshot_without_identifiers_is_as_long_as_its_day_says(
    make_ward: Any, layouts: Path
) -> None:
    ward = make_ward("2021-02-10T12:00:00+00:00")
    got = ward.take(FILES / "stranded.csv", layouts / "stranded.toml")
    assert (got["accepted"], got["rejected"], got["cases"]) == (4, 1, 4)
    assert ward.report()[0]["line"] == "6"
    days = [18668 - d for (d,) in ward.sql("SELECT referred_on FROM cases ORDER BY id")]
    assert sorted(days) == [2, 39, 39, 43]
    safe = ward.one("SELECT count(*) FROM case_facts WHERE text = 'yes'")
    assert (safe, ward.one("SELECT count(*) FROM case_facts")) == (3, 4)
    again = ward.take(FILES / "stranded.csv", layouts / "stranded.toml")
    assert (again["accepted"], again["unchanged"]) == (0, 4)


def test_a_children_s_list_brings_steps_siblings_and_the_unborn(
    make_ward: Any, layouts: Path
) -> None:
    ward = make_ward("2024-03-01T12:00:00+00:00", pathway="childrens")
    for login in ("worker", "second"):
        users.add_user(ward.desk.again(), login, name=login, role="clinician")
    file, layout = FILES / "childrens-list.csv", layouts / "childrens-list.toml"
    got = ward.take(file, layout)
    assert (got["accepted"], got["rejected"], got["warned"]) == (4, 0, 3)
    told = {(r["line"], r["column"], r["value"]) for r in ward.report() if r["line"] != "2"}
    assert told == {("4", "Siblings", "K9"), ("5", "Worker", "EF"), ("5", "By whom", "EF")}
    steps = action_rows.list_actions(ward.desk.again(), team="WARD")
    assert [(r["case"], r["text"], r["owner"], r["overdue"]) for r in steps] == [
        ("C3", "Book the midwife", "second", False), ("C1", "Ring the school", "worker", False),
    ]  # fmt: skip
    assert ward.one("SELECT count(*) FROM person_links") == 6
    shown = caseload.named(ward.desk.again(), ["C1", "C3"])
    assert [shown[c]["age_band"] for c in ("C1", "C3")] == ["5-10", "unborn"]
    again = ward.take(file, layout)
    assert (again["accepted"], again["unchanged"]) == (0, 4)
    assert ward.problems() == []


@pytest.mark.parametrize("path", sorted(FILES.glob("*.csv")), ids=lambda p: p.stem)
def test_fixtures_hold_only_numbers_that_are_never_issued(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(" ", "")
    assert all(n.startswith("999") for n in re.findall(r"(?<![0-9])[0-9]{10}(?![0-9])", text))


def test_an_exporter_s_word_for_nothing_is_no_identifier(
    make_ward: Any, layouts: Path, tmp_path: Path
) -> None:
    ward, file = make_ward(pathway="recovery"), tmp_path / "ndtms.csv"
    head, first = (FILES / "ndtms.csv").read_text(encoding="utf-8").splitlines()[:2]
    names = [h.strip('"') for h in head.split(",")]
    for column in ("CLIENTID", "EPISODID"):
        cells = first.split(",")
        cells[names.index(column)] = '"NA"'
        file.write_text(f"{head}\n{','.join(cells)}\n", encoding="utf-8")
        got = ward.take(file, layouts / "ndtms.toml")
        assert (got["accepted"], got["rejected"]) == (0, 1)
        told = ward.report()[0]
        assert (told["column"], told["reason"]) == (column, "There is no identifier.")


@pytest.mark.parametrize("admitted", ["01/12/2024 14:30", "1/12/24 9:05", "2024-12-01 14:30:00"])
def test_a_ward_s_list_may_say_at_what_time_somebody_came(
    make_ward: Any, layouts: Path, tmp_path: Path, admitted: str
) -> None:
    ward, file = make_ward(), tmp_path / "list.csv"
    head = "Bed,Hospital No,NHS No,Name,DOB,Admitted,Consultant,Named nurse,Medically fit"
    file.write_text(f"{head}\nA1,H1,,Ann,02/01/1950,{admitted},,,Y\n", encoding="utf-8")
    assert ward.take(file, layouts / "ward-list.toml")["accepted"] == 1
    assert ward.one("SELECT referred_on FROM cases") == 20_058
