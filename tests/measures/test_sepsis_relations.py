"""The sepsis log, read by hand into records: every figure was computed elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casereview.measures.ask import Wait

AS_OF = "2015-06-05"
WAIT = Wait("referred:treated", "referred", "treated")


@pytest.fixture
def expected(sepsis: Any, shared_json: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return shared_json("data/expected/sepsis.json")


def test_sepsis_length_of_stay(measured: Any, expected: dict[str, Any]) -> None:
    (row,) = measured("los", AS_OF)
    figures = expected["los_days_er_to_release"]
    assert row["n"] == figures["n"] == 782
    assert row["mean_days"] == pytest.approx(figures["mean"], abs=5e-5)
    assert (row["median_days"], row["p90_days"]) == (figures["median"], figures["p90"])
    assert (row["min_days"], row["max_days"]) == (0, 114)
    assert row["over_7"] == expected["los_over_7_days"]
    assert row["over_21"] == expected["los_over_21_days"]
    assert row["excluded"] == 0


def test_sepsis_starts_and_completions_of_every_month(
    measured: Any, expected: dict[str, Any]
) -> None:
    rows = measured("throughput", AS_OF, start="2013-11-01", every="month")
    rows.sort(key=lambda r: r["period"])
    months = [f"{y}-{m:02}" for y in (2013, 2014, 2015) for m in range(1, 13)][10:30]
    assert len(rows) == len(months)
    for month, row in zip(months, rows, strict=True):
        assert row["referred"] == expected["starts_by_month"].get(month, 0), month
        assert row["completed"] == expected["throughput_by_month"].get(month, 0), month
    ends = expected["caseload_month_end_counting_unreleased_as_open"]
    assert [r["open_at_end"] for r in rows[:19]] == list(ends.values())
    assert sum(r["returned"] for r in rows) == 294
    assert rows[-1]["open_at_end_returns"] == 294


def test_the_sepsis_log_as_a_whole_gives_the_expected_figures(
    measured: Any, expected: dict[str, Any]
) -> None:
    (row,) = measured("throughput", AS_OF)
    assert row["referred"] == expected["cases"]
    assert row["completed"] == expected["completed"]
    assert (row["removed"], row["left"]) == (0, 0)
    assert row["open_at_end"] == expected["not_completed"] == 268


def test_sepsis_hours_to_antibiotics_keep_the_negative_ones(
    measured: Any, expected: dict[str, Any]
) -> None:
    rows = measured("waits", AS_OF, unit="hours", waits=(WAIT,))
    done = next(r for r in rows if r["side"] == "completed")
    figures = expected["waits_hours"]["er_to_antibiotics"]
    assert done["n"] == figures["n"] == 823
    assert done["mean_hours"] == pytest.approx(figures["mean"], abs=5e-4)
    assert done["median_hours"] == pytest.approx(figures["median"], abs=5e-4)
    assert done["p90_hours"] == pytest.approx(figures["p90"], abs=5e-4)
    assert done["negative"] > 0


def test_who_came_back_in_the_sepsis_log_is_counted_as_expected(
    measured: Any, expected: dict[str, Any]
) -> None:
    rows = {r["window"]: r for r in measured("returns", AS_OF)}
    back = expected["return_er"]
    assert rows["28d"]["discharges"] == 782
    assert rows["28d"]["returned"] == back["within_28d_calendar"] == 112
    assert rows["28d"]["followed_up"] == back["followed_up_28d"]
    assert rows["28d"]["percent"] == pytest.approx(back["rate_28d_all_discharges_pct"], abs=5e-5)
    assert rows["6m"]["returned"] == back["within_6_calendar_months"] == 254


def test_stages_of_the_sepsis_log_take_the_expected_time(
    measured: Any, expected: dict[str, Any]
) -> None:
    rows = {r["stage"]: r for r in measured("stages", AS_OF)}
    assert rows["complete"]["cases"] == expected["stage_reached"]["complete"]
    assert rows["assess"]["cases"] == 1050 + 294
    assert rows["recover"]["stepped_back"] == expected["step_back_NC_to_IC_events"]


def test_sepsis_caseload_counts_cases_without_an_end(
    measured: Any, expected: dict[str, Any]
) -> None:
    (row,) = measured("caseload", AS_OF)
    assert (row["open"], row["returns"]) == (268 + 294, 294)


def test_every_sepsis_number_lists_its_cases(measured: Any, expected: dict[str, Any]) -> None:
    cases = measured("throughput", AS_OF, cases=True)
    counted = {c: sum(r["counted"] == c for r in cases) for c in ("referred", "completed")}
    assert counted == {"referred": 1050, "completed": 782}
    assert sum(r["counted"] == "open_at_end" for r in cases) == 268
    assert len(measured("los", AS_OF, cases=True)) == 782
    back = measured("returns", AS_OF, cases=True)
    assert sum(r["returned"] for r in back if r["window"] == "28d") == 112
