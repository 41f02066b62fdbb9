"""Days of delay after somebody was ready to leave, by three named methods.

| method | rule |
|---|---|
| `date_diff` | end minus ready day, in the period of the end |
| `scotland` | midnights of the period between ready day and end; adults only |
| `mhs26` | days of each delay in the period; its first day does not count |

Source: domain.md 1.8 (T-14, T-15).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import narwhals as nw

from casereview.measures.ask import Ask
from casereview.measures.common import (
    closings,
    filled,
    flag,
    groups_of,
    in_period,
    kept_cases,
    later,
    listed,
    spine,
    total,
)
from casereview.measures.points import first_days
from casereview.measures.tables import Lazy, Tables

METHODS = ("date_diff", "scotland", "mhs26")
COUNTS = ("delayed", "delay_days")


def ready_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the cases that were ready to leave, with `ready_day`.

    The ready day is the milestone `ready`; without one, the first day of the first delay.
    """
    said = first_days(tables, "ready").select("case_id", nw.col("day").alias("said_day"))
    noted = tables["delays"].group_by("case_id").agg(nw.col("from_day").min().alias("noted_day"))
    cases = kept_cases(tables, ask).join(said, on="case_id", how="left")
    cases = cases.join(noted, on="case_id", how="left")
    ready = nw.when(nw.col("said_day").is_null()).then(nw.col("noted_day"))
    found = cases.with_columns(ready_day=ready.otherwise(nw.col("said_day")))
    return found.filter(~nw.col("ready_day").is_null()).drop("said_day", "noted_day")


def adults(cases: Lazy, tables: Tables) -> Lazy:
    """Leave out who was under 18 on the ready day; an unknown birth is no reason to leave out."""
    people = tables["people"].select("person_id", "adult_day")
    known = cases.join(people, on="person_id", how="left")
    return known.filter(
        nw.col("adult_day").is_null() | (nw.col("adult_day") <= nw.col("ready_day"))
    )


def with_reason(cases: Lazy, tables: Tables, missing: str = "") -> Lazy:
    """Add the `reason` of the last delay that had begun by `end`, `missing` where there is none.

    Args:
        cases: rows with case_id, period and end.
        tables: with `delays`.
        missing: what stands for a reason that was not recorded.
    """
    begun = tables["delays"].select("case_id", "n", "reason", nw.col("from_day").alias("began"))
    pairs = cases.select("case_id", "period", "end").join(begun, on="case_id", how="inner")
    pairs = pairs.filter(nw.col("began") <= nw.col("end"))
    last = pairs.group_by("case_id", "period").agg(nw.col("n").max())
    named = last.join(begun, on=["case_id", "n"], how="inner")
    found = cases.join(
        named.select("case_id", "period", "reason"), on=["case_id", "period"], how="left"
    )
    return found.with_columns(nw.col("reason").fill_null(missing))


# --- the methods: rows with case_id, period, end, reason and days


def _date_diff(tables: Tables, ask: Ask) -> Lazy:
    ended = in_period(closings(ready_cases(tables, ask), ask), tables, "closed_day")
    ended = ended.with_columns(
        days=nw.col("closed_day") - nw.col("ready_day"), end=nw.col("closed_day")
    )
    return with_reason(ended.filter(nw.col("days") > 0), tables)


def _periods(tables: Tables) -> Lazy:
    return tables["periods"].select("period", nw.col("from_day").alias("first"), "end")


def _scotland(tables: Tables, ask: Ask) -> Lazy:
    """A delay counts its midnights; one that began earlier counts the midnight into the period."""
    held = adults(ready_cases(tables, ask), tables).join(_periods(tables), how="cross")
    closed = nw.col("closed_day")
    held = held.filter(
        nw.col("ready_day") <= nw.col("end"), closed.is_null() | (closed >= nw.col("first"))
    )
    runs_on = closed.is_null() | (closed > nw.col("end"))
    held = held.with_columns(
        before=nw.col("first") - 1,
        stops=nw.when(runs_on).then(nw.col("end")).otherwise(closed),
    )
    held = held.with_columns(starts=later("ready_day", "before"))
    held = held.with_columns(days=nw.col("stops") - nw.col("starts"))
    return with_reason(held.filter(nw.col("days") > 0), tables, "11A")


