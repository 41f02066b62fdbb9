"""Do groups end at the same pace: the log-rank test, ties included.

Source: R survival 3.8.3, survdiff.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casereview.measures.methods.linear import solve
from casereview.measures.methods.special import chi_square_tail
from casereview.measures.methods.survival import OPEN, Case


@dataclass(frozen=True, slots=True)
class LogRank:
    """The test over every group, in the order of their names.

    Attributes:
        groups: names.
        n: cases of each.
        observed, expected: ends of each, and what they would be at one common pace.
        chisq: None where the groups were never open together.
        p: probability of a difference like this by chance, None as above.
    """

    groups: tuple[str, ...]
    n: tuple[int, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    chisq: float | None
    p: float | None


def log_rank(cases: Sequence[Case]) -> LogRank | None:
    """Return the test between the groups of the cases, None when there is but one group."""
    groups = sorted({c.group for c in cases})
    k = len(groups)
    if k < 2:
        return None
    ends = Counter((c.days, c.group) for c in cases if c.outcome != OPEN)
    leaves = Counter((c.days, c.group) for c in cases)
    sizes = Counter(c.group for c in cases)
    risk = [sizes[g] for g in groups]
    counts = tuple(risk)
    expected, variance = [0.0] * k, [[0.0] * k for _ in range(k)]
    for time in sorted({c.days for c in cases}):
        _add(expected, variance, risk, sum(ends[time, g] for g in groups))
        risk = [r - leaves[time, g] for r, g in zip(risk, groups, strict=True)]
    observed = tuple(sum(v for (_, g), v in ends.items() if g == name) for name in groups)
    chisq = _chi_square(observed, expected, variance)
    p = None if chisq is None else chi_square_tail(chisq, k - 1)
    return LogRank(tuple(groups), counts, observed, tuple(expected), chisq, p)


def _add(
    expected: list[float], variance: list[list[float]], risk: Sequence[int], d: int
) -> None:  # fmt: skip
    """Add one day: what each group should have lost of d ends, and how far that may vary."""
    n = sum(risk)
    if d == 0:
        return
    for i, r in enumerate(risk):
        expected[i] += d * r / n
    if n == 1:
        return
    factor = d * (n - d) / (n - 1)
    for i, a in enumerate(risk):
        for j, b in enumerate(risk):
            variance[i][j] += factor * a / n * ((i == j) - b / n)


def _chi_square(
    observed: Sequence[int], expected: Sequence[float], variance: list[list[float]]
) -> float | None:
    # The differences add up to 0: one group, or one that was never at risk beside another, is left
    # out of the equations.
    held = [i for i in range(len(observed) - 1) if variance[i][i] > 0]
    gaps = [observed[i] - expected[i] for i in held]
    solved = solve([[variance[i][j] for j in held] for i in held], gaps) if held else None
    if solved is None:
        return None
    return sum(a * b for a, b in zip(gaps, solved, strict=True))
