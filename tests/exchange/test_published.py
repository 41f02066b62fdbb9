"""Files that nobody here made up: their figures were worked out apart from this program."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

EPOCH = date(1970, 1, 1).toordinal()


def _month(day: int) -> str:
    return date.fromordinal(day + EPOCH).isoformat()[:7]


@pytest.fixture
def sepsis(make_ward: Any, shared: Path, layouts: Path) -> tuple[Any, dict[str, Any]]:
    ward = make_ward("2015-06-06T09:00:00+00:00")
    file, layout = shared / "data/sepsis/sepsis.csv", layouts / "sepsis.toml"
    first = ward.take(file, layout)
    return ward, {"first": first, "file": file, "layout": layout}


@pytest.fixture
def expected(shared: Path) -> dict[str, Any]:
    text = (shared / "data/expected/sepsis.json").read_text(encoding="utf-8")
    figures: dict[str, Any] = json.loads(text)
    return figures


def test_every_event_and_every_case_is_there(sepsis: Any, expected: dict[str, Any]) -> None:
    ward, run = sepsis
    first = run["first"]
    assert first["accepted"] + first["rejected"] == 15_214
    assert first["rejected"] == expected["exact_duplicate_rows"]
    assert first["cases"] == 1_050 + 294
    assert ward.one("SELECT count(*) FROM cases WHERE link IS NULL") == 1_050
    assert ward.one("SELECT count(*) FROM cases WHERE link = 'return'") == 294
    assert ward.one("SELECT count(*) FROM cases WHERE link = 'return' AND closed_on > 0") == 0
    assert ward.one("SELECT count(*) FROM person_ids WHERE local_id = 'NA'") == 1
    assert ward.one("SELECT sum(length(events)) / 12 FROM imported_cases") == first["accepted"]


def test_stays_and_endings_are_the_published_ones(sepsis: Any, expected: dict[str, Any]) -> None:
    ward, _ = sepsis
    rows = ward.sql("SELECT closed_on - referred_on, exit FROM cases WHERE stage = 'complete'")
    stays = sorted(days for days, _ in rows)
    wanted = expected["los_days_er_to_release"]
    assert len(stays) == wanted["n"] == 782
    assert round(statistics.mean(stays), 4) == wanted["mean"] == 7.7826
    assert statistics.median(stays) == wanted["median"]
    assert sum(s > 7 for s in stays) == expected["los_over_7_days"]
    assert sum(s > 21 for s in stays) == expected["los_over_21_days"]
    kinds = Counter(f"Release {code[-1].upper()}" for _, code in rows)
    assert kinds == expected["completed_by_release_type"]
    open_ = "SELECT count(*) FROM cases WHERE link IS NULL AND closed_on IS NULL"
    assert ward.one(open_) == expected["not_completed"]


def test_starts_and_completions_fall_in_the_published_months(
    sepsis: Any, expected: dict[str, Any]
) -> None:
    ward, _ = sepsis
    starts = ward.sql("SELECT referred_on FROM cases WHERE link IS NULL")
    assert Counter(_month(day) for (day,) in starts) == expected["starts_by_month"]
    ends = ward.sql("SELECT closed_on FROM cases WHERE closed_on IS NOT NULL")
    assert Counter(_month(day) for (day,) in ends) == expected["throughput_by_month"]


def test_waits_for_antibiotics_keep_their_instants_also_before_registration(
    sepsis: Any, expected: dict[str, Any]
) -> None:
    ward, _ = sepsis
    rows = ward.sql(
        "SELECT (min(m.at_s) - c.referred_s) / 3600.0 FROM milestones m JOIN cases c "
        "ON c.id = m.case_id WHERE m.name = 'treated' AND c.link IS NULL GROUP BY c.id"
    )
    hours = [row[0] for row in rows]
    wanted = expected["waits_hours"]["er_to_antibiotics"]
    assert len(hours) == wanted["n"] == 823
    assert statistics.median(hours) == pytest.approx(wanted["median"], abs=1e-3)
    assert statistics.mean(hours) == pytest.approx(wanted["mean"], abs=1e-3)
    assert min(hours) == pytest.approx(wanted["min"], abs=1e-3)
    assert sum(h <= 1 for h in hours) == expected["waits_hours"]["er_to_antibiotics_within_1h"]


def test_steps_back_and_returns_are_the_published_ones(
    sepsis: Any, expected: dict[str, Any]
) -> None:
    ward, _ = sepsis
    back = "SELECT count(*) FROM stage_spells WHERE move = 'back'"
    assert ward.one(back) == expected["step_back_NC_to_IC_events"]
    gaps = [
        row[0]
        for row in ward.sql(
            "SELECT r.referred_on - c.closed_on FROM cases r JOIN cases c "
            "ON c.id = r.linked_case_id WHERE r.link = 'return'"
        )
    ]
    assert len(gaps) == expected["return_er"]["cases"]
    assert sum(g <= 28 for g in gaps) == expected["return_er"]["within_28d_calendar"]
    assert statistics.median(gaps) == expected["return_er"]["gap_days_calendar"]["median"]
    assert ward.one("SELECT count(*) FROM cases WHERE excluded IS NOT NULL") == 0


def test_a_second_run_changes_nothing_and_the_store_verifies(sepsis: Any) -> None:
    ward, run = sepsis
    counts = "SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM cases)"
    before = ward.sql(counts)
    again = ward.take(run["file"], run["layout"])
    assert (again["accepted"], again["unchanged"], again["cases"]) == (0, 15_213, 0)
    assert again["run"] is None
    assert ward.sql(counts) == before
    assert ward.problems() == []


def test_a_ward_snapshot_without_ids_reads_days_first(
    make_ward: Any, shared: Path, layouts: Path
) -> None:
    ward = make_ward("2021-02-10T12:00:00+00:00")
    file, layout = shared / "data/stranded/stranded_data.csv", layouts / "stranded.toml"
    figures = json.loads((shared / "data/expected/stranded.json").read_text(encoding="utf-8"))
    got = ward.take(file, layout)
    assert (got["accepted"], got["rejected"], got["cases"]) == (768, 0, 768)
    as_of = date(2021, 2, 10).toordinal() - EPOCH
    days = [as_of - row[0] for row in ward.sql("SELECT referred_on FROM cases")]
    for limit in (7, 14, 21):
        assert sum(d > limit for d in days) == figures[f"over_{limit}_days"]
    assert (max(days), min(days)) == (70, 0)
    safe = ward.sql(
        "SELECT c.referred_on FROM cases c JOIN case_facts f ON f.case_id = c.id "
        "WHERE f.fact = 'medically_safe' AND f.text = 'yes'"
    )
    assert sum(as_of - day > 7 for (day,) in safe) == figures["medically_safe_over_7_days"]
    again = ward.take(file, layout)
    assert (again["accepted"], again["unchanged"], again["cases"]) == (0, 768, 0)
    assert ward.problems() == []
