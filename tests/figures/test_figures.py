"""Figures that people type, causes that are not the work, periods not to be reported."""

from __future__ import annotations

from typing import Any

import pytest

MONTHLY = ("--every", "month", "--from", "2026-01-01", "--to", "2026-03-31")


def verified(program: Any) -> bool:
    return all(row["ok"] for row in program.rows("verify"))


def test_a_free_series_is_typed_month_by_month_and_shown_with_its_gaps(program: Any) -> None:
    program.ok("stats", "put", "agency_staff", "2026-01", "12", "--source", "staff bank")
    program.ok("stats", "put", "agency_staff", "2026-03", "9.5", "--source", "staff bank")
    rows = program.rows("stats", "figures", "agency_staff", "--every", "month")
    assert [(r["period"], r["value"], r["source"]) for r in rows] == [
        ("2026-01", 12, "staff bank"), ("2026-02", None, None), ("2026-03", 9.5, "staff bank"),
    ]  # fmt: skip
    assert verified(program)


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("2026-02", "2026-02"),
        ("2014/15 Q4", "Q4 2014/15"),
        ("Q4 2014/15", "Q4 2014/15"),
        ("2015-Q1", "Q4 2014/15"),
        ("2014/15", "2014/15"),
        ("2025", "2025"),
        ("2026-W07", "2026-W07"),
        ("2026-02-01..2026-02-28", "2026-02"),
        ("2026-02-03..2026-02-05", "2026-02-03..2026-02-05"),
    ],
)
def test_a_period_may_be_named_in_every_way_of_the_trade(
    program: Any, word: str, label: str
) -> None:
    program.ok("stats", "put", "agency_staff", word, "3", "--source", "s")
    assert [r["period"] for r in program.rows("stats", "figures")] == [label]


def test_a_quarter_typed_in_either_way_is_one_figure_and_correcting_keeps_the_old_one(
    program: Any,
) -> None:
    program.now("2026-03-01T09:00:00Z")
    program.ok("stats", "put", "agency_staff", "Q4 2014/15", "3", "--source", "draft")
    program.now("2026-03-10T09:00:00Z")
    program.ok(
        "stats", "put", "agency_staff", "2015-Q1", "4", "--source", "final", "--reason", "revised"
    )
    (row,) = program.rows("stats", "figures", "agency_staff")
    assert (row["value"], row["source"], row["text"], row["corrections"]) == (
        4, "final", "revised", 1,
    )  # fmt: skip
    (old,) = program.rows("stats", "figures", "--known-by", "2026-03-05T00:00:00Z")
    assert (old["value"], old["corrections"]) == (3, 0)
    assert verified(program)


def test_the_same_figure_typed_again_changes_nothing(program: Any) -> None:
    put = ("stats", "put", "agency_staff", "2026-01", "12", "--source", "staff bank")
    assert program.rows(*put)[0]["entry"] == program.rows(*put)[0]["entry"]
    assert [r["corrections"] for r in program.rows("stats", "figures")] == [0]


def test_ours_and_the_typed_figure_stand_side_by_side_with_the_gap_named(served: Any) -> None:
    served.ok(
        "stats", "put", "throughput", "2026-02", "5", "--column", "referred", "--source", "return"
    )
    served.ok("stats", "put", "throughput", "2026-01", "1", "--source", "return")
    said = served.said("stats", "throughput", *MONTHLY)
    january, february, _ = said["rows"]
    assert (february["typed_referred"], february["gap_referred"]) == (5, -2)
    assert february["source_referred"] == "return"
    assert (january["typed"], january["source"], january["gap"]) == (1, "return", -1)
    assert said["typed"]["columns"] == ["completed", "referred"]
    assert "referred minus the typed referred" in said["typed"]["gap"]


def test_without_typed_figures_there_are_no_new_columns(served: Any) -> None:
    served.ok("stats", "put", "agency_staff", "2026-02", "5", "--source", "s")
    (first, *_) = served.rows("stats", "throughput", *MONTHLY)
    assert not {"typed", "source", "gap", "not_reportable"} & first.keys()


def test_a_figure_of_one_team_never_stands_beside_the_whole_service(served: Any) -> None:
    served.ok(
        "stats", "put", "throughput", "2026-02", "9", "--column", "referred", "--team", "W1",
        "--source", "s",
    )  # fmt: skip
    whole = served.said("stats", "throughput", *MONTHLY)
    assert "typed_referred" not in whole["rows"][1]
    assert whole["typed_not_shown"][0]["team"] == "W1"
    team = served.rows("stats", "throughput", *MONTHLY, "--team", "W1")
    assert team[1]["gap_referred"] == -6
    by_team = served.rows("stats", "throughput", *MONTHLY, "--by", "team")
    shown = {(r["period_from"], r["team"]): r["typed_referred"] for r in by_team}
    assert [k for k, v in shown.items() if v is not None] == [("2026-02-01", "W1")]


