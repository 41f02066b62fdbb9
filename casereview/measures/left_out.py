"""What a measure kept out, by reason, so that its figures can be added up again."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import DISCHARGES, Ask
from casereview.measures.common import closings, flag, in_period, kept_cases, total
from casereview.measures.los import stays
from casereview.measures.tables import Lazy, Tables
from casereview.measures.waits import measured


def excluded_cases(tables: Tables) -> Lazy:
    """Return `reason`, `n`: cases that the import marked as contradictory, whatever their dates."""
    marked = tables["cases"].filter(~nw.col("excluded").is_null())
    return _counted(marked.with_columns(reason=nw.col("excluded")))


def los_left_out(tables: Tables, ask: Ask) -> Lazy:
    """Return `reason`, `n` of the ends in the periods that are no stay."""
    found = stays(tables, ask).filter(~nw.col("why").is_null(), nw.col("excluded").is_null())
    return _counted(found.with_columns(reason=nw.col("why")))


def undone_closings(tables: Tables, _ask: Ask) -> Lazy:
    """Return `reason`, `n` of the closings in the periods that a reopening undid."""
    undone = tables["reopened"].filter(~nw.col("before_day").is_null())
    return _counted(
        in_period(undone, tables, "from_day").with_columns(reason=nw.lit("closing-undone"))
    )


def no_discharges(tables: Tables, ask: Ask) -> Lazy:
    """Return `reason`, `n` of the ends in the periods that are no discharge, by class of exit."""
    ended = in_period(closings(kept_cases(tables, ask), ask), tables, "closed_day")
    kind = nw.col("exit_class").fill_null("")
    other = ended.filter(~kind.is_in(["", *DISCHARGES]))
    unlabelled = ended.filter(kind == "", nw.col("ended") == "left")
    return nw.concat(
        [
            _counted(other.with_columns(reason=nw.col("exit_class"))),
            _counted(unlabelled.with_columns(reason=nw.lit("left-without-class"))),
        ],
        how="vertical",
    )


def unmeasured_waits(tables: Tables, ask: Ask) -> Lazy:
    """Return `reason`, `n` of waits that never ended, and of those whose instants are unknown."""
    parts = []
    for wait in ask.waits:
        found = measured(tables, ask, wait)
        never = found.filter(nw.col("stop_day").is_null(), ~nw.col("closed_day").is_null())
        parts.append(_counted(never.with_columns(reason=nw.lit(f"{wait.label}: ended without"))))
        if ask.unit == "hours":
            bare = found.filter(
                ~nw.col("stop_day").is_null(),
                nw.col("stop_s").is_null() | nw.col("start_s").is_null(),
            )
            parts.append(_counted(bare.with_columns(reason=nw.lit(f"{wait.label}: date only"))))
    return nw.concat(parts, how="vertical")


def _counted(frame: Lazy) -> Lazy:
    return frame.with_columns(n=flag(nw.lit(1) == 1)).group_by("reason").agg(total("n"))
