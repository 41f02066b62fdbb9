"""Waiting lists against NHSRwaitinglist: its figures, and its slips with the right answer beside.

Right answers of the slips are worked out by hand from the few rows of each list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import CaseReviewError
from casereview.measures.methods import waiting_list as formulas
from casereview.measures.methods.waiting_list import Pace, Span
from casereview.service.calculating.calc import calc

LISTS = (
    "nobody_removed", "package_example", "package_test_range", "queue_empties", "sim_01", "sim_02",
    "sim_03", "sim_04",
)  # fmt: skip
WEEKS = Span.of_weeks
WEEKLY = Pace.of_weekly

FORMULAS: Mapping[str, Callable[..., float | None]] = {
    "calc_queue_load": lambda demand, capacity: formulas.load(WEEKLY(demand), WEEKLY(capacity)),
    "calc_target_mean_wait": lambda target, factor: (
        formulas.target_mean_wait(WEEKS(target), factor).weeks
    ),
    "calc_target_queue_size": lambda demand, target, factor: formulas.target_queue(
        WEEKLY(demand), WEEKS(target), factor
    ),
    "calc_target_capacity": lambda demand, target, factor, cvd=1, cvc=1: (
        formulas.target_capacity(
            WEEKLY(demand), WEEKS(target), factor, cv_demand=cvd, cv_capacity=cvc
        ).weekly
    ),
    "calc_relief_capacity": lambda demand, queue, target, weeks, n=0, cv=0: (
        formulas.relief_capacity(
            WEEKLY(demand), queue, target, WEEKS(weeks), referrals=n, cv_demand=cv
        ).weekly
    ),
    "calc_waiting_list_pressure": lambda mean, target: formulas.pressure(
        WEEKS(mean), WEEKS(target)
    ),
}


def test_every_formula_is_reached(golden: Any) -> None:
    cases = golden.json("waitinglist/formulas.json")
    assert len(cases) == 45
    for case in cases:
        golden.same(FORMULAS[case["fn"]](*case["args"]), case["result"], case)


def listed(golden: Any, name: str) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    expected = golden.json(f"waitinglist/{name}/expected.json")
    asked = expected["args"]
    rows, about = calc(
        "waiting-list", golden.path(f"waitinglist/{name}/input.csv"),
        target_wait=asked["target_wait"], from_on=asked["start_date"], to_on=asked["end_date"],
    )  # fmt: skip
    return rows, about, expected


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_reached_but_for_days_called_weeks(golden: Any, name: str) -> None:
    rows, about, expected = listed(golden, name)
    golden.same_rows(rows, golden.rows(f"waitinglist/{name}/expected_queue.csv"))
    theirs = dict(expected["wl_stats"])
    # Slip 1: the reference's mean wait is in days where it promises weeks, so that its pressure is
    # seven times too large.
    mean_wait, pressure = theirs.pop("mean_wait"), theirs.pop("pressure")
    golden.same(about["wl_stats"], theirs, name)
    golden.same(about["wl_stats"]["mean_wait"] * 7, mean_wait, "mean_wait")
    golden.same(about["mean_wait_days"], mean_wait, "mean_wait_days")
    golden.same(about["wl_stats"]["pressure"] * 7, pressure, "pressure")
    for key in ("wl_referral_stats", "wl_removal_stats"):
        golden.same(about[key], expected[key], (name, key))


def test_the_pressure_of_three_people_is_a_seventh_of_the_reference_s(worked: Any) -> None:
    # Waiting 28, 28 and 0 days with a target of 4 weeks: mean 18.67 days, 2 * 2.667 / 4 = 1.33;
    # the reference says 9.33.
    _, about = worked(
        "waiting-list", "referral,removal", "2024-01-01,", "2024-01-01,", "2024-01-29,"
    )
    assert about["wl_stats"]["pressure"] == pytest.approx(4 / 3)
    assert about["wl_stats"]["mean_wait"] == pytest.approx(8 / 3)


def test_who_left_before_the_window_is_not_in_the_queue(golden: Any) -> None:
    rows, about, expected = listed(golden, "removed_before_window")
    theirs = golden.rows("waitinglist/removed_before_window/expected_queue.csv")
    assert [r["queue_size"] for r in rows] == [int(r["queue_size"]) - 1 for r in theirs]
    assert rows[1]["queue_size"] == 2
    assert (about["wl_stats"]["queue_size"], expected["wl_stats"]["queue_size"]) == (3, 4)
    # Its removal lies before the window, so that one removal in 7 days is the capacity.
    assert (about["wl_removal_stats"]["removal_count"], about["wl_stats"]["mean_capacity"]) == (
        1,
        1,
    )
    assert expected["wl_removal_stats"]["removal_count"] == 2
    golden.same(about["wl_stats"]["mean_demand"], expected["wl_stats"]["mean_demand"], "demand")
    assert about["warnings"][0].startswith("1 left before the window")


def test_a_referral_after_the_window_stops_nothing(worked: Any) -> None:
    lines = ("referral,removal", "2024-01-01,2024-01-08", "2024-01-04,", "2024-01-10,")
    later = (*lines, "2024-02-20,", "2024-02-21,2024-03-01")
    window = {"from_on": "2024-01-01", "to_on": "2024-01-16"}
    rows, about = worked("waiting-list", *lines, **window)
    with_later, about_later = worked("waiting-list", *later, **window)
    assert with_later == rows
    for key in ("queue_size", "mean_wait", "cv_arrival", "mean_demand"):
        assert about_later["wl_stats"][key] == about["wl_stats"][key]
    assert any("2 were referred after the window" in w for w in about_later["warnings"])


def test_the_order_of_the_rows_changes_nothing(golden: Any, sheet: Any) -> None:
    path = Path(golden.path("waitinglist/sim_03/input.csv"))
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    one = calc("waiting-list", sheet(head, *lines))
    other = calc("waiting-list", sheet(head, *lines[::-1]))
    assert one[0] == other[0]
    assert one[1]["wl_stats"] == other[1]["wl_stats"]


def test_the_example_of_the_published_paper_is_reached() -> None:
    # ENT: 30 a week, 27 a week, 1,200 waiting, 52 weeks: load 1.11, target 390, relief 61.15.
    demand, target = WEEKLY(30), WEEKS(52)
    assert formulas.load(demand, WEEKLY(27)) == pytest.approx(30 / 27)
    queue = formulas.target_queue(demand, target)
    assert queue == pytest.approx(390)
    assert formulas.too_big(1200, queue)
    relief = formulas.relief_capacity(demand, 1200, queue)
    assert relief.weekly == pytest.approx(61.1538461538)


def test_clearance_is_the_queue_over_the_throughput() -> None:
    found = formulas.clearance(120, WEEKLY(10))
    assert found is not None
    assert found.weeks == pytest.approx(12)
    assert found.days == pytest.approx(84)
    assert formulas.clearance(120, Pace(0)) is None


def test_a_list_of_one_day_has_no_pace(worked: Any) -> None:
    _, about = worked("waiting-list", "referral,removal", "2024-01-01,")
    assert about["wl_stats"]["mean_demand"] is None
    assert about["wl_stats"]["queue_size"] == 1


@pytest.mark.parametrize(
    ("lines", "options", "sentence"),
    [
        (("referral,removal", "2024-01-05,2024-01-01"), {}, "is before the referral"),
        (("referral,removal", "5/1/2024,"), {}, "is no date; write year-month-day"),
        (("referral,removal", "2024-01-05,"), {"to_on": "2023-01-01"}, "ends before it starts"),
        (("referral,removal", "2024-01-05,"), {"target_wait": 0}, "must be more than 0"),
        (("referral,removal", "0024-01-05,", "2024-01-05,"), {}, "wrong year"),
        (("referred,removal", "2024-01-05,"), {}, "Did you mean 'referred'?"),
    ],
)
def test_wrong_input_gets_a_sentence(
    worked: Any, lines: tuple[str, ...], options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CaseReviewError) as refused:
        worked("waiting-list", *lines, **options)
    assert sentence in str(refused.value)