def test_a_figure_of_a_group_stands_beside_its_group_only(served: Any) -> None:
    served.ok(
        "stats", "put", "throughput", "2026-02", "2", "--column", "referred", "--source", "s",
        "--by", "pathway=ward",
    )  # fmt: skip
    by = served.rows("stats", "throughput", *MONTHLY, "--by", "pathway")
    assert [r["gap_referred"] for r in by if r["period_from"] == "2026-02-01"] == [1]
    assert "gap_referred" not in served.rows("stats", "throughput", *MONTHLY)[1]


def test_published_figures_hide_what_a_typed_one_would_give_away(served: Any) -> None:
    served.ok("stats", "put", "throughput", "2026-02", "3", "--column", "referred", "--source", "s")
    february = served.rows("stats", "throughput", *MONTHLY, "--publish")[1]
    assert (february["referred"], february["typed_referred"]) == ("*", "*")
    assert february["gap_referred"] == "*"


def test_a_cause_is_shown_with_every_later_table_and_chart_of_its_measure(served: Any) -> None:
    served.ok("stats", "note", "throughput", "2026-02-20", "New provider = yes")
    note = {"date": "2026-02-20", "text": "New provider = yes", "team": None}
    assert served.said("stats", "throughput", *MONTHLY)["notes"] == [note]
    chart = served.said("stats", "throughput", *MONTHLY, "--spc", "--column", "referred")
    assert chart["notes"] == [note]
    assert not any("outside the series" in w for w in chart["warnings"])
    assert "notes" not in served.said("stats", "los", *MONTHLY)
    assert "New provider = yes" in served.ok("stats", "throughput", *MONTHLY).out
    later = ("--every", "month", "--from", "2026-03-01", "--to", "2026-03-31")
    assert "notes" not in served.said("stats", "throughput", *later)


def test_a_cause_of_one_team_is_not_shown_for_another(served: Any) -> None:
    served.ok("stats", "note", "throughput", "2026-02-20", "Ward moved", "--team", "W2")
    assert "notes" not in served.said("stats", "throughput", *MONTHLY, "--team", "W1")
    assert served.said("stats", "throughput", *MONTHLY)["notes"][0]["team"] == "W2"


def test_a_period_not_to_be_reported_is_shown_as_such_and_left_out_of_the_limits(
    served: Any,
) -> None:
    chart = ("stats", "throughput", *MONTHLY, "--spc", "--column", "referred")
    served.ok("stats", "not-reportable", "throughput", "2026-02", "--reason", "System out of use")
    rows = served.rows("stats", "throughput", *MONTHLY)
    assert [r["not_reportable"] for r in rows] == [None, "System out of use", None]
    assert [r["referred"] for r in rows] == [2, 3, 1]
    said = served.said(*chart)
    assert said["not_reportable"][0]["reason"] == "System out of use"
    points = {r["date"]: (r["point_type"], r["mean"]) for r in said["rows"]}
    assert points["2026-02-01"] == ("not_reportable", None)
    assert points["2026-01-01"] == ("common_cause", 2)


def test_a_quarter_rests_on_its_months_and_a_whole_without_periods_is_only_told(
    served: Any,
) -> None:
    served.ok("stats", "not-reportable", "throughput", "2026-02", "--reason", "Lost")
    (quarter,) = served.rows(
        "stats", "throughput", "--every", "quarter", "--from", "2026-01-01", "--to", "2026-03-31"
    )
    assert quarter["not_reportable"] == "Lost"
    whole = served.said("stats", "throughput", "--from", "2026-01-01", "--to", "2026-03-20")
    assert "not_reportable" not in whole["rows"][0]
    assert whole["not_reportable"][0]["period"] == "2026-02"


def test_what_is_not_reportable_does_not_leave_the_team(served: Any) -> None:
    served.ok("stats", "not-reportable", "throughput", "2026-01", "--reason", "Lost")
    january = served.rows("stats", "throughput", *MONTHLY, "--publish", "threshold10")[0]
    assert january["not_reportable"] == "Lost"
    assert january["open_at_end"] is None


