"""How journeys end: the mix of exits with both denominators, and early drop-out."""

from __future__ import annotations

import narwhals as nw

from casereview.core.pathways import EXIT_CLASSES
from casereview.measures.ask import NO_STAY, Ask
from casereview.measures.common import (
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
from casereview.measures.tables import Lazy, Tables

EARLY_DAYS = 84
"""Source: domain.md 3.6 (effective treatment lasts 12 weeks, T-37)."""
IN_ERROR = "recorded-in-error"
EXITS = tuple(c for c in EXIT_CLASSES if c != "list-removal")
STARTS = ("started", "judged", "early_unplanned", "effective")


def _ended(tables: Tables, ask: Ask) -> Lazy:
    """Return the exits of each period; list removals and mistaken records are none."""
    kind = nw.col("exit_class").fill_null("")
    unlabelled = (nw.col("ended") == "complete") & (kind == "")
    ended = closings(kept_cases(tables, ask), ask).with_columns(
        **{"class": nw.when(unlabelled).then(nw.lit("planned")).otherwise(kind)}
    )
    real = (nw.col("class") != "list-removal") & (nw.col("exit").fill_null("") != IN_ERROR)
    return in_period(ended.filter(real), tables, "closed_day")


def _in_treatment(tables: Tables, ask: Ask) -> Lazy:
    """Return who was in treatment at any time of each period."""
    kind = nw.col("exit_class").fill_null("")
    periods = tables["periods"].select("period", nw.col("from_day").alias("first"), "end")
    held = kept_cases(tables, ask).filter(~kind.is_in(list(NO_STAY))).join(periods, how="cross")
    closed = nw.col("closed_day")
    return held.filter(
        nw.col("referred_day") <= nw.col("end"), closed.is_null() | (closed >= nw.col("first"))
    )


def exits(tables: Tables, ask: Ask) -> Lazy:
    """Return exits by class, in percent of all exits and of everybody in treatment.

    Source: domain.md 3.6 (exit mix; deaths are a class of their own).
    """
    found = _ended(tables, ask).with_columns(n=nw.lit(1))
    keys = ["period", *ask.by]
    by_class = found.group_by(*keys, "class").agg(total("n"))
    every = found.with_columns(exits=nw.col("n")).group_by(*keys).agg(total("exits"))
    treated = _in_treatment(tables, ask)
    people = treated.group_by(*keys).agg(
        nw.col("person_id").n_unique().cast(nw.Int64).alias("in_treatment")
    )
    classes = tables["exit_classes"].filter(nw.col("class") != "list-removal").select("class")
    rows = spine(tables, groups_of(kept_cases(tables, ask), ask), classes)
    rows = filled(rows, [by_class], [*keys, "class"], ["n"])
    rows = filled(rows, [every, people], keys, ["exits", "in_treatment"])
    return rows.with_columns(
        percent_of_exits=percent("n", "exits"),
        percent_of_in_treatment=percent("n", "in_treatment"),
    )


def exits_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the exits behind the numbers, and everybody in treatment."""
    ended = _ended(tables, ask).with_columns(days=nw.col("closed_day") - nw.col("referred_day"))
    there = _in_treatment(tables, ask).with_columns(
        **{"class": nw.lit("")}, days=nw.lit(None).cast(nw.Int32)
    )
    return nw.concat(
        [
            listed(ended, ask, "exits", "class", "days"),
            listed(there, ask, "in_treatment", "class", "days"),
        ],
        how="vertical",
    )


# --- early exit


def _started(tables: Tables, ask: Ask) -> Lazy:
    """Return the journeys that began in each period, and how they stood after 84 days.

    Source: domain.md 3.6 (early unplanned exit T-37; effective treatment).
    """
    kind = nw.col("exit_class").fill_null("")
    cases = kept_cases(tables, ask)
    if ask.joined:
        cases = cases.filter(nw.col("handed_on") == 0)
    start = nw.col("journey_from_day" if ask.joined else "referred_day")
    cases = cases.filter(~kind.is_in(list(NO_STAY))).with_columns(came=start)
    found = in_period(cases, tables, "came").with_columns(
        days=nw.col("closed_day") - nw.col("came"), reached=ask.as_of_day - nw.col("came")
    )
    early = nw.col("days") < EARLY_DAYS
    planned = (nw.col("ended") == "complete") & kind.is_in(["", "planned"])
    judged = nw.col("reached") >= EARLY_DAYS
    stayed = nw.col("days").is_null() | (nw.col("days") >= EARLY_DAYS)
    dropped = early & (kind == "unplanned")
    return found.with_columns(
        started=nw.lit(1), judged=flag(judged), early_unplanned=flag(dropped),
        effective=flag(judged & (stayed | planned)), early_judged=flag(judged & dropped),
    )  # fmt: skip


def early_exit(tables: Tables, ask: Ask) -> Lazy:
    """Return new journeys, those that dropped out before 84 days, those treated effectively."""
    found = _started(tables, ask)
    keys = ["period", *ask.by]
    counts = [*STARTS, "early_judged"]
    figures = found.group_by(*keys).agg(*(total(c) for c in counts))
    rows = filled(spine(tables, groups_of(found, ask)), [figures], keys, counts)
    return rows.with_columns(
        percent_early=percent("early_unplanned", "started"),
        percent_early_of_judged=percent("early_judged", "judged"),
        percent_effective_of_judged=percent("effective", "judged"),
    ).drop("early_judged")


def early_exit_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the new journeys behind the numbers, with their days and what they count as."""
    more = ("days", "judged", "early_unplanned", "effective")
    return listed(_started(tables, ask), ask, "started", *more)
