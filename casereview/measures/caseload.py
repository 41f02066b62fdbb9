"""Caseload: who is open, and who of them waits, at the end of each period."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import Ask
from casereview.measures.common import FAR, earlier, filled, kept_cases, listed, spine, total
from casereview.measures.openings import (
    groups_at_any_time,
    open_at_ends,
    open_counts,
    open_stretches,
)
from casereview.measures.points import first_days
from casereview.measures.tables import Lazy, Tables

COUNTS = ("open", "returns", "waiting")


def caseload(tables: Tables, ask: Ask) -> Lazy:
    """Return open cases at the end of each period, how many are returns, how many wait.

    A case waits while it is in `assess` and has not started, on a pathway whose people wait at
    home. The status is that at the end of the day.

    Source: data.md section 1 (caseload at a day is the status at its end).
    """
    stretches = open_stretches(tables, ask).with_columns(
        open=nw.col("sign"), returns=nw.col("sign") * nw.col("is_return")
    )
    rows = spine(tables, groups_at_any_time(tables, ask))
    held = open_counts(stretches, tables, ask, ["open", "returns"], rows)
    waiting = waiting_stretches(tables, ask).with_columns(waiting=nw.lit(1))
    waits = open_counts(waiting, tables, ask, ["waiting"], rows)
    return filled(rows, [held, waits], ["period", *ask.by], COUNTS)


def waiting_stretches(tables: Tables, ask: Ask) -> Lazy:
    """Return the stretches in which cases wait for the work to start."""
    inside = open_stretches(tables, Ask(ask.periods, ask.as_of, by=_with_stage(ask)))
    started = first_days(tables, "started").select("case_id", nw.col("day").alias("started_day"))
    waits = (
        kept_cases(tables, ask)
        .filter(nw.col("pathway").is_in(list(ask.waiting_pathways)))
        .select("case_id")
        .join(started, on="case_id", how="left")
        .with_columns(nw.col("started_day").fill_null(FAR))
    )
    found = inside.filter(nw.col("stage") == "assess").join(waits, on="case_id", how="inner")
    found = found.with_columns(before_day=earlier("before_day", "started_day"))
    return found.filter(nw.col("from_day") < nw.col("before_day"))


def _with_stage(ask: Ask) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ask.by, "stage")))


def caseload_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the open cases behind the numbers; returns and waiting ones again as such."""
    shown = [c for c in ("team", "referred_day", "closed_day", "exit") if c not in ask.by]
    cases = kept_cases(tables, ask).select("case_id", "person_id", *shown)
    parts = []
    for counted, stretches in (
        ("open", open_stretches(tables, ask)),
        ("returns", open_stretches(tables, ask).filter(nw.col("is_return") == 1)),
        ("waiting", waiting_stretches(tables, ask)),
    ):
        held = open_at_ends(stretches, tables).group_by("period", *ask.by, "case_id", "end")
        once = held.agg(total("sign")).filter(nw.col("sign") == 1)
        once = once.join(cases, on="case_id", how="inner")
        days = nw.col("end") - nw.col("referred_day")
        parts.append(listed(once.with_columns(days=days), ask, counted, "days"))
    return nw.concat(parts, how="vertical")
