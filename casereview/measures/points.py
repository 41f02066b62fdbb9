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

from casereview.core.attendance import ATTENDED
from casereview.measures.ask import Ask
from casereview.measures.common import flag, kept_cases
from casereview.measures.tables import Lazy, Tables

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


def with_moment(tables: Tables, ask: Ask, cases: Lazy, name: str, into: str) -> Lazy:
    """Add `<into>_day` and `<into>_s` of a moment to cases, None where it has not come.

    `s` is None where only the date is known, and is not looked for when days are asked.

    Args:
        tables: the relations.
        ask: when transfers are joined, events of any case of a journey count for the journey.
        cases: with `key`, the case or the journey that each row stands for.
        name: see the table above.
        into: beginning of the new columns' names.
    """
    if name in {"referred", "completed"}:
        day, instant = _own_moment(ask, name)
        return cases.with_columns(day.alias(f"{into}_day"), instant.alias(f"{into}_s"))
    found = _found(tables, ask, name)
    named = found.select("key", nw.col("day").alias(f"{into}_day"), nw.col("s").alias(f"{into}_s"))
    return cases.join(named, on="key", how="left")


def _own_moment(ask: Ask, name: str) -> tuple[nw.Expr, nw.Expr]:
    if name == "referred" and ask.joined:
        return nw.col("journey_from_day"), nw.col("journey_from_s")
    if name == "referred":
        return nw.col("referred_day"), nw.col("referred_s")
    planned = (nw.col("ended") == "complete") & (
        nw.col("exit_class").fill_null("planned") == "planned"
    )
    return nw.when(planned).then(nw.col("closed_day")), nw.when(planned).then(nw.col("closed_s"))


def _found(tables: Tables, ask: Ask, name: str) -> Lazy:
    """Return `key`, `day`, `s` of a moment, one row for each key that has it."""
    if name == "referral-spell":
        return _referral_spells(kept_cases(tables, ask).with_columns(key=_key(ask)))
    if name in CLOCK_STOPS:
        return _latest(tables, ask, name)
    return _first(_keyed(tables, ask, name), ask)


def _key(ask: Ask) -> nw.Expr:
    return nw.col("journey_id" if ask.joined else "case_id")


def _keyed(tables: Tables, ask: Ask, name: str) -> Lazy:
    events = _events(tables, name)
    if not ask.joined:
        return events.with_columns(key=nw.col("case_id"))
    cases = tables["cases"].select("case_id", nw.col("journey_id").alias("key"))
    return events.join(cases, on="case_id", how="inner")


def first_days(tables: Tables, name: str) -> Lazy:
    """Return the day of the first milestone of a name: `case_id`, `day`."""
    return _events(tables, name).group_by("case_id").agg(nw.col("day").min())


def _first(events: Lazy, ask: Ask) -> Lazy:
    """Return the earliest day of each key and, for hours, the earliest instant of that day."""
    if ask.unit == "days":
        days = events.group_by("key").agg(nw.col("day").min())
        return days.with_columns(s=nw.lit(None).cast(nw.Int64))
    first = events.group_by("key").agg(nw.col("day").min().alias("first_day"))
    on_day = events.join(first, on="key", how="inner").filter(nw.col("day") == nw.col("first_day"))
    return on_day.group_by("key", "day").agg(nw.col("s").min())


def _events(tables: Tables, name: str) -> Lazy:
    """Return every event of a name: `case_id`, `day`, `s`."""
    if name not in CONTACTS:
        named = tables["milestones"].filter(nw.col("name") == name, nw.col("excluded").is_null())
        return named.select("case_id", "day", "s")
    attended = tables["attendances"].filter(nw.col("attended").is_in(list(ATTENDED)))
    ranked = attended.with_columns(one=nw.lit(1)).with_columns(
        number=nw.col("one").cum_sum().over("case_id", order_by=["day", "n"])
    )
    return ranked.filter(nw.col("number") == CONTACTS[name]).select("case_id", "day", "s")


def _latest(tables: Tables, ask: Ask, name: str) -> Lazy:
    """Return the day on which the last of several events happened, where all of them did."""
    parts = CLOCK_STOPS[name]
    events = [
        _first(_keyed(tables, ask, part), ask)
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
