"""Every chart of the reference packages, figure by figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casereview.measures.methods.spc import Reading, chart
from casereview.measures.methods.spc_profiles import NHSR, Profile
from casereview.service.calculating.calc import calc

CASES = (
    "ae_england_4hour_target95", "ae_england_attendances_rebased_twice", "ae_facets_breaches",
    "ae_facets_breaches_targets", "ae_rjz_breaches", "ae_rrk_breaches", "ae_rrk_breaches_rebased",
    "constant_series", "constant_series_not_screened", "constant_series_target_missed",
    "fix_after_12", "fix_after_12_rebased", "negative_lower_limit_wait", "outlier_not_screened",
    "outlier_screened", "package_test_rnorm_outlier", "shift_broken_by_point_on_mean",
    "shift_eight_above_neutral", "shift_seven_below", "short_group_12", "short_group_13",
    "single_point", "target_above_upl", "target_above_upl_decrease_good", "target_below_lpl",
    "target_equal_to_upl", "target_inside", "target_neutral", "trend_broken_by_tie",
    "trend_down_then_up", "trend_six_points_only", "trend_up_crossing_mean",
    "two_in_three_after_astronomical", "two_in_three_opposite_sides", "two_in_three_same_side",
    "two_points", "unsorted_input",
)  # fmt: skip
NOT_IN_POWERBI = {
    "ae_england_attendances_rebased_twice", "ae_facets_breaches", "ae_facets_breaches_targets",
    "ae_rrk_breaches_rebased", "constant_series", "constant_series_target_missed", "fix_after_12",
    "fix_after_12_rebased", "single_point",
}  # fmt: skip
IN_POWERBI = tuple(c for c in CASES if c not in NOT_IN_POWERBI)
UNSCREENED = {"constant_series_not_screened", "outlier_not_screened"}

POWERBI = Profile(
    "powerbi", "PowerBI-SPC", limit=3 / 1.128, two_counts_outside=True, two_on_one_side=False
)
"""The rules of WA Health's PowerBI-SPC with 7 points for shift and trend (stats.md 1b)."""


