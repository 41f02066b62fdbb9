"""Actions: raised, closed, overdue, carried, leeches, and how long they take."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import Ask
from casereview.measures.common import filled, flag, in_period, spine, spread, total
from casereview.measures.tables import Lazy, Tables

LEECH = 3
"""Carried so often an action is a leech. Source: design 8."""
FLOWS = ("raised", "closed", "done", "cancelled", "closed_with_case")
STOCKS = ("open_at_end", "overdue", "carried", "leeches", "parked")
GROUPS = ("team", "owner", "cause", "effort")
_SHOWN = ("action_id", "case_id", "person_id", "team", "owner", "cause", "opened_day", "due_day")


def _actions(tables: Tables) -> Lazy:
    """Return actions; an action of no case counts, one of a case that is excluded does not."""
    out = tables["cases"].filter(~nw.col("excluded").is_null()).select("case_id")
    out = out.with_columns(out=nw.lit(1))
    found = tables["actions"].join(out, on="case_id", how="left")
    found = found.filter(nw.col("out").is_null()).drop("out")
    return found.with_columns(nw.col(g).fill_null("") for g in GROUPS)


def _raised(tables: Tables) -> Lazy:
    return in_period(_actions(tables), tables, "opened_day").with_columns(raised=nw.lit(1))


def _closed(tables: Tables) -> Lazy:
    """Return what was closed; an action that fell away with its case was not done.

    The program also closes what is done: a follow-up by its contact, what an answer raised by a
    later answer.
    """
    ended = in_period(_actions(tables), tables, "closed_day")
    done = nw.col("closed_how") == "done"
    with_case = ~done & (nw.col("automatic") == 1)
    return ended.with_columns(
        closed=nw.lit(1), done=flag(done), closed_with_case=flag(with_case),
        cancelled=flag(~done & ~with_case),
        days=nw.when(done).then(nw.col("closed_day") - nw.col("opened_day")),
    )  # fmt: skip


def open_actions(tables: Tables) -> Lazy:
    """Return the actions not closed at the end of each period, with `is_open` 0 for parked ones.

    Owner, due day and carries are those of that day. A parked action whose day has come is open.
    """
    spells = tables["action_spells"].join(
        tables["periods"].select("period", "end"), how="cross"
    ).filter(
        nw.col("status").is_in(["open", "parked"]),
        nw.col("from_day") <= nw.col("end"),
        nw.col("before_day").is_null() | (nw.col("before_day") > nw.col("end")),
    )  # fmt: skip
    now = spells.select(
        "action_id", "period", "end", nw.col("owner").fill_null("").alias("owner"), "due_day",
        "carried", is_open=flag(nw.col("open_day") <= nw.col("end")),
    )  # fmt: skip
    whole = _actions(tables).drop("owner", "due_day", "carried")
    return now.join(whole, on="action_id", how="inner")


def _stocks(tables: Tables) -> Lazy:
    still = nw.col("is_open")
    return open_actions(tables).with_columns(
        open_at_end=still,
        overdue=still * flag(nw.col("due_day") < nw.col("end")),
        leeches=still * flag(nw.col("carried") >= LEECH),
        parked=1 - still,
        carried=still * flag(nw.col("carried") >= 1),
    )


def actions(tables: Tables, ask: Ask) -> Lazy:
    """Return actions raised and closed in each period, and those open, overdue, carried at its end.

    Overdue is due before the day; a leech was carried three times or more.
    """
    keys = ["period", *ask.by]
    raised = _raised(tables).group_by(*keys).agg(total("raised"))
    closed = _closed(tables).group_by(*keys).agg(
        *(total(c) for c in FLOWS[1:]), *spread("days", "days", (50, 90))
    )  # fmt: skip
    held = _stocks(tables).group_by(*keys).agg(*(total(c) for c in STOCKS))
    rows = spine(tables, _groups(tables, ask))
    return filled(rows, [raised, closed, held], keys, [*FLOWS, *STOCKS])


def _groups(tables: Tables, ask: Ask) -> Lazy | None:
    if not ask.by:
        return None
    # Owners change: who held an action at an end of a period has a row as well.
    last = _actions(tables).select(*ask.by).unique()
    held = open_actions(tables).select(*ask.by).unique()
    return nw.concat([last, held], how="vertical").unique()


def actions_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the actions behind the numbers, one row for each thing counted."""
    raised, closed, held = _raised(tables), _closed(tables), _stocks(tables)
    blank = nw.lit(None).cast(nw.Int32)
    parts = [_listed(raised.with_columns(days=blank), ask, "raised")]
    parts += [_listed(closed.filter(nw.col(c) == 1), ask, c) for c in FLOWS[1:]]
    held = held.with_columns(closed_day=blank, days=nw.col("end") - nw.col("opened_day"))
    parts += [_listed(held.filter(nw.col(c) == 1), ask, c) for c in STOCKS]
    return nw.concat(parts, how="vertical")


def _listed(frame: Lazy, ask: Ask, counted: str) -> Lazy:
    columns = dict.fromkeys(("period", *ask.by, "counted", *_SHOWN, "closed_day", "days"))
    frame = frame.with_columns(counted=nw.lit(counted))
    return frame.with_columns(nw.col("days").cast(nw.Int32)).select(*columns)
