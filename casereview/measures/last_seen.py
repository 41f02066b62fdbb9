"""When open cases were last seen: days since the last attended contact with the person."""

from __future__ import annotations

import narwhals as nw

from casereview.core.attendance import ATTENDED
from casereview.measures.ask import Ask
from casereview.measures.common import case_face, filled, flag, listed, spine, spread, total
from casereview.measures.openings import groups_at_any_time, open_at_ends, open_stretches
from casereview.measures.tables import Lazy, Tables

LIMITS = (28, 91, 183, 365)
"""More than so many days since: four weeks, a quarter, half a year, a year."""
COUNTS = ("open", "never", *(f"over_{days}" for days in LIMITS))


def _seen(tables: Tables, ask: Ask) -> Lazy:
    """Return the cases open at the end of each period with the days since the person was seen.

    A contact in any case of the person counts, up to the end of the period.
    """
    held = open_at_ends(open_stretches(tables, ask), tables)
    once = held.group_by("period", *ask.by, "case_id", "person_id", "end").agg(total("sign"))
    once = once.filter(nw.col("sign") == 1)
    whose = tables["cases"].select("case_id", "person_id")
    met = tables["attendances"].filter(nw.col("attended").is_in(list(ATTENDED)))
    met = met.select("case_id", "day").join(whose, on="case_id", how="inner")
    ends = tables["periods"].select("period", "end")
    met = met.select("person_id", "day").join(ends, how="cross")
    last = met.filter(nw.col("day") <= nw.col("end")).group_by("period", "person_id")
    found = once.join(
        last.agg(nw.col("day").max().alias("seen_day")), on=["period", "person_id"], how="left"
    )
    days = nw.col("end") - nw.col("seen_day")
    return found.with_columns(
        days=days, open=nw.lit(1), never=flag(nw.col("seen_day").is_null()),
        **{f"over_{limit}": flag(days > limit) for limit in LIMITS},
    )  # fmt: skip


def last_seen(tables: Tables, ask: Ask) -> Lazy:
    """Return open cases by the days since the person was last seen, and who never was."""
    found = _seen(tables, ask)
    keys = ["period", *ask.by]
    figures = found.group_by(*keys).agg(
        *(total(c) for c in COUNTS), *spread("days", "days", (50, 90))
    )
    return filled(spine(tables, groups_at_any_time(tables, ask)), [figures], keys, COUNTS)


def last_seen_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the open cases behind the numbers, with the day of the last contact."""
    face = case_face(tables, ask).drop(*ask.by, "person_id", strict=False)
    found = _seen(tables, ask).join(face, on="case_id", how="inner")
    return listed(found, ask, "open", "seen_day", "days")
