"""Rows of a measure as they leave the team: counts hidden and rounded, the rest from those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from casereview.measures.publishing.disclosure import HIDDEN, NONE, Preset, Table
from casereview.measures.publishing.nests import add_between, ends_of, guard_windows
from casereview.measures.publishing.net import Block, Key, Ledger
from casereview.measures.publishing.shapes import Flow, Shape

Row = dict[str, Any]
TOTAL = "total"
_REST = "the rest of"
MEAN_DECIMALS = 1
"""Decimals of published means and percentiles."""
TIMES = ("period_from", "period", "at")
"""Columns that tell periods apart."""


def published(
    rows: Sequence[Row], shape: Shape, preset: Preset, *, by: str | None, apart: Sequence[str]
) -> list[Row]:
    """Return rows as published; with a group each set of rows ends with its total.

    Args:
        rows: of the measure, in order.
        shape: what its columns are.
        preset: whose rule.
        by: the only group, None for none.
        apart: columns that tell sets of rows apart, such as the period and the wait.

    Returns:
        Hidden figures are "*"; columns that would give them away are missing.
    """
    if preset is NONE:
        return [dict(r) for r in rows]
    table, lines = Table({}, []), list[Row]()
    for held in _sets(rows, _apart(shape, apart)):
        whole = [*held, _total(held, shape, by)] if by and len(held) > 1 else held
        _add(table, held, whole, shape, apart, first=len(lines))
        lines += whole
    if shape.flow is not None:
        labels = [c for c in (*apart, by) if c is not None and c not in TIMES]
        table.blocks += _ledgers(table, lines, shape.flow, labels)
    if shape.nests is not None:
        guard_windows(table, lines, shape.nests, apart, totals=by is not None)
    table.protect(preset)
    return [_shown(i, row, table, shape, preset) for i, row in enumerate(lines)]


def _apart(shape: Shape, apart: Sequence[str]) -> list[str]:
    # Rows that add up to one whole are judged together.
    return [c for c in apart if shape.across is None or c != shape.across[0]]


def _sets(rows: Sequence[Row], apart: Sequence[str]) -> Iterable[list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row.get(c) for c in apart), []).append(row)
    return found.values()


def _total(rows: Sequence[Row], shape: Shape, by: str | None) -> Row:
    """Return the sum of a set of rows; what does not add up is unknown."""
    total: Row = dict.fromkeys(rows[0])
    for name in rows[0]:
        values = [r[name] for r in rows]
        if name == by:
            total[name] = TOTAL
        elif name in shape.counts and name not in shape.people and None not in values:
            total[name] = sum(values)
        elif name not in shape.counts and len(set(map(str, values))) == 1:
            total[name] = values[0]
    if shape.across is not None:
        column, part, whole = shape.across
        total[column], total[whole] = TOTAL, total[part]
    return total | dict.fromkeys((*shape.means, *shape.magnitudes))


# --- how the figures add up


def _add(
    table: Table,
    rows: Sequence[Row],
    whole: Sequence[Row],
    shape: Shape,
    apart: Sequence[str],
    *,
    first: int,
) -> None:
    """Put a set of rows into the table, its first one as line `first`."""
    counts = table.counts
    for i, row in enumerate(whole, start=first):
        counts |= {Key(i, c): row[c] for c in shape.counts if isinstance(row.get(c), int)}
    block = _Blocks(table, len(rows), len(whole) > len(rows), first)
    for total, parts in shape.sums.items():
        table.blocks.append(block.of(parts, total))
    _add_rests(table, block, whole, shape)
    for column in shape.counts:
        if shape.across is not None and column == shape.across[2]:
            continue  # repeated on every row: it does not add up over them
        table.blocks.append(block.of((column,), None))
    if shape.across is not None:
        below = first + len(rows) if block.has_total else None
        table.blocks += _across(table, rows, shape.across, apart, first, below)
    if shape.limit is not None:
        past = _rest(shape.limit.whole, shape.limit.up_to)
        for column in ends_of(whole[0], shape.limit)[1]:
            pairs = [(Key(i, past), Key(i, column)) for i in range(first, first + len(whole))]
            if all(k in counts for pair in pairs for k in pair):
                add_between(table, pairs, f"{column} up to the target", total=block.has_total)


def _add_rests(table: Table, block: _Blocks, whole: Sequence[Row], shape: Shape) -> None:
    """Put what a count has besides its parts into the table: nobody shows it, but it follows."""
    never = set[Key]()
    for parts, of in (*(((part,), of) for part, of in shape.within), *_ends(shape, whole)):
        rest = _rest(of, *parts)
        for i, row in enumerate(whole, start=block.first):
            if all(isinstance(row.get(c), int) for c in (of, *parts)):
                table.counts[Key(i, rest)] = row[of] - sum(row[c] for c in parts)
                never.add(Key(i, rest))
        table.blocks.append(block.of((*parts, rest), of))
    table.never |= never


def _rest(whole: str, *parts: str) -> str:
    return f"{_REST} {whole} besides {' and '.join(parts)}"


def _ends(shape: Shape, rows: Sequence[Row]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return parts of a count that have nothing in common, those past a row's target among them."""
    if shape.limit is None:
        return shape.ends
    beyond, _ = ends_of(rows[0], shape.limit)
    return (*shape.ends, *(((shape.limit.up_to, c), shape.limit.whole) for c in beyond))