def test_a_comparison_says_which_days_it_could_not_leave_out(served: Any) -> None:
    served.ok("stats", "not-reportable", "throughput", "2026-02", "--reason", "Lost")
    said = served.said(
        "stats", "throughput", *MONTHLY, "--compare", "2026-02-10", "--column", "referred"
    )
    assert any("2026-02 is not reportable (Lost)" in w for w in said["warnings"])


def test_a_typed_series_is_charted_without_the_periods_that_do_not_count(program: Any) -> None:
    for month, value in enumerate((10, 12, 11, 99, 10, 12), 1):
        program.ok("stats", "put", "agency", f"2025-{month:02}", f"{value}", "--source", "bank")
    program.ok("stats", "not-reportable", "agency", "2025-04", "--reason", "Typing error")
    said = program.said("stats", "figures", "agency", "--every", "month", "--spc")
    assert {r["mean"] for r in said["rows"] if r["point_type"] != "not_reportable"} == {11}
    assert [r["date"] for r in said["rows"] if r["point_type"] == "not_reportable"] == [
        "2025-04-01"
    ]


def test_figures_of_other_lengths_are_counted_and_never_added_up(program: Any) -> None:
    for week in ("2026-W06", "2026-W07"):
        program.ok("stats", "put", "agency", week, "3", "--source", "bank")
    said = program.said("stats", "figures", "agency", "--every", "month")
    assert said["other_periods"] == 2
    assert [r["value"] for r in said["rows"]] == []


def test_what_was_typed_by_mistake_is_withdrawn_and_still_known(program: Any) -> None:
    (row,) = program.rows("stats", "put", "agency", "2026-01", "3", "--source", "bank")
    program.now("2026-03-21T09:00:00Z")
    program.ok("stats", "withdraw", "agency", str(row["entry"]), "--reason", "wrong series")
    assert program.rows("stats", "figures") == []
    known = program.rows("stats", "figures", "--known-by", "2026-03-20T10:00:00Z")
    assert [r["value"] for r in known] == [3]
    assert program.refused("stats", "withdraw", "agency", "99", "--reason", "x")["code"]
    assert verified(program)


