"""Records of one person that were made one."""

from __future__ import annotations

from sqlalchemy import Connection, select

from casereview.store.lookup import table


def merged_into(connection: Connection, person: int) -> list[int]:
    """Return the records that were merged into a person, ascending, through several merges."""
    people = table("persons")
    found: list[int] = []
    wave = [person]
    while wave:
        query = select(people.c.id).where(people.c.merged_into.in_(wave))
        wave = sorted(set(connection.execute(query).scalars()) - {*found, person})
        found += wave
    return sorted(found)
