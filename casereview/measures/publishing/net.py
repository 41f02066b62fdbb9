"""What adds up to what in a table, as a network in which a figure can or cannot be another.

The true figures are one circulation. A figure follows from what is shown exactly when no other
circulation within the bounds has another value for it, that is, when no cycle of the residual
graph passes through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

SOURCE, SINK = "source", "sink"

Bounds = Callable[["Key"], tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Key:
    """One figure: its row and its column."""

    row: int
    column: str


Arc = tuple[str, str, Key | None]
"""From a node to another, and the figure that flows between them; None is one that nobody sees."""


Line = tuple[list[Key], list[Key]]
"""Figures that flow into a node, and out of it: both sides add up to the same."""


class Sums(Protocol):
    """Figures that add up."""

    def arcs(self) -> Iterable[Arc]:
        """Return the figures as a circulation."""

    def totals(self) -> frozenset[Key]:
        """Return those that are hidden last."""

    def beside(self, key: Key) -> list[Key]:
        """Return the figures that stand in one sum with another, without itself."""


@dataclass(frozen=True, slots=True)
class Block:
    """Parts that add up both ways; a total that is None is not shown anywhere.

    Attributes:
        parts: rows of parts, all of one length.
        row_totals, column_totals: of each row and column.
        whole: the total of everything.
    """

    parts: tuple[tuple[Key, ...], ...]
    row_totals: tuple[Key | None, ...]
    column_totals: tuple[Key | None, ...]
    whole: Key | None = None

    def arcs(self) -> Iterable[Arc]:
        """Return the figures as a circulation: rows are fed from a source, columns drain."""
        for i, row in enumerate(self.parts):
            yield SOURCE, f"row {i}", self.row_totals[i]
            for j, key in enumerate(row):
                yield f"row {i}", f"column {j}", key
        for j, below in enumerate(self.column_totals):
            yield f"column {j}", SINK, below
        yield SINK, SOURCE, self.whole

    def totals(self) -> frozenset[Key]:
        """Return row totals, column totals and the whole."""
        found = (*self.row_totals, *self.column_totals, self.whole)
        return frozenset(k for k in found if k is not None)

    def beside(self, key: Key) -> list[Key]:
        """Return the figures of the lines that a figure stands in, without itself."""
        lines: list[list[Key | None]] = []
        for i, row in enumerate(self.parts):
            lines.append([*row, self.row_totals[i]])
        for j, total in enumerate(self.column_totals):
            lines.append([*(row[j] for row in self.parts), total])
        lines.append([*self.row_totals, self.whole])
        lines.append([*self.column_totals, self.whole])
        found = [k for line in lines if key in line for k in line if k is not None and k != key]
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Periods one after another: held before, and come in, is gone out, and held after.

    Attributes:
        came, gone, held: for each period the figures that came, that went, that stayed at its end.
        opened: True when something was held before the first period, which nobody is shown.
    """

    came: tuple[tuple[Key, ...], ...]
    gone: tuple[tuple[Key, ...], ...]
    held: tuple[tuple[Key, ...], ...]
    opened: bool

    def arcs(self) -> Iterable[Arc]:
        """Return the figures as a circulation: what is held flows from period to period."""
        last = len(self.held) - 1
        if self.opened:
            yield SOURCE, "period 0", None
        for i, (came, gone, held) in enumerate(zip(self.came, self.gone, self.held, strict=True)):
            here, after = f"period {i}", SINK if i == last else f"period {i + 1}"
            yield from ((SOURCE, here, key) for key in came)
            yield from ((here, SINK, key) for key in gone)
            yield from ((here, after, key) for key in held)
        yield SINK, SOURCE, None

    def totals(self) -> frozenset[Key]:
        """Return nothing: none of them is a total."""
        return frozenset()

    def beside(self, key: Key) -> list[Key]:
        """Return the figures of the periods that a figure stands in, without itself."""
        found: list[Key] = []
        for i, held in enumerate(self.held):
            before = self.held[i - 1] if i else ()
            line = (*before, *self.came[i], *self.gone[i], *held)
            found += line if key in line else ()
        return [k for k in dict.fromkeys(found) if k != key]


