"""Disclosure control of counts that go on from period to period: an attacker keeps the books."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from casereview.measures.publishing.disclosure import HIDDEN, Preset, preset_named
from casereview.measures.publishing.publishing import published
from casereview.measures.publishing.shapes import SHAPES, Flow

RULES = ("hes7", "mhsds5", "threshold10")
FAR = 10_000
Row = dict[str, Any]
Equation = tuple[list[Any], list[Any]]


def flow_of(name: str) -> Flow:
    found = SHAPES[name].flow
    assert found is not None
    return found


def history(rng: random.Random, name: str, team: str, periods: int) -> list[Row]:
    """Return rows of a measure in which what is held goes on from period to period."""
    came, gone, held = flow_of(name)
    before, rows = rng.choice((0, 0, 30)), []
    for n in range(periods):
        row: Row = {"period_from": n, "team": team}
        row |= {c: rng.choice((0, 2, 5, 12, 40)) for c in came}
        left = before + sum(row[c] for c in came)
        for c in (*gone, *held[1:]):
            row[c] = rng.choice((0, min(left, 3), min(left, 11), left // 3))
            left -= row[c]
        row[held[0]] = left
        before = sum(row[c] for c in held)
        rows.append(row)
    return rows


def narrow(limits: dict[Any, tuple[int, int]], equations: Sequence[Equation]) -> None:
    """Narrow what may be with every equation until nothing changes."""
    changed = True
    while changed:
        changed = False
        for left, right in equations:
            for one, other in ((left, right), (right, left)):
                for key in one:
                    low = sum(limits[k][0] for k in other)
                    high = sum(limits[k][1] for k in other)
                    low -= sum(limits[k][1] for k in one if k != key)
                    high -= sum(limits[k][0] for k in one if k != key)
                    best = (max(limits[key][0], low), min(limits[key][1], high))
                    if best != limits[key]:
                        limits[key], changed = best, True


def seen(
    true: Mapping[tuple[int, str], Row], found: Sequence[Row], preset: Preset, columns: list[str]
) -> dict[Any, tuple[int, int]]:
    """Return what is known of each figure by itself; which ones were small is known as well."""
    limits: dict[Any, tuple[int, int]] = {}
    for out in found:
        at = out["period_from"], out["team"]
        for c in columns:
            n = true[at][c]
            small = (preset.low, preset.high) if preset.small(n) else (0, FAR)
            limits[*at, c] = small if out[c] == HIDDEN else preset.possible(n)
    return limits


def books(true: Mapping[tuple[int, str], Row], flow: Flow, teams: list[str]) -> list[Equation]:
    """Return every equation: the books of each line, and the totals over the teams."""
    found: list[Equation] = []
    for period, team in true:
        came, gone, held = ([(period, team, c) for c in part] for part in flow)
        before = [(period - 1, team, c) for c in flow.held] if period else [("opening", team)]
        found.append(([*came, *before], [*gone, *held]))
        if team == "total":
            found += [
                ([(period, team, c)], [(period, t, c) for t in teams]) for p in flow for c in p
            ]
    return found


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["throughput", "stages", "waiting-list", "actions"])
@pytest.mark.parametrize("many", [1, 3])
def test_nothing_hidden_follows_from_what_came_went_and_is_still_there(
    rule: str, name: str, many: int
) -> None:
    rng, preset, flow = random.Random(5), preset_named(rule), flow_of(name)
    columns = [c for part in flow for c in part]
    teams = [f"W{i}" for i in range(many)]
    for _ in range(25):
        of = [history(rng, name, team, 4) for team in teams]
        rows = [row for period in zip(*of, strict=True) for row in period]
        found = published(rows, SHAPES[name], preset, by="team", apart=("period_from",))
        true = {(r["period_from"], r["team"]): r for r in rows}
        if many > 1:
            true |= {(n, "total"): {c: sum(rs[n][c] for rs in of) for c in columns}
                     for n in range(4)}  # fmt: skip
        limits = seen(true, found, preset, columns)
        for team in {team for _, team in true}:
            first = true[0, team]
            opened = sum(first[c] for c in (*flow.gone, *flow.held))
            opened -= sum(first[c] for c in flow.came)
            limits["opening", team] = (0, FAR if opened else 0)
        narrow(limits, books(true, flow, teams))
        for out in found:
            for c in columns:
                low, high = limits[out["period_from"], out["team"], c]
                assert out[c] != HIDDEN or low < high, (rule, rows, found, out, c)


def test_a_removal_that_is_the_rest_of_the_books_is_kept() -> None:
    row = {"referred": 506, "returned": 38, "moved_on": 949, "completed": 343, "removed": 4,
           "left": 75, "open_at_end": 109, "open_at_end_returns": 13}  # fmt: skip
    shape, preset = SHAPES["throughput"], preset_named("threshold10")
    (found,) = published([row], shape, preset, by=None, apart=())
    # 506 + 38 - 343 - 75 - 109 - 13 would be the four.
    assert (found["removed"], found["open_at_end_returns"]) == (HIDDEN, HIDDEN)
    assert found["open_at_end"] == 109


@pytest.mark.parametrize("rule", ["hes7", "mhsds5"])
@pytest.mark.parametrize("days", [601, 1287, 4999])
def test_a_mean_does_not_tell_the_count_that_was_rounded(rule: str, days: int) -> None:
    preset = preset_named(rule)
    for n in (23, 41, 137):
        (found,) = published([{"n": n, "mean_days": days / n}], SHAPES["los"], preset, by=None,
                             apart=())  # fmt: skip
        first, last = preset.possible(n)
        fits = [m for m in range(first, last + 1)
                if any(round(d / m, 1) == found["mean_days"] for d in range(6000))]  # fmt: skip
        assert fits == list(range(first, last + 1))


def test_books_that_do_not_balance_hide_nothing_more() -> None:
    row = {"referrals": 413, "removals": 400, "queue": 6, "wait": "assessment"}
    shape, preset = SHAPES["waiting-list"], preset_named("threshold10")
    later = row | {"period_from": 2, "referrals": 50, "removals": 40}
    found = published([row | {"period_from": 1}, later], shape, preset, by=None,
                      apart=("period_from", "wait"))  # fmt: skip
    assert [r["removals"] for r in found] == [400, 40]
    assert [r["queue"] for r in found] == [HIDDEN, HIDDEN]
