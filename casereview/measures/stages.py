"""Stages: who entered and left each one, how long they stayed, steps back and skips."""

from __future__ import annotations

import narwhals as nw

from casereview.core.pathways import OPEN_STAGES
from casereview.measures.ask import Ask
from casereview.measures.common import (
    filled,
    flag,
    groups_of,
    in_period,
    kept_cases,
    listed,
    spine,
    spread,
    total,
)
from casereview.measures.openings import open_counts, stage_stretches
from casereview.measures.tables import Lazy, Tables

COUNTS = ("entered", "cases", "left", "open_at_end", "stepped_back", "skipped")


def _spells(tables: Tables, ask: Ask) -> Lazy:
    """Return stage spells with their groups; what an excluded case did is not there."""
    spells = tables["stage_spells"]
    if not ask.by:
        return spells
    held = kept_cases(tables, ask).select("case_id", *ask.by)
    return spells.join(held, on="case_id", how="inner")


def stages(tables: Tables, ask: Ask) -> Lazy:
    """Return for each stage who entered and left, days in it, open at the end, back and skipped.

    Days are of the stays that ended in the period. `left` counts stays, `cases` people's cases.
    """
    keys = ["period", *ask.by, "stage"]
    spells = _spells(tables, ask)
    entered = (
        in_period(spells, tables, "from_day")
        .with_columns(entered=nw.lit(1))
        .group_by(*keys)
        .agg(total("entered"), nw.col("case_id").n_unique().cast(nw.Int64).alias("cases"))
    )
    left = _left(spells, tables).group_by(*keys).agg(
        total("left"), total("stepped_back"), *spread("days", "days", (50, 90))
    )  # fmt: skip
    skipped = _skipped(spells, tables).group_by(*keys).agg(total("skipped"))
    groups = groups_of(kept_cases(tables, ask), ask)
    every = spine(tables, groups, tables["stages"].select("stage"))
    parts = [entered, left, skipped, _open(tables, ask, groups)]
    return filled(every, parts, keys, COUNTS)


def _left(spells: Lazy, tables: Tables) -> Lazy:
    order = tables["stages"].select("stage", "rank")
    after = order.select(nw.col("stage").alias("next_stage"), nw.col("rank").alias("next_rank"))
    opened = tables["stages"].filter(nw.col("open") == 1).select("stage", "rank")
    ended = spells.filter(~nw.col("before_day").is_null()).join(opened, on="stage", how="inner")
    ended = ended.join(after, on="next_stage", how="inner")
    return in_period(ended, tables, "before_day").with_columns(
        left=nw.lit(1), stepped_back=flag(nw.col("next_rank") < nw.col("rank"))
    )


def _skipped(spells: Lazy, tables: Tables) -> Lazy:
    """Return one row for each stage that a move passed over; leaving otherwise skips nothing."""
    order = tables["stages"].filter(nw.col("stage") != "left").select("stage", "rank")
    after = order.select(nw.col("stage").alias("next_stage"), nw.col("rank").alias("next_rank"))
    moves = spells.filter(~nw.col("before_day").is_null())
    moves = moves.join(order, on="stage", how="inner").join(after, on="next_stage", how="inner")
    far = moves.filter(nw.col("next_rank") > nw.col("rank") + 1).drop("stage")
    passed = order.select(nw.col("stage"), nw.col("rank").alias("passed"))
    over = far.join(passed, how="cross").filter(
        nw.col("passed") > nw.col("rank"), nw.col("passed") < nw.col("next_rank")
    )
    return in_period(over, tables, "before_day").with_columns(skipped=nw.lit(1))


def _open(tables: Tables, ask: Ask, groups: Lazy | None) -> Lazy:
    stretches = stage_stretches(tables).with_columns(open_at_end=nw.lit(1))
    if ask.by:
        held = kept_cases(tables, ask).select("case_id", *ask.by)
        stretches = stretches.join(held, on="case_id", how="inner")
    inside = Ask(ask.periods, ask.as_of, by=(*ask.by, "stage"), joined=ask.joined)
    rows = spine(tables, groups, tables["stages"].select("stage"))
    return open_counts(stretches, tables, inside, ["open_at_end"], rows)


def _held_at_end(spells: Lazy, tables: Tables) -> Lazy:
    """Return the stays in open stages that hold at the end of each period."""
    ends = tables["periods"].select("period", "end")
    inside = spells.filter(nw.col("stage").is_in(list(OPEN_STAGES))).join(ends, how="cross")
    return inside.filter(
        nw.col("from_day") <= nw.col("end"),
        nw.col("before_day").is_null() | (nw.col("before_day") > nw.col("end")),
    )


def stages_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the stays behind each number: began, ended, stepped back, passed over, at the end."""
    held = kept_cases(tables, ask)
    spells = tables["stage_spells"].join(held, on="case_id", how="inner")
    more = ("stage", "from_day", "before_day", "next_stage", "days")
    left = _left(spells, tables)
    return nw.concat(
        [
            listed(in_period(spells, tables, "from_day"), ask, "entered", *more),
            listed(left, ask, "left", *more),
            listed(left.filter(nw.col("stepped_back") == 1), ask, "stepped_back", *more),
            listed(_skipped(spells, tables), ask, "skipped", *more),
            listed(_held_at_end(spells, tables), ask, "open_at_end", *more),
        ],
        how="vertical",
    )
