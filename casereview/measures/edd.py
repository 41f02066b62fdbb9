"""Expected dates of discharge: how often they were met, and by how many days they slipped."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import Ask
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
    spread,
    total,
)
from casereview.measures.tables import Lazy, Tables

COUNTS = ("completed", "dated", "on_first", "on_last", "early", "late", "revised")


def _completed(tables: Tables, ask: Ask) -> Lazy:
    """Return planned completions with their first and last expected date before the end.

    Source: domain.md 1.5 (slippage is the end minus the first date, T-7).
    """
    kind = nw.col("exit_class").fill_null("planned")
    ended = closings(kept_cases(tables, ask), ask)
    ended = ended.filter((nw.col("ended") == "complete") & (kind == "planned"))
    dates = _dates(tables, ended)
    first = dates.filter(nw.col("place") == 1)
    last = dates.filter(nw.col("place") == nw.col("places"))
    found = ended.join(
        first.select("case_id", nw.col("number").cast(nw.Int32).alias("first_day"), "places"),
        on="case_id", how="left",
    ).join(
        last.select("case_id", nw.col("number").cast(nw.Int32).alias("last_day")),
        on="case_id", how="left",
    )  # fmt: skip
    return in_period(found, tables, "closed_day").with_columns(
        slip_first=nw.col("closed_day") - nw.col("first_day"),
        slip_last=nw.col("closed_day") - nw.col("last_day"),
    )


def _dates(tables: Tables, ended: Lazy) -> Lazy:
    """Return the dates that stood before the end, numbered in the order in which they were set."""
    facts = tables["facts"].filter(
        nw.col("fact") == "expected_end_on",
        ~nw.col("number").is_null(),
        # A date replaced on the day it was set was a slip of the pen.
        nw.col("before_day").is_null() | (nw.col("before_day") > nw.col("from_day")),
    )
    ends = ended.select("case_id", "closed_day")
    stood = facts.join(ends, on="case_id", how="inner")
    stood = stood.filter(nw.col("from_day") <= nw.col("closed_day")).with_columns(one=nw.lit(1))
    placed = stood.with_columns(
        place=nw.col("one").cum_sum().over("case_id", order_by=["from_day", "n"])
    )
    many = placed.group_by("case_id").agg(nw.col("place").max().alias("places"))
    return placed.join(many, on="case_id", how="inner")


def edd(tables: Tables, ask: Ask) -> Lazy:
    """Return completions on, before and after the expected date, and the days of slippage."""
    found = _completed(tables, ask)
    first, last = nw.col("slip_first"), nw.col("slip_last")
    marked = found.with_columns(
        completed=nw.lit(1), dated=flag(~last.is_null()), on_first=flag(first == 0),
        on_last=flag(last == 0), early=flag(last < 0), late=flag(last > 0),
        revised=flag(nw.col("places") > 1),
    )  # fmt: skip
    keys = ["period", *ask.by]
    figures = marked.group_by(*keys).agg(
        *(total(c) for c in COUNTS),
        *spread("slip_first", "slip_first_days", (50,)),
        *spread("slip_last", "slip_last_days", (50,)),
    )
    rows = filled(spine(tables, groups_of(found, ask)), [figures], keys, COUNTS)
    return rows.with_columns(
        percent_on_last=percent("on_last", "completed"),
        percent_on_last_of_dated=percent("on_last", "dated"),
    )


def edd_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the completions behind the numbers, with both dates and both slippages."""
    found = _completed(tables, ask).with_columns(
        expected_first_day=nw.col("first_day"), expected_last_day=nw.col("last_day")
    )
    more = ("expected_first_day", "expected_last_day", "slip_first", "slip_last")
    return listed(found, ask, "completed", *more)
