"""What follows from all sums of a table together, by adding and subtracting them.

A figure that nobody is told follows exactly when some combination of the sums has no other unknown
figure in it. This is linear algebra: the sums are brought into echelon form, and a row with one
unknown left gives it away. It is worked out over the whole numbers modulo a large prime, which is
exact and quick; a coefficient of these sums is 1 or -1, far from the prime.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from casereview.measures.publishing.net import Key, Line

_PRIME = 2**61 - 1


@dataclass(slots=True)
class _Sum:
    """A combination of sums: the unknown figures in it, and the shown ones, with their factors."""

    unknown: dict[Key, int] = field(default_factory=dict)
    shown: dict[Key, int] = field(default_factory=dict)

    def take(self, other: _Sum, factor: int) -> None:
        """Take a multiple of another combination away."""
        _take(self.unknown, other.unknown, factor)
        _take(self.shown, other.shown, factor)


def determined(lines: Iterable[Line], shown: Callable[[Key], bool]) -> dict[Key, list[Key]]:
    """Return the unknown figures that follow from the sums for certain, and from which shown ones.

    Args:
        lines: figures of which both sides add up to the same.
        shown: whether a figure is shown exactly.
    """
    echelon: dict[Key, _Sum] = {}
    for into, out in lines:
        one = _Sum()
        for figures, sign in ((into, 1), (out, -1)):
            for figure in figures:
                _take(one.shown if shown(figure) else one.unknown, {figure: sign}, -1)
        _add(echelon, one)
    return {k: list(s.shown) for k, s in echelon.items() if len(s.unknown) == 1}


def _add(echelon: dict[Key, _Sum], one: _Sum) -> None:
    """File one more sum under an unknown figure of its own, which is then in no other."""
    for pivot in [k for k in one.unknown if k in echelon]:
        one.take(echelon[pivot], one.unknown[pivot])
    if not one.unknown:
        return
    pivot = min(one.unknown, key=lambda k: (k.row, k.column))
    inverse = pow(one.unknown[pivot], -1, _PRIME)
    for part in (one.unknown, one.shown):
        part.update({k: v * inverse % _PRIME for k, v in part.items()})
    for other in echelon.values():
        if pivot in other.unknown:
            other.take(one, other.unknown[pivot])
    echelon[pivot] = one


def _take(row: dict[Key, int], other: dict[Key, int], factor: int) -> None:
    for key, value in other.items():
        left = (row.get(key, 0) - factor * value) % _PRIME
        if left:
            row[key] = left
        else:
            row.pop(key, None)
