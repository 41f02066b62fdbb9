"""Time to event against R: curves, intervals, quantiles, incidence, restricted mean, log-rank."""

from __future__ import annotations

import random
from typing import Any

import pytest

from casereview.errors import CaseReviewError
from casereview.measures.methods.survival import Case, kaplan_meier, restricted_mean
from casereview.measures.methods.survival_cif import aalen_johansen
from casereview.measures.methods.survival_logrank import log_rank
from casereview.service.calculating.calc import calc

SETS = (
    "all_open", "los_small", "median_not_reached", "median_on_flat_half", "no_open_cases",
    "one_case", "same_day_and_ties", "treatment_120",
)  # fmt: skip
NO_CIF = {"all_open", "one_case", "median_on_flat_half"}


@pytest.mark.parametrize("name", SETS)
def test_every_figure_of_r_is_reached(golden: Any, name: str) -> None:
    rows, about = calc("survival", golden.path(f"survival/{name}/input.csv"))
    golden.same_rows(rows, golden.rows(f"survival/{name}/km_expected.csv"))
    expected = golden.json(f"survival/{name}/expected.json")
    for key in set(expected) - {"name", "note"}:
        golden.same(about[key], expected[key], key)


@pytest.mark.parametrize("name", [s for s in SETS if s not in NO_CIF])
def test_incidence_and_its_error_are_those_of_r(golden: Any, name: str) -> None:
    rows, _ = calc("cif", golden.path(f"survival/{name}/input.csv"))
    golden.same_rows(rows, golden.rows(f"survival/{name}/cif_expected.csv"))


@pytest.mark.parametrize("name", [s for s in SETS if s not in NO_CIF])
def test_incidence_is_that_of_cmprsk_too(golden: Any, name: str) -> None:
    rows, _ = calc("cif", golden.path(f"survival/{name}/input.csv"))
    by_time = {r["time"]: r for r in rows}
    for expected in golden.rows(f"survival/{name}/cif_cmprsk.csv"):
        ours = by_time[float(expected["time"])]
        for key in expected:
            if key.startswith("cmprsk_cif_"):
                golden.same(ours[key.removeprefix("cmprsk_")], expected[key], (key, ours["time"]))


def test_drop_outs_are_ends_of_their_own_and_no_loss_from_view(golden: Any) -> None:
    # stats.md 3: planned completion by day 60 is 62%; counting drop-outs as lost would say 81%.
    _, about = calc("survival", golden.path("survival/treatment_120/input.csv"))
    at_60 = [r for r in about["cif"] if r["time"] <= 60][-1]
    assert at_60["cif_planned"] == pytest.approx(0.62, abs=0.01)
    median = about["quantiles_loglog"]["q"][about["quantiles_loglog"]["p"].index(0.5)]
    assert median == 19


@pytest.mark.parametrize(
    ("show", "keys"),
    [
        ("km", {"time", "surv", "lower_loglog"}),
        ("quantiles", {"p", "q", "lower", "upper"}),
        ("rmst", {"tau", "mean", "se"}),
        ("logrank", {"group", "observed", "expected", "p"}),
    ],
)
def test_each_part_can_be_the_rows(golden: Any, show: str, keys: set[str]) -> None:
    path = golden.path("survival/los_small/input.csv")
    rows, _ = calc("survival", path, show=show)
    assert keys <= set(rows[0])
    assert calc(show, path)[0] == rows


def test_shares_of_every_outcome_and_of_the_open_add_up_to_one() -> None:
    source = random.Random(7)
    outcomes = ("open", "planned", "dropout", "moved")
    for _ in range(50):
        cases = [
            Case(source.randrange(12), source.choice(outcomes))
            for _ in range(source.randrange(1, 40))
        ]
        curve, incidence = kaplan_meier(cases), aalen_johansen(cases)
        for step, many in zip(curve, incidence, strict=True):
            total = step.surv + sum(i.cif for i in many.by_cause.values())
            assert total == pytest.approx(1)


def test_with_one_way_of_ending_the_jackknife_is_greenwood() -> None:
    cases = [Case(d, o) for d, o in ((1, "planned"), (2, "open"), (4, "planned"), (6, "planned"))]
    for step, many in zip(kaplan_meier(cases), aalen_johansen(cases), strict=True):
        if step.std_err:
            found = many.by_cause["planned"].std_err
            assert found == pytest.approx(step.std_err)


def test_a_shorter_horizon_gives_a_shorter_mean() -> None:
    steps = kaplan_meier([Case(d, "planned") for d in (2, 4, 6, 8)])
    assert restricted_mean(steps, 3).mean == pytest.approx(2 + 0.75)
    assert restricted_mean(steps).mean == pytest.approx(5)


def test_one_group_has_nothing_to_be_compared_with() -> None:
    assert log_rank([Case(1, "planned", "a"), Case(2, "planned", "a")]) is None


def test_groups_that_were_never_open_together_have_no_test() -> None:
    cases = [Case(1, "planned", "a"), Case(0, "open", "b")]
    found = log_rank(cases)
    assert found is not None
    assert (found.chisq, found.p) == (None, None)


def test_three_groups_alike_show_no_difference(worked: Any) -> None:
    lines = [f"{d},planned,{g}" for g in "abc" for d in (1, 3, 5, 8)]
    _, about = worked("survival", "days,outcome,group", *lines)
    assert about["logrank"]["chisq"] == pytest.approx(0, abs=1e-12)
    assert about["logrank"]["p"] == pytest.approx(1)


def test_a_file_of_ended_cases_alone_is_questioned(worked: Any) -> None:
    _, about = worked("survival", "days,outcome", "3,planned", "4,planned")
    assert any("open cases were not left out" in w for w in about["warnings"])


@pytest.mark.parametrize(
    ("line", "what"),
    [("-1,planned", "less than 0"), ("x,planned", "no number"), ("3,", "empty")],
)
def test_a_wrong_row_is_named(worked: Any, line: str, what: str) -> None:
    with pytest.raises(CaseReviewError, match=what):
        worked("survival", "days,outcome", "1,open", line)
