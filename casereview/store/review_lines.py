"""One review and one line of its agenda, read from their rows: a long agenda stays unread."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from casereview.core.records import AgendaItem, Review
from casereview.store.project import shape_of


def header(connection: Connection, review: int) -> Review | None:
    """Return a review without its agenda, None when there is no such review."""
    shape = shape_of(Review)
    columns = [shape.table.c[c] for c in shape.columns]
    row = connection.execute(select(*columns).where(shape.table.c.id == review)).first()
    if row is None:
        return None
    found = Review(*row)
    return replace(found, paper=bool(found.paper), baseline=bool(found.baseline))


def line(connection: Connection, review: int, case: int) -> AgendaItem | None:
    """Return a case's line of an agenda, None when the case is not on it."""
    shape = shape_of(AgendaItem)
    columns = [shape.table.c[c] for c in shape.columns]
    query = select(*columns).where(shape.table.c.review_id == review, shape.table.c.case_id == case)
    row = connection.execute(query).first()
    if row is None:
        return None
    found = AgendaItem(*row)
    return replace(found, drawn=bool(found.drawn), late=bool(found.late))
