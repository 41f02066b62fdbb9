"""Waits between two milestones: those that ended, and those that still run."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from casereview.measures.ask import Ask, Wait
from casereview.measures.common import (
    filled,
    flag,
    groups_of,
    in_period,
    kept_cases,
    listed,
    percent,
    spine,
    spread,
    total,
)
from casereview.measures.points import with_moment
from casereview.measures.tables import Lazy, Tables

SIDES = ("completed", "waiting")
COUNTS = ("n", "negative")
LONG_WEEKS = (18, 52, 65, 78, 104)
"""Long waits are longer than so many weeks. Source: domain.md 2.5; stats.md 2b (weekly bands)."""
LONG = tuple(f"over_{weeks}_weeks" for weeks in LONG_WEEKS)
PERCENTILES = (50, 90, 92)
HOUR_SECONDS = 3600.0
HOURS_PER_DAY = 24
WEEK_DAYS = 7
_NO_TARGET = 10_000_000


def waits(tables: Tables, ask: Ask) -> Lazy:
    """Return both sides of every wait that is asked: completed in the period, waiting at its end.

    A wait that ends before it starts is negative; it is kept and counted. Within the target means
    at most the target, a long wait is longer than its weeks. In days a wait is a number of
    midnights; in hours only waits whose both instants are known are measured.

    Source: domain.md 2.5 (count, median and 90th percentile of both sides; T-23).
    """
    parts = [p for wait in ask.waits for p in _both(tables, ask, wait)]
    return nw.concat(parts, how="vertical")


def _both(tables: Tables, ask: Ask, wait: Wait) -> Sequence[Lazy]:
    found = measured(tables, ask, wait)
    groups = groups_of(found, ask)
    done = _figures(completed(found, tables), ask, wait)
    still = [_figures(waiting(found, ask, i), ask, wait) for i in range(len(ask.periods))]
    sides = zip(SIDES, (done, nw.concat(still, how="vertical")), strict=True)
    return [_rows(tables, ask, wait, side, groups, figures) for side, figures in sides]


def _rows(
    tables: Tables, ask: Ask, wait: Wait, side: str, groups: Lazy | None, figures: Lazy
) -> Lazy:
    counts = [*COUNTS, "within_target", *LONG]
    rows = filled(spine(tables, groups), [figures], ["period", *ask.by], counts)
    target = None if wait.target_days is None else wait.target_days * _per_day(ask)
    rows = rows.with_columns(
        nw.lit(wait.label).alias("wait"),
        nw.lit(side).alias("side"),
        nw.lit(target).cast(nw.Int64).alias(f"target_{ask.unit}"),
    )
    if wait.target_days is None:
        rows = rows.with_columns(within_target=nw.lit(None).cast(nw.Int64))
    rows = rows.with_columns(percent_within=percent("within_target", "n"))
    spreads = ["mean", "median", *(f"p{p}" for p in PERCENTILES[1:])]
    return rows.select(
        "period", *ask.by, "wait", "side", *COUNTS, *(f"{s}_{ask.unit}" for s in spreads),
        f"target_{ask.unit}", "within_target", "percent_within", *LONG,
    )  # fmt: skip


def _per_day(ask: Ask) -> int:
    return HOURS_PER_DAY if ask.unit == "hours" else 1


def measured(tables: Tables, ask: Ask, wait: Wait) -> Lazy:
    """Return each case, or journey, with the start and the stop of a wait where they are known."""
    key = nw.col("journey_id" if ask.joined else "case_id")
    cases = kept_cases(tables, ask).with_columns(key=key)
    # Of a journey the case that was not handed on says who it is and when it ended.
    last = cases.filter(nw.col("handed_on") == 0) if ask.joined else cases
    if wait.pathways:
        last = last.filter(nw.col("pathway").is_in(list(wait.pathways)))
    started = with_moment(tables, ask, last, wait.start, "start")
    return with_moment(
        tables, ask, started.filter(~nw.col("start_day").is_null()), wait.stop, "stop"
    )


def completed(found: Lazy, tables: Tables) -> Lazy:
    """Return the waits that ended in each period."""
    ended = found.filter(~nw.col("stop_day").is_null())
    return in_period(ended, tables, "stop_day").with_columns(
        days=nw.col("stop_day") - nw.col("start_day"),
        hours=(nw.col("stop_s") - nw.col("start_s")) / HOUR_SECONDS,
    )


def waiting(found: Lazy, ask: Ask, period: int) -> Lazy:
    """Return the waits that still ran at the end of a period, of cases that were open then.

    Hours run to the local midnight that ends the period.
    """
    end = ask.ends[period]
    still = found.filter(
        nw.col("start_day") <= end,
        nw.col("stop_day").is_null() | (nw.col("stop_day") > end),
        nw.col("closed_day").is_null() | (nw.col("closed_day") > end),
    )
    return still.with_columns(
        period=nw.lit(period).cast(nw.Int32),
        days=end - nw.col("start_day"),
        hours=(ask.end_seconds[period] - nw.col("start_s")) / HOUR_SECONDS,
    )


def _figures(waits_found: Lazy, ask: Ask, wait: Wait) -> Lazy:
    value = nw.col(ask.unit)
    known = waits_found.filter(~value.is_null())
    target = _NO_TARGET if wait.target_days is None else wait.target_days * _per_day(ask)
    week = WEEK_DAYS * _per_day(ask)
    long = {name: flag(value > n * week) for name, n in zip(LONG, LONG_WEEKS, strict=True)}
    return (
        known.with_columns(
            n=nw.lit(1), negative=flag(value < 0), within_target=flag(value <= target), **long
        )
        .group_by("period", *ask.by)
        .agg(
            *(total(c) for c in (*COUNTS, "within_target", *LONG)),
            *spread(ask.unit, ask.unit, PERCENTILES),
        )
    )


def waits_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the waits behind the numbers, one row for each case and side."""
    parts = []
    more = ("wait", "start_day", "stop_day", ask.unit)
    for wait in ask.waits:
        found = measured(tables, ask, wait)
        label = nw.lit(wait.label)
        done = completed(found, tables).filter(~nw.col(ask.unit).is_null())
        parts.append(listed(done, ask, "completed", *more, wait=label))
        for i in range(len(ask.periods)):
            still = waiting(found, ask, i).filter(~nw.col(ask.unit).is_null())
            parts.append(listed(still, ask, "waiting", *more, wait=label))
    return nw.concat(parts, how="vertical")
