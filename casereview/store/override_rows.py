"""Overrides read from their rows: cases whose override still waits to be confirmed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from casereview.store.lookup import table


def unconfirmed(
    connection: Connection, team: str, on: date, *, closed: bool | None = None
) -> list[int]:
    """Return a team's cases with an override of `on` or before that nobody confirmed.

    Args:
        connection: reading.
        team: its code.
        on: a day, itself counted.
        closed: only closed cases or only open ones, None for both.
    """
    cases, overrides = table("cases"), table("overrides")
    query = (
        select(cases.c.id)
        .join_from(cases, overrides, overrides.c.case_id == cases.c.id)
        .where(
            cases.c.team == team,
            overrides.c.on <= on,
            overrides.c.confirmed_on.is_(None),
        )
        .distinct()
    )
    if closed is not None:
        ended = cases.c.closed_on
        query = query.where(ended.is_not(None) if closed else ended.is_(None))
    return sorted(connection.execute(query).scalars())


def closed_unconfirmed(connection: Connection, team: str, on: date) -> list[int]:
    """Return a team's closed cases with an override of `on` or before that nobody confirmed."""
    return unconfirmed(connection, team, on, closed=True)
