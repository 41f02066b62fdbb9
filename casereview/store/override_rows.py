"""Overrides read from their rows: closed cases whose override still waits to be confirmed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from casereview.store.lookup import table


def closed_unconfirmed(connection: Connection, team: str, on: date) -> list[int]:
    """Return a team's closed cases with an override of `on` or before that nobody confirmed."""
    cases, overrides = table("cases"), table("overrides")
    query = (
        select(cases.c.id)
        .join_from(cases, overrides, overrides.c.case_id == cases.c.id)
        .where(
            cases.c.team == team,
            cases.c.closed_on.is_not(None),
            overrides.c.on <= on,
            overrides.c.confirmed_on.is_(None),
        )
        .distinct()
    )
    return sorted(connection.execute(query).scalars())
