"""Distribution functions against identities and published tables."""

from __future__ import annotations

import math

import pytest

from casereview.measures.methods import special
from casereview.measures.methods.linear import inverse, solve


@pytest.mark.parametrize("x", [0.01, 0.5, 1, 3, 10, 60])
def test_gamma_of_one_is_the_exponential(x: float) -> None:
    assert special.gamma_lower(1, x) == pytest.approx(-math.expm1(-x), rel=1e-13)
    assert special.gamma_upper(1, x) == pytest.approx(math.exp(-x), rel=1e-13)


@pytest.mark.parametrize("z", [0.1, 1, 1.96, 3, 6])
def test_chi_square_of_one_is_the_square_of_the_normal(z: float) -> None:
    assert special.chi_square_tail(z * z, 1) == pytest.approx(2 * special.normal_tail(z), rel=1e-12)


@pytest.mark.parametrize(("k", "mean"), [(0, 0.5), (3, 2.0), (9, 14.0), (40, 30.0)])
def test_gamma_is_the_sum_of_poisson(k: int, mean: float) -> None:
    total = math.fsum(math.exp(-mean) * mean**n / math.factorial(n) for n in range(k + 1))
    assert special.gamma_upper(k + 1, mean) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("x", [0.0, 0.1, 0.37, 0.9, 1.0])
def test_beta_is_the_sum_of_binomial(x: float) -> None:
    total = math.fsum(math.comb(9, k) * x**k * (1 - x) ** (9 - k) for k in range(4, 10))
    assert special.beta_lower(4, 6, x) == pytest.approx(total, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("p", [0.001, 0.2, 0.5, 0.9, 0.9995])
def test_student_of_one_is_cauchy_and_of_two_is_in_closed_form(p: float) -> None:
    cauchy = math.tan(math.pi * (p - 0.5))
    two = (2 * p - 1) / math.sqrt(2 * p * (1 - p))
    assert special.student_quantile(p, 1) == pytest.approx(cauchy, rel=1e-10, abs=1e-14)
    assert special.student_quantile(p, 2) == pytest.approx(two, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize(
    ("p", "df", "table"), [(0.975, 10, 2.228138852), (0.999, 5, 5.893429531)]
)  # fmt: skip
def test_student_is_as_in_the_tables(p: float, df: float, table: float) -> None:
    assert special.student_quantile(p, df) == pytest.approx(table, rel=1e-9)


@pytest.mark.parametrize("p", [1e-6, 0.025, 0.5, 0.975, 0.999])
def test_quantiles_undo_their_functions(p: float) -> None:
    assert special.gamma_lower(7.5, special.gamma_quantile(7.5, p)) == pytest.approx(p, rel=1e-11)
    upper = special.gamma_quantile(7.5, p, upper=True)
    assert special.gamma_upper(7.5, upper) == pytest.approx(p, rel=1e-11)
    assert special.beta_lower(3, 8, special.beta_quantile(3, 8, p)) == pytest.approx(p, rel=1e-11)


def test_95_percent_is_1_96() -> None:
    assert special.two_sided(0.95) == pytest.approx(1.959963984540054, rel=1e-15)


def test_equations_are_solved_and_those_without_an_answer_are_not() -> None:
    assert solve([[2, 1], [1, 3]], [3, 5]) == pytest.approx([0.8, 1.4])
    assert solve([[1, 2], [2, 4]], [1, 2]) is None
    assert inverse([[0, 1], [1, 0]]) == [[0, 1], [1, 0]]