PUT = ("--source", "s")
WRONG: dict[str, tuple[tuple[str, ...], str, str]] = {
    "a slip of a measure's name": (
        ("put", "througput", "2026-01", "1", *PUT), "unknown_measure", "throughput"),
    "a name that cannot be one": (("put", "Agency Staff!", "2026-01", "1", *PUT), "bad_series", ""),
    "no period": (("put", "agency", "Januar", "1", *PUT), "unknown_period", "2026-03"),
    "a month that is none": (("put", "agency", "2026-13", "1", *PUT), "unknown_period", ""),
    "a financial year that skips one": (
        ("put", "agency", "2014/16", "1", *PUT), "unknown_period", ""),
    "an end before its start": (
        ("put", "agency", "2026-02-05..2026-02-01", "1", *PUT), "period", "after the start"),
    "a period to come": (("put", "agency", "2027-01", "1", *PUT), "future", ""),
    "no number": (("put", "agency", "2026-01", "many", *PUT), "bad_number", ""),
    "not a number": (("put", "agency", "2026-01", "NaN", *PUT), "bad_number", ""),
    "infinity": (("put", "agency", "2026-01", "inf", *PUT), "bad_number", ""),
    "a power of ten": (("put", "agency", "2026-01", "1e9", *PUT), "bad_number", ""),
    "thousands": (("put", "agency", "2026-01", "1,000", *PUT), "bad_number", ""),
    "far too many digits": (("put", "agency", "2026-01", "9" * 40, *PUT), "bad_number", ""),
    "an empty source": (("put", "agency", "2026-01", "1", "--source", " "), "text_empty", ""),
    "a long source": (
        ("put", "agency", "2026-01", "1", "--source", "x" * 201), "text_too_long", ""),
    "a team that is none": (
        ("put", "agency", "2026-01", "1", *PUT, "--team", "W9"), "not_found", "W"),
    "a column that is none": (
        ("put", "throughput", "2026-01", "1", *PUT, "--column", "refered"), "unknown_column",
        "referred"),
    "a column of a free series": (
        ("put", "agency", "2026-01", "1", *PUT, "--column", "n"), "unknown_column", ""),
    "a group that is none": (
        ("put", "throughput", "2026-01", "1", *PUT, "--by", "pathwy=ward"), "unknown_group",
        "pathway"),
    "a group without a value": (
        ("put", "throughput", "2026-01", "1", *PUT, "--by", "pathway"), "bad_group", ""),
    "a note on a day to come": (("note", "los", "2026-03-21", "x"), "future", ""),
    "a note on no day": (("note", "los", "2026-02-30", "x"), "bad_date", ""),
    "an empty note": (("note", "los", "2026-02-03", "  "), "text_empty", ""),
    "a long note": (("note", "los", "2026-02-03", "x" * 201), "text_too_long", ""),
    "a long reason": (
        ("not-reportable", "los", "2026-01", "--reason", "x" * 201), "text_too_long", ""),
    "a series nobody typed": (("figures", "agenci"), "unknown_measure", ""),
    "periods of every series": (("figures", "--every", "month"), "no_series", ""),
    "a chart without periods": (("figures", "los", "--spc"), "no_periods", ""),
    "a kind of period that is none": (
        ("figures", "los", "--every", "fortnight"), "unknown_period", ""),
    "nothing to chart": (("figures", "los", "--every", "month", "--spc"), "nothing_to_chart", ""),
    "an entry that is no number": (("withdraw", "los", "x", "--reason", "y"), "bad_number", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_gets_a_sentence_and_changes_nothing(program: Any, what: str) -> None:
    words, code, hint = WRONG[what]
    said = program.refused("stats", *words)
    assert said["message"]
    assert said["next"]
    assert not code or said["code"] == code
    assert hint in said["next"]
    assert program.rows("stats", "figures") == []


def test_a_new_series_near_a_known_name_is_taken_when_it_is_meant(program: Any) -> None:
    program.ok("stats", "put", "througput", "2026-01", "1", "--source", "s", "--new")
    program.ok("stats", "put", "througput", "2026-02", "1", "--source", "s")
    assert {r["series"] for r in program.rows("stats", "figures")} == {"througput"}


@pytest.mark.parametrize("role", ["clinician", "auditor"])
def test_only_managers_team_leads_and_administrators_type_figures(program: Any, role: str) -> None:
    program.ok("user", "add", "ann", "--name", "Ann", "--role", role)
    words = ("stats", "put", "agency", "2026-01", "1", "--source", "s", "--as", "ann")
    assert program.refused(*words)["code"] == "not_allowed"
    assert program.refused("stats", "note", "los", "2026-01-05", "x", "--as", "ann")


def test_a_team_lead_types_figures_of_the_own_team(program: Any) -> None:
    program.ok("user", "add", "lee", "--name", "Lee", "--role", "team-lead", "--team", "W1")
    put = ("stats", "put", "agency", "2026-01", "1", "--source", "s", "--as", "lee")
    program.ok(*put, "--team", "W1")
    assert program.refused(*put)["code"] == "not_allowed"
    assert program.refused(*put, "--team", "W2")["code"] == "not_allowed"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "@sum(1)", "\tx"])
def test_text_that_starts_a_formula_is_harmless_in_a_spreadsheet(program: Any, text: str) -> None:
    program.ok("stats", "put", "agency", "2026-01", "1", "--source", text)
    out = program.ok("stats", "figures", "--format", "csv").out
    cells = [cell for line in out.splitlines() for cell in line.replace('"', "").split(",")]
    assert not any(cell.lstrip().startswith(("=", "+", "@", "\t")) for cell in cells)


def test_typed_figures_survive_an_archive_and_a_rebuild(program: Any) -> None:
    program.ok("stats", "put", "agency", "2026-01", "1.50", "--source", "bank")
    program.ok("stats", "note", "agency", "2026-01-05", "New bank")
    program.ok("stats", "not-reportable", "agency", "2026-01", "--reason", "Lost")
    before = program.rows("stats", "figures")
    file, fresh = str(program.folder / "a.zip"), str(program.folder / "again.db")
    program.ok(
        "export", "archive", "-o", file, "--identifiable", "--purpose", "moving to another server"
    )
    program.ok("import", "--archive", file, "--store", fresh)
    assert program.rows("stats", "figures", "--store", fresh) == before
    assert all(r["ok"] for r in program.rows("verify", "--store", fresh))


def test_the_words_of_stats_are_explained_and_leave_measures_as_they_were(served: Any) -> None:
    for word in ("put", "note", "not-reportable", "withdraw", "figures"):
        text = served.ok("stats", word, "--help").out
        assert f"Example: casereview stats {word}" in text
        assert max(map(len, text.splitlines())) <= 80
    assert served.said("stats", "throughput")["what"] == "stats"
    assert served.refused("stats")["code"] == "missing_measure"
