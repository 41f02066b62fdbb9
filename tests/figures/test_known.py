"""What moved a figure between two states of knowledge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

T1, T2 = "2026-03-20T10:00:00Z", "2026-03-25T10:00:00Z"
ASKED = ("stats", "throughput", "--every", "month", "--from", "2026-01-01", "--to", "2026-03-31")


@pytest.fixture
def moved(served: Any) -> Any:
    """A referral of 12 February told on 22 March, one of March told on its day."""
    served.now("2026-03-22T09:00:00Z")
    served.ok("case", "refer", "--team", "W1", "--person", "late", "--on", "2026-02-12")
    served.ok("case", "note", "C7", "Told by telephone.")
    served.now("2026-03-24T09:00:00Z")
    served.ok("case", "refer", "--team", "W2", "--person", "new", "--on", "2026-03-24")
    served.now("2026-03-26T09:00:00Z")
    return served


def test_a_late_referral_moves_its_month_and_is_named_behind_it(moved: Any) -> None:
    said = moved.said(*ASKED, "--compare-known", T1, T2)
    cells = {(r["period_from"], r["figure"]): (r["old"], r["new"], r["difference"])
             for r in said["rows"]}  # fmt: skip
    assert cells["2026-02-01", "referred"] == (3, 4, 1)
    assert cells["2026-03-01", "referred"] == (1, 2, 1)
    assert ("2026-01-01", "referred") not in cells
    behind = {(e["case"], e["kind"]): e for e in said["entries"]}
    late = behind["C7", "referred"]
    assert (late["how"], late["occurred_on"]) == ("late", "2026-02-12")
    assert late["recorded_at"].startswith("2026-03-22T09:00:00")
    assert behind["C8", "referred"]["how"] == "on its day"
    assert "telephone" not in str(said)


def test_as_of_a_day_only_what_was_told_late_about_it_is_behind(moved: Any) -> None:
    said = moved.said(*ASKED[:-1], "2026-02-28", "--as-of", "2026-02-28", "--compare-known", T1, T2)
    assert {r["figure"] for r in said["rows"]} == {"referred", "open_at_end"}
    assert {(e["case"], e["how"]) for e in said["entries"]} == {("C7", "late")}


def test_for_a_team_only_its_own_figures_move(moved: Any) -> None:
    said = moved.said(*ASKED, "--team", "W2", "--compare-known", T1, "now")
    assert {e["case"] for e in said["entries"]} == {"C8"}
    assert {r["period_from"] for r in said["rows"]} == {"2026-03-01"}


def test_nothing_moved_is_an_empty_table(moved: Any) -> None:
    said = moved.said(*ASKED, "--compare-known", T2, "now")
    assert (said["rows"], said["entries"]) == ([], [])
    assert "No figure moved" in moved.ok(*ASKED, "--compare-known", T2, "now").out


def test_people_read_both_tables(moved: Any) -> None:
    out = moved.ok(*ASKED, "--compare-known", T1, T2).out
    assert "Figures that moved" in out
    assert "Entries behind them" in out
    assert max(map(len, out.splitlines())) <= 80


def test_an_entry_taken_back_is_said_to_be(served: Any) -> None:
    served.now("2026-03-20T09:30:00Z")
    fixtures = Path(__file__).parents[2] / "fixtures"
    file, layout = fixtures / "imports" / "ward-list.csv", fixtures / "layouts" / "ward-list.toml"
    (run,) = served.rows("import", str(file), "--layout", str(layout), "--team", "W1", "--yes")
    served.now("2026-03-21T09:00:00Z")
    served.ok("import", "--undo", run["run"])
    said = served.said("stats", "throughput", "--compare-known", T1, "now")
    assert {e["how"] for e in said["entries"]} == {"takes back"}


@pytest.mark.parametrize("name", ["los", "waits", "caseload", "stages", "survival", "actions"])
def test_every_kind_of_measure_can_be_asked(moved: Any, name: str) -> None:
    moved.ok("stats", name, "--compare-known", T1, T2)


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no time zone": (("--compare-known", "2026-03-20T10:00:00", "now"), "naive_instant"),
    "no time": (("--compare-known", "yesterday", "now"), "bad_time"),
    "the wrong way round": (("--compare-known", T2, T1), "period"),
    "after now": (("--compare-known", T1, "2027-01-01T00:00:00Z"), "usage"),
    "with a list": (("--compare-known", T1, T2, "--list"), "compare_known"),
    "with a chart": (("--compare-known", T1, T2, "--spc"), "compare_known"),
    "published": (("--compare-known", T1, T2, "--publish", "hes7"), "compare_known"),
    "with --known-by": (("--compare-known", T1, T2, "--known-by", T1), "usage"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_gets_a_sentence(moved: Any, what: str) -> None:
    words, code = WRONG[what]
    said = moved.refused(*ASKED, *words)
    assert said["code"] == code
    assert said["next"]


def test_an_unknown_measure_is_named_with_its_nearest(moved: Any) -> None:
    said = moved.refused("stats", "througput", "--compare-known", T1, T2)
    assert "throughput" in said["next"]
