"""Successful completion, re-presentation, exits: vectors by number, the sepsis log, by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from casereview.measures.ask import Wait, date_of
from casereview.measures.representation import needed, with_target

AS_OF = "2026-12-31"


@pytest.mark.parametrize(
    ("ended", "back", "presented"),
    [("2024-08-31", "2025-02-27", 1), ("2024-08-31", "2025-02-28", 0),
     ("2024-01-15", "2024-07-14", 1), ("2024-01-15", "2024-07-15", 0),
     ("2024-01-15", "2024-01-15", 1)],
)  # fmt: skip
def test_t32_re_presentation_ends_before_the_same_day_six_months_on(
    history: Any, measured: Any, ended: str, back: str, presented: int
) -> None:
    history.case("2023-06-01", ended, person=7, pathway="recovery")
    history.case(back, person=7, pathway="recovery")
    (row,) = measured("representation", AS_OF)
    assert (row["completions"], row["followed_up"], row["re_presented"]) == (1, 1, presented)
    (found,) = measured("representation", AS_OF, cases=True)
    assert (found["back_case_id"] == 2) == bool(presented)


def test_sepsis_re_presentation_is_one_fewer_than_the_inclusive_return(
    sepsis: Any, measured: Any, shared_json: Callable[[str], dict[str, Any]]
) -> None:
    expected = shared_json("data/expected/sepsis.json")["return_er"]
    (row,) = measured("representation", "2015-06-05")
    assert row["completions"] == 782
    assert row["re_presented"] == expected["within_6_calendar_months"] - 1 == 253


def test_t31_a_report_in_december_judges_july_to_june(history: Any, measured: Any) -> None:
    ends = ("2013-06-30", "2013-07-01", "2014-06-30", "2014-07-01")
    for end in ends:
        history.case("2013-01-01", end, pathway="recovery")
    history.case("2014-07-01", pathway="recovery")
    (row,) = measured("successful-completion", "2014-12-31", start="2014-10-01")
    days = [date_of(row[f"done_{d}_day"]).isoformat() for d in ("from", "until")]
    assert days == ["2013-07-01", "2014-06-30"]
    assert (row["in_treatment"], row["completed"], row["successful"]) == (3, 2, 2)


def test_a_new_provider_has_no_figure_before_its_first_completions_are_six_months_old(
    history: Any, measured: Any
) -> None:
    history.case("2015-02-02", "2015-02-20", pathway="recovery")
    rows = measured(
        "successful-completion", "2015-10-31", start="2015-02-01", end="2015-10-31", every="month"
    )
    rows.sort(key=lambda r: r["period"])
    assert [r["successful"] for r in rows] == [0, 0, 0, 0, 0, 0, 1, 1, 1]


def test_people_count_once_and_their_last_completion_decides(history: Any, measured: Any) -> None:
    history.case("2025-01-01", "2025-02-01", person=1)
    history.case("2025-03-01", "2025-04-01", person=1)
    history.case("2025-01-01", "2025-02-01", person=2)
    history.case("2025-03-01", person=2)
    history.case("2025-01-01", "2025-02-01", person=3, ended="left", exit_class="list-removal")
    history.case("2025-01-01", "2025-02-01", person=4, ended="left", exit_class="unplanned")
    (row,) = measured("successful-completion", "2025-12-31", start="2025-12-01")
    assert (row["in_treatment"], row["completed"]) == (3, 2)
    assert (row["re_presented"], row["successful"]) == (1, 1)
    assert row["percent"] == pytest.approx(100 / 3)
    found = measured("successful-completion", "2025-12-31", start="2025-12-01", cases=True)
    assert sorted(r["case_id"] for r in found if r["counted"] == "successful") == [2]


@pytest.mark.parametrize(
    ("completed", "of", "target", "more"),
    [(141, 1855, "8.5", 17), (141, 1855, "10", 45), (141, 1844, "10", 44), (141, 1867, "10", 46),
     (190, 1855, "10", 0), (0, 100, "7", 7), (0, 50, "14", 7), (0, 100, "55", 55), (0, 0, "10", 0)],
)  # fmt: skip
def test_t33_completers_needed_in_exact_fractions(
    completed: int, of: int, target: str, more: int
) -> None:
    assert needed(completed, of, Fraction(target)) == more


def _row(successful: int, of: int, target: str | None) -> dict[str, Any]:
    class Asked:
        ends = (0,)

    Asked.target = Fraction(target) if target else None  # type: ignore[attr-defined]
    return with_target({"period": 0, "successful": successful, "in_treatment": of}, Asked())  # type: ignore[arg-type]


def test_t34_distance_to_the_target_in_points_and_relative() -> None:
    row = _row(76, 1000, "10")
    assert row["points_off"] == pytest.approx(-2.4, abs=1e-12)
    assert row["percent_off"] == pytest.approx(-24.0, abs=1e-12)
    assert _row(0, 0, "10")["needed"] is None
    assert _row(3, 10, None)["target_percent"] is None


@pytest.mark.parametrize(("n", "low", "high"), [(141, 6.48, 8.90), (158, 7.33, 9.88)])
def test_t35_the_interval_of_successful_completion(n: int, low: float, high: float) -> None:
    row = _row(n, 1855, None)
    assert [row["lower_percent"], row["upper_percent"]] == pytest.approx([low, high], abs=5e-3)


@pytest.mark.parametrize(("started", "within"), [("2026-03-23", 1), ("2026-03-24", 0)])
def test_t36_three_weeks_are_21_days_inclusive(
    history: Any, measured: Any, started: str, within: int
) -> None:
    history.case("2026-03-02", pathway="recovery", milestones={"started": started})
    first = Wait("first-intervention", "referred", "started", 21)
    done = next(r for r in measured("waits", AS_OF, waits=(first,)) if r["side"] == "completed")
    assert (done["n"], done["within_target"]) == (1, within)


@pytest.mark.parametrize(
    ("ended", "kind", "early", "effective"),
    [("2026-03-29", "unplanned", 1, 0), ("2026-03-30", "unplanned", 0, 1),
     ("2026-03-29", "planned", 0, 1), ("2026-03-29", "died", 0, 0), (None, None, 0, 1)],
)  # fmt: skip
def test_t37_an_unplanned_exit_before_day_84_is_early(
    history: Any, measured: Any, ended: str | None, kind: str, early: int, effective: int
) -> None:
    stage = "complete" if kind == "planned" else "left"
    history.case("2026-01-05", ended, ended=stage, exit_class=kind, pathway="recovery")
    (row,) = measured("early-exit", AS_OF)
    assert (row["started"], row["judged"]) == (1, 1)
    assert (row["early_unplanned"], row["effective"]) == (early, effective)
    (young,) = measured("early-exit", "2026-03-29")
    assert (young["judged"], young["percent_early_of_judged"]) == (0, None)


@pytest.mark.parametrize(("as_of", "long"), [("2025-03-24", 1), ("2025-03-23", 0)])
def test_t38_the_sixth_anniversary_counts(
    history: Any, measured: Any, as_of: str, long: int
) -> None:
    history.case("2019-03-24", pathway="recovery")
    (row,) = measured("long-treatment", as_of)
    assert (row["in_treatment"], row["six_years"], row["percent"]) == (1, long, 100.0 * long)


@pytest.mark.parametrize(
    ("as_of", "long"), [("2026-02-28", 0), ("2026-03-01", 1), ("2026-02-27", 0)]
)
def test_t38_who_began_on_a_leap_day_has_the_anniversary_on_the_first_of_march(
    history: Any, measured: Any, as_of: str, long: int
) -> None:
    history.case("2020-02-29")
    (row,) = measured("long-treatment", as_of)
    assert row["six_years"] == long


def test_exits_have_two_denominators_and_deaths_their_own_class(
    history: Any, measured: Any
) -> None:
    for kind in ("planned", "planned", "unplanned", "died", "list-removal"):
        stage = "complete" if kind == "planned" else "left"
        history.case("2026-01-05", "2026-03-01", ended=stage, exit_class=kind)
    history.case("2026-01-05", "2026-03-01", ended="left", exit_class="administrative",
                 exit_code="recorded-in-error")  # fmt: skip
    for _ in range(4):
        history.case("2026-01-05")
    rows = {r["class"]: r for r in measured("exits", AS_OF)}
    assert {c: r["n"] for c, r in rows.items() if r["n"]} == {
        "planned": 2, "unplanned": 1, "died": 1
    }  # fmt: skip
    done = rows["planned"]
    assert (done["exits"], done["in_treatment"]) == (4, 8)
    assert (done["percent_of_exits"], done["percent_of_in_treatment"]) == (50.0, 25.0)
    found = measured("exits", AS_OF, cases=True)
    assert sum(r["counted"] == "exits" for r in found) == 4
    assert sum(r["counted"] == "in_treatment" for r in found) == 8
