"""Who has been in treatment for six years and over."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import Ask
from casereview.measures.common import filled, flag, groups_of, kept_cases, listed, percent, spine
from casereview.measures.tables import Lazy, Tables

COUNTS = ("in_treatment", "six_years")


def _open(tables: Tables, ask: Ask) -> Lazy:
    """Return who is in treatment at the end of each period; `six` is 1 from the sixth anniversary.

    Source: domain.md 3.6 (T-38).
    """
    cases = kept_cases(tables, ask)
    start = nw.col("journey_from_day" if ask.joined else "referred_day")
    if ask.joined:
        cases = cases.filter(nw.col("handed_on") == 0)
    held = cases.with_columns(came=start).join(
        tables["periods"].select("period", "end", "long_day"), how="cross"
    )
    closed = nw.col("closed_day")
    held = held.filter(
        nw.col("referred_day") <= nw.col("end"), closed.is_null() | (closed > nw.col("end"))
    )
    return held.with_columns(
        six=flag(nw.col("came") <= nw.col("long_day")), days=nw.col("end") - nw.col("came")
    )


def long_treatment(tables: Tables, ask: Ask) -> Lazy:
    """Return people in treatment at the end, and those of them for six years and over."""
    found = _open(tables, ask)
    keys = ["period", *ask.by]
    people = nw.col("person_id").n_unique().cast(nw.Int64)
    there = found.group_by(*keys).agg(people.alias("in_treatment"))
    long = found.filter(nw.col("six") == 1).group_by(*keys).agg(people.alias("six_years"))
    rows = spine(tables, groups_of(kept_cases(tables, ask), ask))
    rows = filled(rows, [there, long], keys, COUNTS)
    return rows.with_columns(percent=percent("six_years", "in_treatment"))


def long_treatment_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the journeys behind the numbers, with their days."""
    found = _open(tables, ask)
    return nw.concat(
        [
            listed(found, ask, "in_treatment", "days"),
            listed(found.filter(nw.col("six") == 1), ask, "six_years", "days"),
        ],
        how="vertical",
    )
