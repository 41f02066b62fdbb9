"""Delays as they are published: discharges by days since ready, and the census of a Thursday."""

from __future__ import annotations

from types import MappingProxyType

import narwhals as nw

from casereview.measures.ask import DISCHARGES, Ask
from casereview.measures.common import (
    bands,
    closings,
    filled,
    flag,
    groups_of,
    in_period,
    kept_cases,
    listed,
    percent,
    spine,
    total,
)
from casereview.measures.delays import adults, ready_cases, with_reason
from casereview.measures.tables import Lazy, Tables

READY_BANDS = MappingProxyType(
    {
        "d0": (0, 0), "d1": (1, 1), "d2_3": (2, 3), "d4_6": (4, 6), "d7_13": (7, 13),
        "d14_20": (14, 20), "d21_over": (21, None),
    }
)  # fmt: skip
"""Source: domain.md 1.7 (published bands of the discharge ready date)."""

CENSUS_BANDS = MappingProxyType(
    {
        "d1_3": (1, 3), "d4_14": (4, 14), "d15_28": (15, 28), "d29_42": (29, 42),
        "d43_84": (43, 84), "d85_182": (85, 182), "d183_365": (183, 365), "d366_over": (366, None),
    }
)  # fmt: skip
"""Source: domain.md 1.8 (length bands of the Scottish census)."""

NOT_IN_CENSUS = ("26X", "46X")
"""Care home or ward closed. Source: domain.md 1.8."""

BAND_COUNTS = ("discharges", "without_ready_date", "bed_days_lost", "on_the_day", "delayed")
CENSUS_COUNTS = ("delayed", "left_out", *CENSUS_BANDS)


def _discharged(tables: Tables, ask: Ask) -> Lazy:
    """Return discharges after a stay of a night or more; `days` since ready, where that is known.

    Source: domain.md 1.7 (stays of one night or longer).
    """
    kind = nw.col("exit_class").fill_null("")
    unlabelled = (nw.col("ended") == "complete") & (kind == "")
    ended = closings(kept_cases(tables, ask), ask).filter(
        kind.is_in(list(DISCHARGES)) | unlabelled, nw.col("closed_day") > nw.col("referred_day")
    )
    ready = ready_cases(tables, ask).select("case_id", "ready_day")
    found = in_period(ended.join(ready, on="case_id", how="left"), tables, "closed_day")
    return found.with_columns(days=nw.col("closed_day") - nw.col("ready_day"))


def delay_bands(tables: Tables, ask: Ask) -> Lazy:
    """Return discharges by days since ready, days lost, shares and means.

    Source: domain.md 1.7 (T-11).
    """
    found = _discharged(tables, ask)
    days = nw.col("days")
    known = days >= 0
    marked = found.with_columns(
        discharges=flag(known), without_ready_date=flag(days.is_null()),
        bed_days_lost=nw.when(known).then(days).otherwise(nw.lit(0)), on_the_day=flag(days == 0),
        delayed=flag(days > 0), **bands("days", READY_BANDS),
    )  # fmt: skip
    keys, counts = ["period", *ask.by], [*BAND_COUNTS, *READY_BANDS]
    figures = marked.group_by(*keys).agg(*(total(c) for c in counts))
    return with_rates(filled(spine(tables, groups_of(found, ask)), [figures], keys, counts))


def with_rates(rows: Lazy) -> Lazy:
    """Add the published shares and means to counts of discharges, delays and days lost.

    Source: domain.md 1.7 (T-12, T-13).
    """

    def mean(whole: str) -> nw.Expr:
        many = nw.col(whole)
        return nw.when(many > 0).then(nw.col("bed_days_lost") * 1.0 / many)

    return rows.with_columns(
        percent_on_the_day=percent("on_the_day", "discharges"),
        percent_delayed=percent("delayed", "discharges"),
        mean_days_all=mean("discharges"),
        mean_days_delayed=mean("delayed"),
    )


def delay_bands_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the discharges behind the numbers, those without a ready day apart."""
    found = _discharged(tables, ask)
    more = ("ready_day", "days")
    return nw.concat(
        [
            listed(found.filter(nw.col("days") >= 0), ask, "discharges", *more),
            listed(found.filter(nw.col("days").is_null()), ask, "without_ready_date", *more),
        ],
        how="vertical",
    )


# --- the census


def _in_census(tables: Tables, ask: Ask) -> Lazy:
    """Return who is delayed on the census day of each period, with `left_out` for two reasons.

    Ready before the day, and not gone before it.

    Source: domain.md 1.8 (T-17).
    """
    census = tables["periods"].select("period", nw.col("census_day").alias("end"))
    census = census.filter(~nw.col("end").is_null())
    held = adults(ready_cases(tables, ask), tables).join(census, how="cross")
    closed = nw.col("closed_day")
    held = held.filter(
        nw.col("ready_day") < nw.col("end"), closed.is_null() | (closed >= nw.col("end"))
    )
    found = with_reason(held, tables, "11A")
    out = flag(nw.col("reason").is_in(list(NOT_IN_CENSUS)))
    return found.with_columns(days=nw.col("end") - nw.col("ready_day"), left_out=out)


def delay_census(tables: Tables, ask: Ask) -> Lazy:
    """Return who is delayed on the last Thursday of the month, by length of delay."""
    found = _in_census(tables, ask)
    marks = {n: e * (1 - nw.col("left_out")) for n, e in bands("days", CENSUS_BANDS).items()}
    marked = found.with_columns(delayed=1 - nw.col("left_out"), **marks)
    keys = ["period", *ask.by]
    figures = marked.group_by(*keys).agg(*(total(c) for c in CENSUS_COUNTS))
    rows = filled(spine(tables, groups_of(found, ask)), [figures], keys, CENSUS_COUNTS)
    return rows.join(tables["periods"].select("period", "census_day"), on="period", how="left")


def delay_census_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return who was counted, and who was left out for a closed ward or home."""
    found = _in_census(tables, ask)
    more = ("ready_day", "days") if "reason" in ask.by else ("ready_day", "reason", "days")
    return nw.concat(
        [
            listed(found.filter(nw.col("left_out") == 0), ask, "delayed", *more),
            listed(found.filter(nw.col("left_out") == 1), ask, "left_out", *more),
        ],
        how="vertical",
    )
