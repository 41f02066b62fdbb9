"""Did a series change at a date: segmented regression with the line that would have gone on.

The standard errors printed are those of ordinary least squares and of errors that follow each other
(AR1); Newey-West's are given for comparison only, because on short series they come out two to
four times too small.

Source: stats.md 5; sandwich NeweyWest(lag = 3, prewhite = FALSE, adjust = FALSE); nlme gls corAR1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from casereview.errors import Usage
from casereview.measures.methods.linear import Matrix, inverse
from casereview.measures.methods.special import student_quantile

LAG = 3
LEAST_EACH_SIDE = 8
"""Points a side from which the lines mean something. Source: stats.md 5 (common advice)."""
_GRID = 200
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Fit:
    """Level, slope, change of level, change of slope, each with its standard error."""

    coef: tuple[float, ...]
    se: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class EndEffect:
    """What the last point is, against what it would be had the first line gone on.

    Attributes:
        fitted, counterfactual: both lines at the last point.
        difference: fitted minus counterfactual.
        se_nw: its Newey-West standard error.
        lower, upper: 95% limits by ordinary least squares.
        percent: difference in percent of the counterfactual, None where that is 0.
    """

    fitted: float
    counterfactual: float
    difference: float
    se_nw: float
    lower: float
    upper: float
    percent: float | None


@dataclass(frozen=True, slots=True)
class Segmented:
    """Both lines of a series.

    Attributes:
        ols: ordinary least squares, with its degrees of freedom and residual spread.
        df, sigma: of ols.
        newey_west_se: for comparison.
        durbin_watson: near 2 where errors do not follow each other; None for a perfect fit.
        gls: errors that follow each other, None for a perfect fit.
        phi: how strongly they do.
        end: the effect at the last point.
    """

    ols: Fit
    df: int
    sigma: float
    newey_west_se: tuple[float, ...]
    durbin_watson: float | None
    gls: Fit | None
    phi: float | None
    end: EndEffect


def segmented(values: Sequence[float], change_after: int, confidence: float = 0.95) -> Segmented:
    """Fit a line before and a line after.

    Args:
        values: evenly spaced, in order.
        change_after: how many of them lie before the change; at least 2 on each side, 5 in all.
        confidence: of the limits at the end.
    """
    n = len(values)
    design = [
        [1.0, float(t), float(t > change_after), float(max(0, t - change_after))]
        for t in range(1, n + 1)
    ]
    coef, bread = _least_squares(design, values)
    errors = _residuals(design, values, coef)
    df = n - len(coef)
    squares = math.fsum(e * e for e in errors)
    sigma = math.sqrt(squares / df)
    ols_se = tuple(sigma * math.sqrt(bread[i][i]) for i in range(len(coef)))
    meat = _newey_west(design, errors)
    robust = _times(_times(bread, meat), bread)
    # A perfect fit leaves float noise, which follows nothing.
    perfect = squares <= 1e-20 * math.fsum(v * v for v in values)
    watson = None if perfect else sum((b - a) ** 2 for a, b in pairwise(errors)) / squares
    gls, phi = (None, None) if perfect else _autoregressive(design, values)
    reach = student_quantile(0.5 + confidence / 2, df) * sigma
    return Segmented(
        Fit(tuple(coef), ols_se), df, sigma,
        tuple(math.sqrt(max(0.0, robust[i][i])) for i in range(len(coef))), watson, gls, phi,
        _end_effect(design[-1], coef, bread, robust, reach),
    )  # fmt: skip


def _end_effect(
    last: Sequence[float], coef: Sequence[float], bread: Matrix, robust: Matrix, reach: float
) -> EndEffect:
    fitted = math.fsum(a * b for a, b in zip(last, coef, strict=True))
    lifted = [0.0, 0.0, *last[2:]]
    difference = math.fsum(a * b for a, b in zip(lifted, coef, strict=True))
    without = fitted - difference
    half = reach * math.sqrt(_form(bread, lifted))
    return EndEffect(
        fitted, without, difference, math.sqrt(max(0.0, _form(robust, lifted))),
        difference - half, difference + half,
        None if without == 0 else difference / without * 100,
    )  # fmt: skip


def _form(matrix: Matrix, v: Sequence[float]) -> float:
    return sum(v[i] * matrix[i][j] * v[j] for i in range(len(v)) for j in range(len(v)))


def _least_squares(design: Matrix, values: Sequence[float]) -> tuple[list[float], Matrix]:
    k = len(design[0])
    cross = [[math.fsum(r[i] * r[j] for r in design) for j in range(k)] for i in range(k)]
    right = [math.fsum(r[i] * y for r, y in zip(design, values, strict=True)) for i in range(k)]
    bread = inverse(cross)
    if bread is None:
        raise Usage(
            "There are too few points on a side of the change to fit a line.",
            code="too_few_points",
            next="Give at least 2 points before the change and 3 after it.",
        )
    return [math.fsum(a * b for a, b in zip(row, right, strict=True)) for row in bread], bread


def _residuals(design: Matrix, values: Sequence[float], coef: Sequence[float]) -> list[float]:
    return [
        y - math.fsum(a * b for a, b in zip(row, coef, strict=True))
        for row, y in zip(design, values, strict=True)
    ]


def _times(a: Matrix, b: Matrix) -> Matrix:
    columns = list(zip(*b, strict=True))
    return [[math.fsum(x * y for x, y in zip(r, c, strict=True)) for c in columns] for r in a]


def _newey_west(design: Matrix, errors: Sequence[float]) -> Matrix:
    scores = [[x * e for x in row] for row, e in zip(design, errors, strict=True)]
    k = len(design[0])
    meat = [[0.0] * k for _ in range(k)]
    for lag in range(min(LAG, len(scores) - 1) + 1):
        weight = 1 - lag / (LAG + 1)
        for i in range(k):
            for j in range(k):
                part = math.fsum(
                    now[i] * then[j] for now, then in zip(scores[lag:], scores, strict=False)
                )
                meat[i][j] += weight * part
                if lag:
                    meat[j][i] += weight * part
    return meat


# --- errors that follow each other


def _autoregressive(design: Matrix, values: Sequence[float]) -> tuple[Fit, float]:
    """Fit by restricted maximum likelihood: a coarse search, then the golden section."""

    def loss(phi: float) -> float:
        return _restricted_loss(design, values, phi)

    grid = [i / _GRID for i in range(1 - _GRID, _GRID)]
    best = min(grid, key=loss)
    low, high = best - 1 / _GRID, best + 1 / _GRID
    while high - low > 1e-9:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    phi = (low + high) / 2
    rows, ys = _whitened(design, values, phi)
    coef, bread = _least_squares(rows, ys)
    squares = math.fsum(e * e for e in _residuals(rows, ys, coef))
    sigma = math.sqrt(squares / (len(ys) - len(coef)))
    return Fit(tuple(coef), tuple(sigma * math.sqrt(bread[i][i]) for i in range(len(coef)))), phi


def _whitened(
    design: Matrix, values: Sequence[float], phi: float
) -> tuple[Matrix, list[float]]:  # fmt: skip
    scale = math.sqrt(1 - phi * phi)
    rows = [list(design[0])]
    rows += [
        [(b - phi * a) / scale for a, b in zip(x, y, strict=True)] for x, y in pairwise(design)
    ]
    return rows, [values[0], *((b - phi * a) / scale for a, b in pairwise(values))]


def _restricted_loss(design: Matrix, values: Sequence[float], phi: float) -> float:
    if abs(phi) >= 1:
        return math.inf
    rows, ys = _whitened(design, values, phi)
    coef, bread = _least_squares(rows, ys)
    squares = math.fsum(e * e for e in _residuals(rows, ys, coef))
    n, k = len(ys), len(coef)
    spread = (n - 1) * math.log1p(-phi * phi)
    return (n - k) * math.log(squares) - math.log(_determinant(bread)) + spread


def _determinant(matrix: Matrix) -> float:
    rows, found = [list(r) for r in matrix], 1.0
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        head = rows[i][i]
        found *= head if pivot == i else -head
        for r in range(i + 1, len(rows)):
            factor = rows[r][i] / head
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    return found
