"""Disclosure control of tables that leave the team: hide small counts, round the rest.

Totals are rounded on their own. What is hidden could still follow from what is shown, so every
total with its parts is checked as an attacker would, exactly, and more is hidden until nothing
follows.

Source: domain.md 4.5 (T-42).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from casereview.errors import Usage
from casereview.measures.publishing.linear import determined
from casereview.measures.publishing.net import Key, Net, Sums, lines_of, pinned

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
THRESHOLD10_MANY = Preset(
    "threshold10-many", "Threshold 10, several tables: 1 to 9 hidden, nearest 5", 1, 9, 5, 1
)
"""What stands for threshold10 where tables stand together: exact ones can be subtracted."""
NONE = Preset("none", "No disclosure control: identifiable", 1, 0, 1, 1)

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {p.id: p for p in (HES7, MHSDS5, THRESHOLD10, THRESHOLD10_MANY, NONE)}
)
DEFAULT = HES7.id


def among_others(publish: str | None) -> str | None:
    """Return the preset for an output of several tables, which must not be exact in any."""
    return THRESHOLD10_MANY.id if publish == THRESHOLD10.id else publish


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
    blocks: list[Sums]
    never: frozenset[Key] = frozenset()

    def __post_init__(self) -> None:
        self.hidden: set[Key] = set()

    def protect(self, preset: Preset) -> None:
        """Hide what the preset hides, then more until nothing hidden can be worked out."""
        self.hidden = {k for k, n in self.counts.items() if k not in self.never and preset.small(n)}
        if preset is NONE:
            return
        users: dict[Key, list[int]] = {}
        for n, block in enumerate(self.blocks):
            for key in dict.fromkeys(k for _, _, k in block.arcs() if k is not None):
                users.setdefault(key, []).append(n)
        # Hiding only loosens what an attacker knows: what can move once can move ever after.
        moving: list[set[Key]] = [set() for _ in self.blocks]
        waiting = dict.fromkeys(range(len(self.blocks)))
        while waiting:
            while waiting:
                n = next(iter(waiting))
                del waiting[n]
                while (more := self._next(self.blocks[n], moving[n], preset)) is not None:
                    self.hidden.add(more)
                    waiting |= dict.fromkeys(m for m in users[more] if m != n)
            for more in self._together(users, preset):
                self.hidden.add(more)
                waiting |= dict.fromkeys(users[more])

    def _together(self, users: Mapping[Key, list[int]], preset: Preset) -> set[Key]:
        """Return figures to hide because all sums together leave one that is guarded no choice."""
        found = set()
        follows = pinned(self.blocks, lambda k: self.bounds(k, preset))
        for key in sorted(follows, key=lambda k: (k.row, k.column)):
            if self._guarded(key, preset):
                found |= {
                    other
                    for n in users[key]
                    if (other := self._neighbour(self.blocks[n], key, ())) is not None
                }
        return found or self._by_adding(preset)

    def _by_adding(self, preset: Preset) -> set[Key]:
        """Return figures to hide because sums of exact figures, added and subtracted, tell others.

        Of rounded figures nothing follows that way.
        """
        if preset.base > 1:
            return set()
        told = determined(lines_of(self.blocks), self._open)
        place = self._place({k for block in self.blocks for k in block.totals()})
        found: set[Key] = set()
        for key in sorted(told, key=lambda k: (k.row, k.column)):
            if told[key] and self._guarded(key, preset) and not found.intersection(told[key]):
                found.add(min(told[key], key=place))
        return found

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

    def _next(self, block: Sums, moving: set[Key], preset: Preset) -> Key | None:
        """Return a figure to hide so that one that follows from the rest no longer does."""
        net = Net(block, self.counts, lambda key: self.bounds(key, preset))
        for key in net.keys:
            if key in moving or not self._guarded(key, preset):
                continue
            if net.moves(key):
                moving.add(key)
            elif (found := self._neighbour(block, key, net.keys)) is not None:
                return found
        return None

    def _neighbour(self, block: Sums, key: Key, keys: Sequence[Key]) -> Key | None:
        """Return the next smallest figure beside one: parts before totals, zeros last."""
        beside = [k for k in block.beside(key) if self._open(k)]
        return min(
            beside or [k for k in keys if self._open(k)],
            key=self._place(block.totals()),
            default=None,
        )

    def _place(self, totals: Collection[Key]) -> Callable[[Key], tuple[bool, bool, int, int, str]]:
        """Return the order in which figures are hidden: parts before totals, zeros last."""

        def place(key: Key) -> tuple[bool, bool, int, int, str]:
            count = self.counts[key]
            return key in totals, count == 0, count, key.row, key.column

        return place

    def _guarded(self, key: Key, preset: Preset) -> bool:
        return key in self.hidden or (key in self.never and preset.small(self.counts[key]))

    def _open(self, key: Key) -> bool:
        return key not in self.hidden and key not in self.never
