"""Load: how heavy a worker's caseload is, against the agreed capacity, and what lies still."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import narwhals as nw

from casereview.core.workload import BAND_WORDS, load_band
from casereview.measures.actions import open_actions
from casereview.measures.ask import Ask
from casereview.measures.common import case_face, filled, flag, listed, spine, total
from casereview.measures.openings import groups_at_any_time, open_at_ends, open_stretches
from casereview.measures.tables import Lazy, Tables

SCORES = ("complexity", "risk", "travel")
COUNTS = ("cases", "weight", "unscored", "no_next_action")


def _held(tables: Tables, ask: Ask) -> Lazy:
    """Return the cases open at the end of each period, with weight and whether a step is open.

    Weight is complexity, risk and travel added up, each 1 to 3; unknown while one of them is.

    Source: domain.md 2.4 (T-22).
    """
    held = open_at_ends(open_stretches(tables, ask), tables)
    once = held.group_by("period", *ask.by, "case_id").agg(total("sign"))
    once = once.filter(nw.col("sign") == 1)
    steps = open_actions(tables).filter(nw.col("is_open") == 1).select("period", "case_id")
    steps = steps.unique().with_columns(step=nw.lit(1))
    found = once.join(_scores(tables), on=["period", "case_id"], how="left")
    found = found.join(steps, on=["period", "case_id"], how="left")
    return found.with_columns(
        cases=nw.lit(1), unscored=flag(nw.col("weight").is_null()),
        no_next_action=flag(nw.col("step").is_null()),
    )  # fmt: skip


def _scores(tables: Tables) -> Lazy:
    ends = tables["periods"].select("period", "end")
    facts = tables["facts"].filter(
        nw.col("fact").is_in(list(SCORES)), ~nw.col("number").is_null()
    ).join(ends, how="cross")  # fmt: skip
    held = facts.filter(
        nw.col("from_day") <= nw.col("end"),
        nw.col("before_day").is_null() | (nw.col("before_day") > nw.col("end")),
    )
    sums = held.group_by("period", "case_id").agg(
        nw.col("number").sum().cast(nw.Int64).alias("weight"),
        nw.col("fact").n_unique().cast(nw.Int64).alias("scores"),
    )
    return sums.filter(nw.col("scores") == len(SCORES)).select("period", "case_id", "weight")


def load(tables: Tables, ask: Ask) -> Lazy:
    """Return for each worker the open cases, their weight and the agreed capacity."""
    found = _held(tables, ask)
    keys = ["period", *ask.by]
    figures = found.group_by(*keys).agg(*(total(c) for c in COUNTS))
    rows = filled(spine(tables, groups_at_any_time(tables, ask)), [figures], keys, COUNTS)
    return rows.join(tables["capacities"], on="worker", how="left")


def load_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the open cases behind the numbers, with their weight and the next step missing."""
    face = case_face(tables, ask).drop(*(g for g in ask.by if g != "stage"), strict=False)
    found = _held(tables, ask).join(face, on="case_id", how="inner")
    return listed(found, ask, "cases", "weight", "no_next_action")


def with_band(row: dict[str, Any], _ask: Ask) -> dict[str, Any]:
    """Add the load in percent of the capacity and its band; None without a capacity.

    Source: domain.md 2.4 (T-22).
    """
    capacity = row["capacity"]
    share = Fraction(100 * row["weight"], capacity) if capacity else None
    band = load_band(share) if share is not None else None
    return {
        **row, "load_percent": None if share is None else float(share), "band": band,
        "band_means": None if band is None else BAND_WORDS[band],
    }  # fmt: skip
