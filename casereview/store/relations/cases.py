"""The relation of cases: as they stood at the end of a day, with each person's case before, after.

Source: data.md section 1 (caseload at a day is the status at its end).
"""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import Connection

from casereview.store.relations.sql import DAY, ID, NUMBER, OF_PERSONS, SMALL, WORD, fetch
from casereview.store.types import to_day

_SPREAD = 1 << 24
"""More cases than one person can have: day and place of a case fit one sortable number."""

_REOPENED = (
    "SELECT case_id, n, stage, from_on, before_on, from_s, exit, exit_class FROM stage_spells "
    "WHERE stage IN ('complete', 'left') AND before_on IS NOT NULL AND from_on <= ?"
)
_REOPENED_SCHEMA = {
    "case_id": ID, "n": SMALL, "ended": WORD, "from_day": DAY, "before_day": DAY, "from_s": NUMBER,
    "exit": WORD, "exit_class": WORD,
}  # fmt: skip


def read_reopened(connection: Connection, *, as_of: date, team: str | None) -> pl.DataFrame:
    """Return the closings that a reopening undid, each with its own exit.

    `before_day` is None for a closing that still stood on `as_of`.
    """
    sql = _REOPENED
    if team is not None:
        # The person's cases elsewhere count as neighbours, so theirs are needed too.
        sql += f" AND case_id IN (SELECT id FROM cases WHERE {OF_PERSONS})"  # noqa: S608 - fixed text
    parameters = (to_day(as_of),) if team is None else (to_day(as_of), team)
    found = fetch(connection, sql, parameters, _REOPENED_SCHEMA)
    before = pl.col("before_day")
    return found.with_columns(pl.when(before <= to_day(as_of)).then(before).alias("before_day"))


