"""Change between two figures, and the time in service that follows from them."""

from __future__ import annotations


def percent_change(before: float, after: float) -> float | None:
    """Return (after - before) / before in percent, None when there is nothing to compare with.

    Source: domain.md 1.1 and 2.1 (T-3, T-20).
    """
    return None if before == 0 else (after - before) * 100 / before


def time_in_service(open_cases: float, closed_per_week: float) -> float | None:
    """Return the mean weeks in service: open cases over closures a week (Little's law).

    None when nothing is closed.

    Source: domain.md 2.1 (T-20).
    """
    return None if closed_per_week == 0 else open_cases / closed_per_week
