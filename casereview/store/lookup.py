"""Small questions to the tables: who, which, where. Answers are plain values, never rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from casereview.core.records import Action, ActionSpell
from casereview.store.project import shape_of
from casereview.store.rows import TABLES
from casereview.store.statements import run

PART = 500
"""Ids in one IN list: well below every database's limit of parameters."""


def table(name: str) -> Table:
    """Return a stored table by name."""
    return _BY_NAME[name]


_BY_NAME: dict[str, Table] = {shape_of(r).name: shape_of(r).table for r in TABLES}
_CASES, _PEOPLE, _IDS = table("cases"), table("persons"), table("person_ids")
_REVIEWS = table("reviews")
_USERS, _TEAMS, _ALLOCATIONS = table("users"), table("teams"), table("allocations")


def team_numbers(connection: Connection) -> dict[str, int]:
    """Return team code to its stream number, by code."""
    rows = connection.execute(select(_TEAMS.c.code, _TEAMS.c.id).order_by(_TEAMS.c.code))
    return {row[0]: row[1] for row in rows}


def user_numbers(connection: Connection) -> dict[str, int]:
    """Return login to its stream number, by login."""
    rows = connection.execute(select(_USERS.c.login, _USERS.c.id).order_by(_USERS.c.login))
    return {row[0]: row[1] for row in rows}


def login_of(connection: Connection, os_user: str) -> str | None:
    """Return the login of an operating-system user, None when there is none; removed ones last."""
    query = select(_USERS.c.login).where(_USERS.c.os_user == os_user)
    here_first = query.order_by(_USERS.c.removed_on.is_not(None), _USERS.c.id)
    return connection.execute(here_first.limit(1)).scalar()


def last_import(connection: Connection) -> int | None:
    """Return the number of the last import, None when nothing was imported."""
    number: int | None = connection.execute(select(func.max(table("runs").c.id))).scalar()
    return number


def action_home(connection: Connection, action: int) -> tuple[str, int | str] | None:
    """Return where an action lives: ("case", id), ("person", id) or ("team", code)."""
    actions = table("actions")
    query = select(actions.c.case_id, actions.c.person_id, actions.c.team)
    row = connection.execute(query.where(actions.c.id == action)).first()
    if row is None:
        return None
    if row[0] is not None:
        return "case", row[0]
    return ("person", row[1]) if row[1] is not None else ("team", row[2])


# --- people and cases


def people_with_local_id(
    connection: Connection, local_id: str, source: str | None = None
) -> list[int]:
    """Return the people with a local id, in one source or in any, ascending."""
    query = select(_IDS.c.person_id).where(_IDS.c.local_id == local_id)
    if source is not None:
        query = query.where(_IDS.c.source == source)
    return sorted(set(connection.execute(query).scalars()))


def person_with_nhs_number(connection: Connection, nhs_number: str) -> int | None:
    """Return the person with an NHS number that was not merged away, None when nobody has it."""
    query = select(_PEOPLE.c.id).where(
        _PEOPLE.c.nhs_number == nhs_number, _PEOPLE.c.merged_into.is_(None)
    )
    return connection.execute(query.order_by(_PEOPLE.c.id).limit(1)).scalar()


def open_case(connection: Connection, person: int, team: str) -> int | None:
    """Return a person's open case in a team, the oldest of several, None when there is none."""
    query = select(_CASES.c.id).where(
        _CASES.c.person_id == person, _CASES.c.team == team, _CASES.c.closed_on.is_(None)
    )
    return connection.execute(query.order_by(_CASES.c.id).limit(1)).scalar()


def cases_of(
    connection: Connection, people: Collection[int], *, only_open: bool = False
) -> list[int]:
    """Return the cases of some people, oldest first."""
    query = select(_CASES.c.id).where(_CASES.c.person_id.in_(list(people)))
    if only_open:
        query = query.where(_CASES.c.closed_on.is_(None))
    return list(connection.execute(query.order_by(_CASES.c.id)).scalars())


def open_cases_of_team(
    connection: Connection, team: str, *, referred_by: date | None = None
) -> list[int]:
    """Return the open cases of a team, ascending; those referred by a day when one is given."""
    query = select(_CASES.c.id).where(_CASES.c.team == team, _CASES.c.closed_on.is_(None))
    if referred_by is not None:
        query = query.where(_CASES.c.referred_on <= referred_by)
    return list(connection.execute(query.order_by(_CASES.c.id)).scalars())


def last_team_of(connection: Connection, person: int) -> str | None:
    """Return the team of a person's last case, None when they have none."""
    query = select(_CASES.c.team).where(_CASES.c.person_id == person)
    return connection.execute(query.order_by(_CASES.c.id.desc()).limit(1)).scalar()


def people_of(
    connection: Connection, cases: Sequence[int]
) -> dict[int, tuple[str, str | None, str | None, bool]]:
    """Return case to (team, local id, name, restricted)."""
    found: dict[int, tuple[str, str | None, str | None, bool]] = {}
    for start in range(0, len(cases), PART):
        part = list(cases[start : start + PART])
        query = (
            select(
                _CASES.c.id, _CASES.c.team, _IDS.c.local_id, _PEOPLE.c.name, _PEOPLE.c.restricted
            )
            .join_from(_CASES, _PEOPLE, _PEOPLE.c.id == _CASES.c.person_id)
            .outerjoin(_IDS, _IDS.c.person_id == _PEOPLE.c.id)
            .where(_CASES.c.id.in_(part))
            .order_by(_IDS.c.n.desc())
        )
        for case, team, local_id, name, restricted in connection.execute(query):
            found[case] = (team, local_id, name, bool(restricted))
    return found


