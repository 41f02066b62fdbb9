"""Before and after against base R, and what may be said of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casereview.errors import CaseReviewError
from casereview.measures.methods.change_means import welch, wilcoxon
from casereview.measures.methods.change_words import spc_verdict, verdict
from casereview.measures.methods.spc_profiles import profile_named

HEADS = {
    "rates": ("period,events,time", "events", "time"),
    "shares": ("period,x,n", "x", "n"),
}


def lines_of(case: dict[str, Any]) -> list[str]:
    """Return a golden comparison as the lines of a CSV."""
    if "before" in case:
        rows = [f"{side},{v}" for side in ("before", "after") for v in case[side]]
        return ["period,value", *rows]
    if "y" in case:
        return ["period,value", *(f"{n},{v}" for n, v in enumerate(case["y"], 1))]
    head, part, whole = HEADS["rates" if "events_before" in case else "shares"]
    return [head, *(f"{s},{case[f'{part}_{s}']},{case[f'{whole}_{s}']}" for s in _SIDES)]


_SIDES = ("before", "after")


@pytest.mark.parametrize("name", ["los_ward", "los_tiny"])
def test_values_of_cases_reach_r(golden: Any, worked: Any, name: str) -> None:
    case = golden.json("change/before_after.json")[name]
    [figures], _ = worked("compare", *lines_of(case))
    expected = dict(case["expected"])
    shift = expected.pop("wilcoxon")
    golden.same(figures, expected, name)
    golden.same(figures["wilcoxon"]["W"], shift["W"], "W")
    golden.same(figures["wilcoxon"]["p"], shift["p"], "p")
    # R's root finder stops early; its README allows a thousandth.
    for key in ("hodges_lehmann", "ci"):
        golden.same(figures["wilcoxon"][key], shift[key], key, within=1e-3)


@pytest.mark.parametrize(
    "name",
    ["throughput_27", "throughput_27_big", "rate_zero_before", "successful_completion",
     "dna_90_to_20", "prop_zero"],
)  # fmt: skip
def test_rates_and_shares_reach_r(golden: Any, worked: Any, name: str) -> None:
    case = golden.json("change/before_after.json")[name]
    [figures], _ = worked("compare", *lines_of(case))
    golden.same(figures, case, name)


@pytest.mark.parametrize("name", ["its_assessment_wait", "its_short"])
def test_a_series_reaches_r(golden: Any, worked: Any, name: str) -> None:
    case = dict(golden.json("change/before_after.json")[name])
    [figures], _ = worked("compare", *lines_of(case), change_after=case["change_after"])
    restricted = case.pop("gls_ar1")
    golden.same(figures, case, name)
    # Restricted maximum likelihood: the README allows a thousandth.
    golden.same(figures["gls_ar1"], restricted, name, within=1e-3)


@pytest.mark.parametrize(
    ("name", "word", "why"),
    [
        ("los_ward", "no change shown", "the interval spans no change"),
        ("los_tiny", "no change shown", "fewer than 10"),
        ("throughput_27", "no change shown", "the interval spans no change"),
        ("throughput_27_big", "rose", ""),
        ("rate_zero_before", "no change shown", "fewer than 10"),
        ("successful_completion", "no change shown", "the interval spans no change"),
        ("dna_90_to_20", "fell", ""),
    ],
)
def test_fell_and_rose_have_to_be_earned(
    golden: Any, worked: Any, name: str, word: str, why: str
) -> None:
    _, about = worked("compare", *lines_of(golden.json("change/before_after.json")[name]))
    found = about["verdict"]
    assert found["word"] == word
    assert why in found["why"]
    if word == "no change shown":
        assert " fell" not in found["sentence"]
        assert " rose" not in found["sentence"]
    assert about["interval_method"] in found["sentence"]
    assert about["spc"].startswith("No SPC verdict")


def test_a_series_of_dates_is_cut_at_a_date_and_charted(worked: Any) -> None:
    start = date(2024, 1, 1)
    values = [20, 22, 21, 19, 20, 22, 21, 20, 19, 21, 22, 20, 12, 11, 12, 10, 11, 12, 11, 10]
    lines = [f"{start + timedelta(weeks=n)},{v}" for n, v in enumerate(values)]
    [figures], about = worked(
        "compare", "period,value", *reversed(lines), change_after=str(start + timedelta(weeks=12)),
        improvement="decrease",
    )  # fmt: skip
    assert (figures["n"], figures["change_after"]) == (20, 12)
    assert about["verdict"]["word"] == "fell"
    assert "8 of 8 points after the change are special cause" in about["spc"]


def test_a_short_baseline_has_no_chart_and_no_claim(worked: Any) -> None:
    lines = [f"{n},{v}" for n, v in enumerate([9, 9.5, 9, 9.2, 1, 1.2, 1, 1.1], 1)]
    _, about = worked("compare", "period,value", *lines, change_after=4)
    assert about["verdict"]["word"] == "no change shown"
    assert "needs 12 to fix its limits" in about["spc"]


@pytest.mark.parametrize(
    ("before", "change", "sizes", "unit", "said"),
    [
        (1, 1.0, (20, 20), " points", "rose by 1 point (95% interval +1 point to +2 points;"),
        (1, -1.0, (1, 20), "%", "-1% (95% interval +1% to +2%; m): with 1 case on one side,"),
        (2, 2.0, (20, 20), " days", "rose by 2 days (95% interval +1 day to"),
    ],
)
def test_one_is_said_in_the_singular(
    before: int, change: float, sizes: tuple[float, float], unit: str, said: str
) -> None:
    found = verdict("It", change, (1.0, 2.0), sizes, method="m", unit=unit)
    assert said in found.sentence
    profile = profile_named("mdc")
    assert f"has {before} point{'s' * (before > 1)};" in spc_verdict(
        [1.0] * 9, before, profile=profile
    )


def test_a_sentence_with_a_clause_keeps_its_comma_only_before_the_verb() -> None:
    what = "The level, against where the line led,"
    none = verdict(what, 1.0, (-1.0, 2.0), (20, 20), method="m")
    assert none.sentence.startswith("The level, against where the line led: no change shown")


@pytest.mark.parametrize(
    ("change", "limits", "word"),
    [
        (-5.0, (-9.0, -1.0), "fell"),
        (5.0, (1.0, None), "rose"),
        (5.0, (0.0, 9.0), "no change shown"),
        (-5.0, (None, None), "no change shown"),
        (None, (None, None), "no change shown"),
    ],
)
def test_only_an_interval_without_no_change_speaks(
    change: float | None, limits: tuple[float | None, float | None], word: str
) -> None:
    assert verdict("The rate", change, limits, (20, 20), method="m").word == word


def test_nothing_to_test_gives_nothing() -> None:
    assert welch([1], [2, 3]) is None
    assert welch([2, 2], [2, 2]) is None
    assert wilcoxon([2, 2], [2, 2]) is None


@pytest.mark.parametrize(
    ("lines", "options", "sentence"),
    [
        (("period,value", "during,3"), {}, "neither before nor after"),
        (("period,value", "before,3"), {}, "No row is of the period after"),
        (("period,other", "before,3"), {}, "no column value"),
        (("period,events", "before,3", "after,4"), {}, "no column time"),
        (("period,x,n", "before,3,2", "after,1,2"), {}, "3 is more than n, which is 2"),
        (("period,value", "1,3", "2,3", "3,4"), {"change_after": 2}, "2 of 3 points"),
        (("period,value", "1,3", "1,3"), {"change_after": 1}, "occurs twice"),
        (("period,value", "1,3", "2,4"), {"change_after": "2024-01-01"}, "periods are numbers"),
        (("period,value", "May,3", "2,4"), {"change_after": 1}, "'May' is no date"),
    ],
)
def test_wrong_input_gets_a_sentence(
    worked: Any, lines: tuple[str, ...], options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CaseReviewError) as refused:
        worked("compare", *lines, **options)
    assert sentence in str(refused.value)
