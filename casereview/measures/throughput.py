"""Throughput: who came, who moved on, who completed, who left, who is open."""

from __future__ import annotations

import narwhals as nw

from casereview.core.pathways import CLOSED_STAGES, OPEN_STAGES
from casereview.measures.ask import Ask
from casereview.measures.common import (
    closings,
    filled,
    flag,
    in_period,
    kept_cases,
    listed,
    spine,
    total,
)
from casereview.measures.openings import (
    groups_at_any_time,
    open_at_ends,
    open_counts,
    open_stretches,
)
from casereview.measures.tables import Lazy, Tables

COUNTS = ("referred", "returned", "moved_on", "completed", "removed", "left")
OPEN = ("open_at_end", "open_at_end_returns")


def throughput(tables: Tables, ask: Ask) -> Lazy:
    """Return referrals, returns, moves, completions, removals, other ends and who is open.

    Source: domain.md 2.1 (cases closed or moved to the next stage; both are reported); deaths,
    transfers, withdrawals and list removals are never completions.
    """
    keys = ["period", *ask.by]
    came = _came(tables, ask).group_by(*keys).agg(total("referred"), total("returned"))
    ended = _ended(tables, ask).group_by(*keys)
    gone = ended.agg(total("completed"), total("removed"), total("left"))
    moved = _moved_on(tables, ask).group_by(*keys).agg(total("moved_on"))
    rows = spine(tables, groups_at_any_time(tables, ask))
    stretches = open_stretches(tables, ask).with_columns(
        open_at_end=nw.col("sign") * (1 - nw.col("is_return")),
        open_at_end_returns=nw.col("sign") * nw.col("is_return"),
    )
    held = open_counts(stretches, tables, ask, OPEN, rows)
    return filled(rows, [came, moved, gone, held], keys, [*COUNTS, *OPEN])


def _came(tables: Tables, ask: Ask) -> Lazy:
    cases = kept_cases(tables, ask)
    if ask.joined:
        cases = cases.filter(nw.col("arrived") == 0)
    if "stage" in ask.by:
        first = tables["stage_spells"].filter(nw.col("prev_stage").is_null())
        cases = cases.join(first.select("case_id", "stage"), on="case_id", how="inner")
    return in_period(cases, tables, "referred_day").with_columns(
        referred=1 - nw.col("is_return"), returned=nw.col("is_return")
    )


def _ended(tables: Tables, ask: Ask) -> Lazy:
    cases = closings(kept_cases(tables, ask), ask)
    if "stage" in ask.by:
        last = tables["stage_spells"].filter(
            nw.col("next_stage").is_null(), nw.col("stage").is_in(list(CLOSED_STAGES))
        )
        before = last.select("case_id", nw.col("prev_stage").fill_null("").alias("stage"))
        cases = cases.join(before, on="case_id", how="inner")
    kind = nw.col("exit_class").fill_null("")
    planned = (nw.col("ended") == "complete") & kind.is_in(["", "planned"])
    cases = cases.with_columns(completed=flag(planned), removed=flag(kind == "list-removal"))
    cases = cases.with_columns(left=1 - nw.col("completed") - nw.col("removed"))
    return in_period(cases, tables, "closed_day")


def _moved_on(tables: Tables, ask: Ask) -> Lazy:
    """Return the moves to a later stage that is still an open one; a step back is none."""
    order = tables["stages"].filter(nw.col("open") == 1)
    spells = tables["stage_spells"].filter(
        nw.col("next_stage").is_in(list(OPEN_STAGES)), ~nw.col("before_day").is_null()
    )
    moves = (
        spells.select("case_id", "stage", "next_stage", "before_day")
        .join(order.select("stage", "rank"), on="stage", how="inner")
        .join(
            order.select(nw.col("stage").alias("next_stage"), nw.col("rank").alias("next_rank")),
            on="next_stage",
            how="inner",
        )
        .filter(nw.col("next_rank") > nw.col("rank"))
    )
    moves = in_period(moves, tables, "before_day").with_columns(moved_on=nw.lit(1))
    others = [g for g in ask.by if g != "stage"]
    if others:
        cases = kept_cases(tables, ask).select("case_id", *others)
        moves = moves.join(cases, on="case_id", how="inner")
    return moves


def throughput_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the cases behind every number of throughput, one row for each thing counted."""
    came, ended = _came(tables, ask), _ended(tables, ask)
    cases = kept_cases(tables, ask)
    others = [g for g in ("team", "closed_day", "referred_day", "exit") if g not in ask.by]
    facts = cases.select("case_id", *others)
    moved = _moved_on(tables, ask)
    whom = facts if "person_id" in others else cases.select("case_id", "person_id", *others)
    moved = moved.join(whom, on="case_id", how="inner")
    stretches = open_stretches(tables, ask)
    held = open_at_ends(stretches, tables)
    once = held.group_by("period", *ask.by, "case_id", "is_return").agg(total("sign"))
    held = once.filter(nw.col("sign") == 1).join(whom, on="case_id", how="inner")
    parts = [
        listed(came.filter(nw.col("is_return") == 0), ask, "referred"),
        listed(came.filter(nw.col("is_return") == 1), ask, "returned"),
        listed(moved, ask, "moved_on"),
        *(listed(ended.filter(nw.col(c) == 1), ask, c) for c in ("completed", "removed", "left")),
        listed(held.filter(nw.col("is_return") == 0), ask, "open_at_end"),
        listed(held.filter(nw.col("is_return") == 1), ask, "open_at_end_returns"),
    ]
    return nw.concat(parts, how="vertical")