def key_workers(connection: Connection, cases: Collection[int], on: date) -> dict[int, str]:
    """Return the key worker of each case that has one at the end of a day."""
    if not cases:
        return {}
    wanted = set(cases)
    query = (
        select(_ALLOCATIONS.c.case_id, _ALLOCATIONS.c.login)
        .where(
            _ALLOCATIONS.c.role == "key-worker",
            _ALLOCATIONS.c.from_on <= on,
            _ALLOCATIONS.c.before_on.is_(None) | (_ALLOCATIONS.c.before_on > on),
        )
        .order_by(_ALLOCATIONS.c.n)
    )
    if len(wanted) <= PART:
        query = query.where(_ALLOCATIONS.c.case_id.in_(sorted(wanted)))
    return {case: login for case, login in connection.execute(query) if case in wanted}


# --- reviews


def reviews(
    connection: Connection,
    *,
    team: str | None = None,
    pack: str | None = None,
    status: str | None = None,
) -> list[dict[str, Any]]:
    """Return reviews with their columns, newest first."""
    query: Select[Any] = select(_REVIEWS).order_by(_REVIEWS.c.on.desc(), _REVIEWS.c.id.desc())
    for column, value in (("team", team), ("pack", pack), ("status", status)):
        if value is not None:
            query = query.where(_REVIEWS.c[column] == value)
    return [dict(row) for row in connection.execute(query).mappings()]


def last_closed_review(connection: Connection, team: str, pack: str) -> int | None:
    """Return the last closed review of a pack by a team, None when there is none."""
    row = run(
        connection,
        "SELECT id FROM reviews WHERE team = ? AND pack = ? AND status = 'closed'"
        ' ORDER BY "on" DESC, id DESC LIMIT 1',
        (team, pack),
    ).first()
    return None if row is None else int(row[0])


def frozen_facts(
    connection: Connection, review: int, *, case: int | None = None
) -> dict[int, dict[str, Any]]:
    """Return the facts that were frozen on an agenda, by case; of one case when it is given."""
    sql = "SELECT case_id, facts FROM agenda_items WHERE review_id = ?"
    return {c: json.loads(facts) for c, facts in _of_case(connection, sql, review, case)}


def marks_of(connection: Connection, review: int, *, case: int | None = None) -> dict[int, str]:
    """Return the last thing that a review did with each case it marked, or with the one given."""
    sql = "SELECT case_id, kind FROM marks WHERE review_id = ?"
    return dict(_of_case(connection, sql, review, case, " ORDER BY n"))


def _of_case(
    connection: Connection, sql: str, review: int, case: int | None, order: str = ""
) -> Iterator[Any]:
    one = "" if case is None else " AND case_id = ?"
    return iter(run(connection, sql + one + order, (review,) if case is None else (review, case)))


# --- users


def users(connection: Connection) -> list[dict[str, Any]]:
    """Return every user with their columns, by login."""
    query = select(_USERS).order_by(_USERS.c.login)
    return [dict(row) for row in connection.execute(query).mappings()]


def teams_of_users(connection: Connection) -> dict[str, list[str]]:
    """Return login to the teams they belong to now."""
    held = table("memberships")
    query = select(held.c.login, held.c.team).where(held.c.before_on.is_(None))
    found: dict[str, list[str]] = {}
    for login, team in connection.execute(query.order_by(held.c.team)):
        found.setdefault(login, []).append(team)
    return found


# --- actions


def actions_on(
    connection: Connection,
    on: date,
    *,
    case: int | None = None,
    team: str | None = None,
    owner: str | None = None,
) -> list[tuple[Action, ActionSpell]]:
    """Return every action raised by a day with its spell at the end of that day, oldest due first.

    `case` also finds the actions of a person that are about that closed case.
    """
    actions, spells = table("actions"), table("action_spells")
    left, right = shape_of(Action).columns, shape_of(ActionSpell).columns
    later = spells.alias("later")
    newer = (
        select(later.c.n)
        .where(
            later.c.action_id == spells.c.action_id, later.c.from_on <= on, later.c.n > spells.c.n
        )
        .exists()
    )
    query = (
        select(*(actions.c[c] for c in left), *(spells.c[c] for c in right))
        .join_from(actions, spells, actions.c.id == spells.c.action_id)
        .where(actions.c.opened_on <= on, spells.c.from_on <= on, ~newer)
        .order_by(spells.c.due_on.is_(None), spells.c.due_on, actions.c.id)
    )
    if case is not None:
        query = query.where((actions.c.case_id == case) | (actions.c.about_case_id == case))
    if team is not None:
        query = query.where(actions.c.team == team)
    if owner is not None:
        query = query.where(spells.c.owner == owner)
    return [
        (_still_open(Action(*row[: len(left)]), on), ActionSpell(*row[len(left) :]))
        for row in connection.execute(query)
    ]


def _still_open(action: Action, on: date) -> Action:
    """Return the action without an end that came after the day."""
    if action.closed_on is None or action.closed_on <= on:
        return action
    return replace(action, closed_on=None, closed_how=None, automatic=False, reason=None)
