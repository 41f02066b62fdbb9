"""The actions that are open or parked at the end of a day, of teams, of an owner, or of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, FromClause, select

from casereview.core.records import Action, ActionSpell
from casereview.core.state.actions import OPEN
from casereview.store.lookup import table
from casereview.store.project import shape_of

Held = tuple[Action, ActionSpell]


def open_actions(
    connection: Connection,
    on: date,
    *,
    teams: Sequence[str] = (),
    owner: str | None = None,
    case: int | None = None,
) -> list[Held]:
    """Return actions with their spell at the end of a day, oldest due first, without a date last.

    Args:
        connection: of a reading or writing transaction.
        on: the day.
        teams: codes; () asks for none by team.
        owner: a login, whose actions are found beside those of the teams.
        case: only those of a case and those of its person that are about it.
    """
    actions, spells = table("actions"), table("action_spells")
    left, right = shape_of(Action).columns, shape_of(ActionSpell).columns
    query = (
        select(*(actions.c[c] for c in left), *(spells.c[c] for c in right))
        .join_from(actions, spells, actions.c.id == spells.c.action_id)
        .where(
            actions.c.opened_on <= on,
            actions.c.closed_on.is_(None) | (actions.c.closed_on > on),
            spells.c.from_on <= on,
            spells.c.before_on.is_(None) | (spells.c.before_on > on),
            spells.c.status.in_(OPEN),
            *_whose(actions, spells, teams, owner, case),
        )
        .order_by(spells.c.due_on.is_(None), spells.c.due_on, actions.c.id, spells.c.n)
    )
    found: dict[int, Held] = {}
    for row in connection.execute(query):
        # Two changes on one day leave an empty spell behind; the last one is what holds.
        found[row[0]] = (Action(*row[: len(left)]), ActionSpell(*row[len(left) :]))
    return list(found.values())


def _whose(
    actions: FromClause,
    spells: FromClause,
    teams: Sequence[str],
    owner: str | None,
    case: int | None,
) -> list[ColumnElement[bool]]:
    if case is not None:
        return [(actions.c.case_id == case) | (actions.c.about_case_id == case)]
    if teams and owner is not None:
        return [actions.c.team.in_(teams) | (spells.c.owner == owner)]
    if teams:
        return [actions.c.team.in_(teams)]
    return [spells.c.owner == owner] if owner is not None else []
