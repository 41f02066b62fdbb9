"""Length of stay of the cases that ended, and bed days."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import NO_STAY, Ask
from casereview.measures.common import (
    FAR,
    closings,
    earlier,
    filled,
    flag,
    groups_of,
    in_period,
    kept_cases,
    later,
    listed,
    spine,
    spread,
    total,
    with_groups,
)
from casereview.measures.tables import Lazy, Tables

THRESHOLDS = (7, 14, 21)
COUNTS = (
    "n", *(f"over_{d}" for d in THRESHOLDS), *(f"from_{d}" for d in THRESHOLDS), "excluded",
)  # fmt: skip


def stays(tables: Tables, ask: Ask) -> Lazy:
    """Return the ended stays of each period: `days`, or `why` a stay is kept out.

    Length of stay is the number of midnights between two local dates; the same day is 0.

    Source: domain.md 1.6 (NHS England length of stay, T-8 to T-10).
    """
    cases = with_groups(tables["cases"], ask)
    ended = closings(cases.with_columns(is_return=flag(nw.col("link") == "return")), ask)
    start = nw.col("journey_from_day" if ask.joined else "referred_day")
    length = nw.col("closed_day") - start
    kind = nw.col("exit_class").fill_null("")
    why = (
        nw.when(~nw.col("excluded").is_null())
        .then(nw.col("excluded"))
        .otherwise(
            nw.when(kind.is_in(list(NO_STAY)))
            .then(kind)
            .otherwise(nw.when(length < 0).then(nw.lit("ends-before-it-starts")))
        )
    )
    found = ended.with_columns(why=why)
    return in_period(found, tables, "closed_day").with_columns(
        days=nw.when(nw.col("why").is_null()).then(length)
    )


def los(tables: Tables, ask: Ask) -> Lazy:
    """Return count, mean, percentiles and long-stay counts of the stays that ended.

    `over_N` is more than N days, `from_N` at least N. Deaths and transfers count as stays.
    """
    found = stays(tables, ask)
    days = nw.col("days")
    flags = {
        "n": flag(nw.col("why").is_null()),
        "excluded": flag(~nw.col("why").is_null()),
        **{f"over_{d}": flag(days > d) for d in THRESHOLDS},
        **{f"from_{d}": flag(days >= d) for d in THRESHOLDS},
    }
    keys = ["period", *ask.by]
    figures = (
        found.with_columns(**flags)
        .group_by(*keys)
        .agg(
            *(total(c) for c in COUNTS),
            *spread("days", "days", (50, 90)),
            days.min().cast(nw.Int64).alias("min_days"),
            days.max().cast(nw.Int64).alias("max_days"),
        )
    )
    return filled(spine(tables, groups_of(found, ask)), [figures], keys, COUNTS)


def los_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the stays behind the numbers; a stay kept out says why."""
    found = stays(tables, ask)
    counted = found.filter(nw.col("why").is_null())
    return nw.concat(
        [
            listed(counted, ask, "n", "days", "why"),
            listed(found.filter(~nw.col("why").is_null()), ask, "excluded", "days", "why"),
        ],
        how="vertical",
    )


def bed_stretches(tables: Tables, ask: Ask) -> Lazy:
    """Return the `days` that each case spent in each period; the day of leaving does not count."""
    cases = kept_cases(tables, ask).with_columns(before=nw.col("closed_day").fill_null(FAR))
    periods = tables["periods"].select("period", "from_day", "end")
    held = cases.join(periods, how="cross").filter(
        nw.col("referred_day") <= nw.col("end"), nw.col("before") > nw.col("from_day")
    )
    held = held.with_columns(known=nw.col("end") + 1)
    held = held.with_columns(
        starts=later("referred_day", "from_day"), stops=earlier("before", "known")
    )
    return held.with_columns(days=nw.col("stops") - nw.col("starts"))


def bed_days(tables: Tables, ask: Ask) -> Lazy:
    """Return the days that cases spent in each period, and the beds that is on average.

    Source: domain.md 1.6 (bed days in a reporting period, T-9).
    """
    keys = ["period", *ask.by]
    days = bed_stretches(tables, ask).with_columns(bed_days=nw.col("days"), cases=nw.lit(1))
    figures = days.group_by(*keys).agg(total("bed_days"), total("cases"))
    groups = groups_of(kept_cases(tables, ask), ask)
    rows = filled(spine(tables, groups), [figures], keys, ["bed_days", "cases"])
    lengths = tables["periods"].select(
        "period", (nw.col("end") - nw.col("from_day") + 1).alias("length")
    )
    beds = nw.when(nw.col("length") > 0).then(nw.col("bed_days") * 1.0 / nw.col("length"))
    return rows.join(lengths, on="period", how="inner").with_columns(beds_a_day=beds).drop("length")
