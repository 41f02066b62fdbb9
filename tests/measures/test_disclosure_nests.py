"""Disclosure control of counts that hold one another: two windows, two ends of one list."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from casereview.measures.publishing.disclosure import HIDDEN, Preset, preset_named
from casereview.measures.publishing.publishing import published
from casereview.measures.publishing.shapes import SHAPES

RULES = ("hes7", "mhsds5", "threshold10")
FAR = 10_000
Row = dict[str, Any]
Sum = tuple[Any, list[Any]]


def windows(rng: random.Random, teams: int) -> list[Row]:
    """Return rows of `returns`: those back within 28 days are among those back in six months."""
    rows = []
    for i in range(teams):
        out = rng.choice((9, 25, 60, 140))
        late = rng.randint(0, out)
        soon = max(0, late - rng.choice((0, 1, 4, 8, 11, 30)))
        seen = rng.randint(0, out)
        known = min(out, seen + rng.choice((0, 2, 9, 20)))
        for window, back, followed in (("28d", soon, known), ("6m", late, seen)):
            rows.append({"team": f"W{i}", "window": window, "discharges": out,
                         "followed_up": followed, "returned": back, "percent": 1.0})  # fmt: skip
    return sorted(rows, key=lambda r: str(r["window"]))


def narrowed(limits: dict[Any, tuple[int, int]], sums: Sequence[Sum]) -> None:
    """Narrow what may be with every sum until nothing changes."""
    changed = True
    while changed:
        changed = False
        for whole, parts in sums:
            for key in (whole, *parts):
                others = [limits[k] for k in parts if k != key]
                low, high = (sum(o[e] for o in others) for e in (0, 1))
                if key != whole:
                    low, high = limits[whole][0] - high, limits[whole][1] - low
                best = (max(limits[key][0], low), min(limits[key][1], high))
                if best != limits[key]:
                    limits[key], changed = best, True


def known(n: int, shown: Any, preset: Preset) -> tuple[int, int]:
    if shown == HIDDEN:
        return (preset.low, preset.high) if preset.small(n) else (0, FAR)
    return preset.possible(n)


def books(
    true: dict[tuple[str, str], Row], names: list[str], limits: dict[Any, tuple[int, int]]
) -> list[Sum]:
    """Return every sum of both windows, of what lies between them, and of the totals."""
    sums: list[Sum] = []
    for team in dict.fromkeys(t for t, _ in true):
        for c, inner, outer in (("returned", "28d", "6m"), ("followed_up", "6m", "28d")):
            limits[team, "gap", c] = (0, FAR)
            sums.append(((team, outer, c), [(team, inner, c), (team, "gap", c)]))
        sums.append(((team, "6m", "discharges"), [(team, "28d", "discharges")]))
    if len(names) > 1:
        added = [(w, c) for w in ("28d", "6m", "gap") for c in ("returned", "followed_up")]
        added += [(w, "discharges") for w in ("28d", "6m")]
        sums += [(("total", w, c), [(t, w, c) for t in names]) for w, c in added]
    return sums


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("teams", [1, 2, 4])
def test_those_between_two_windows_do_not_follow_from_both(rule: str, teams: int) -> None:
    rng, preset, shape = random.Random(3), preset_named(rule), SHAPES["returns"]
    names = [f"W{i}" for i in range(teams)]
    for _ in range(60):
        rows = windows(rng, teams)
        found = published(rows, shape, preset, by="team", apart=("window",))
        true = {(r["team"], r["window"]): r for r in rows}
        if teams > 1:
            true |= {("total", w): {c: sum(true[t, w][c] for t in names) for c in shape.counts}
                     for w in ("28d", "6m")}  # fmt: skip
        limits: dict[Any, tuple[int, int]] = {
            (r["team"], r["window"], c): known(true[r["team"], r["window"]][c], r[c], preset)
            for r in found
            for c in shape.counts
        }
        narrowed(limits, books(true, names, limits))
        for key in guarded(true, found, preset):
            assert limits[key][0] < limits[key][1], (rows, found, key)


def guarded(true: dict[tuple[str, str], Row], found: list[Row], preset: Preset) -> list[Any]:
    """Return what is hidden, and the small counts between two windows that are never shown."""
    columns = ("discharges", "followed_up", "returned")
    hidden = [(r["team"], r["window"], c) for r in found for c in columns if r[c] == HIDDEN]
    gaps = {
        (team, "gap", c): abs(true[team, "6m"][c] - true[team, "28d"][c])
        for team in dict.fromkeys(t for t, _ in true)
        for c in ("returned", "followed_up")
    }
    return [*hidden, *(key for key, n in gaps.items() if preset.small(n))]


def test_the_exact_gap_of_two_windows_is_hidden_and_a_wide_one_is_kept() -> None:
    preset, shape = preset_named("threshold10"), SHAPES["returns"]
    row = {"discharges": 100, "followed_up": 80, "percent": 1.0}
    near = [row | {"window": "28d", "returned": 20}, row | {"window": "6m", "returned": 24}]
    far = [row | {"window": "28d", "returned": 20}, row | {"window": "6m", "returned": 40}]
    shown = [
        [r["returned"] for r in published(rows, shape, preset, by=None, apart=("window",))]
        for rows in (near, far)
    ]
    assert shown == [[HIDDEN, 24], [20, 40]]


@pytest.mark.parametrize(
    ("name", "row", "parts", "whole"),
    [
        ("rtt", {"total": 70, "negative": 0, "within_18": 45, "over_52": 20},
         ("within_18", "over_52"), "total"),
        ("last-seen", {"open": 70, "never": 45, "over_28": 20, "over_91": 0, "over_183": 0,
                       "over_365": 0}, ("never", "over_28"), "open"),
        ("early-exit", {"started": 70, "judged": 70, "early_unplanned": 20, "effective": 45},
         ("early_unplanned", "effective"), "started"),
        ("waits", {"n": 70, "negative": 0, "target_days": 70, "within_target": 45,
                   "over_18_weeks": 20, "over_52_weeks": 0, "over_65_weeks": 0,
                   "over_78_weeks": 0, "over_104_weeks": 0},
         ("within_target", "over_18_weeks"), "n"),
        ("waits", {"n": 70, "negative": 0, "target_hours": 1680, "within_target": 45,
                   "over_18_weeks": 20, "over_52_weeks": 0, "over_65_weeks": 0,
                   "over_78_weeks": 0, "over_104_weeks": 0},
         ("within_target", "over_18_weeks"), "n"),
    ],
)  # fmt: skip
def test_the_few_between_two_ends_of_one_list_do_not_follow(
    name: str, row: Row, parts: tuple[str, ...], whole: str
) -> None:
    (found,) = published([row], SHAPES[name], preset_named("threshold10"), by=None, apart=())
    # 70 - 45 - 20 are five people.
    assert HIDDEN in [found[c] for c in (*parts, whole)]


def test_those_past_a_long_target_and_those_past_the_weeks_do_not_tell_the_few_between() -> None:
    row = dict.fromkeys(SHAPES["waits"].counts, 0)
    row |= {"n": 100, "target_days": 140, "within_target": 70, "over_18_weeks": 35}
    (found,) = published([row], SHAPES["waits"], preset_named("threshold10"), by=None, apart=())
    # 35 waited more than 126 days, 30 more than 140: five are between.
    assert HIDDEN in [found[c] for c in ("n", "within_target", "over_18_weeks")]
    assert found["over_52_weeks"] == 0


def exits(bands: dict[str, dict[str, int]]) -> list[Row]:
    """Return rows of `exits`: each class of each band, with all exits of the band on every row."""
    return [
        {"age_band": band, "class": kind, "n": n, "exits": sum(classes.values()),
         "in_treatment": 60, "percent_of_exits": 1.0, "percent_of_in_treatment": 1.0}
        for band, classes in bands.items()
        for kind, n in classes.items()
    ]  # fmt: skip


def test_the_exits_of_one_group_do_not_follow_from_those_of_the_others() -> None:
    bands = {
        "0-17": {"planned": 12, "unplanned": 11}, "18-64": {"planned": 40, "unplanned": 13},
        "65+": {"planned": 8, "unplanned": 0},
    }  # fmt: skip
    found = published(
        exits(bands), SHAPES["exits"], preset_named("threshold10"), by="age_band", apart=("class",)
    )
    held = {r["age_band"]: r["exits"] for r in found}
    assert held["65+"] == HIDDEN
    # 84 - 23 - 53 would be the eight.
    assert HIDDEN in (held["0-17"], held["18-64"], held["total"])
    assert {r["n"] for r in found if r["age_band"] == "total"} == {held["total"]}


def test_a_count_that_two_sums_give_away_together_is_kept() -> None:
    row = {"attended": 108, "did_not_attend": 3, "cancelled_by_person": 2,
           "cancelled_by_provider": 3, "to_come": 0, "appointments": 116, "missed": 8}  # fmt: skip
    (found,) = published([row], SHAPES["attendance"], preset_named("threshold10"), by=None,
                         apart=())  # fmt: skip
    assert found["missed"] == HIDDEN
    # Those not attended, and those cancelled, are the missed: 116 - 108 would be the eight.
    assert HIDDEN in (found["appointments"], found["attended"])
