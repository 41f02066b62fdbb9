"""The front door: solved first time, assessment offered at first contact, hand-offs before work."""

from __future__ import annotations

import narwhals as nw

from casereview.core.attendance import ATTENDED
from casereview.measures.ask import Ask
from casereview.measures.common import (
    FAR,
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
from casereview.measures.points import first_days
from casereview.measures.tables import RETURN_DAYS, Lazy, Tables

COUNTS = ("came", "met", "offered_at_first", "solved_first_time", "solved_and_stayed")
HANDS = ("hand_offs", "without_hand_off")


def _doors(tables: Tables, ask: Ask) -> Lazy:
    """Return who came in each period, with first contact, offer, and hand-offs before the start.

    An accepted transfer and every further key worker before the work starts is a hand-off.
    """
    cases = kept_cases(tables, ask)
    if ask.joined:
        cases = cases.filter(nw.col("handed_on") == 0)
    came = nw.col("journey_from_day" if ask.joined else "referred_day")
    key = nw.col("journey_id" if ask.joined else "case_id")
    found = in_period(cases.with_columns(came_day=came, key=key), tables, "came_day")
    for part in (_contacts(tables, ask), _offers(tables, ask), _hands(tables, ask)):
        found = found.join(part, on="key", how="left")
    found = found.with_columns(
        nw.col("contacts").fill_null(0), nw.col("hand_offs").fill_null(0), came=nw.lit(1)
    )
    return found.with_columns(**_marks())


def _marks() -> dict[str, nw.Expr]:
    kind = nw.col("exit_class").fill_null("planned")
    solved = (nw.col("ended") == "complete") & (kind == "planned") & (nw.col("contacts") == 1)
    back = nw.col("next_referred_day")
    stayed = back.is_null() | (back > nw.col("closed_day") + RETURN_DAYS)
    return {
        "met": flag(nw.col("contacts") > 0),
        "offered_at_first": flag(nw.col("offered_day") <= nw.col("met_day")),
        "solved_first_time": flag(solved),
        "solved_and_stayed": flag(solved & stayed),
        "without_hand_off": flag(nw.col("hand_offs") == 0),
    }


def _keys(tables: Tables, ask: Ask) -> Lazy:
    key = nw.col("journey_id" if ask.joined else "case_id")
    return tables["cases"].select("case_id", key.alias("key"))


def _contacts(tables: Tables, ask: Ask) -> Lazy:
    held = tables["attendances"].filter(nw.col("attended").is_in(list(ATTENDED)))
    held = held.select("case_id", "day").join(_keys(tables, ask), on="case_id", how="inner")
    return held.with_columns(contacts=nw.lit(1)).group_by("key").agg(
        total("contacts"), nw.col("day").min().alias("met_day")
    )  # fmt: skip


def _offers(tables: Tables, ask: Ask) -> Lazy:
    held = first_days(tables, "offered").join(_keys(tables, ask), on="case_id", how="inner")
    return held.group_by("key").agg(nw.col("day").min().alias("offered_day"))


def _hands(tables: Tables, ask: Ask) -> Lazy:
    """Return how often a journey changed hands before its work started."""
    keys = _keys(tables, ask)
    started = first_days(tables, "started").join(keys, on="case_id", how="inner")
    started = started.group_by("key").agg(nw.col("day").min().alias("start_day"))
    held = tables["workers"].filter(~nw.col("worker").is_null())
    held = held.select("case_id", "worker", "from_day").join(keys, on="case_id", how="inner")
    held = held.join(started, on="key", how="left")
    before = held.filter(nw.col("from_day") <= nw.col("start_day").fill_null(FAR))
    workers = before.group_by("key").agg(
        (nw.col("worker").n_unique().cast(nw.Int64)).alias("workers")
    )
    moved = keys.filter(nw.col("key") != nw.col("case_id")).with_columns(moves=nw.lit(1))
    moved = moved.group_by("key").agg(total("moves"))
    found = keys.select("key").unique().join(workers, on="key", how="left")
    found = found.join(moved, on="key", how="left").with_columns(
        nw.col("workers").fill_null(1), nw.col("moves").fill_null(0)
    )
    # Whoever takes a transfer over is one of the further workers already.
    more = nw.col("workers") - 1
    hands = nw.when(more > nw.col("moves")).then(more).otherwise(nw.col("moves"))
    return found.with_columns(hand_offs=hands).select("key", "hand_offs")


def front_door(tables: Tables, ask: Ask) -> Lazy:
    """Return who came, who was met, offered an assessment at once, solved, and handed on."""
    found = _doors(tables, ask)
    keys, counts = ["period", *ask.by], [*COUNTS, *HANDS]
    figures = found.group_by(*keys).agg(*(total(c) for c in counts))
    rows = filled(spine(tables, groups_of(found, ask)), [figures], keys, counts)
    each = nw.when(nw.col("came") > 0).then(nw.col("hand_offs") * 1.0 / nw.col("came"))
    return rows.with_columns(
        percent_offered_at_first=percent("offered_at_first", "met"),
        percent_solved_first_time=percent("solved_first_time", "came"),
        mean_hand_offs=each,
    )


def front_door_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the journeys behind the numbers, with first contact, offer and hand-offs."""
    more = ("met_day", "offered_day", "contacts", "hand_offs", *COUNTS[1:])
    return listed(_doors(tables, ask), ask, "came", *more)
