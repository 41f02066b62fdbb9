"""The moments between which a wait runs: recorded milestones, and those that follow from others.

| name | moment |
|---|---|
| `referred`, `completed` | the case's own referral and planned completion |
| `referral-spell` | the first referral of a run of referrals of one person, at most 5 days apart |
| `first-contact`, `second-contact` | the first and second attended contact |
| `clock-stop-cyp`, `clock-stop-adult` | the latest of the events that stop the clock, all needed |
| anything else | the first milestone of that name |
"""

from __future__ import annotations

from types import MappingProxyType

import narwhals as nw

from casereview.measures.ask import Ask
from casereview.measures.common import flag
from casereview.measures.tables import Lazy, Tables

ATTENDED = ("5", "6")
SPELL_GAP_DAYS = 5
"""Source: domain.md 2.5 (referrals within 5 days of the previous end are one spell, T-24)."""

CLOCK_STOPS = MappingProxyType(
    {
        "clock-stop-cyp": ("first-contact", "baseline-outcome", "plan-agreed"),
        "clock-stop-adult": ("first-contact", "baseline-outcome", "assessed", "plan-agreed"),
    }
)
"""Source: domain.md 2.5 (full clock stop: the latest; missing any, still waiting; T-25)."""

CONTACTS = MappingProxyType({"first-contact": 1, "second-contact": 2})
CASE_MOMENTS = ("referred", "completed", "referral-spell")
MOMENTS = (*CASE_MOMENTS, *CONTACTS, *CLOCK_STOPS)
"""Every moment that is not a recorded milestone."""


def relations_for(name: str) -> frozenset[str]:
    """Return the relations that a moment is read from, besides the cases."""
    if name in CASE_MOMENTS:
        return frozenset()
    if name in CONTACTS:
        return frozenset({"attendances"})
    if name in CLOCK_STOPS:
        return frozenset({"attendances", "milestones"})
    return frozenset({"milestones"})


def moment(tables: Tables, ask: Ask, cases: Lazy, name: str) -> Lazy:
    """Return `key`, `day`, `s` of a moment, at most one row for each key.

    Args:
        tables: the relations.
        ask: when transfers are joined, events of any case of a journey count for the journey.
        cases: the cases that count, with `key`.
        name: see the table above; `s` is None where only the date is known.
    """
    if name == "referred":
        start = cases.filter(nw.col("case_id") == nw.col("key"))
        return start.select(
            "key", nw.col("referred_day").alias("day"), nw.col("referred_s").alias("s")
        )
    if name == "completed":
        done = cases.filter(nw.col("ended") == "complete", ~nw.col("closed_day").is_null())
        planned = done.filter(nw.col("exit_class").fill_null("planned") == "planned")
        return planned.select(
            "key", nw.col("closed_day").alias("day"), nw.col("closed_s").alias("s")
        )
    if name == "referral-spell":
        return _referral_spells(cases)
    if name in CLOCK_STOPS:
        return _latest(tables, cases, name)
    found = _events(tables, name).join(cases.select("case_id", "key"), on="case_id", how="inner")
    return _first(found, "key") if ask.joined else found.select("key", "day", "s")


def first_of(tables: Tables, name: str) -> Lazy:
    """Return the first milestone of a name: `case_id`, `day`, `s`, one row for each case."""
    named = tables["milestones"].filter(nw.col("name") == name, nw.col("excluded").is_null())
    return _first(named, "case_id")


def _first(events: Lazy, key: str) -> Lazy:
    """Return the earliest day of each key and the earliest instant known on that day."""
    first = events.group_by(key).agg(nw.col("day").min().alias("first_day"))
    on_day = events.join(first, on=key, how="inner").filter(nw.col("day") == nw.col("first_day"))
    return on_day.group_by(key, "day").agg(nw.col("s").min())


def _events(tables: Tables, name: str) -> Lazy:
    if name not in CONTACTS:
        return first_of(tables, name)
    attended = tables["attendances"].filter(nw.col("attended").is_in(list(ATTENDED)))
    ranked = attended.with_columns(one=nw.lit(1)).with_columns(
        number=nw.col("one").cum_sum().over("case_id", order_by=["day", "n"])
    )
    return ranked.filter(nw.col("number") == CONTACTS[name]).select("case_id", "day", "s")


def _latest(tables: Tables, cases: Lazy, name: str) -> Lazy:
    """Return the day on which the last of several events happened, where all of them did."""
    parts = CLOCK_STOPS[name]
    held = cases.select("case_id", "key")
    events = [
        _first(_events(tables, part).join(held, on="case_id", how="inner"), "key")
        .with_columns(part=nw.lit(part))
        .select("key", "day", "s", "part")
        for part in parts
    ]
    whole = nw.concat(events, how="vertical")
    last = whole.group_by("key").agg(
        nw.col("day").max().alias("last_day"),
        nw.col("part").n_unique().cast(nw.Int64).alias("parts"),
    )
    last = last.filter(nw.col("parts") == len(parts))
    on_day = whole.join(last, on="key", how="inner").filter(nw.col("day") == nw.col("last_day"))
    return on_day.group_by("key", "day").agg(nw.col("s").max())


def _referral_spells(cases: Lazy) -> Lazy:
    """Return for each case the first day of its run of overlapping or close referrals.

    A case begins a new run when every case of the person that came before it ended more than
    5 days earlier.
    """
    own = cases.select("key", "person_id", "referred_day", "case_id")
    before = cases.select(
        "person_id",
        nw.col("case_id").alias("other"),
        nw.col("referred_day").alias("other_day"),
        nw.col("closed_day").alias("other_end"),
    )
    pairs = own.join(before, on="person_id", how="inner").filter(
        (nw.col("other_day") < nw.col("referred_day"))
        | ((nw.col("other_day") == nw.col("referred_day")) & (nw.col("other") < nw.col("case_id")))
    )
    near = nw.col("other_end").is_null() | (
        nw.col("referred_day") - nw.col("other_end") <= SPELL_GAP_DAYS
    )
    joined = pairs.with_columns(near=flag(near)).group_by("case_id").agg(nw.col("near").max())
    marked = own.join(joined, on="case_id", how="left").with_columns(
        begins=1 - nw.col("near").fill_null(0)
    )
    numbered = marked.with_columns(
        spell=nw.col("begins").cum_sum().over("person_id", order_by=["referred_day", "case_id"])
    )
    starts = numbered.group_by("person_id", "spell").agg(nw.col("referred_day").min().alias("day"))
    found = numbered.join(starts, on=["person_id", "spell"], how="inner")
    return (
        found.group_by("key")
        .agg(nw.col("day").min())
        .with_columns(s=nw.lit(None).cast(nw.Int64))
        .select("key", "day", "s")
    )
