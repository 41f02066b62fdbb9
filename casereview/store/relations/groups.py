"""What cases are grouped by besides team and worker: traits of the person, place and provider.

One value for each case, so that groups add up: the one that held on the day the case ended, or on
the as-of date while it is open. Where nothing had been recorded by then, the first value recorded
later counts. Of two records of one person the kept one's value goes first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl
from sqlalchemy import Connection

from casereview.core.identity import SEX_WORDS
from casereview.store.relations.cases import root_of
from casereview.store.relations.more import OF_PEOPLE
from casereview.store.relations.sql import DAY, ID, OF_PERSONS, SMALL, WORD, fetch
from casereview.store.statements import marks
from casereview.store.types import to_day

AGE_BANDS = MappingProxyType({0: "0-17", 18: "18-64", 65: "65+"})
"""First year of each band. Source: domain.md 1.6 (NHS England: children, adult, older adult)."""

PERSON_FACTS = ("ethnic_group", "disability", "language", "district")
CASE_FACTS = ("site", "provider", "substance_group")
GROUPS = ("sex", "age_band", *PERSON_FACTS, *CASE_FACTS)

_OF_CASES = "case_id IN (SELECT id FROM cases WHERE team = ?)"
_MERGED = "SELECT id, merged_into FROM persons WHERE merged_into IS NOT NULL"
_VALUES = (("fact", WORD), ("n", SMALL), ("from_day", DAY), ("before_day", DAY), ("text", WORD))


@dataclass(frozen=True, slots=True)
class _Source:
    connection: Connection
    day: int
    team: str | None

    def facts(self, table: str, key: str, names: Collection[str], of_team: str) -> pl.DataFrame:
        sql = (
            f"SELECT {key}, fact, n, from_on, before_on, text FROM {table} "  # noqa: S608 - fixed words
            f"WHERE fact IN ({marks(tuple(names))}) AND from_on <= ?"
        )
        values: tuple[object, ...] = (*names, self.day)
        if self.team is not None:
            sql, values = f"{sql} AND {of_team}", (*values, self.team)
        return fetch(self.connection, sql, values, {key: ID, **dict(_VALUES)})

    def people(self) -> pl.DataFrame:
        sql = "SELECT id, born_on, sex FROM persons"
        if self.team is not None:
            sql += f" WHERE {OF_PEOPLE}"
        schema = {"person_id": ID, "born_day": DAY, "sex": WORD}
        return fetch(self.connection, sql, None if self.team is None else (self.team,), schema)


def with_groups(
    connection: Connection,
    cases: pl.DataFrame,
    names: Collection[str],
    *,
    as_of: date,
    team: str | None,
) -> pl.DataFrame:
    """Return cases with a column for each group asked for; None where nothing is known.

    Args:
        connection: inside a reading transaction.
        cases: with the kept record of each person, `journey_from_day` and `closed_day`.
        names: some of GROUPS.
        as_of: business date.
        team: the only team of the cases, None for all.
    """
    wanted = [n for n in GROUPS if n in set(names)]
    if not wanted:
        return cases
    source = _Source(connection, to_day(as_of), team)
    ends = cases.select(
        "case_id", "person_id", pl.col("journey_from_day").alias("came"),
        pl.col("closed_day").fill_null(source.day).alias("end"),
    )  # fmt: skip
    parts = []
    of_case = [n for n in wanted if n in CASE_FACTS]
    if of_case:
        found = source.facts("case_facts", "case_id", of_case, _OF_CASES)
        parts += [_valid(found, ends, "case_id", n) for n in of_case]
    if len(of_case) < len(wanted):
        merged = dict(fetch(connection, _MERGED, None, {"id": ID, "into": ID}).iter_rows())
        roots = {person: root_of(person, merged) for person in merged}
        parts += _of_people(source, ends, [n for n in wanted if n not in CASE_FACTS], roots)
    for part in parts:
        cases = cases.join(part, on="case_id", how="left", maintain_order="left")
    return cases


def _of_people(
    source: _Source, ends: pl.DataFrame, names: list[str], roots: dict[int, int]
) -> list[pl.DataFrame]:
    parts = []
    facts = [n for n in names if n in PERSON_FACTS]
    if facts:
        found = _rooted(source.facts("person_facts", "person_id", facts, OF_PERSONS), roots)
        parts += [_valid(found, ends, "person_id", n) for n in facts]
    if len(facts) < len(names):
        people = _rooted(source.people(), roots)
        if "sex" in names:
            known = _first(people.filter(pl.col("sex").is_not_null()), "person_id")
            sex = pl.col("sex").str.strip_chars().str.to_lowercase().replace(dict(SEX_WORDS))
            parts.append(
                ends.join(known.with_columns(sex), on="person_id").select("case_id", "sex")
            )
        if "age_band" in names:
            known = _first(people.filter(pl.col("born_day").is_not_null()), "person_id")
            aged = ends.join(known, on="person_id").with_columns(_age_band().alias("age_band"))
            parts.append(aged.select("case_id", "age_band"))
    return parts


def _rooted(frame: pl.DataFrame, roots: dict[int, int]) -> pl.DataFrame:
    """Put the kept record in the place of a merged one; `late_record` is 1 for the latter."""
    if not roots:
        return frame.with_columns(pl.lit(0, SMALL).alias("late_record"))
    merged = pl.col("person_id").is_in(list(roots))
    return frame.with_columns(
        merged.cast(SMALL).alias("late_record"), pl.col("person_id").replace(roots)
    )


def _first(people: pl.DataFrame, key: str) -> pl.DataFrame:
    if people[key].n_unique() == people.height:
        return people
    return people.sort("late_record").unique(key, keep="first", maintain_order=True)


def _valid(facts: pl.DataFrame, ends: pl.DataFrame, key: str, name: str) -> pl.DataFrame:
    """Return the value of one fact for each case: that of its end, else the first one after it."""
    own = facts.filter(pl.col("fact") == name)
    if "late_record" not in own.columns:
        own = own.with_columns(pl.lit(0, SMALL).alias("late_record"))
    held = ends.select(*dict.fromkeys(("case_id", key, "end"))).join(own, on=key)
    before = pl.col("before_day").is_null() | (pl.col("before_day") > pl.col("end"))
    late = pl.col("from_day") > pl.col("end")
    held = held.with_columns(late.alias("late")).filter(late | before)
    if held["case_id"].n_unique() < held.height:
        # Of several that hold the last one told counts, of several told later the first.
        told = pl.when("late").then(pl.col("from_day")).otherwise(-pl.col("n"))
        held = held.with_columns(told.alias("told")).sort("late", "late_record", "told", "n")
        held = held.unique("case_id", keep="first", maintain_order=True)
    return held.select("case_id", pl.col("text").alias(name))


def _age_band() -> pl.Expr:
    """Return the band of the full years at the referral, None for a birth after it."""
    came, born = pl.col("came").cast(pl.Date), pl.col("born_day").cast(pl.Date)
    # Months of 32 days and years of 512: one number that grows with the date.
    came_on, born_on = (
        d.dt.year() * 512 + d.dt.month().cast(pl.Int32) * 32 + d.dt.day() for d in (came, born)
    )
    age = (came_on - born_on) // 512
    band = pl.lit(None, WORD)
    for start, word in AGE_BANDS.items():
        band = pl.when(age >= start).then(pl.lit(word)).otherwise(band)
    return band
