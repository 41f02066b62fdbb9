"""Bed days of a period, and who has stayed long at its end."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import Ask
from casereview.measures.common import (
    case_face,
    filled,
    flag,
    listed,
    spine,
    spread,
    total,
)
from casereview.measures.los import bed_stretches
from casereview.measures.openings import groups_at_any_time, open_at_ends, open_stretches
from casereview.measures.tables import Lazy, Tables

OVER = (7, 14, 21)
FROM = (7, 14, 21, 60, 90)
"""Source: domain.md 1.6 (weekly count from 7, 14, 21 days; mental health from 60 and 90)."""
COUNTS = ("open", *(f"over_{d}" for d in OVER), *(f"from_{d}" for d in FROM))


def _open(tables: Tables, ask: Ask) -> Lazy:
    """Return the cases open at the end of each period, with the days since their referral."""
    held = open_at_ends(open_stretches(tables, ask), tables)
    once = held.group_by("period", *ask.by, "case_id", "end").agg(total("sign"))
    start = tables["cases"].select(
        "case_id", nw.col("journey_from_day" if ask.joined else "referred_day").alias("came")
    )
    found = once.filter(nw.col("sign") == 1).join(start, on="case_id", how="inner")
    return found.with_columns(days=nw.col("end") - nw.col("came"))


def long_stay(tables: Tables, ask: Ask) -> Lazy:
    """Return the open cases by how long they have been here; the day of referral is day 0."""
    found = _open(tables, ask)
    days = nw.col("days")
    marked = found.with_columns(
        open=nw.lit(1),
        **{f"over_{d}": flag(days > d) for d in OVER},
        **{f"from_{d}": flag(days >= d) for d in FROM},
    )
    keys = ["period", *ask.by]
    figures = marked.group_by(*keys).agg(
        *(total(c) for c in COUNTS), *spread("days", "days", (50, 90))
    )
    return filled(spine(tables, groups_at_any_time(tables, ask)), [figures], keys, COUNTS)


def long_stay_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the open cases behind the numbers, with their days."""
    face = case_face(tables, ask).drop(*(g for g in ask.by if g != "stage"), strict=False)
    return listed(_open(tables, ask).join(face, on="case_id", how="inner"), ask, "open", "days")


def bed_days_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the days that each case spent in each period."""
    return listed(bed_stretches(tables, ask), ask, "bed_days", "days")
