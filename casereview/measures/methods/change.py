"""Change between two figures."""

from __future__ import annotations


def percent_change(before: float, after: float) -> float | None:
    """Return (after - before) / before in percent, None when there is nothing to compare with.

    Source: domain.md 1.1 and 2.1 (T-3, T-20).
    """
    return None if before == 0 else (after - before) * 100 / before
