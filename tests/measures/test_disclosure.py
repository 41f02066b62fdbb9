"""Disclosure control: the vector, and an attacker who knows the rule and solves for the rest."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casereview.errors import Usage
from casereview.measures.publishing.disclosure import (
    HIDDEN,
    PRESETS,
    Preset,
    Table,
    preset_named,
)
from casereview.measures.publishing.net import Block, Key
from casereview.measures.publishing.publishing import published
from casereview.measures.publishing.shapes import SHAPES

RULES = ("hes7", "mhsds5", "threshold10")
FAR = 10_000


def alone(count: int, rule: str) -> Any:
    preset = preset_named(rule)
    return HIDDEN if preset.small(count) else preset.rounded(count)


@pytest.mark.parametrize(
    ("rule", "count", "shown"),
    [("hes7", 0, 0), ("hes7", 1, "*"), ("hes7", 7, "*"), ("hes7", 8, 10), ("hes7", 12, 10),
     ("hes7", 13, 15), ("hes7", 17, 15), ("hes7", 18, 20), ("hes7", 22, 20), ("hes7", 23, 25),
     ("mhsds5", 0, "*"), ("mhsds5", 4, "*"), ("mhsds5", 5, 5), ("mhsds5", 7, 5),
     ("mhsds5", 8, 10), ("mhsds5", 254, 255), ("threshold10", 0, 0), ("threshold10", 9, "*"),
     ("threshold10", 10, 10), ("none", 3, 3)],
)  # fmt: skip
def test_t42_counts_by_rule(rule: str, count: int, shown: Any) -> None:
    assert alone(count, rule) == shown


def test_t42_sites_and_their_total_are_rounded_on_their_own() -> None:
    rows = [{"team": t, "raised": n} for t, n in (("A", 3), ("B", 12), ("C", 23))]
    found = published(rows, SHAPES["actions"], preset_named("hes7"), by="team", apart=())
    assert [r["raised"] for r in found] == ["*", 10, 25, 40]
    assert found[-1]["team"] == "total"


def test_an_unknown_rule_gets_a_sentence() -> None:
    with pytest.raises(Usage, match="hes9"):
        preset_named("hes9")


@pytest.mark.parametrize("rule", RULES)
def test_what_a_shown_count_may_have_been(rule: str) -> None:
    preset = preset_named(rule)
    for count in range(60):
        if not preset.small(count):
            low, high = preset.possible(count)
            same = [n for n in range(80) if alone(n, rule) == alone(count, rule)]
            assert (low, high) == (same[0], same[-1])


# --- the attacker


def grid(cells: list[list[int]], *, margins: bool = True) -> Table:
    rows, columns = len(cells), len(cells[0])
    counts = {Key(i, str(j)): cells[i][j] for i, j in product(range(rows), range(columns))}
    parts = tuple(tuple(Key(i, str(j)) for j in range(columns)) for i in range(rows))
    right = tuple(Key(i, "all") for i in range(rows))
    below = tuple(Key(rows, str(j)) for j in range(columns))
    corner = Key(rows, "all")
    if margins:
        counts |= {k: sum(cells[i]) for i, k in enumerate(right)}
        counts |= {k: sum(r[j] for r in cells) for j, k in enumerate(below)}
        counts[corner] = sum(map(sum, cells))
    return Table(counts, [Block(parts, right, below, corner)])


def known(table: Table, preset: Preset) -> dict[Key, tuple[int, int]]:
    found = {k: table.bounds(k, preset) for k in table.counts}
    return {k: (low, FAR if high is None else high) for k, (low, high) in found.items()}


def by_trial(table: Table, preset: Preset) -> set[Key]:
    """Return what follows for certain, by trying every table of cells that fits what is shown."""
    (block,) = table.blocks
    assert isinstance(block, Block)
    limits = known(table, preset)
    cells = [k for row in block.parts for k in row]
    most = max(table.counts.values()) + 12
    seen: dict[Key, set[int]] = {k: set() for k in table.counts}
    ranges = [range(limits[k][0], min(limits[k][1], most) + 1) for k in cells]
    for values in product(*ranges):
        guess = dict(zip(cells, values, strict=True))
        for i, row in enumerate(block.parts):
            guess[block.row_totals[i]] = sum(guess[k] for k in row)  # type: ignore[index]
        for j, below in enumerate(block.column_totals):
            guess[below] = sum(guess[row[j]] for row in block.parts)  # type: ignore[index]
        guess[block.whole] = sum(values)  # type: ignore[index]
        if all(limits[k][0] <= n <= limits[k][1] for k, n in guess.items()):
            for k, n in guess.items():
                seen[k].add(n)
    return {k for k, values in seen.items() if len(values) == 1}


def by_intervals(
    limits: Mapping[Any, tuple[int, int]], sums: Iterable[tuple[Any, list[Any]]]
) -> dict[Any, tuple[int, int]]:
    """Narrow intervals with every sum until nothing changes."""
    found, lines = dict(limits), list(sums)
    changed = True
    while changed:
        changed = False
        for whole, parts in lines:
            for key in (whole, *parts):
                others = [k for k in parts if k != key]
                low, high = (sum(found[k][e] for k in others) for e in (0, 1))
                if key == whole:
                    new = (low, high)
                else:
                    new = (found[whole][0] - high, found[whole][1] - low)
                best = (max(found[key][0], new[0]), min(found[key][1], new[1]))
                if best != found[key]:
                    found[key], changed = best, True
    return found


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=25, deadline=None)
@given(cells=st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=2))
def test_nothing_hidden_in_a_small_table_follows_by_trying_everything(
    rule: str, cells: list[list[int]]
) -> None:
    table, preset = grid(cells), preset_named(rule)
    table.protect(preset)
    assert not table.hidden & by_trial(table, preset)


@pytest.mark.parametrize("rule", RULES)
def test_nothing_hidden_in_random_tables_follows_from_the_totals_shown(rule: str) -> None:
    rng, preset = random.Random(42), preset_named(rule)
    for _ in range(150):
        rows, columns = rng.randint(1, 5), rng.randint(2, 4)
        high = rng.choice((4, 8, 15, 60))
        cells = [[rng.randint(0, high) for _ in range(columns)] for _ in range(rows)]
        table = grid(cells)
        table.protect(preset)
        (block,) = table.blocks
        assert isinstance(block, Block)
        lines: list[tuple[Any, list[Any]]] = []
        lines += [(t, list(row)) for t, row in zip(block.row_totals, block.parts, strict=True)]
        lines += [
            (t, [row[j] for row in block.parts]) for j, t in enumerate(block.column_totals)
        ]  # fmt: skip
        lines += [(block.whole, list(block.row_totals)), (block.whole, list(block.column_totals))]
        solved = by_intervals(known(table, preset), lines)
        for key in table.hidden:
            assert solved[key][0] < solved[key][1], (rule, cells, key)


def test_totals_that_give_a_row_away_without_protection_are_caught() -> None:
    cells = [[3, 20, 30], [15, 25, 40]]
    table, preset = grid(cells), preset_named("threshold10")
    naive = {k for k, n in table.counts.items() if preset.small(n)}
    table.hidden = set(naive)
    assert naive <= {k for k in naive if _follows(table, preset, k)}
    table.protect(preset)
    assert len(table.hidden) >= 4
    assert not any(_follows(table, preset, k) for k in table.hidden)


def _follows(table: Table, preset: Preset, key: Key) -> bool:
    (block,) = table.blocks
    assert isinstance(block, Block)
    rows = [(t, list(row)) for t, row in zip(block.row_totals, block.parts, strict=True)]
    found = by_intervals(known(table, preset), rows)
    return found[key][0] == found[key][1]


def test_four_hidden_cells_that_must_all_be_seven_hide_their_total_too() -> None:
    table, preset = grid([[7, 7, 7, 7]]), preset_named("hes7")
    table.protect(preset)
    assert Key(0, "all") in table.hidden or Key(1, "all") in table.hidden
    assert not table.hidden & {
        k for k, (a, b) in by_intervals(known(table, preset), [
            (Key(0, "all"), [Key(0, str(j)) for j in range(4)]), (Key(1, "all"), [Key(0, "all")]),
        ]).items() if a == b
    }  # fmt: skip


# --- rows of measures


def los_rows(rng: random.Random, teams: int) -> list[dict[str, Any]]:
    names = ("n", "from_7", "over_7", "from_14", "over_14", "from_21", "over_21")
    rows = []
    for i in range(teams):
        counts = sorted((rng.randint(0, 30) for _ in names), reverse=True)
        rows.append({"team": f"W{i}", **dict(zip(names, counts, strict=True)),
                     "mean_days": 9.5, "max_days": 40, "excluded": rng.randint(0, 9)})  # fmt: skip
    return rows


@pytest.mark.parametrize("rule", RULES)
def test_what_a_part_leaves_of_its_whole_does_not_follow_either(rule: str) -> None:
    rng, preset = random.Random(7), preset_named(rule)
    shape = SHAPES["los"]
    for _ in range(40):
        rows = los_rows(rng, rng.randint(1, 4))
        found = published(rows, shape, preset, by="team", apart=())
        for row, out in zip(rows, found, strict=False):
            assert "max_days" not in out
            assert (out["mean_days"] == HIDDEN) == (out["n"] == HIDDEN)
            for part, whole in shape.within:
                if HIDDEN in (out[part], out[whole]):
                    continue
                least, most = preset.possible(row[whole]), preset.possible(row[part])
                rest = (max(0, least[0] - most[1]), least[1] - most[0])
                if preset.small(row[whole] - row[part]):
                    assert rest[0] < rest[1], (rule, row, part, whole)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["attendance", "delay-bands", "actions"])
def test_nothing_hidden_in_published_rows_follows_from_the_sums(rule: str, name: str) -> None:
    rng, preset, shape = random.Random(11), preset_named(rule), SHAPES[name]
    leaves = [c for c in shape.counts if c not in shape.sums and not _is_whole(c, shape)]
    for _ in range(40):
        rows = []
        for i in range(rng.randint(1, 4)):
            row: dict[str, Any] = {"team": f"W{i}"}
            row |= {c: rng.choice((0, 1, 3, 6, 9, 14, 40)) for c in leaves}
            for whole, parts in reversed(list(shape.sums.items())):
                row[whole] = sum(row[p] for p in parts if p in row)
            if name == "delay-bands":
                row["discharges"] = row["on_the_day"] + row["delayed"]
            if name == "actions":
                row["open_at_end"] = sum(row[c] for c in ("overdue", "carried", "leeches")) + 20
                row["carried"] = row["carried"] + row["leeches"]
            rows.append({c: row[c] for c in ("team", *shape.counts)})
        found = published(rows, shape, preset, by="team", apart=())
        _attack(rows, found, shape, preset)


def _is_whole(column: str, shape: Any) -> bool:
    return column in {whole for _, whole in shape.within} and column not in {
        part for part, _ in shape.within
    }  # fmt: skip


Row = dict[str, Any]


def _attack(rows: list[Row], found: list[Row], shape: Any, preset: Any) -> None:
    totals = [{c: sum(r[c] for r in rows) for c in shape.counts}] if len(rows) > 1 else []
    true = [*rows, *totals]
    limits = {}
    for i, (row, out) in enumerate(zip(true, found, strict=True)):
        for c in shape.counts:
            small = (preset.low, preset.high) if preset.small(row[c]) else (0, FAR)
            limits[i, c] = small if out[c] == HIDDEN else preset.possible(row[c])
    lines = [((i, w), [(i, p) for p in parts]) for i in range(len(true))
             for w, parts in shape.sums.items()]  # fmt: skip
    if totals:
        last = len(rows)
        lines += [((last, c), [(i, c) for i in range(last)]) for c in shape.counts]
    solved = by_intervals(limits, lines)
    for (i, c), (low, high) in solved.items():
        if found[i][c] == HIDDEN:
            assert low < high, (preset.id, rows, found, i, c)


@pytest.mark.parametrize(("rule", "percent"), [("hes7", 66.7), ("mhsds5", 67)])
def test_percentages_come_from_rounded_figures(rule: str, percent: float) -> None:
    row = {"discharges": 14, "followed_up": 14, "returned": 9, "percent": 64.28, "window": "28d",
           "percent_followed": 64.28}  # fmt: skip
    (found,) = published([row], SHAPES["returns"], preset_named(rule), by=None, apart=("window",))
    # 9 is shown as 10 and 14 as 15.
    assert found["percent"] == percent
    assert "percent_followed" not in found


def test_a_percentage_is_hidden_with_either_of_its_figures() -> None:
    row = {"discharges": 40, "followed_up": 40, "returned": 3, "percent": 7.5}
    (found,) = published([row], SHAPES["returns"], preset_named("hes7"), by=None, apart=())
    assert (found["returned"], found["percent"]) == ("*", "*")


def test_no_control_leaves_everything() -> None:
    row = {"n": 3, "mean_days": 4.0, "max_days": 9}
    assert published([row], SHAPES["los"], PRESETS["none"], by=None, apart=()) == [row]
