"""What a chart says beyond the reference: profiles, notes, warnings, chance, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from casereview.errors import CaseReviewError, Usage
from casereview.measures.methods.spc import Reading, chart
from casereview.measures.methods.spc_chance import chance_of
from casereview.measures.methods.spc_profiles import MDC, NHSR

STABLE = (10, 12, 9, 11, 13, 8, 10, 12, 9, 11, 10, 13, 8, 12)


def test_the_default_profile_is_mdc_and_is_printed(worked: Any, weekly: Any) -> None:
    _, about = worked("spc", *weekly(*STABLE))
    assert (about["profile"], about["profile_title"]) == ("mdc", "Making Data Count")


def test_mdc_keeps_the_limits_of_a_series_that_never_changed(worked: Any, weekly: Any) -> None:
    rows, about = worked("spc", *weekly(*[5] * 14), target=50)
    assert (rows[0]["lpl"], rows[0]["upl"]) == (5, 5)
    assert about["icons"][1]["icon"] == "fail"
    rows, about = worked("spc", *weekly(*[5] * 14), target=50, profile="nhsr")
    assert (rows[0]["lpl"], about["icons"][1]["icon"]) == (None, "inconsistent")
    assert any("Nothing ever changed" in w for w in about["warnings"])


def test_mdc_gives_no_icon_below_13_points(worked: Any, weekly: Any) -> None:
    _, about = worked("spc", *weekly(*STABLE[:12]), target=11)
    assert [i["icon"] for i in about["icons"]] == ["too_few_points", "too_few_points"]
    assert "12 points: the limits are trial limits until there are 13" in about["warnings"][0]
    _, about = worked("spc", *weekly(*STABLE[:13]), target=11)
    assert "too_few_points" not in {i["icon"] for i in about["icons"]}


def test_where_improvement_and_concern_meet_mdc_shows_improvement(worked: Any, weekly: Any) -> None:
    # A rising trend whose first points lie in a run below the mean.
    values = [14, 9, 16, 8, 15, 13, 18, 10, 6, 7, 8, 9, 10, 11, 12, 17, 14, 19, 15, 18, 16]
    mdc, _ = worked("spc", *weekly(*values), improvement="decrease")
    nhsr, _ = worked("spc", *weekly(*values), improvement="decrease", profile="nhsr")
    assert mdc[10]["point_type"] == "special_cause_improvement"
    assert nhsr[10]["special_cause_type"] == "7 Point Trend (Increasing)"
    assert nhsr[10]["point_type"] == "special_cause_concern"


def test_a_facet_without_its_own_target_has_no_assurance_icon_in_mdc(worked: Any) -> None:
    lines = ["date,value,facet"]
    for facet in ("A", "B"):
        lines += [f"2024-01-{n + 1:02},{v},{facet}" for n, v in enumerate(STABLE)]
    _, about = worked("spc", *lines, target="A=50")
    found = {(i["facet"], i["type"]) for i in about["icons"]}
    assert found == {("A", "variation"), ("B", "variation"), ("A", "assurance")}


def test_a_value_that_is_not_reportable_is_shown_and_not_judged(worked: Any, weekly: Any) -> None:
    whole, _ = worked("spc", *weekly(*STABLE[:6], 900, *STABLE[6:]))
    rows, about = worked("spc", *weekly(*STABLE[:6], 900, *STABLE[6:]), not_reportable="2024-02-12")
    assert rows[6]["value"] == 900
    assert (rows[6]["point_type"], rows[6]["mean"]) == ("not_reportable", None)
    assert rows[0]["upl"] < whole[0]["upl"]
    assert about["not_reportable"] == [{"facet": "no facet", "date": date(2024, 2, 12)}]


def test_a_rebase_carries_its_reason(worked: Any, weekly: Any) -> None:
    _, about = worked(
        "spc", *weekly(*STABLE, *STABLE), rebase="2024-04-08", note="2024-04-08=new provider"
    )
    assert about["rebased"] == [
        {"facet": "no facet", "date": date(2024, 4, 8), "reason": "new provider"}
    ]
    assert about["warnings"] == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rebase": "2024-04-01"}, "No reason is noted for the rebasing on 2024-04-01."),
        ({"rebase": "2024-04-02"}, "No value is dated 2024-04-02"),
        ({"rebase": "2024-01-01"}, "is the first value"),
        ({"rebase": "2024-03-25"}, "has 2 points: the limits are trial limits"),
        ({"rebase": "2024-03-18", "fix_after": 12}, "ends before its baseline of 12 points"),
        ({"note": "2030-01-01=x"}, "lies outside the series"),
    ],
)
def test_a_weak_chart_is_said_to_be_weak(
    worked: Any, weekly: Any, options: dict[str, Any], sentence: str
) -> None:
    _, about = worked("spc", *weekly(*STABLE), **options)
    assert any(sentence in w for w in about["warnings"]), about["warnings"]


def test_single_skewed_waits_are_warned_about(worked: Any, weekly: Any) -> None:
    waits = (1, 2, 1, 3, 2, 40, 1, 2, 5, 1, 2, 3, 1, 66, 2)
    _, about = worked("spc", *weekly(*waits))
    assert any("skewed" in w for w in about["warnings"])
    _, about = worked("spc", *weekly(*STABLE))
    assert about["warnings"] == []


def test_chance_alone_is_said(worked: Any, weekly: Any) -> None:
    _, about = worked("spc", *weekly(*STABLE))
    assert about["chance"][0]["says"].startswith("0 of 14 points flagged; chance alone flags about")


@pytest.mark.parametrize("profile", [MDC, NHSR])
def test_chance_agrees_with_the_measured_shares_for_24_points(profile: Any) -> None:
    # stats.md 1d: 18% of stable charts of normal values show a flag, 1.2% on the last point.
    found = chance_of([24], profile)
    assert found.any == pytest.approx(0.18, abs=0.04)
    assert found.last == pytest.approx(0.012, abs=0.012)
    assert chance_of([24], profile) == found


def test_more_parts_give_chance_more_to_flag() -> None:
    assert chance_of([24, 24], MDC).any > chance_of([24], MDC).any
    assert chance_of([300], MDC).points == pytest.approx(chance_of([104], MDC).points * 300 / 104)


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        ({"fix_after": 40}, "baseline_after_end", "ends after the series: point 40 of 14"),
        ({"fix_after": 5}, "baseline_short", "5 points is too short"),
        ({"profile": "mdx"}, "no_such_profile", "no profile 'mdx'"),
        ({"improvement": "up"}, "no_such_choice", "no 'up'"),
        ({"improvement": "decreas"}, "no_such_choice", "Did you mean decrease?"),
        ({"target": "WARD=3"}, "no_such_choice", "no 'WARD'"),
        ({"target": "nan"}, "bad_number", "'nan' is no number"),
        ({"rebase": "1 March"}, "bad_date", "'1 March' is no date"),
        ({"note": "2024-01-01"}, "bad_note", "has no text"),
        ({"not_reportable": "2024-02-01:2024-01-01"}, "period", "ends before it starts"),
        ({"fix_after": 12.5}, "bad_number", "no whole number"),
    ],
)
def test_an_option_that_cannot_be_gets_a_sentence(
    worked: Any, weekly: Any, options: dict[str, Any], code: str, sentence: str
) -> None:
    with pytest.raises(CaseReviewError) as refused:
        worked("spc", *weekly(*STABLE), **options)
    assert refused.value.code == code
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("readings", "code"),
    [
        ([], "no_values"),
        ([Reading(date(2024, 1, 1), 1), Reading(date(2024, 1, 1), 2)], "date_twice"),
    ],
)
def test_a_series_needs_one_value_a_date(readings: list[Reading], code: str) -> None:
    with pytest.raises(Usage) as refused:
        chart(readings, profile=MDC)
    assert refused.value.code == code


def test_the_order_of_the_rows_does_not_matter(worked: Any, weekly: Callable[..., Any]) -> None:
    head, *lines = weekly(*STABLE)
    assert worked("spc", head, *lines)[0] == worked("spc", head, *reversed(lines))[0]
