"""Weights of cases and bands of load."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.core.workload import case_weight, load_band, load_of
from casereview.errors import Refused

WEIGHTS = [3, 6, 8]


def test_t22_weights_of_three_cases() -> None:
    cases = [(1, 1, 1), (2, 3, 1), (3, 3, 2)]
    assert [case_weight(*case) for case in cases] == WEIGHTS


@pytest.mark.parametrize(
    ("capacity", "percent", "band"),
    [(16, Fraction("106.25"), "amber"), (18, Fraction(1700, 18), "blue"), (17, 100, "green")],
)
def test_t22_load_of_three_cases(capacity: int, percent: Fraction, band: str) -> None:
    load = load_of(WEIGHTS, capacity)
    assert (load.weight, load.percent, load.band) == (17, percent, band)
    assert load.words


@pytest.mark.parametrize(
    ("percent", "band"),
    [
        ("0", "blue"),
        ("94.999999999999", "blue"),
        ("95", "green"),
        ("100", "green"),
        ("100.000000000001", "amber"),
        ("109.999999999999", "amber"),
        ("110", "red"),
        ("250", "red"),
    ],
)
def test_t22_boundaries_of_the_bands_are_exact(percent: str, band: str) -> None:
    assert load_band(Fraction(percent)) == band


def test_t22_a_load_of_exactly_110_percent_is_red_in_spite_of_floats() -> None:
    assert 100 * 1.1 != 110
    assert load_of([9, 2], 10).band == "red"


@given(weights=st.lists(st.integers(3, 9)), capacity=st.integers(1, 400))
def test_every_load_has_the_band_that_whole_numbers_give(weights: list[int], capacity: int) -> None:
    load, total = load_of(weights, capacity), 100 * sum(weights)
    expected = (
        "red"
        if total >= 110 * capacity
        else "amber"
        if total > 100 * capacity
        else "green"
        if total >= 95 * capacity
        else "blue"
    )
    assert load.band == expected


def test_a_weight_is_unknown_while_a_score_is() -> None:
    assert case_weight(1, None, 2) is None
    load = load_of([3, None, None], 10)
    assert (load.weight, load.unscored) == (3, 2)


@pytest.mark.parametrize("scores", [(0, 1, 1), (1, 4, 1), (1, 1, -1), (None, 4, None)])
def test_a_score_outside_1_to_3_is_refused(scores: tuple[int | None, ...]) -> None:
    with pytest.raises(Refused) as refused:
        case_weight(*scores)
    assert refused.value.code == "score_out_of_range"


@pytest.mark.parametrize("capacity", [0, -5])
def test_a_capacity_that_is_none_is_refused(capacity: int) -> None:
    with pytest.raises(Refused, match="capacity"):
        load_of([3], capacity)
