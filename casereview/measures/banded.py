"""Waits of a store read from weekly bands, as NHS England publishes them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import narwhals as nw

from casereview.measures.ask import Ask, Wait
from casereview.measures.common import flag, listed, total
from casereview.measures.methods import rtt
from casereview.measures.tables import Lazy, Tables
from casereview.measures.waits import SIDES, WEEK_DAYS, completed, measured, waiting

Row = dict[str, Any]
Rows = list[Row]
NEGATIVE = -1
"""Stands for the band of waits that end before they start; no percentile reads it."""


def _sided(tables: Tables, ask: Ask, wait: Wait) -> list[tuple[str, Lazy]]:
    """Return the waits of both sides with their band."""
    found = measured(tables, ask, wait)
    parts = [("completed", completed(found, tables))]
    parts += [("waiting", waiting(found, ask, i)) for i in range(len(ask.periods))]
    days = nw.col("days")
    last = nw.when(days > rtt.OPEN_BAND * WEEK_DAYS).then(nw.lit(rtt.OPEN_BAND))
    band = nw.when(days < 0).then(nw.lit(NEGATIVE)).otherwise(
        nw.when(days <= WEEK_DAYS)
        .then(nw.lit(0))
        .otherwise(last.otherwise((days - 1) // WEEK_DAYS))
    )  # fmt: skip
    return [
        (side, frame.with_columns(band=band.cast(nw.Int64), side=nw.lit(side)))
        for side, frame in parts
    ]


def banded(tables: Tables, ask: Ask) -> Lazy:
    """Return how many waits lie in each weekly band: of each period, group, wait and side.

    Band n holds waits of more than n and up to n + 1 weeks; seven days are in the first.

    Source: stats.md 2b.
    """
    keys = ("period", *ask.by, "side", "band")
    parts = [
        frame.with_columns(n=flag(nw.lit(1) == 1))
        .group_by(*keys)
        .agg(total("n"))
        .with_columns(wait=nw.lit(wait.label))
        .select(*keys, "wait", "n")
        for wait in ask.waits
        for _, frame in _sided(tables, ask, wait)
    ]
    return nw.concat(parts, how="vertical")


def banded_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the waits behind the bands."""
    return nw.concat(
        [
            listed(frame, ask, side, "wait", "start_day", "stop_day", "days", "band",
                   wait=nw.lit(wait.label))
            for wait in ask.waits
            for side, frame in _sided(tables, ask, wait)
        ],
        how="vertical",
    )  # fmt: skip


def readings(found: Sequence[Row], ask: Ask) -> tuple[Rows, Row]:
    """Return the percentiles of each list by both conventions, and its bands.

    Args:
        found: rows of `banded`.
        ask: its periods, groups and waits; a list that nobody is on has a row of its own.
    """
    groups = sorted({tuple(r[g] for g in ask.by) for r in found})
    lists: dict[tuple[Any, ...], dict[int, int]] = {
        (period, *group, wait.label, side): {}
        for period, group, wait, side in product(
            range(len(ask.periods)), groups or [()] * (not ask.by), ask.waits, SIDES
        )
    }
    for row in found:
        key = (row["period"], *(row[g] for g in ask.by), row["wait"], row["side"])
        lists[key][row["band"]] = row["n"]
    negative = {key: bands.pop(NEGATIVE, 0) for key, bands in lists.items()}
    names = ("period", *ask.by, "wait", "side")
    rows = [
        dict(zip(names, key, strict=True)) | _read(bands, negative[key])
        for key, bands in lists.items()
    ]
    return rows, {
        "conventions": dict(rtt.CONVENTIONS),
        "bands": [
            {"id": _name(key, ask), "weeks_from": weeks, "count": bands[weeks]}
            for key, bands in lists.items()
            for weeks in sorted(bands)
        ],
        "warnings": rtt.warnings(lists.values()),
    }


def _read(bands: rtt.Bands, negative: int) -> Row:
    row: Row = rtt.reading(bands)
    within, whole = row[f"within_{rtt.WITHIN_WEEKS}"], row["total"]
    return {
        **row, "negative": negative,
        f"percent_within_{rtt.WITHIN_WEEKS}": 100 * within / whole if whole else None,
    }  # fmt: skip


def _name(key: tuple[Any, ...], ask: Ask) -> str:
    period, *words = key
    lead = [ask.periods[period].from_on.isoformat()] if len(ask.periods) > 1 else []
    return "|".join([*lead, *(str(w) or "unknown" for w in words)])
