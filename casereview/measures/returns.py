"""Returns after discharge, within 28 days and within six calendar months."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import DISCHARGES, Ask
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
from casereview.measures.tables import ELAPSED_WINDOWS, RETURN_DAYS, Lazy, Tables

DAY_SECONDS = 86_400

COUNTS = ("discharges", "followed_up", "returned")
METHODS = ("calendar", "elapsed")
"""Calendar dates and months, or hours and days that have passed."""


def discharged(tables: Tables, ask: Ask) -> Lazy:
    """Return the discharges of each period, once for each window, and whether they came back.

    A discharge is a completion, or leaving unplanned. The window is inclusive at both ends, so a
    return on the day itself counts. By the method `elapsed` 28 days are 28 times 24 hours where
    both instants are known, and six months are 183 days.

    Source: data.md section 1 (next start minus previous end, inclusive, month ends clamped).
    """
    kind = nw.col("exit_class").fill_null("")
    unlabelled = (nw.col("ended") == "complete") & (kind == "")
    ended = closings(kept_cases(tables, ask), ask).filter(kind.is_in(list(DISCHARGES)) | unlabelled)
    windows = tables["windows"].select("window", nw.col("day").alias("closed_day"), "until_day")
    found = in_period(ended, tables, "closed_day").join(windows, on="closed_day", how="inner")
    back = nw.col("next_referred_day") <= nw.col("until_day")
    if ask.method == "elapsed":
        found, back = _in_hours(found, tables, back)
    known = nw.col("until_day") <= ask.as_of_day
    return found.with_columns(
        discharges=nw.lit(1), returned=flag(back), followed_up=flag(known),
        returned_followed=flag(back & known),
    )  # fmt: skip


def _in_hours(found: Lazy, tables: Tables, by_date: nw.Expr) -> tuple[Lazy, nw.Expr]:
    after = tables["cases"].select(
        nw.col("case_id").alias("next_case_id"), nw.col("referred_s").alias("next_s")
    )
    gap = nw.col("next_s") - nw.col("closed_s")
    timed = (nw.col("window") == ELAPSED_WINDOWS[0]) & ~gap.is_null()
    both = (timed & (gap <= RETURN_DAYS * DAY_SECONDS)) | (~timed & by_date)
    return found.join(after, on="next_case_id", how="left"), both


def returns(tables: Tables, ask: Ask) -> Lazy:
    """Return discharges, those followed up for the whole window, those who returned, percentages.

    `percent` is of all discharges; `percent_followed` counts only those whose window has ended.
    """
    found = discharged(tables, ask)
    keys = ["period", *ask.by, "window"]
    figures = found.group_by(*keys).agg(*(total(c) for c in (*COUNTS, "returned_followed")))
    windows = tables["windows"].select("window").unique()
    rows = spine(tables, groups_of(found, ask), windows)
    counted = filled(rows, [figures], keys, [*COUNTS, "returned_followed"])
    return counted.with_columns(
        percent=percent("returned", "discharges"),
        percent_followed=percent("returned_followed", "followed_up"),
    ).drop("returned_followed")


def returns_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the discharges behind the numbers, with the return where there was one."""
    back = nw.col("returned") == 1
    found = discharged(tables, ask).with_columns(
        days=nw.when(back).then(nw.col("next_referred_day") - nw.col("closed_day")),
        back_day=nw.when(back).then(nw.col("next_referred_day")),
        back_case_id=nw.when(back).then(nw.col("next_case_id")),
    )
    more = ("window", "followed_up", "returned", "back_case_id", "back_day", "days")
    return listed(found, ask, "discharges", *more)