def with_kept_persons(connection: Connection, cases: pl.DataFrame) -> pl.DataFrame:
    """Return the cases with the record that was kept where two records of one person were merged.

    Cases stay with the record they were opened for; who came back is a question about the person.
    """
    sql = "SELECT id, merged_into FROM persons WHERE merged_into IS NOT NULL"
    merged = fetch(connection, sql, None, {"person_id": ID, "into": ID})
    if merged.is_empty():
        return cases
    into = dict(merged.iter_rows())
    kept = pl.DataFrame(
        {"person_id": list(into), "kept": [root_of(person, into) for person in into]},
        schema={"person_id": ID, "kept": ID},
    )
    return (
        cases.join(kept, on="person_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("kept", "person_id").alias("person_id"))
        .drop("kept")
    )


def case_relation(
    rows: pl.DataFrame, reopened: pl.DataFrame, *, day: int, team: str | None
) -> pl.DataFrame:
    """Return the cases at the end of a day, without their key workers.

    Args:
        rows: stored cases referred on or before the day, of every person concerned.
        reopened: closings that were undone later.
        day: days since 1970-01-01.
        team: keep only the cases of this team, None for all.
    """
    closed = pl.col("closed_day")
    cases = rows.with_columns(
        pl.when(closed <= day).then(pl.col(c)).alias(c)
        for c in ("ended", "closed_s", "exit", "exit_class")
    ).with_columns(pl.when(closed <= day).then(closed).alias("closed_day"))
    cases = _with_earlier_closings(cases, reopened)
    cases = _with_journeys(cases)
    cases = _with_neighbours(cases)
    if team is not None:
        cases = cases.filter(pl.col("team") == team)
    return cases


def _with_earlier_closings(cases: pl.DataFrame, reopened: pl.DataFrame) -> pl.DataFrame:
    """Put back the closing that stood on the day and was undone only later."""
    standing = reopened.filter(pl.col("before_day").is_null())
    if standing.is_empty():
        return cases
    renamed = standing.select(
        "case_id",
        *(pl.col(c).alias(f"then_{c}") for c in ("ended", "exit", "exit_class")),
        pl.col("from_day").alias("then_closed_day"),
        pl.col("from_s").alias("then_closed_s"),
    )
    columns = ("ended", "closed_day", "closed_s", "exit", "exit_class")
    stood = pl.col("then_closed_day").is_not_null() & pl.col("closed_day").is_null()
    return (
        cases.join(renamed, on="case_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(stood).then(pl.col(f"then_{c}")).otherwise(pl.col(c)).alias(c) for c in columns
        )
        .drop(f"then_{c}" for c in columns)
    )


def _with_journeys(cases: pl.DataFrame) -> pl.DataFrame:
    """Join accepted transfers: the journey is known by its first case and its first day.

    `handed_on` is 1 for a case that went on as another team's case, `arrived` 1 for that case.
    """
    links = cases.filter(pl.col("link") == "transfer").select("case_id", "linked_case_id")
    known = set(cases["case_id"]) if links.height else set()
    sender = {c: s for c, s in links.iter_rows() if s in known}
    if not sender:
        return cases.with_columns(
            pl.col("case_id").alias("journey_id"),
            pl.col("referred_day").alias("journey_from_day"),
            pl.col("referred_s").alias("journey_from_s"),
            pl.lit(0, SMALL).alias("handed_on"),
            pl.lit(0, SMALL).alias("arrived"),
        )
    roots = pl.DataFrame(
        {"case_id": list(sender), "root": [root_of(c, sender) for c in sender]},
        schema={"case_id": ID, "root": ID},
    )
    firsts = cases.select(
        pl.col("case_id").alias("journey_id"),
        pl.col("referred_day").alias("journey_from_day"),
        pl.col("referred_s").alias("journey_from_s"),
    )
    senders = pl.Series(list(sender.values()), dtype=ID).implode()
    return (
        cases.join(roots, on="case_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("root", "case_id").alias("journey_id"),
            pl.col("case_id").is_in(senders).cast(SMALL).alias("handed_on"),
            pl.col("root").is_not_null().cast(SMALL).alias("arrived"),
        )
        .drop("root")
        .join(firsts, on="journey_id", how="left", maintain_order="left")
    )


def root_of(one: int, leads_to: dict[int, int]) -> int:
    """Return where a chain of records or cases leads; a circle is left where it closes."""
    seen = {one}
    while one in leads_to and leads_to[one] not in seen:
        one = leads_to[one]
        seen.add(one)
    return one


def _with_neighbours(cases: pl.DataFrame) -> pl.DataFrame:
    """Add each person's next case after the closing and the last closing before the referral.

    Only cases on the same pathway, or linked as a return, are neighbours: going on from a ward to
    a community team is no return. Arrivals by transfer and excluded cases are nobody's neighbour.
    """
    usable = pl.col("excluded").is_null() & (pl.col("link").fill_null("") != "transfer")
    many = cases.filter(usable & pl.col("person_id").is_duplicated()).sort(
        "person_id", "referred_day", "case_id"
    )
    place = pl.int_range(pl.len(), dtype=NUMBER).over("person_id")
    many = many.with_columns(
        (pl.col("referred_day").cast(NUMBER) * _SPREAD + place).alias("came"),
        (pl.col("closed_day").cast(NUMBER) * _SPREAD + place).alias("went"),
        place.alias("place"),
    )
    added = _following(many).join(_preceding(many), on="case_id", how="full", coalesce=True)
    linked = cases.filter(usable & (pl.col("link") == "return")).select(
        pl.col("linked_case_id").alias("case_id"),
        pl.col("referred_day").alias("linked_day"),
        pl.col("case_id").alias("linked_id"),
    )
    linked = linked.sort("linked_day", "linked_id").unique("case_id", keep="first")
    return (
        cases.join(added, on="case_id", how="left", maintain_order="left")
        .join(linked, on="case_id", how="left", maintain_order="left")
        .with_columns(_nearer("next_case_id", "linked_id"), _nearer_day())
        .drop("linked_day", "linked_id")
    )


def _linked_first() -> pl.Expr:
    return pl.col("linked_day").is_not_null() & (
        pl.col("next_referred_day").is_null() | (pl.col("linked_day") < pl.col("next_referred_day"))
    )


def _nearer(own: str, linked: str) -> pl.Expr:
    return pl.when(_linked_first()).then(pl.col(linked)).otherwise(pl.col(own)).alias(own)


def _nearer_day() -> pl.Expr:
    return (
        pl.when(_linked_first())
        .then(pl.col("linked_day"))
        .otherwise(pl.col("next_referred_day"))
        .alias("next_referred_day")
    )


def _following(many: pl.DataFrame) -> pl.DataFrame:
    own = many.filter(pl.col("closed_day").is_not_null()).select(
        "case_id",
        "person_id",
        "pathway",
        # Not before the closing, and never the case itself or one that came before it.
        pl.max_horizontal(
            pl.col("closed_day").cast(NUMBER) * _SPREAD, pl.col("came") + 1
        ).alias("key"),
    )  # fmt: skip
    later = many.select(
        "person_id",
        "pathway",
        pl.col("came").alias("key"),
        pl.col("case_id").alias("next_case_id"),
        pl.col("referred_day").alias("next_referred_day"),
    )
    return (
        own.sort("key")
        .join_asof(
            later.sort("key"), on="key", by=["person_id", "pathway"], strategy="forward",
            check_sortedness=False,
        )
        .filter(pl.col("next_case_id").is_not_null())
        .select("case_id", "next_case_id", "next_referred_day")
    )  # fmt: skip


def _preceding(many: pl.DataFrame) -> pl.DataFrame:
    own = many.select("case_id", "person_id", "pathway", (pl.col("came") - 1).alias("key"))
    earlier = many.filter(pl.col("closed_day").is_not_null()).select(
        "person_id",
        "pathway",
        pl.col("went").alias("key"),
        pl.col("case_id").alias("prev_case_id"),
        pl.col("closed_day").alias("prev_closed_day"),
    )
    return (
        own.sort("key")
        .join_asof(
            earlier.sort("key"), on="key", by=["person_id", "pathway"], strategy="backward",
            check_sortedness=False,
        )
        .filter(pl.col("prev_case_id").is_not_null())
        .select("case_id", "prev_case_id", "prev_closed_day")
    )  # fmt: skip


def key_workers(cases: pl.DataFrame, workers: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return `worker` of each case, in their order: at the closing, or on the day while open."""
    ends = cases.select("case_id", pl.col("closed_day").fill_null(day).alias("end"))
    held = (
        workers.filter(pl.col("worker").is_not_null())
        .join(ends, on="case_id")
        .filter(
            (pl.col("from_day") <= pl.col("end"))
            & (pl.col("before_day").is_null() | (pl.col("before_day") > pl.col("end")))
        )
    )
    if held["case_id"].n_unique() < held.height:
        held = held.sort("from_day").unique("case_id", keep="last")
    return (
        ends.select("case_id")
        .join(held.select("case_id", "worker"), on="case_id", how="left", maintain_order="left")
        .select("worker")
    )