def options_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a golden case as they are typed on the command line."""
    asked = case["options"]
    found: dict[str, Any] = {"improvement": asked["improvement_direction"]}
    if "target" in asked:
        found["target"] = _typed(asked["target"])
    if "rebase" in asked:
        found["rebase"] = _typed(asked["rebase"])
    if "fix_after_n_points" in asked:
        found["fix_after"] = asked["fix_after_n_points"]
    if asked.get("screen_outliers") is False:
        found["screen"] = False
    return found


def _typed(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{k}={','.join(_typed(v))}" for k, v in value.items()]
    return [str(v) for v in (value if isinstance(value, list) else [value])]


def test_there_are_37_cases_of_which_28_in_powerbi() -> None:
    assert (len(CASES), len(IN_POWERBI)) == (37, 28)


@pytest.mark.parametrize("name", CASES)
def test_nhsr_gives_every_point_of_the_package(golden: Any, name: str) -> None:
    case = golden.json(f"spc/{name}/case.json")
    rows, about = calc(
        "spc", golden.path(f"spc/{name}/input.csv"), profile="nhsr", **options_of(case)
    )
    golden.same_rows(rows, golden.rows(f"spc/{name}/expected_points.csv"))
    assert [dict(i) for i in about["icons"]] == golden.rows(f"spc/{name}/expected_icons.csv")
    short = any("until there are 13" in w for w in about["warnings"])
    assert short == any("n < 12" in w for w in case["warnings"])


@pytest.mark.parametrize("name", CASES)
def test_nhsr_counts_every_part_as_the_package_does(golden: Any, name: str) -> None:
    case = golden.json(f"spc/{name}/case.json")
    path = golden.path(f"spc/{name}/input.csv")
    _, about = calc("spc", path, profile="nhsr", **options_of(case))
    theirs = golden.rows(f"spc/{name}/expected_summary.csv")
    assert len(about["summary"]) == len(theirs)
    for ours, expected in zip(about["summary"], theirs, strict=True):
        for key, name_there in (("mean", "mean_col"), ("lpl", "lpl"), ("upl", "upl"), ("n", "n"),
                                ("common_cause", "common_cause")):  # fmt: skip
            golden.same(ours[key], expected[name_there], (ours, key))


@pytest.mark.parametrize("name", IN_POWERBI)
def test_the_engine_gives_powerbi_with_that_tool_s_rules(golden: Any, name: str) -> None:
    unscreened = name in UNSCREENED
    file = f"spc_powerbi/{name}.{'in' if unscreened else 'screened'}.csv"
    readings = [
        Reading(date.fromisoformat(r["date"]), float(r["value"]))
        for r in golden.rows(f"spc/{name}/input.csv")
    ]
    found = chart(readings, profile=replace(POWERBI, screen=not unscreened))
    theirs = {r["date"]: r for r in golden.rows(file)}
    assert len(theirs) == len(found.points)
    for point in found.points:
        expected, limits = theirs[point.on.isoformat()], point.limits
        for ours, key in ((limits.mean, "mean"), (limits.lower, "ll3"), (limits.upper, "ul3"),
                          (limits.near_lower, "ll2"), (limits.near_upper, "ul2")):  # fmt: skip
            golden.same(ours, expected[key], (point.on, key))
        said = " ".join(point.rules)
        for key, up, down in (
            ("astronomical", "Above UCL", "Below LCL"), ("shift7", "7 Points Above", "7 Points Be"),
            ("trend7", "Increasing", "Decreasing"), ("two_in_three", "3 Above", "3 Below"),
        ):  # fmt: skip
            side = "upper" if up in said else "lower" if down in said else "none"
            assert side == expected[key], (point.on, key)


def test_powerbi_and_nhsr_differ_only_in_two_in_three(golden: Any) -> None:
    differing = 0
    for name in IN_POWERBI:
        readings = [
            Reading(date.fromisoformat(r["date"]), float(r["value"]))
            for r in golden.rows(f"spc/{name}/input.csv")
        ]
        screen = name not in UNSCREENED
        one = chart(readings, profile=replace(POWERBI, limit=2.66), screen=screen)
        other = chart(readings, profile=NHSR, screen=screen)
        for a, b in zip(one.points, other.points, strict=True):
            kept = [[r for r in p.rules if not r.startswith("2 in 3")] for p in (a, b)]
            assert kept[0] == kept[1], (name, a.on)
            differing += a.special != b.special
    assert differing > 0


def test_mdc_gives_the_derived_two_in_three_set(golden: Any) -> None:
    expected = {
        (r["case"], r["facet"], r["date"]): r
        for r in golden.rows("spc_mdc_two_of_three_derived.csv")
    }
    assert len(expected) == 984
    checked = newly = 0
    for name in {case for case, _, _ in expected}:
        case = golden.json(f"spc/{name}/case.json")
        rows, _ = calc("spc", golden.path(f"spc/{name}/input.csv"), **options_of(case))
        for row in rows:
            theirs = expected[name, row["facet"], row["date"].isoformat()]
            checked += 1
            wanted = theirs["mdc_two_of_three"] == "true"
            label = row["special_cause_type"]
            common = theirs["nhsr_special_cause_type"] == "Common Cause"
            if wanted and common:
                newly += 1
                assert label.startswith("2 in 3"), (name, row)
            if not wanted:
                assert not label.startswith("2 in 3"), (name, row)
                assert (label == "Common Cause") == common, (name, row)
    assert (checked, newly > 0) == (984, True)


def test_mdc_turns_the_icon_of_england_s_four_hour_series(golden: Any) -> None:
    path = golden.path("spc/ae_england_4hour_target95/input.csv")
    icons = {
        profile: calc("spc", path, profile=profile, target="0.95")[1]["icons"][0]["icon"]
        for profile in ("nhsr", "mdc")
    }
    assert icons == {"nhsr": "common_cause", "mdc": "concern_low"}
