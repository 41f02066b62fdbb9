"""Comparisons and funnels as pictures, and the short form of a survival curve on a screen."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

Program = Any
CHANGE = "2025-07-01"
COMPARED = ("stats", "throughput", "--every", "month", "--column", "referred", "--from",
            "2025-01-01", "--compare", CHANGE)  # fmt: skip
SURVIVAL = ("stats", "survival")


@pytest.fixture
def year(program: Program) -> Program:
    """Two wards with two referrals a month in 2025, one missed contact of three in the first."""
    program.now("2025-12-31T12:00:00Z")
    program.ok("init", "--rehearsal")
    for team in ("W1", "W2"):
        program.ok("team", "add", team, "--pathway", "ward")
    for n in range(12):
        on = f"2025-{n + 1:02}-05"
        program.ok("case", "refer", "--team", f"W{n % 2 + 1}", "--person", str(n), "--on", on)
        for code in ("5", "5", "7" if n % 2 else "5"):
            program.ok("case", "contact", f"C{n + 1}", "--kind", "telephone", "--attended", code,
                       "--on", on)  # fmt: skip
    return program


def drawing(program: Program, *words: str) -> str:
    place = Path(program.folder) / "picture.svg"
    told = program.ok(*words, "-o", str(place), "--yes").err
    assert "Wrote the chart" in told
    text = place.read_text(encoding="utf-8")
    assert ET.fromstring(text).tag.endswith("svg")  # noqa: S314 - our own file
    return text


def test_a_comparison_is_drawn_with_the_change_and_both_means(year: Program) -> None:
    text = drawing(year, *COMPARED)
    assert f"change {CHANGE}" in text
    assert "mean before 1" in text
    assert "mean after 1" in text
    assert "no change shown" in text
    # Every whole month is a point with its date and side; the last day of 2025 is in December.
    assert text.count(", before, common cause</title>") == 6
    assert text.count(", after, common cause</title>") == 6


def test_a_comparison_by_team_has_a_panel_for_each_series(year: Program) -> None:
    text = drawing(year, *COMPARED, "--by", "team")
    assert text.count(f">change {CHANGE}<") == 2
    assert ">W1<" in text
    assert ">W2<" in text


def test_what_only_a_picture_needs_stands_in_no_other_format(year: Program) -> None:
    assert "drawn" not in year.ok(*COMPARED, "--format", "json").json


def test_a_funnel_is_drawn_with_its_limits_and_its_teams(year: Program) -> None:
    text = drawing(year, "stats", "attendance", "--by", "team", "--funnel")
    assert "Attendance: dna percent, by team" in text
    assert "W2: 33.33, Not significant</title>" in text
    assert text.count('class="trace limit"') == 2
    assert 'class="trace limit2"' in text
    assert "all 16.67" in text


def test_a_picture_without_a_case_is_refused_with_a_sentence(program: Program) -> None:
    program.ok("init", "--rehearsal")
    for words in (("--by", "team", "--funnel"), ("--every", "month", "--compare", CHANGE)):
        result = program("stats", "attendance", *words, "-o", str(program.folder / "none.svg"))
        assert result.code == 1
        assert "There is nothing to draw" in result.err


# --- survival


def test_a_screen_shows_when_shares_had_ended_and_a_few_points_of_the_curve(
    year: Program,
) -> None:
    for n in (1, 3, 5):
        on = f"2025-{n + 3:02}-20"
        year.ok("case", "set", f"C{n}", "safeguarding", "none", "--on", on)
        year.ok("case", "leave", f"C{n}", "--exit", "against-advice", "--on", on)
    out = year.ok(*SURVIVAL).out
    assert "Share still open (Kaplan-Meier), 12 cases, 9 still open" in out
    assert "25% had ended" in out
    assert "still open percent" in out
    assert "--show km" in out
    assert max(map(len, out.splitlines())) <= 80
    days = [line.split()[0] for line in out.splitlines() if line[:3].strip().isdigit()]
    assert days == [str(d) for d in range(0, 330, 28)]


def test_the_whole_curve_is_shown_on_request_and_in_every_other_format(year: Program) -> None:
    whole = year.rows(*SURVIVAL)
    assert [set(r) for r in whole] == [set(whole[0])] * 12
    assert year.rows(*SURVIVAL, "--show", "km") == whole
    assert "n risk" in year.ok(*SURVIVAL, "--show", "km").out
    assert year.ok(*SURVIVAL, "--format", "csv").out.count("\n") == 13
    assert year.ok(*SURVIVAL, "--format", "md").out.startswith("| time | n risk |")
    place = year.folder / "curve.txt"
    year.ok(*SURVIVAL, "-o", str(place))
    assert "n risk" in place.read_text(encoding="utf-8")


def test_curves_of_groups_are_tables_under_their_names(year: Program) -> None:
    out = year.ok(*SURVIVAL, "--by", "team").out
    lines = [line.split() for line in out.splitlines()]
    assert ["W1", "25%"] in lines
    assert ["W2", "0", "6", "100"] in lines


def test_a_curve_without_a_case_is_an_empty_table(program: Program) -> None:
    program.ok("init", "--rehearsal")
    assert program.ok(*SURVIVAL).out.startswith("(none)\n")


# --- groups


@pytest.mark.parametrize("words", [("--by", "sex", "--by", "team"), ("--by", "sex,team")])
def test_groups_may_be_given_one_by_one_or_with_commas(
    year: Program, words: tuple[str, ...]
) -> None:
    rows = year.rows("stats", "caseload", *words)
    assert [list(r)[:3] for r in rows] == [["at", "sex", "team"]] * 2


def test_an_issue_by_two_groups_is_refused_and_not_issued_by_the_last(year: Program) -> None:
    result = year("report", "issue", "caseload", "--by", "sex", "--by", "team")
    assert result.code == 1
    assert "one group at a time" in result.err