class Net:
    """Sums with what an attacker knows of each figure.

    Args:
        sums: what adds up.
        counts: the true figures.
        bounds: least and most that a figure may be by itself; None is no upper bound.
    """

    def __init__(self, sums: Sums, counts: Mapping[Key, int], bounds: Bounds) -> None:
        self._ups: dict[str, list[tuple[str, int]]] = {}
        self._edges: dict[Key, int] = {}
        self._ends: list[tuple[str, str]] = []
        for a, b, key in sums.arcs():
            number = len(self._ends)
            self._ends.append((a, b))
            low, high = (0, None) if key is None else bounds(key)
            count = None if key is None else counts[key]
            if count is None or high is None or count < high:
                self._ups.setdefault(a, []).append((b, number))
            # A total that nobody sees may fall as well; it is 0 only when everything in it is.
            if count is None or count > low:
                self._ups.setdefault(b, []).append((a, number))
            if key is not None:
                self._edges.setdefault(key, number)
        self.keys = list(self._edges)

    def moves(self, key: Key) -> bool:
        """Tell whether a figure could be another: one more, or one fewer."""
        number = self._edges[key]
        a, b = self._ends[number]
        more = any(n == number and to == b for to, n in self._ups.get(a, ()))
        fewer = any(n == number and to == a for to, n in self._ups.get(b, ()))
        return (more and self._reaches(b, a, number)) or (fewer and self._reaches(a, b, number))

    def _reaches(self, start: str, goal: str, without: int) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            for to, number in self._ups.get(waiting.pop(), ()):
                if number != without and to not in seen:
                    if to == goal:
                        return True
                    seen.add(to)
                    waiting.append(to)
        return False


FAR = 10**12
"""Stands for no upper bound."""


def pinned(blocks: Sequence[Sums], bounds: Bounds) -> set[Key]:
    """Return figures that have one value left when every sum narrows all the others.

    A single sum is judged exactly by `Net`; this takes them all together, by intervals.

    Args:
        blocks: everything that adds up.
        bounds: as for `Net`.
    """
    limits: dict[Key, tuple[int, int]] = {}
    lines = lines_of(blocks)
    for figure in (f for into, out in lines for f in (*into, *out)):
        low, high = bounds(figure)
        limits[figure] = (low, FAR if high is None else high)
    _narrow(limits, lines)
    return {k for k, (low, high) in limits.items() if low == high}


def lines_of(blocks: Sequence[Sums]) -> list[Line]:
    """Return the sums of every node; the last node of a block follows from its others."""
    return [line for block in blocks for line in _lines(block)[:-1]]


def _lines(block: Sums) -> list[Line]:
    """Return what flows in and out of each node; those joined by what nobody sees are one."""
    arcs = list(block.arcs())
    one: dict[str, str] = {}

    def whose(node: str) -> str:
        while node in one:
            node = one[node]
        return node

    for a, b, key in arcs:
        if key is None and whose(a) != whose(b):
            one[whose(a)] = whose(b)
    nodes: dict[str, Line] = {}
    for a, b, key in arcs:
        if key is not None and whose(a) != whose(b):
            nodes.setdefault(whose(a), ([], []))[1].append(key)
            nodes.setdefault(whose(b), ([], []))[0].append(key)
    return list(nodes.values())


def _narrow(limits: dict[Key, tuple[int, int]], lines: Sequence[Line]) -> None:
    users: dict[Key, list[int]] = {}
    for n, (into, out) in enumerate(lines):
        for figure in (*into, *out):
            users.setdefault(figure, []).append(n)
    waiting = dict.fromkeys(range(len(lines)))
    for _ in range(50 * len(lines)):
        if not waiting:
            return
        n = next(iter(waiting))
        del waiting[n]
        for one, other in (lines[n], lines[n][::-1]):
            low, high = (sum(limits[f][e] for f in one) for e in (0, 1))
            least, most = (sum(limits[f][e] for f in other) for e in (0, 1))
            for figure in one:
                now = limits[figure]
                # What the others leave for it, at the least and at the most.
                new = max(now[0], least - high + now[1]), min(now[1], most - low + now[0])
                if new[1] > FAR // 2:
                    new = new[0], now[1]  # nearly everything is no bound, and never ends
                if new != now and new[0] <= new[1]:
                    low, high = low + new[0] - now[0], high + new[1] - now[1]
                    limits[figure] = new
                    waiting |= dict.fromkeys(users[figure])
