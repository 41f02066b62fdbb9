"""Shares, rates, means and funnels against PHEindicatormethods."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import CaseReviewError
from casereview.measures.methods.intervals import byar, exact_events, wilson
from casereview.service.calculating.calc import calc


def expected_rows(golden: Any, name: str) -> list[dict[str, str]]:
    """Return rows of a file whose list of confidences holds a bare comma."""
    with Path(golden.path(name)).open(encoding="utf-8", newline="") as file:
        head, *lines = csv.reader(file)
    at = head.index("confidence")
    rows = []
    for line in lines:
        extra = len(line) - len(head)
        cells = [*line[:at], ",".join(line[at : at + 1 + extra]), *line[at + 1 + extra :]]
        rows.append(dict(zip(head, cells, strict=True)))
    return rows


@pytest.mark.parametrize(
    ("method", "name", "expected", "options"),
    [
        ("proportion", "proportion", "proportion", {}),
        ("proportion", "proportion", "proportion_pct", {"multiplier": 100, "confidence": 0.95}),
        ("rate", "rate", "rate", {"per": 1000}),
        ("mean", "mean", "mean", {}),
    ],
)
def test_every_interval_of_the_package_is_reached(
    golden: Any, method: str, name: str, expected: str, options: dict[str, Any]
) -> None:
    rows, _ = calc(method, golden.path(f"phe/{name}_input.csv"), **options)
    golden.same_rows(rows, expected_rows(golden, f"phe/{expected}_expected.csv"))


@pytest.mark.parametrize("statistic", ["proportion", "rate"])
def test_every_team_and_line_of_the_funnel_is_reached(golden: Any, statistic: str) -> None:
    path = golden.path(f"phe/funnel_{statistic}_input.csv")
    rows, about = calc("funnel", path, statistic=statistic)
    golden.same_rows(rows, golden.rows(f"phe/funnel_{statistic}_expected.csv"))
    lines, _ = calc("funnel", path, statistic=statistic, limits=True)
    theirs = [_joined(r) for r in golden.rows(f"phe/funnel_{statistic}_limits_expected.csv")]
    golden.same_rows(lines, theirs)
    assert (about["statistic"], about["limits_method"]) == (
        theirs[0]["statistic"], theirs[0]["method"],
    )  # fmt: skip


def _joined(row: dict[Any, Any]) -> dict[str, str]:
    # "rate (crude per 1,000)" holds a bare comma in the reference's file.
    cells = [row["statistic"], row["method"], *row.pop(None, [])]
    return row | {"statistic": ",".join(cells[:-1]), "method": cells[-1]}


def test_wilson_of_the_completions_is_as_published() -> None:
    # T-35: 141 of 1855 is 6.48% to 8.90%; 158 of 1855 is 7.33% to 9.88%.
    for x, low, high in ((141, 6.48, 8.90), (158, 7.33, 9.88)):
        found = wilson(x, 1855)
        assert found.lower is not None
        assert found.upper is not None
        assert (round(found.lower * 100, 2), round(found.upper * 100, 2)) == (low, high)


@pytest.mark.parametrize("n", [1, 3, 10, 100_000])
def test_nobody_and_everybody_end_exactly_at_0_and_1(n: int) -> None:
    assert wilson(0, n).lower == 0
    assert wilson(n, n).upper == 1


@pytest.mark.parametrize("x", [10, 25, 400])
def test_byar_is_within_a_fifth_of_a_percent_of_exact_from_10_up(x: int) -> None:
    near, exact = byar(x), exact_events(x)
    assert near.lower == pytest.approx(exact.lower, rel=2e-3 * 10 / x**0.5)
    assert near.upper == pytest.approx(exact.upper, rel=2e-3)


def test_something_of_nothing_has_no_figure(worked: Any) -> None:
    rows, about = worked("proportion", "x,n", "0,0")
    assert (rows[0]["value"], rows[0]["lower95_0cl"]) == (None, None)
    assert about["warnings"] == ["1 row counts out of nothing and no figure is shown there."]


def test_a_single_value_has_a_mean_and_no_interval(worked: Any) -> None:
    rows, about = worked("mean", "x", "4")
    assert (rows[0]["g"], rows[0]["value"], rows[0]["lower95_0cl"]) == ("all", 4, None)
    assert about["warnings"]


@pytest.mark.parametrize(
    ("method", "lines", "options", "sentence"),
    [
        ("proportion", ("x,n", "5,3"), {}, "5 is more than n, which is 3"),
        ("proportion", ("x,n", "1.5,3"), {}, "1.5 is no whole number"),
        ("proportion", ("x,n", "1,3"), {"confidence": 7e6}, "--confidence"),
        ("proportion", ("x,n", "1,3"), {"multiplier": 0}, "--multiplier must be more than 0"),
        ("rate", ("x,n", "1,-3"), {}, "-3 is less than 0"),
        ("funnel", ("area,num,den", "A,1,0"), {}, "0 is not more than 0"),
        ("funnel", ("area,num,den", "A,0,9", "B,0,3"), {}, "no funnel"),
        ("funnel", ("area,num,den", "A,9,9"), {}, "no funnel"),
        ("funnel", ("area,num,den", "A,1,9"), {"statistic": "rates"}, "Did you mean rate?"),
    ],
)
def test_wrong_input_gets_a_sentence(
    worked: Any, method: str, lines: tuple[str, ...], options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CaseReviewError) as refused:
        worked(method, *lines, **options)
    assert sentence in str(refused.value)


def test_one_team_alone_is_told_that_its_funnel_says_nothing(worked: Any) -> None:
    _, about = worked("funnel", "area,num,den", "A,3,10")
    assert about["warnings"] == [
        "One team alone is the pooled figure itself, so it lies inside the lines whatever it did."
    ]
    _, about = worked("funnel", "area,num,den", "A,3,10", "B,4,10")
    assert "no league table" in about["warnings"][0]
