"""Disclosure control of tables that leave the team: hide small counts, round the rest.

Totals are rounded on their own. What is hidden could still follow from what is shown, so every
total with its parts is checked as an attacker would, exactly, and more is hidden until nothing
follows.

Source: domain.md 4.5 (T-42).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from casereview.errors import Usage

HIDDEN = "*"
"""What stands for a figure that is not published."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One published rule.

    Attributes:
        id: its name on the command line.
        title: its name on a file.
        low, high: counts from low to high are hidden; low above high hides nothing.
        base: other counts go to the nearest multiple; 1 leaves them as they are.
        decimals: of percentages.
    """

    id: str
    title: str
    low: int
    high: int
    base: int
    decimals: int

    def small(self, count: int) -> bool:
        """Tell whether a count is hidden."""
        return self.low <= count <= self.high

    def rounded(self, count: int) -> int:
        """Return a count as it is shown; halves cannot occur, so nearest is unambiguous."""
        return (count + self.base // 2) // self.base * self.base

    def possible(self, count: int) -> tuple[int, int]:
        """Return every count that would be shown like this one, first and last."""
        shown, reach = self.rounded(count), self.base // 2
        low, high = shown - reach, shown + reach
        if count > self.high:
            low = max(low, self.high + 1)
        if count < self.low:
            high = min(high, self.low - 1)
        return max(0, low), high


HES7 = Preset(
    "hes7", "Hospital Episode Statistics since 2018: 1 to 7 hidden, nearest 5", 1, 7, 5, 1
)
MHSDS5 = Preset("mhsds5", "Mental Health Services Data Set: below 5 hidden, nearest 5", 0, 4, 5, 0)
THRESHOLD10 = Preset("threshold10", "Threshold 10: 1 to 9 hidden, not rounded", 1, 9, 1, 1)
NONE = Preset("none", "No disclosure control: identifiable", 1, 0, 1, 1)

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {p.id: p for p in (HES7, MHSDS5, THRESHOLD10, NONE)}
)
DEFAULT = HES7.id
NO_LIST_BELOW = 8
"""Cases that a list behind a published figure would need. Source: domain.md 4.5."""


def preset_named(name: str) -> Preset:
    """Return a preset.

    Raises:
        Usage: there is none of that name.
    """
    if name not in PRESETS:
        raise Usage(
            f"There is no disclosure preset {name[:60]!r}.",
            code="no_such_preset",
            next=f"Use {', '.join(PRESETS)}.",
        )
    return PRESETS[name]


# --- tables


@dataclass(frozen=True, slots=True)
class Key:
    """One figure: its row and its column."""

    row: int
    column: str


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


@dataclass
class Table:
    """Counts with the ways in which they add up.

    Attributes:
        counts: every figure, also those never shown.
        blocks: how they add up.
        never: figures that are not shown but follow if totals are: what a total has besides a part.
        hidden: figures that are not published.
    """

    counts: dict[Key, int]
    blocks: list[Block]
    never: frozenset[Key] = frozenset()

    def __post_init__(self) -> None:
        self.hidden: set[Key] = set()

    def protect(self, preset: Preset) -> None:
        """Hide what the preset hides, then more until nothing hidden can be worked out."""
        self.hidden = {k for k, n in self.counts.items() if k not in self.never and preset.small(n)}
        if preset is NONE:
            return
        while (more := self._next(preset)) is not None:
            self.hidden.add(more)

    def shown(self, key: Key, preset: Preset) -> int | None:
        """Return a count as published, None where it is hidden."""
        return None if key in self.hidden else preset.rounded(self.counts[key])

    def bounds(self, key: Key, preset: Preset) -> tuple[int, int | None]:
        """Return what an attacker knows of a figure by itself; None is no upper bound.

        Which of the hidden figures were small is taken to be known: the worst case.
        """
        count = self.counts[key]
        if key in self.never:
            return 0, None
        if key not in self.hidden:
            return preset.possible(count)
        return (preset.low, preset.high) if preset.small(count) else (0, None)

    def guarded(self, preset: Preset) -> set[Key]:
        """Return what must not be worked out: hidden figures, and small ones never shown."""
        return self.hidden | {k for k in self.never if preset.small(self.counts[k])}

    def _next(self, preset: Preset) -> Key | None:
        """Return a figure to hide so that one that follows from the rest no longer does."""
        guarded = self.guarded(preset)
        for block in self.blocks:
            net = _Net(self, block, preset)
            for key in net.keys:
                if key in guarded and not net.moves(key):
                    found = self._neighbour(block, key)
                    if found is not None:
                        return found
        return None

    def _neighbour(self, block: Block, key: Key) -> Key | None:
        """Return the next smallest figure beside one: parts before totals, zeros last."""
        open_keys = [k for k in _lines_of(block, key) if self._open(k)]
        everything = open_keys or [k for k in _keys(block) if self._open(k)]
        totals = {*block.row_totals, *block.column_totals, block.whole}
        return min(
            everything,
            key=lambda k: (k in totals, self.counts[k] == 0, self.counts[k], k.row, k.column),
            default=None,
        )

    def _open(self, key: Key) -> bool:
        return key not in self.hidden and key not in self.never


def _keys(block: Block) -> list[Key]:
    found = [k for row in block.parts for k in row]
    found += [k for k in (*block.row_totals, *block.column_totals, block.whole) if k is not None]
    return list(dict.fromkeys(found))


def _lines_of(block: Block, key: Key) -> list[Key]:
    """Return the figures of the lines that a figure stands in, without itself."""
    lines: list[list[Key | None]] = []
    for i, row in enumerate(block.parts):
        lines.append([*row, block.row_totals[i]])
    for j, total in enumerate(block.column_totals):
        lines.append([*(row[j] for row in block.parts), total])
    lines.append([*block.row_totals, block.whole])
    lines.append([*block.column_totals, block.whole])
    found = [k for line in lines if key in line for k in line if k is not None and k != key]
    return list(dict.fromkeys(found))


class _Net:
    """A block as a circulation: rows are fed from a source, columns drain back to it.

    The true figures are one circulation. A figure follows from what is shown exactly when no other
    circulation within the bounds has another value for it, that is, when no cycle of the residual
    graph passes through it.
    """

    def __init__(self, table: Table, block: Block, preset: Preset) -> None:
        self.ups: dict[str, list[tuple[str, int]]] = {}
        self.edges: dict[Key, list[int]] = {}
        self.ends: list[tuple[str, str]] = []
        for i, row in enumerate(block.parts):
            self._add("source", f"row {i}", block.row_totals[i], table, preset)
            for j, key in enumerate(row):
                self._add(f"row {i}", f"column {j}", key, table, preset)
        for j, below in enumerate(block.column_totals):
            self._add(f"column {j}", "sink", below, table, preset)
        self._add("sink", "source", block.whole, table, preset)
        self.keys = list(self.edges)

    def _add(self, a: str, b: str, key: Key | None, table: Table, preset: Preset) -> None:
        number = len(self.ends)
        self.ends.append((a, b))
        low, high = (0, None) if key is None else table.bounds(key, preset)
        count = None if key is None else table.counts[key]
        if count is None or high is None or count < high:
            self.ups.setdefault(a, []).append((b, number))
        # A total that nobody sees may fall as well; it is 0 only when everything in it is.
        if count is None or count > low:
            self.ups.setdefault(b, []).append((a, number))
        if key is not None:
            self.edges.setdefault(key, []).append(number)

    def moves(self, key: Key) -> bool:
        """Tell whether a figure could be another: one more, or one fewer."""
        number = self.edges[key][0]
        a, b = self.ends[number]
        more = any(n == number and to == b for to, n in self.ups.get(a, ()))
        fewer = any(n == number and to == a for to, n in self.ups.get(b, ()))
        return (more and self._reaches(b, a, number)) or (fewer and self._reaches(a, b, number))

    def _reaches(self, start: str, goal: str, without: int) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            for to, number in self.ups.get(waiting.pop(), ()):
                if number != without and to not in seen:
                    if to == goal:
                        return True
                    seen.add(to)
                    waiting.append(to)
        return False
