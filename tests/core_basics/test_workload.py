"""Bands of load."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.core.workload import BAND_WORDS, load_band


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


@given(weight=st.integers(0, 4_000), capacity=st.integers(1, 400))
def test_every_load_has_the_band_that_whole_numbers_give(weight: int, capacity: int) -> None:
    total = 100 * weight
    expected = (
        "red"
        if total >= 110 * capacity
        else "amber"
        if total > 100 * capacity
        else "green"
        if total >= 95 * capacity
        else "blue"
    )
    band = load_band(Fraction(total, capacity))
    assert band == expected
    assert BAND_WORDS[band]
