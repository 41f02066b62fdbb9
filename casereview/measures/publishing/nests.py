"""Counts that lie inside one another without being columns of one sum: what lies between them.

Two windows of one measure hold one another, and two ends of one list leave a middle. Nobody shows
what lies between, but it is a subtraction away, so it is guarded like any small count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from casereview.measures.publishing.disclosure import Table
from casereview.measures.publishing.net import Block, Key
from casereview.measures.publishing.shapes import Limit, Nests

Row = Mapping[str, Any]
Pairs = list[tuple[Key, Key]]
"""Of each line what is inside and what is around it, the total's line last where there is one."""


def guard_windows(
    table: Table, lines: Sequence[Row], nests: Nests, apart: Sequence[str], *, totals: bool
) -> None:
    """Add to a table what one window has besides the next narrower one, for every line.

    Args:
        table: it holds the counts of all lines.
        lines: rows as they will be shown.
        nests: which columns hold one another; the rows of a narrower window come first.
        apart: columns that tell sets of lines apart, the window's among them.
        totals: True when the last line of each set with several is their total.
    """
    for narrow, wide in _neighbours(lines, nests.column, apart):
        total = totals and len(narrow) > 1
        names = f"{lines[narrow[0]][nests.column]} and {lines[wide[0]][nests.column]}"
        for column in nests.same:
            for key, other in _keys(table, narrow, wide, column):
                table.blocks.append(Block(((key,),), (other,), (None,)))
        for column in (*nests.growing, *nests.shrinking):
            pairs = _keys(table, narrow, wide, column)
            if column in nests.shrinking:
                pairs = [(inside, around) for around, inside in pairs]
            add_between(table, pairs, f"{column} between {names}", total=total)


def _neighbours(
    lines: Sequence[Row], column: str, apart: Sequence[str]
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the lines of a window and those of the next wider one, of the same period."""
    sets: dict[tuple[Any, ...], dict[Any, list[int]]] = {}
    for i, row in enumerate(lines):
        at = tuple(row.get(c) for c in apart if c != column)
        sets.setdefault(at, {}).setdefault(row.get(column), []).append(i)
    for windows in sets.values():
        for narrow, wide in pairwise(windows.values()):
            if len(narrow) == len(wide):
                yield narrow, wide


def _keys(table: Table, narrow: Sequence[int], wide: Sequence[int], column: str) -> Pairs:
    found = [(Key(i, column), Key(j, column)) for i, j in zip(narrow, wide, strict=True)]
    return found if all(k in table.counts for pair in found for k in pair) else []


def add_between(table: Table, pairs: Pairs, name: str, *, total: bool) -> None:
    """Add what is around without what is inside as a count that is never shown, but guarded."""
    counts = table.counts
    if not pairs or any(counts[inside] > counts[around] for inside, around in pairs):
        return
    between = [Key(around.row, name) for _, around in pairs]
    counts |= {k: counts[a] - counts[i] for k, (i, a) in zip(between, pairs, strict=True)}
    table.never |= set(between)
    last = len(pairs) - 1 if total else None
    body = range(len(pairs) if last is None else last)
    table.blocks.append(
        Block(
            parts=tuple((pairs[n][0], between[n]) for n in body),
            row_totals=tuple(pairs[n][1] for n in body),
            column_totals=(None, None) if last is None else (pairs[last][0], between[last]),
            whole=None if last is None else pairs[last][1],
        )
    )


def ends_of(row: Row, limit: Limit) -> tuple[list[str], list[str]]:
    """Return the counts past a limit that lies at or beyond a row's target, and those before it.

    Both are empty without a target.
    """
    unit = next((u for u in ("days", "hours") if row.get(f"{limit.target}_{u}") is not None), None)
    if unit is None:
        return [], []
    target = row[f"{limit.target}_{unit}"] / (24 if unit == "hours" else 1)
    beyond = [c for c, days in limit.over.items() if days >= target]
    return beyond, [c for c in limit.over if c not in beyond]
