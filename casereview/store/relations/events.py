"""The relations of events: stage spells, milestones, workers, actions."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import polars as pl
from sqlalchemy import Connection

from casereview.store.relations.sql import DAY, ID, WORD, fetch
from casereview.store.types import to_day

EVER_BEFORE = -1_000_000
"""A day before every date that a store can hold."""

MILESTONE_FACTS = MappingProxyType(
    {
        "assessment_offered_on": "offered",
        "assessed_on": "assessed",
        "started_on": "started",
        "ready_on": "ready",
        "plan_agreed_on": "plan-agreed",
    }
)
"""Facts set by hand that date the same event as a milestone of that name."""

_FACTS = (
    "SELECT case_id, fact, n, number FROM case_facts WHERE fact IN ({facts}) AND from_on <= ? "
    "AND (before_on IS NULL OR before_on > ?)"
)


def spell_relation(rows: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return stage spells at the end of a day, each with the stage before and after it.

    `days` is None while the spell lasts; `next_stage` is None for the last one.
    """
    before = pl.col("before_day")
    ordered = rows.sort("case_id", "n")
    same_after = pl.col("case_id").shift(-1) == pl.col("case_id")
    same_before = pl.col("case_id").shift(1) == pl.col("case_id")
    return ordered.with_columns(
        pl.when(before <= day).then(before).alias("before_day"),
        pl.when(same_after).then(pl.col("stage").shift(-1)).alias("next_stage"),
        pl.when(same_before).then(pl.col("stage").shift(1)).alias("prev_stage"),
        pl.when(before <= day).then(before - pl.col("from_day")).alias("days"),
    )


def milestone_relation(
    connection: Connection, rows: pl.DataFrame, *, as_of: date, team: str | None
) -> pl.DataFrame:
    """Return every milestone dated on or before a day, also those that were set as facts.

    Of a fact the value that held on the day counts; a date still to come has not happened.
    """
    day = to_day(as_of)
    marks = ", ".join(f"'{fact}'" for fact in MILESTONE_FACTS)
    sql = _FACTS.format(facts=marks)
    if team is not None:
        sql += " AND case_id IN (SELECT id FROM cases WHERE team = ?)"
    values = (day, day) if team is None else (day, day, team)
    schema = {"case_id": ID, "fact": WORD, "n": pl.Int32, "number": pl.Int64}
    facts = (
        fetch(connection, sql, values, schema)
        .sort("n")
        .unique(["case_id", "fact"], keep="last")
        .filter(pl.col("number") <= day)
    )
    if facts.is_empty():
        return rows
    return pl.concat(
        [
            rows,
            facts.select(
                "case_id",
                pl.col("fact").replace_strict(MILESTONE_FACTS).alias("name"),
                pl.col("number").cast(DAY).alias("day"),
                pl.lit(None, pl.Int64).alias("s"),
                pl.lit(None, WORD).alias("excluded"),
            ),
        ]
    )


def worker_relation(rows: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return who was key worker when, with `worker` None for the stretches without one.

    A case that never had a key worker has no row at all.
    """
    before = pl.col("before_day")
    spells = (
        rows.with_columns(pl.when(before <= day).then(before).alias("before_day"))
        .sort("case_id", "from_day", "n")
        .select("case_id", "worker", "from_day", "before_day")
    )
    first = pl.col("case_id").shift(1).fill_null(-1) != pl.col("case_id")
    last = pl.col("case_id").shift(-1).fill_null(-1) != pl.col("case_id")
    gaps_before = spells.select(
        "case_id",
        pl.lit(None, WORD).alias("worker"),
        pl.when(first).then(EVER_BEFORE).otherwise(before.shift(1)).cast(DAY).alias("from_day"),
        pl.col("from_day").alias("before_day"),
    ).filter(pl.col("from_day") < before)
    gaps_after = spells.filter(last & before.is_not_null()).select(
        "case_id",
        pl.lit(None, WORD).alias("worker"),
        before.alias("from_day"),
        pl.lit(None, DAY).alias("before_day"),
    )
    return pl.concat([spells, gaps_before, gaps_after])


def action_relation(actions: pl.DataFrame, spells: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return actions with their owner, due day, carries and status at the end of a day.

    A parked action whose day has come counts as open.
    """
    closed = pl.col("closed_day")
    held = (
        spells.filter(pl.col("before_day").is_null() | (pl.col("before_day") > day))
        .sort("n")
        .unique("action_id", keep="last")
        .drop("n", "from_day", "before_day")
    )
    parked = (pl.col("status") == "parked") & (pl.col("parked_until_day") <= day)
    return (
        actions.with_columns(
            pl.when(closed <= day).then(pl.col("closed_how")).alias("closed_how"),
            pl.when(closed <= day).then(closed).alias("closed_day"),
        )
        .join(held, on="action_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(parked).then(pl.lit("open")).otherwise(pl.col("status")).alias("status")
        )
    )
