"""Whether somebody who is referred was here before: their last closed case."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, case, select

from casereview.store.lookup import table


def last_closed(
    connection: Connection, person: int, team: str, pathway: str, on: date
) -> tuple[int, str, date] | None:
    """Return (case, team, day it closed) of a person's last case that ended by a day, else None.

    One of the same team goes before one of another team on the same pathway. A case that went on in
    another team, or was recorded in error, is no earlier journey.
    """
    cases = table("cases")
    query = (
        select(cases.c.id, cases.c.team, cases.c.closed_on)
        .where(
            cases.c.person_id == person,
            (cases.c.team == team) | (cases.c.pathway == pathway),
            cases.c.closed_on <= on,
            cases.c.exit.is_(None) | cases.c.exit.not_in(("transfer", "recorded-in-error")),
        )
        .order_by(
            case((cases.c.team == team, 0), else_=1), cases.c.closed_on.desc(), cases.c.id.desc()
        )
    )
    row = connection.execute(query.limit(1)).first()
    return None if row is None else (row[0], row[1], row[2])
