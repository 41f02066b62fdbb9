"""Who is open when: stretches of days, and how many of them hold at the end of each period."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from casereview.core.pathways import OPEN_STAGES
from casereview.measures.ask import Ask
from casereview.measures.common import FAR, earlier, filled, in_period, kept_cases, later, total
from casereview.measures.tables import Lazy, Tables

STRETCH = ("case_id", "person_id", "is_return", "from_day", "before_day", "sign")


def open_stretches(tables: Tables, ask: Ask) -> Lazy:
    """Return the stretches in which cases are open, half-open, with their groups.

    A stretch with sign -1 is a time between a closing and its reopening: it is taken off again.
    The worker is the one of those days, not the last one.
    """
    cases = kept_cases(tables, ask)
    if "stage" in ask.by:
        held = cases.select("case_id", "person_id", "is_return", *_case_groups(ask))
        frame = stage_stretches(tables).join(held, on="case_id", how="inner")
        frame = frame.with_columns(sign=nw.lit(1))
    else:
        frame = nw.concat([_whole(cases, ask), _gaps(tables, cases, ask)], how="vertical")
    return _of_workers(frame, tables, ask) if "worker" in ask.by else frame


def _case_groups(ask: Ask) -> list[str]:
    return [g for g in ask.by if g not in {"worker", "stage"}]


def stage_stretches(tables: Tables) -> Lazy:
    """Return the stays in open stages as stretches."""
    spells = tables["stage_spells"].filter(nw.col("stage").is_in(list(OPEN_STAGES)))
    return spells.select(
        "case_id", "stage", "from_day", nw.col("before_day").fill_null(FAR).alias("before_day")
    )


def _whole(cases: Lazy, ask: Ask) -> Lazy:
    return cases.with_columns(
        from_day=nw.col("referred_day"), before_day=nw.col("closed_day").fill_null(FAR),
        sign=nw.lit(1),
    ).select(*STRETCH, *_case_groups(ask))  # fmt: skip


def _gaps(tables: Tables, cases: Lazy, ask: Ask) -> Lazy:
    undone = tables["reopened"].filter(~nw.col("before_day").is_null())
    held = cases.select("case_id", "person_id", "is_return", *_case_groups(ask))
    return (
        undone.select("case_id", "from_day", "before_day")
        .join(held, on="case_id", how="inner")
        .with_columns(sign=nw.lit(-1))
        .select(*STRETCH, *_case_groups(ask))
    )


def _of_workers(frame: Lazy, tables: Tables, ask: Ask) -> Lazy:
    """Cut each stretch at the changes of key worker; nobody is the group ""."""
    workers = tables["workers"].select(
        "case_id",
        nw.col("worker").fill_null("").alias("worker"),
        nw.col("from_day").alias("held_from"),
        nw.col("before_day").fill_null(FAR).alias("held_before"),
    )
    cut = frame.join(workers, on="case_id", how="left").with_columns(
        nw.col("worker").fill_null(""),
        nw.col("held_from").fill_null(-FAR),
        nw.col("held_before").fill_null(FAR),
    )
    cut = cut.with_columns(
        from_day=later("from_day", "held_from"), before_day=earlier("before_day", "held_before")
    )
    # A closed case keeps the last key worker of its open time.
    stage = ("stage",) if "stage" in ask.by else ()
    return cut.filter(nw.col("from_day") < nw.col("before_day")).select(
        *STRETCH, *_case_groups(ask), *stage, "worker"
    )


def open_counts(
    stretches: Lazy, tables: Tables, ask: Ask, counts: Sequence[str], frame: Lazy
) -> Lazy:
    """Return how many stretches hold at the end of each period.

    Args:
        stretches: from_day, before_day, the groups and one column of weights for each count.
        tables: with `calendar`.
        ask: the question.
        counts: names of the columns of weights.
        frame: the rows to fill, one for each period and group.
    """
    keys = ["period", *ask.by]
    comes = [nw.col(c).alias(f"{c}_in") for c in counts]
    goes = [nw.col(c).alias(f"{c}_out") for c in counts]
    arrived = _summed(stretches, tables, ask, "from_day", comes, [f"{c}_in" for c in counts])
    gone = _summed(stretches, tables, ask, "before_day", goes, [f"{c}_out" for c in counts])
    moves = [f"{c}_{way}" for c in counts for way in ("in", "out")]
    frame = filled(frame, [arrived, gone], keys, moves)
    frame = frame.with_columns(nw.lit(1).alias("whole"), *_net(counts))
    return frame.with_columns(
        nw.col(c).cum_sum().over("whole", *ask.by, order_by="period").cast(nw.Int64).alias(c)
        for c in counts
    ).select(*keys, *counts)


def _net(counts: Sequence[str]) -> list[nw.Expr]:
    return [(nw.col(f"{c}_in") - nw.col(f"{c}_out")).alias(c) for c in counts]


def _summed(
    stretches: Lazy,
    tables: Tables,
    ask: Ask,
    day: str,
    columns: Sequence[nw.Expr],
    names: Sequence[str],
) -> Lazy:
    """Sum weights by the period of a day; what lies before the first period counts in it."""
    first = ask.first_day
    clipped = stretches.with_columns(
        nw.when(nw.col(day) < first).then(nw.lit(first)).otherwise(nw.col(day)).alias("clipped"),
        *columns,
    )
    return (
        in_period(clipped, tables, "clipped")
        .group_by("period", *ask.by)
        .agg(*(total(name) for name in names))
    )


def open_at_ends(stretches: Lazy, tables: Tables) -> Lazy:
    """Return the stretches that hold at the end of each period, for lists of cases."""
    ends = tables["periods"].select("period", "end")
    return stretches.join(ends, how="cross").filter(
        nw.col("from_day") <= nw.col("end"), nw.col("before_day") > nw.col("end")
    )


def groups_at_any_time(tables: Tables, ask: Ask) -> Lazy | None:
    """Return the groups of all cases; of stages every open one, whether or not anybody is there."""
    if not ask.by:
        return None
    others = [g for g in ask.by if g != "stage"]
    cases = kept_cases(tables, ask).select(*others).unique() if others else None
    if "worker" in ask.by:
        cases = _with_past_workers(tables, ask, others)
    if "stage" not in ask.by:
        return cases
    stages = tables["stages"].filter(nw.col("open") == 1).select("stage")
    return stages if cases is None else cases.join(stages, how="cross").select(*ask.by)


def _with_past_workers(tables: Tables, ask: Ask, groups: list[str]) -> Lazy:
    """Return groups with every worker who held a case at any time."""
    held = open_stretches(tables, ask).select(*groups).unique()
    last = kept_cases(tables, ask).select(*groups).unique()
    return nw.concat([held, last], how="vertical").unique()
