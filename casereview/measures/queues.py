"""Waiting lists of a store over time, and the capacity that brings each to its target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

import narwhals as nw

from casereview.core.calendar import add_days
from casereview.core.periods import Period
from casereview.measures.ask import EPOCH, Ask, Wait, date_of
from casereview.measures.common import flag, in_period, listed, total
from casereview.measures.methods.waiting_list import Pace, Span
from casereview.measures.methods.waiting_list_figures import Days, Figures, figures
from casereview.measures.tables import Lazy, Tables
from casereview.measures.waits import measured

Row = dict[str, Any]
Rows = list[Row]
Counted = dict[date, int]
CAME, GONE = "start", "gone"
NO_TARGET = Span.of_weeks(1)
"""Stands in where no target is known; what follows from it is then left out."""
TARGETED = (
    "target_queue", "queue_too_big", "target_capacity_weekly", "relief_capacity_weekly", "pressure",
)  # fmt: skip


def _listings(tables: Tables, ask: Ask, wait: Wait) -> Lazy:
    """Return who came onto a list and when they left it: served, or ended without.

    A wait that ends before it starts is left out.
    """
    stop, closed = nw.col("stop_day"), nw.col("closed_day")
    ended = nw.when(stop.is_null() | (closed < stop)).then(closed).otherwise(stop)
    found = measured(tables, ask, wait).with_columns(gone_day=ended)
    gone = nw.col("gone_day")
    return found.filter(
        nw.col("start_day") < ask.before_day, gone.is_null() | (gone >= nw.col("start_day"))
    )


def waiting_lists(tables: Tables, ask: Ask) -> Lazy:
    """Return how many came onto each list on each day, and how many left it.

    `since` adds up the days on which those who left had come.
    """
    parts = []
    for wait in ask.waits:
        found = _listings(tables, ask, wait).with_columns(n=flag(nw.lit(1) == 1))
        for kind in (CAME, GONE):
            frame = found.with_columns(day=nw.col(f"{kind}_day"), since=nw.col("start_day"))
            frame = frame.filter(~nw.col("day").is_null())
            counted = frame.group_by(*ask.by, "day").agg(total("n"), total("since"))
            parts.append(
                counted.with_columns(wait=nw.lit(wait.label), kind=nw.lit(kind)).select(
                    *ask.by, "wait", "kind", "day", "n", "since"
                )
            )
    return nw.concat(parts, how="vertical")


def waiting_lists_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return who was referred and removed in each period, and who is on the list at its end."""
    parts = []
    for wait in ask.waits:
        found = _listings(tables, ask, wait)
        ends = tables["periods"].select("period", "end")
        queue = found.join(ends, how="cross").filter(
            nw.col("start_day") <= nw.col("end"),
            nw.col("gone_day").is_null() | (nw.col("gone_day") > nw.col("end")),
        )
        for counted, frame in (
            ("referrals", in_period(found, tables, "start_day")),
            ("removals", in_period(found, tables, "gone_day")),
            ("queue", queue),
        ):
            label = nw.lit(wait.label)
            parts.append(listed(frame, ask, counted, "wait", "start_day", "gone_day", wait=label))
    return nw.concat(parts, how="vertical")


def figures_of(found: Sequence[Row], ask: Ask) -> tuple[Rows, Row]:
    """Return the figures of each list in each period, as they were known at its end.

    Args:
        found: rows of `waiting_lists`.
        ask: its periods and waits; `target_wait` in weeks goes before a wait's own target.
    """
    groups = sorted({tuple(r[g] for g in ask.by) for r in found}) or [()] * (not ask.by)
    lists = _lists(found, ask)
    rows = [
        {"period": n, **dict(zip(ask.by, group, strict=True)), "wait": wait.label,
         **_figures(lists.get((*group, wait.label)), period, target_of(wait, ask), ask)}
        for (n, period), group, wait in product(enumerate(ask.periods), groups, ask.waits)
    ]  # fmt: skip
    without = [w.label for w in ask.waits if target_of(w, ask) is None]
    said = [f"{name} has no target wait: give --target-wait in weeks." for name in without]
    return rows, {
        "units": "people, people a week and weeks, unless a name says otherwise", "warnings": said,
    }  # fmt: skip


def target_of(wait: Wait, ask: Ask) -> Span | None:
    """Return the wait that should not be exceeded, None where none is known."""
    if ask.target_wait is not None:
        return Span.of_weeks(ask.target_wait)
    return None if wait.target_days is None else Span(wait.target_days)


def _lists(found: Sequence[Row], ask: Ask) -> dict[tuple[Any, ...], Days]:
    lists: dict[tuple[Any, ...], tuple[Counted, Counted, Counted]] = {}
    for row in found:
        key = (*(row[g] for g in ask.by), row["wait"])
        came, gone, sums = lists.setdefault(key, ({}, {}, {}))
        day = date_of(row["day"])
        if row["kind"] == CAME:
            came[day] = row["n"]
        else:
            # Days counted from 1970 become days of the calendar.
            gone[day], sums[day] = row["n"], row["since"] + EPOCH * row["n"]
    return {key: Days(*parts) for key, parts in lists.items()}


def _figures(held: Days | None, period: Period, target: Span | None, ask: Ask) -> Row:
    end = min(add_days(period.before_on, -1), ask.as_of)
    known = None if held is None else held.known_by(end)
    if known is None or not known.came or end < period.from_on:
        return _row(None, known, target)
    return _row(figures(known, target or NO_TARGET, period.from_on, end), known, target)


def _row(found: Figures | None, held: Days | None, target: Span | None) -> Row:
    row: Row = {"target_weeks": None if target is None else target.weeks}
    if found is None or held is None:
        return row | dict.fromkeys(
            ("demand_weekly", "capacity_weekly", "load", "mean_wait_weeks", "clearance_weeks",
             *TARGETED),
        ) | {"referrals": 0, "removals": 0, "queue": 0}  # fmt: skip
    row |= {
        "referrals": found.referrals,
        "removals": sum(n for on, n in held.gone.items() if found.from_on <= on <= found.to_on),
        "demand_weekly": _weekly(found.demand.pace),
        "capacity_weekly": _weekly(found.capacity.pace),
        "load": found.load,
        "queue": found.queue,
        "target_queue": found.target_queue,
        "queue_too_big": found.queue_too_big,
        "mean_wait_weeks": None if found.mean_wait is None else found.mean_wait.weeks,
        "target_capacity_weekly": _weekly(found.target_capacity),
        "relief_capacity_weekly": _weekly(found.relief_capacity),
        "pressure": found.pressure,
        "clearance_weeks": None if found.clearance is None else found.clearance.weeks,
    }
    return row if target is not None else row | dict.fromkeys(TARGETED)


def _weekly(pace: Pace | None) -> float | None:
    return None if pace is None else pace.weekly
