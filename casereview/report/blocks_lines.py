"""Block characters: filled areas in eighths of a line, and intervals with their ends."""

from __future__ import annotations

from collections.abc import Sequence

EIGHTHS = " ▁▂▃▄▅▆▇█"


def spread(value: float, low: float, high: float, places: int) -> int:
    """Return the place of a value among so many, 0 the lowest."""
    if high <= low:
        return places // 2
    return max(0, min(places - 1, round((value - low) / (high - low) * (places - 1))))


def area(values: Sequence[float], low: float, high: float, height: int, form: str) -> list[str]:
    """Return values as filled columns, one a place, the scale to their left.

    Args:
        values: one for each column.
        low: the value of an empty column.
        high: that of a full one, above `low`.
        height: lines.
        form: format of the scale, "" for none.
    """
    full = [round((v - low) / (high - low) * height * 8) for v in values]
    lines = []
    for level in reversed(range(height)):
        signs = "".join(EIGHTHS[max(0, min(8, n - level * 8))] for n in full)
        top = low + (high - low) * (level + 1) / height
        marked = bool(form) and (level == height - 1 or (level + 1) % 4 == 0)
        lines.append(f"{form.format(top) if marked else '':>10}┤{signs}")
    return lines


def whisker(
    low: float | None,
    value: float,
    high: float | None,
    least: float,
    most: float,
    places: int,
    *,
    mark: float | None = None,
) -> str:
    """Return an interval as a line: its ends, its estimate, and a mark such as "no change".

    An end that is None is open and runs to the edge.
    """
    cells = [" "] * places
    start = 0 if low is None else spread(low, least, most, places)
    end = places - 1 if high is None else spread(high, least, most, places)
    if low is not None or high is not None:
        cells[start : end + 1] = ["─"] * (end - start + 1)
        cells[start] = "├" if low is not None else "◂"
        cells[end] = "┤" if high is not None else "▸"
    if mark is not None:
        cells[spread(mark, least, most, places)] = "│"
    cells[spread(value, least, most, places)] = "●"
    return "".join(cells)