@dataclass(frozen=True, slots=True)
class _Blocks:
    table: Table
    rows: int
    has_total: bool
    first: int

    def of(self, parts: Sequence[str], total: str | None) -> Block:
        """Return the rows that have every part, with their totals to the right and below."""
        full = [i for i in range(self.rows) if self._adds_up(i, parts, total)]
        below = self.rows if self.has_total and len(full) == self.rows else None
        return Block(
            parts=tuple(tuple(Key(self.first + i, c) for c in parts) for i in full),
            row_totals=tuple(self._key(i, total) for i in full),
            column_totals=tuple(self._key(below, c) for c in parts),
            whole=self._key(below, total),
        )

    def _adds_up(self, i: int, parts: Sequence[str], total: str | None) -> bool:
        found = [self._key(i, c) for c in parts]
        whole = self._key(i, total)
        counts = self.table.counts
        if None in found:
            return False
        return whole is None or counts[whole] == sum(counts[k] for k in found if k is not None)

    def _key(self, i: int | None, column: str | None) -> Key | None:
        found = None if i is None or column is None else Key(self.first + i, column)
        return found if found in self.table.counts else None


def _across(
    table: Table,
    rows: Sequence[Row],
    across: tuple[str, str, str],
    apart: Sequence[str],
    first: int,
    below: int | None,
) -> list[Block]:
    """Return a block for each set of rows whose parts add up to the whole that each repeats.

    The wholes of the sets add up to the total's, in the line `below`.
    """
    column, part, whole = across
    names = [c for c in rows[0] if c not in (*apart, column) and isinstance(rows[0][c], str)]
    sets: dict[tuple[Any, ...], list[int]] = {}
    for i, row in enumerate(rows, start=first):
        sets.setdefault(tuple(row[c] for c in names), []).append(i)
    blocks = []
    for found in sets.values():
        keys = tuple(Key(i, part) for i in found)
        blocks.append(Block((keys,), (Key(found[0], whole),), (None,) * len(keys)))
        same = [Key(i, whole) for i in found]
        blocks += [Block(((k,),), (same[0],), (None,)) for k in same[1:]]
    if below is not None:
        wholes = tuple((Key(found[0], whole),) for found in sets.values())
        blocks.append(Block(wholes, (None,) * len(wholes), (Key(below, part),)))
        blocks.append(Block(((Key(below, whole),),), (Key(below, part),), (None,)))
    return [b for b in blocks if all(k in table.counts for row in b.parts for k in row)]


def _ledgers(
    table: Table, lines: Sequence[Row], flow: Flow, labels: Sequence[str]
) -> Iterator[Ledger]:
    """Yield the periods of each group that follow from one another without a gap."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i, row in enumerate(lines):
        groups.setdefault(tuple(row.get(c) for c in labels), []).append(i)
    for found in groups.values():
        run: list[int] = []
        opened, held = 0, 0
        for i in found:
            came, gone, after = (_together(table, i, c) for c in flow)
            before = None if None in (came, gone, after) else gone + after - came  # type: ignore[operator]
            if run and before != held:
                yield _ledger(run, flow, opened=opened > 0)
                run = []
            if before is not None and before >= 0:
                opened = opened if run else before
                run, held = [*run, i], after or 0
        if run:
            yield _ledger(run, flow, opened=opened > 0)


def _together(table: Table, line: int, columns: Sequence[str]) -> int | None:
    found = [table.counts.get(Key(line, c)) for c in columns]
    return None if None in found else sum(n or 0 for n in found)


def _ledger(run: Sequence[int], flow: Flow, *, opened: bool) -> Ledger:
    came, gone, held = (tuple(tuple(Key(i, c) for c in cs) for i in run) for cs in flow)
    return Ledger(came, gone, held, opened)


# --- what is shown


def _shown(i: int, row: Row, table: Table, shape: Shape, preset: Preset) -> Row:
    counts: dict[str, int | None] = {
        c: table.shown(Key(i, c), preset) for c in shape.counts if Key(i, c) in table.counts
    }
    made: Row = {}
    for name, value in row.items():
        if name in shape.drop:
            continue
        if name in counts:
            found: Any = counts[name]
            made[name] = HIDDEN if found is None else found
        elif name in shape.percents:
            made[name] = _percent(counts, shape.percents[name], preset)
        elif name in shape.means or name in shape.magnitudes:
            made[name] = _figure(name, value, counts, shape, preset)
        else:
            made[name] = value
    return made


def _percent(
    counts: Mapping[str, int | None], of: tuple[str, tuple[str, ...]], preset: Preset
) -> Any:
    """Return a percentage of rounded figures, halves up; hidden with either of them."""
    part, wholes = of
    known = [counts.get(c) for c in (part, *wholes)]
    if any(c not in counts for c in (part, *wholes)):
        return None
    if None in known:
        return HIDDEN
    below = sum(counts[c] or 0 for c in wholes)
    if not below:
        return None
    scale = 10**preset.decimals
    share = Fraction(100 * scale * (counts[part] or 0), below)
    halves_up = int(share + Fraction(1, 2))
    return halves_up / scale if preset.decimals else halves_up


def _figure(
    name: str, value: Any, counts: Mapping[str, int | None], shape: Shape, preset: Preset
) -> Any:
    if value is None:
        return None
    behind = counts.get(shape.means.get(name) or shape.magnitudes[name])
    if behind is None:
        return HIDDEN
    if name in shape.magnitudes:
        return preset.rounded(value)
    # A mean in full is a fraction whose denominator is the count before it was rounded.
    return round(value, MEAN_DECIMALS) if isinstance(value, float) else value
