"""The test vectors of the domain reference, by number."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casereview.core.calendar import local_date
from casereview.measures.ask import Wait
from casereview.measures.los import bed_days
from casereview.measures.methods.change import percent_change

AS_OF = "2026-12-31"


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [(20.0, 15.0, -25.0), (100, 127, 27.0), (12.0, 6.84, -43.0), (16.0, 8.16, -49.0)],
)
def test_t3_and_t20_percent_change(before: float, after: float, percent: float) -> None:
    assert percent_change(before, after) == pytest.approx(percent, abs=1e-9)


def test_nothing_to_compare_with_gives_no_figure() -> None:
    assert percent_change(0, 5) is None


@pytest.mark.parametrize(
    ("discharged", "days", "over", "at_least"),
    [("2026-03-24", 21, (1, 1, 0), (1, 1, 1)), ("2026-03-23", 20, (1, 1, 0), (1, 1, 0))],
)
def test_t8_twenty_one_midnights_count_as_twenty_one_or_over(
    history: Any, measured: Any, discharged: str, days: int, over: Any, at_least: Any
) -> None:
    history.case("2026-03-03", discharged)
    (row,) = measured("los", AS_OF)
    assert row["min_days"] == row["max_days"] == days
    assert (row["over_7"], row["over_14"], row["over_21"]) == over
    assert (row["from_7"], row["from_14"], row["from_21"]) == at_least


def test_t9_stay_and_bed_days_of_each_month(history: Any, measured: Any) -> None:
    history.case("2025-02-20", "2025-03-05")
    (row,) = measured("los", AS_OF)
    assert row["max_days"] == 13
    rows = measured(
        "", AS_OF, compute=bed_days, start="2025-01-01", end="2025-04-30", every="month"
    )
    assert [r["bed_days"] for r in sorted(rows, key=lambda r: r["period"])] == [0, 9, 4, 0]


def test_bed_days_of_an_open_case_run_to_the_as_of_date(history: Any, measured: Any) -> None:
    history.case("2026-03-01")
    (row,) = measured("", "2026-03-03", compute=bed_days, start="2026-03-01", end="2026-03-31")
    assert row["bed_days"] == 3


def test_t10_an_hour_over_midnight_on_the_night_of_the_clock_change_is_one_day(
    history: Any, measured: Any
) -> None:
    came = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    went = came + timedelta(hours=1)
    days = [local_date(at, "Europe/London").isoformat() for at in (came, went)]
    assert days == ["2026-03-28", "2026-03-29"]
    history.case(*days, at=(int(came.timestamp()), int(went.timestamp())))
    (row,) = measured("los", AS_OF)
    assert row["max_days"] == 1


@pytest.mark.parametrize(("treated", "within"), [("2026-05-11", 1), ("2026-05-12", 0)])
def test_t23_eighteen_weeks_are_126_days_inclusive(
    history: Any, measured: Any, treated: str, within: int
) -> None:
    history.case("2026-01-05", milestones={"treated": treated})
    rtt = Wait("rtt", "referred", "treated", 126)
    done = next(r for r in measured("waits", AS_OF, waits=(rtt,)) if r["side"] == "completed")
    assert (done["n"], done["within_target"], done["target_days"]) == (1, within, 126)


@pytest.mark.parametrize(("second", "wait"), [("2026-02-04", 36), ("2026-02-05", 5)])
def test_t24_referrals_at_most_five_days_apart_are_one_spell(
    history: Any, measured: Any, second: str, wait: int
) -> None:
    history.case("2026-01-05", "2026-01-30", person=7)
    again = history.case(second, person=7)
    history.contact(again, "2026-02-10")
    contact = Wait("contact", "referral-spell", "first-contact")
    done = next(r for r in measured("waits", AS_OF, waits=(contact,)) if r["side"] == "completed")
    assert (done["n"], done["mean_days"]) == (1, wait)


def test_a_referral_inside_an_open_one_belongs_to_its_spell(history: Any, measured: Any) -> None:
    history.case("2026-01-05", "2026-06-30", person=7)
    history.case("2026-01-10", "2026-01-12", person=7)
    last = history.case("2026-04-01", person=7)
    history.contact(last, "2026-04-06")
    contact = Wait("contact", "referral-spell", "first-contact")
    done = next(r for r in measured("waits", AS_OF, waits=(contact,)) if r["side"] == "completed")
    assert done["mean_days"] == 91


STOP = (Wait("stop", "referred", "clock-stop-cyp"), Wait("contact", "referred", "first-contact"))


def test_t25_the_clock_of_children_stops_at_the_latest_of_three_events(
    history: Any, measured: Any
) -> None:
    case = history.case(
        "2026-01-05", milestones={"baseline-outcome": "2026-02-09", "plan-agreed": "2026-02-02"}
    )
    history.contact(case, "2026-01-19", attended="3")
    history.contact(case, "2026-01-26")
    done = {r["wait"]: r for r in measured("waits", AS_OF, waits=STOP) if r["side"] == "completed"}
    assert done["contact"]["mean_days"] == 21
    assert done["stop"]["mean_days"] == 35


def test_t25_without_an_outcome_the_child_still_waits(history: Any, measured: Any) -> None:
    case = history.case("2026-01-05", milestones={"plan-agreed": "2026-02-02"})
    history.contact(case, "2026-01-26")
    rows = measured("waits", "2026-03-05", waits=STOP[:1])
    sides = {r["side"]: r for r in rows}
    assert sides["completed"]["n"] == 0
    assert sides["completed"]["mean_days"] is None
    assert (sides["waiting"]["n"], sides["waiting"]["mean_days"]) == (1, 59)


def test_percentiles_are_linear(history: Any, measured: Any) -> None:
    start = date(2026, 1, 1)
    for days in range(7, 71, 7):
        history.case(
            "2026-01-01", milestones={"treated": (start + timedelta(days=days)).isoformat()}
        )
    wait = Wait("treatment", "referred", "treated")
    done = next(r for r in measured("waits", AS_OF, waits=(wait,)) if r["side"] == "completed")
    found = [done["median_days"], done["p90_days"], done["p92_days"]]
    assert found == pytest.approx([38.5, 63.7, 64.96])
