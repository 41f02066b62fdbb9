"""Delays, expected dates, bed days and long stays: vectors by number, small stores by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from casereview.core.records import CaseFact, Delay, Person
from casereview.measures.calendars import census_within
from casereview.measures.delay_bands import CENSUS_BANDS, READY_BANDS, with_rates
from casereview.measures.tables import rows_of

AS_OF = "2026-12-31"
day = date.fromisoformat


def later(on: str, days: int) -> str:
    return (day(on) + timedelta(days=days)).isoformat()


def test_t11_published_bands_of_ten_discharges(history: Any, measured: Any) -> None:
    for delay in (0, 0, 0, 0, 0, 0, 1, 3, 7, 22):
        history.case("2026-03-01", later("2026-03-10", delay), milestones={"ready": "2026-03-10"})
    (row,) = measured("delay-bands", AS_OF)
    assert (row["discharges"], row["bed_days_lost"]) == (10, 33)
    assert (row["percent_on_the_day"], row["percent_delayed"]) == (60.0, 40.0)
    assert row["mean_days_all"] == pytest.approx(3.30)
    assert row["mean_days_delayed"] == pytest.approx(8.25)
    assert [row[b] for b in READY_BANDS] == [6, 1, 1, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("discharges", "on_the_day", "days", "percent", "mean_all", "mean_delayed"),
    [
        (4_035_716, 3_489_312, 3_329_387, 86.46, 0.825, 6.093),
        (5_895, 0, 12_736, 0.0, 2.1605, 2.1605),
    ],
)
def test_t12_and_t13_published_totals_give_the_published_means(
    discharges: int, on_the_day: int, days: int, percent: float, mean_all: float,
    mean_delayed: float,
) -> None:  # fmt: skip
    counts = {
        "discharges": [discharges], "on_the_day": [on_the_day],
        "delayed": [discharges - on_the_day], "bed_days_lost": [days],
    }  # fmt: skip
    (found,) = rows_of(with_rates(nw.from_native(pl.DataFrame(counts).lazy())))
    assert found["percent_on_the_day"] == pytest.approx(percent, abs=5e-3)
    assert found["mean_days_all"] == pytest.approx(mean_all, abs=5e-4)
    assert found["mean_days_delayed"] == pytest.approx(mean_delayed, abs=5e-4)


def test_who_has_no_ready_day_or_stayed_no_night_is_apart(history: Any, measured: Any) -> None:
    history.case("2026-03-01", "2026-03-05")
    history.case("2026-03-05", "2026-03-05", milestones={"ready": "2026-03-05"})
    history.case("2026-03-01", "2026-03-05", milestones={"ready": "2026-03-08"})
    history.case("2026-03-01", "2026-03-05", ended="left", exit_class="died",
                 milestones={"ready": "2026-03-02"})  # fmt: skip
    (row,) = measured("delay-bands", AS_OF)
    assert (row["discharges"], row["without_ready_date"], row["mean_days_all"]) == (0, 1, None)


@pytest.mark.parametrize(
    ("method", "months"), [("date_diff", [0, 13]), ("scotland", [8, 5]), ("mhs26", [8, 4])]
)
def test_t14_the_same_delay_by_three_methods(
    history: Any, measured: Any, method: str, months: list[int]
) -> None:
    history.case("2025-02-01", "2025-03-05", milestones={"ready": "2025-02-20"})
    rows = measured(
        "delays", AS_OF, start="2025-02-01", end="2025-03-31", every="month", method=method
    )
    rows.sort(key=lambda r: r["period"])
    assert [r["delay_days"] for r in rows] == months
    assert [r["delayed"] for r in rows] == [int(n > 0) for n in months]
    if method != "date_diff":
        assert rows[0]["beds_a_day"] == pytest.approx(8 / 28)


@pytest.mark.parametrize(
    ("second", "days"),
    [(("2025-03-10", "2025-03-14"), 10), (("2025-03-13", "2025-03-20"), 12),
     (("2025-03-11", "2025-03-14"), 9)],
)  # fmt: skip
def test_t15_delays_that_go_on_count_every_day_after_the_first(
    history: Any, measured: Any, second: tuple[str, str], days: int
) -> None:
    one = history.case("2025-03-01")
    for n, (start, stop) in enumerate((("2025-03-03", "2025-03-10"), second), 60):
        history.records.append(Delay(one, n, "01", day(start), day(stop)))
    (row,) = measured("delays", AS_OF, start="2025-03-01", end="2025-03-31", method="mhs26")
    assert row["delay_days"] == days


def test_t16_the_census_is_on_the_last_thursday_of_each_month() -> None:
    found = []
    for month in range(1, 13):
        first = date(2026, month, 1)
        last = date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        found.append(census_within(first, last))
    listed = "01-29 02-26 03-26 04-30 05-28 06-25 07-30 08-27 09-24 10-29 11-26 12-31"
    assert found == [day(f"2026-{d}") for d in listed.split()]
    assert census_within(day("2026-03-27"), day("2026-04-29")) is None
    assert census_within(day("2026-03-01"), day("2026-04-29")) == day("2026-03-26")


@pytest.mark.parametrize(
    ("ready", "gone", "counted", "band"),
    [("2026-03-26", None, 0, None), ("2026-03-25", None, 1, "d1_3"),
     ("2026-03-25", "2026-03-26", 1, "d1_3"), ("2026-03-20", "2026-03-25", 0, None),
     ("2026-03-23", None, 1, "d1_3"), ("2026-03-22", None, 1, "d4_14"),
     ("2026-03-11", None, 1, "d15_28"), ("2025-03-25", None, 1, "d366_over")],
)  # fmt: skip
def test_t17_ready_before_the_census_day_and_not_gone_before_it(
    history: Any, measured: Any, ready: str, gone: str | None, counted: int, band: str | None
) -> None:
    history.case("2025-03-01", gone, milestones={"ready": ready})
    (row,) = measured("delay-census", AS_OF, start="2026-03-01", end="2026-03-31")
    assert row["delayed"] == counted
    assert [b for b in CENSUS_BANDS if row[b]] == ([band] if band else [])


def test_the_census_leaves_out_two_reasons_and_children(history: Any, measured: Any) -> None:
    for n, reason in enumerate(("26X", "46X", "24A", None), 1):
        one = history.case("2026-03-01", person=n)
        history.fact(one, "ready_on", "2026-03-10", "2026-03-10")
        if reason:
            history.records.append(Delay(one, 60, reason, day("2026-03-10")))
    history.case("2026-03-01", person=9, milestones={"ready": "2026-03-10"})
    history.records.append(Person(9, born_on=day("2008-03-11")))
    (row,) = measured("delay-census", AS_OF, start="2026-03-01", end="2026-03-31")
    assert (row["delayed"], row["left_out"]) == (2, 2)
    rows = measured(
        "delay-census", AS_OF, start="2026-03-01", end="2026-03-31", by=("reason",), joined=False
    )
    assert {r["reason"]: r["delayed"] for r in rows if r["delayed"]} == {"24A": 1, "11A": 1}


@pytest.mark.parametrize(("born", "days"), [("2007-02-20", 8), ("2007-02-21", 0)])
def test_scotland_counts_from_the_eighteenth_birthday(
    history: Any, measured: Any, born: str, days: int
) -> None:
    history.case("2025-02-01", person=5, milestones={"ready": "2025-02-20"})
    history.records.append(Person(5, born_on=day(born)))
    (row,) = measured("delays", AS_OF, start="2025-02-01", end="2025-02-28", method="scotland")
    assert row["delay_days"] == days


def test_a_leap_day_child_comes_of_age_on_the_first_of_march(
    history: Any, measured: Any, frames_of: Callable[..., Any]
) -> None:
    history.case("2026-01-01", person=5)
    history.records.append(Person(5, born_on=day("2008-02-29")))
    people = frames_of(AS_OF)["people"]
    assert people["adult_day"].to_list() == [(day("2026-03-01") - date(1970, 1, 1)).days]


@pytest.mark.parametrize("method", ["scotland", "mhs26"])
@pytest.mark.parametrize("every", ["week", "month", "quarter"])
def test_days_of_delay_add_up_over_any_periods(
    history: Any, measured: Any, method: str, every: str
) -> None:
    for i in range(8):
        history.case(
            "2026-01-01", later("2026-02-03", i * 11), milestones={"ready": later("2026-02-01", i)}
        )
    ask = {"start": "2026-01-01", "end": "2026-06-30", "method": method}
    (whole,) = measured("delays", AS_OF, **ask)
    parts = measured("delays", AS_OF, every=every, **ask)
    assert sum(r["delay_days"] for r in parts) == whole["delay_days"]
    # By hand: the end minus the ready day, one fewer where the first day does not count.
    gaps = [max(0, 2 + i * 11 - i) for i in range(8)]
    short = sum(g > 0 for g in gaps) if method == "mhs26" else 0
    assert whole["delay_days"] == sum(gaps) - short


def test_every_delay_lists_its_case(history: Any, measured: Any) -> None:
    one = history.case("2025-02-01", "2025-03-05", milestones={"ready": "2025-02-20"})
    history.records.append(Delay(one, 60, "09", day("2025-02-20"), day("2025-03-05")))
    (found,) = measured("delays", AS_OF, cases=True)
    assert (found["case_id"], found["reason"], found["days"]) == (one, "09", 13)
    (row,) = measured("delays", AS_OF, by=("reason",))
    assert (row["reason"], row["delay_days"]) == ("09", 13)


def _expects(history: Any, case: int, *dates: tuple[str, str, str | None]) -> None:
    for n, (set_on, expected, before) in enumerate(dates, 70):
        number = (day(expected) - date(1970, 1, 1)).days
        history.records.append(
            CaseFact(case, "expected_end_on", n, day(set_on), day(before) if before else None,
                     number=number)
        )  # fmt: skip


def test_t7_slippage_against_the_first_and_the_last_expected_date(
    history: Any, measured: Any
) -> None:
    one = history.case("2026-03-01", "2026-03-13")
    _expects(
        history, one, ("2026-03-01", "2026-03-10", "2026-03-08"), ("2026-03-08", "2026-03-12", None)
    )
    history.case("2026-03-01", "2026-03-13")
    (row,) = measured("edd", AS_OF)
    assert (row["mean_slip_first_days"], row["mean_slip_last_days"]) == (3.0, 1.0)
    assert (row["completed"], row["dated"], row["late"], row["revised"]) == (2, 1, 1, 1)
    assert (row["on_last"], row["percent_on_last"]) == (0, 0.0)


def test_a_date_set_after_the_end_or_replaced_the_same_day_does_not_count(
    history: Any, measured: Any
) -> None:
    one = history.case("2026-03-01", "2026-03-13")
    _expects(
        history, one, ("2026-03-02", "2026-03-01", "2026-03-02"),
        ("2026-03-02", "2026-03-13", "2026-03-20"), ("2026-03-20", "2026-03-30", None),
    )  # fmt: skip
    (row,) = measured("edd", AS_OF)
    assert (row["on_first"], row["on_last"], row["revised"]) == (1, 1, 0)
    assert (row["percent_on_last"], row["percent_on_last_of_dated"]) == (100.0, 100.0)


def test_bed_days_name_their_cases(history: Any, measured: Any) -> None:
    history.case("2025-02-20", "2025-03-05")
    history.case("2025-03-30")
    ask = {"start": "2025-02-01", "end": "2025-03-31", "every": "month"}
    rows = sorted(measured("bed-days", AS_OF, **ask), key=lambda r: r["period"])
    assert [(r["bed_days"], r["cases"]) for r in rows] == [(9, 1), (6, 2)]
    assert rows[0]["beds_a_day"] == pytest.approx(9 / 28)
    found = measured("bed-days", AS_OF, cases=True, **ask)
    assert sorted(r["days"] for r in found) == [2, 4, 9]


def test_long_stays_of_the_stranded_set(
    history: Any, measured: Any, shared_file: Any, shared_json: Any
) -> None:
    expected = shared_json("data/expected/stranded.json")
    lines = shared_file("data/stranded/stranded_data.csv").read_text(encoding="utf-8").splitlines()
    heads = [h.strip('"').lower() for h in lines[0].split(",")]
    place = next(i for i, h in enumerate(heads) if "admit" in h)
    for line in lines[1:]:
        d, m, y = (int(p) for p in line.split(",")[place].strip('"').split("/"))
        history.case(date(y, m, d).isoformat())
    (row,) = measured("long-stay", expected["as_of"])
    assert row["open"] == 768
    for limit in (7, 14, 21):
        assert row[f"over_{limit}"] == expected[f"over_{limit}_days"]
    figures = expected["bed_age_days_at_as_of"]
    assert row["mean_days"] == pytest.approx(figures["mean"], abs=5e-5)
    assert (row["median_days"], row["p90_days"]) == (figures["median"], figures["p90"])


@pytest.mark.parametrize(("came", "bands"), [("2026-10-02", (1, 1)), ("2026-10-03", (1, 0)),
                                             ("2026-11-02", (0, 0))])  # fmt: skip
def test_sixty_and_ninety_days_are_inclusive(
    history: Any, measured: Any, came: str, bands: tuple[int, int]
) -> None:
    history.case(came)
    (row,) = measured("long-stay", AS_OF)
    assert (row["from_60"], row["from_90"]) == bands
