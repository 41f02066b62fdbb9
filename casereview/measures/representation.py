"""Successful completion of treatment, and who presented again within six months.

The test is exclusive: a new journey that begins before the same day six months on counts, one that
begins on that day does not. (`returns` counts that day.)

Source: domain.md 3.4, 3.5 (T-31 to T-34).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import narwhals as nw

from casereview.measures.ask import NO_STAY, Ask
from casereview.measures.common import (
    closings,
    filled,
    flag,
    groups_of,
    in_period,
    kept_cases,
    listed,
    percent,
    spine,
    total,
)
from casereview.measures.methods.intervals import wilson
from casereview.measures.tables import Lazy, Tables

COUNTS = ("completions", "followed_up", "re_presented")
PEOPLE = ("in_treatment", "completed", "re_presented", "successful")


def _planned(tables: Tables, ask: Ask) -> Lazy:
    """Return planned completions, with `until_day`, the first day that is no longer too soon."""
    kind = nw.col("exit_class").fill_null("planned")
    ended = closings(kept_cases(tables, ask), ask)
    return ended.filter((nw.col("ended") == "complete") & (kind == "planned"))


def _judged(completions: Lazy, months: Lazy) -> Lazy:
    months = months.select(nw.col("day").alias("closed_day"), "until_day")
    found = completions.join(months, on="closed_day", how="inner")
    back = nw.col("next_referred_day") < nw.col("until_day")
    return found.with_columns(back=flag(back))


def _presented(tables: Tables, ask: Ask) -> Lazy:
    """Return the completions of each period and whether the person presented again."""
    windows = tables["windows"].filter(nw.col("window") == "6m")
    found = _judged(in_period(_planned(tables, ask), tables, "closed_day"), windows)
    known = flag(nw.col("until_day") <= ask.as_of_day)
    found = found.with_columns(
        completions=nw.lit(1), followed_up=known, re_presented=nw.col("back")
    )
    return found.with_columns(back_followed=nw.col("back") * nw.col("followed_up"))


def representation(tables: Tables, ask: Ask) -> Lazy:
    """Return planned completions, and of them who presented again before six months had passed.

    Source: domain.md 3.4 (T-32).
    """
    found = _presented(tables, ask)
    keys, counts = ["period", *ask.by], [*COUNTS, "back_followed"]
    figures = found.group_by(*keys).agg(*(total(c) for c in counts))
    rows = filled(spine(tables, groups_of(found, ask)), [figures], keys, counts)
    return rows.with_columns(
        percent=percent("re_presented", "completions"),
        percent_followed=percent("back_followed", "followed_up"),
    ).drop("back_followed")


def representation_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the completions behind the numbers, with the next journey where there was one."""
    again = nw.col("back") == 1
    found = _presented(tables, ask).with_columns(
        back_day=nw.when(again).then(nw.col("next_referred_day")),
        back_case_id=nw.when(again).then(nw.col("next_case_id")),
        days=nw.when(again).then(nw.col("next_referred_day") - nw.col("closed_day")),
    )
    more = ("followed_up", "re_presented", "back_case_id", "back_day", "days")
    return listed(found, ask, "completions", *more)


# --- successful completion


def _year(tables: Tables) -> Lazy:
    return tables["periods"].select("period", "done_from_day", "done_until_day")


def _treated(tables: Tables, ask: Ask) -> Lazy:
    """Return who was in treatment at any time of the year that is judged at each period's end."""
    kind = nw.col("exit_class").fill_null("")
    cases = kept_cases(tables, ask).filter(~kind.is_in(list(NO_STAY)))
    held = cases.join(_year(tables), how="cross")
    closed = nw.col("closed_day")
    return held.filter(
        nw.col("referred_day") <= nw.col("done_until_day"),
        closed.is_null() | (closed >= nw.col("done_from_day")),
    )


def _last_completions(tables: Tables, ask: Ask) -> Lazy:
    """Return one completion for each person and year: the last one counts."""
    done = _planned(tables, ask).join(_year(tables), how="cross")
    done = done.filter(
        nw.col("closed_day") >= nw.col("done_from_day"),
        nw.col("closed_day") <= nw.col("done_until_day"),
    ).with_columns(one=nw.lit(1))
    keys = ["period", *ask.by, "person_id"]
    order = ["closed_day", "case_id"]
    done = done.with_columns(place=nw.col("one").cum_sum().over(*keys, order_by=order))
    last = done.group_by(*keys).agg(nw.col("place").max())
    chosen = done.join(last, on=[*keys, "place"], how="inner")
    return _judged(chosen, tables["half_years"]).with_columns(
        completed=nw.lit(1), re_presented=nw.col("back"), successful=1 - nw.col("back")
    )


def successful_completion(tables: Tables, ask: Ask) -> Lazy:
    """Return people in treatment in the year and those who completed it and stayed away.

    At the end of each period the year is judged that ended six months before.

    Source: domain.md 3.4 (T-31): people are counted, not journeys.
    """
    treated, done = _treated(tables, ask), _last_completions(tables, ask)
    keys = ["period", *ask.by]
    people = treated.group_by(*keys).agg(
        nw.col("person_id").n_unique().cast(nw.Int64).alias("in_treatment")
    )
    ended = done.group_by(*keys).agg(*(total(c) for c in PEOPLE[1:]))
    rows = filled(spine(tables, groups_of(treated, ask)), [people, ended], keys, PEOPLE)
    rows = rows.join(_year(tables), on="period", how="inner")
    return rows.with_columns(percent=percent("successful", "in_treatment"))


def successful_completion_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the journeys behind the numbers: everybody treated, and the completions that count."""
    treated, done = _treated(tables, ask), _last_completions(tables, ask)
    return nw.concat(
        [
            listed(treated, ask, "in_treatment"),
            listed(done.filter(nw.col("back") == 0), ask, "successful"),
            listed(done.filter(nw.col("back") == 1), ask, "re_presented"),
        ],
        how="vertical",
    )


def needed(completed: int, of: int, target: Fraction) -> int:
    """Return how many more successful completions reach a target, 0 when it is reached.

    Args:
        completed: successful completions so far.
        of: people in treatment; completing does not change it.
        target: exact, in percent.

    Source: domain.md 3.5 (T-33): never round the percentage first.
    """
    return max(0, math.ceil(target / 100 * of) - completed)


def with_target(row: dict[str, Any], ask: Ask) -> dict[str, Any]:
    """Add the interval, the distance to the target and what is needed to reach it.

    The report date is the last known day of the period; the distance is in percentage points and,
    relative, in percent of the target. None without a target or without anybody in treatment.

    Source: domain.md 3.5 (T-34, T-35).
    """
    share, many, target = row["successful"], row["in_treatment"], ask.target
    row = {**row, "report_day": ask.ends[row["period"]]}
    found = wilson(share, many)
    row |= {"lower_percent": _times(found.lower), "upper_percent": _times(found.upper)}
    row |= dict.fromkeys(("target_percent", "points_off", "percent_off", "needed"))
    if target is None:
        return row
    row["target_percent"] = float(target)
    if many:
        gap = Fraction(100 * share, many) - target
        row["points_off"], row["needed"] = float(gap), needed(share, many, target)
        row["percent_off"] = float(100 * gap / target) if target else None
    return row


def _times(share: float | None) -> float | None:
    return None if share is None else 100 * share
