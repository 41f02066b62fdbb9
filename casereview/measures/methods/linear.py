"""Small systems of linear equations, by elimination with pivots."""

from __future__ import annotations

from collections.abc import Sequence

Matrix = list[list[float]]


def solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float] | None:
    """Return x with matrix x = right, None when the matrix has no inverse."""
    columns = [[v] for v in right]
    found = solve_many(matrix, columns)
    return None if found is None else [row[0] for row in found]


def solve_many(
    matrix: Sequence[Sequence[float]], right: Sequence[Sequence[float]]
) -> Matrix | None:
    """Return X with matrix X = right for several right sides, None without an inverse."""
    n = len(matrix)
    rows = [[*map(float, a), *map(float, b)] for a, b in zip(matrix, right, strict=True)]
    scale = max((abs(v) for row in matrix for v in row), default=0.0)
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        if abs(rows[pivot][i]) <= scale * 1e-13:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        head = rows[i][i]
        rows[i] = [v / head for v in rows[i]]
        for r in range(n):
            factor = rows[r][i]
            if r != i and factor:
                rows[r] = [v - factor * w for v, w in zip(rows[r], rows[i], strict=True)]
    return [row[n:] for row in rows]


def inverse(matrix: Sequence[Sequence[float]]) -> Matrix | None:
    """Return the inverse, None when there is none."""
    n = len(matrix)
    return solve_many(matrix, [[float(i == j) for j in range(n)] for i in range(n)])