def _mhs26(tables: Tables, ask: Ask) -> Lazy:
    """The first day of a delay does not count, unless it goes straight on from the one before."""
    held = _delay_spells(tables, ask).join(_periods(tables), how="cross")
    held = held.filter(
        nw.col("from_day") <= nw.col("end"),
        nw.col("stop_day").is_null() | (nw.col("stop_day") >= nw.col("first")),
    )
    runs_on = nw.col("stop_day").is_null() | (nw.col("stop_day") > nw.col("end"))
    began = nw.col("from_day") + 1 - nw.col("goes_on")
    held = held.with_columns(
        stops=nw.when(runs_on).then(nw.col("end") + 1).otherwise(nw.col("stop_day")),
        starts=nw.when(nw.col("from_day") < nw.col("first")).then(nw.col("first")).otherwise(began),
    )
    held = held.with_columns(days=nw.col("stops") - nw.col("starts"))
    return held.filter(nw.col("days") > 0)


def _delay_spells(tables: Tables, ask: Ask) -> Lazy:
    """Return delays with their reason; who was ready and has no delay noted has one of no reason.

    `goes_on` is 1 for a delay that begins at the latest on the day after the one before ended.
    """
    ready = ready_cases(tables, ask)
    noted = tables["delays"].select(
        "case_id", "n", "reason", "from_day", nw.col("before_day").alias("noted_stop")
    )
    joined = ready.join(noted, on="case_id", how="left").with_columns(
        nw.col("n").fill_null(0), nw.col("reason").fill_null("")
    )
    starts = nw.when(nw.col("from_day").is_null()).then(nw.col("ready_day"))
    stops = nw.when(nw.col("noted_stop").is_null()).then(nw.col("closed_day"))
    joined = joined.with_columns(
        from_day=starts.otherwise(nw.col("from_day")),
        stop_day=stops.otherwise(nw.col("noted_stop")),
    )
    before = nw.col("stop_day").shift(1).over("case_id", order_by=["from_day", "n"])
    joined = joined.with_columns(before_stop=before)
    near = nw.col("from_day") <= nw.col("before_stop") + 1
    return joined.with_columns(goes_on=flag(~nw.col("before_stop").is_null() & near))


_DAYS: Mapping[str, Callable[[Tables, Ask], Lazy]] = MappingProxyType(
    {"date_diff": _date_diff, "scotland": _scotland, "mhs26": _mhs26}
)


def delays(tables: Tables, ask: Ask) -> Lazy:
    """Return cases delayed, their days of delay, and by how many beds a day that is.

    Beds a day are days of delay divided by the days of the period; `date_diff` puts the whole delay
    into the period of its end, so it has none.
    """
    found = _DAYS[ask.method](tables, ask)
    keys = ["period", *ask.by]
    figures = found.group_by(*keys).agg(
        nw.col("case_id").n_unique().cast(nw.Int64).alias("delayed"),
        nw.col("days").sum().cast(nw.Int64).alias("delay_days"),
    )
    rows = filled(spine(tables, groups_of(found, ask)), [figures], keys, COUNTS)
    lengths = tables["periods"].select(
        "period", (nw.col("end") - nw.col("from_day") + 1).alias("length")
    )
    rows = rows.join(lengths, on="period", how="inner").with_columns(method=nw.lit(ask.method))
    share: nw.Expr = nw.col("delay_days") * 1.0 / nw.col("length")
    if ask.method == "date_diff":
        share = nw.lit(None).cast(nw.Float64)
    beds = nw.when(nw.col("length") > 0).then(share)
    return rows.with_columns(beds_a_day=beds).drop("length")


def delays_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the delays behind the numbers, with the day each was ready and its days."""
    more = ("ready_day", "reason", "days") if "reason" not in ask.by else ("ready_day", "days")
    return listed(_DAYS[ask.method](tables, ask), ask, "delayed", *more)


def impossible_delays(tables: Tables, ask: Ask) -> Lazy:
    """Return `reason`, `n` of the ends in the periods that lie before the ready day."""
    ended = in_period(closings(ready_cases(tables, ask), ask), tables, "closed_day")
    wrong = ended.filter(nw.col("closed_day") < nw.col("ready_day"))
    named = wrong.with_columns(reason=nw.lit("ready-after-the-end"), n=nw.lit(1))
    return named.group_by("reason").agg(total("n"))
