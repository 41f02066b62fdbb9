"""Which names the store uses: pathways, milestones, series of figures, packs, a team's people."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, select

from casereview.store.lookup import table


def pathways_in_use(connection: Connection, team: str | None = None) -> list[str]:
    """Return the pathways that teams work by, by id; that of one team when its code is given."""
    teams = table("teams")
    query = select(teams.c.pathway).distinct().order_by(teams.c.pathway)
    if team is not None:
        query = query.where(teams.c.code == team)
    return list(connection.execute(query).scalars())


def milestones_in_use(connection: Connection) -> set[str]:
    """Return the names of all milestones that some case has."""
    return set(connection.execute(select(table("milestones").c.name).distinct()).scalars())


def series_in_use(connection: Connection) -> dict[str, int]:
    """Return the number of every series that has something typed, by name."""
    series = table("series")
    rows = connection.execute(select(series.c.name, series.c.id).order_by(series.c.name))
    return {row[0]: row[1] for row in rows}


def first_review_with(connection: Connection, pack: str) -> date | None:
    """Return the day of the first review held with a pack, None when none was."""
    reviews = table("reviews")
    query = select(func.min(reviews.c.on)).where(
        reviews.c.pack == pack, reviews.c.status != "abandoned"
    )
    return connection.execute(query).scalar()


def people_of_team(connection: Connection, team: str) -> set[int]:
    """Return everybody who has, or had, a case in a team."""
    cases = table("cases")
    query = select(cases.c.person_id).distinct().where(cases.c.team == team)
    return set(connection.execute(query).scalars())
