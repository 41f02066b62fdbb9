"""One page of a caseload: filtered, sorted, counted and cut by the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
)

from casereview.core.pathways import CLOSED_STAGES
from casereview.store.facts import facts_select
from casereview.store.facts import scope as scopes
from casereview.store.lookup import table
from casereview.store.statements import IN_LIST
from casereview.store.types import from_day

_CASES, _IDS = table("cases"), table("person_ids")
_ALLOCATIONS, _AGENDA, _REVIEWS = table("allocations"), table("agenda_items"), table("reviews")
_ESCAPE = "\\"

Test = Callable[[FromClause], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of a caseload, in which order.

    Attributes:
        teams: their codes, () for every team.
        worker: login of the key worker, "-" for cases without one, None for any.
        stage: a stage; a closed one finds closed cases. None for any.
        lane: the lane on the case's last agenda, None for any.
        only: a name of ONLY, None for every open case.
        words: start of a local id, or a case number with or without its C, "" for any.
        sort: a name of SORTS.
        turned: True turns the order round.
    """

    teams: tuple[str, ...] = ()
    worker: str | None = None
    stage: str | None = None
    lane: str | None = None
    only: str | None = None
    words: str = ""
    sort: str = "case"
    turned: bool = False


def _waits(f: FromClause) -> ColumnElement[bool]:
    return and_(f.c.waiting_for.is_not(None), f.c.waiting_for != "nothing")


def _idle(f: FromClause) -> ColumnElement[bool]:
    agreed = func.coalesce(f.c.decision, "") == "agreed"
    nothing = and_(f.c.open_actions == 0, f.c.parked_actions == 0)
    waits = func.coalesce(f.c.waiting_for, "nothing") != "nothing"
    return and_(nothing, not_(agreed), not_(waits))


ONLY: Mapping[str, tuple[tuple[str, ...], Test]] = MappingProxyType(
    {
        "overdue": (("overdue_actions",), lambda f: f.c.overdue_actions > 0),
        "no-next-action": (
            ("open_actions", "parked_actions", "decision", "waiting_for"), _idle,
        ),
        "waiting": (("waiting_for",), _waits),
        "decided": (("decision",), lambda f: f.c.decision == "agreed"),
        "leeches": (("leeches",), lambda f: f.c.leeches > 0),
        "safeguarding": (("safeguarding",), lambda f: f.c.safeguarding == "open"),
        "delayed": (("delay_reason",), lambda f: f.c.delay_reason.is_not(None)),
        "closed": (("stage",), lambda f: f.c.stage.in_(CLOSED_STAGES)),
    }
)  # fmt: skip
"""Name to the facts it reads and its test. No next action is `core.next_step.stands_still` of an
open case as SQL."""

SORTS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "case": ("", False),
        "stay": ("days_since_referral", True),
        "in stage": ("days_in_stage", True),
        "end": ("expected_end_on", False),
        "due": ("next_action_due_on", False),
        "overdue": ("days_most_overdue", True),
    }
)
"""Name to the fact and whether the greatest comes first; unknown values come last either way."""


def page(
    connection: Connection, wanted: Wanted, *, on: date, offset: int, limit: int
) -> tuple[list[int], int]:
    """Return the cases of one page and how many there are in all; 0 in all past the last page."""
    fact, greatest_first = SORTS[wanted.sort]
    names = _names(wanted, fact)
    closed = wanted.only == "closed" or wanted.stage in CLOSED_STAGES
    team = wanted.teams[0] if len(wanted.teams) == 1 else None
    scope = scopes.all_cases(team) if closed else scopes.open_cases(team)
    facts = facts_select(names, as_of=on, scope=scope, answers={}).subquery("f")
    case = _CASES.alias("whole")
    query = (
        select(facts.c.case_id, func.count().over())
        .select_from(facts.join(case, case.c.id == facts.c.case_id))
        .where(*_tests(wanted, facts, case, on))
    )
    falling = greatest_first != wanted.turned
    if fact:
        column = facts.c[fact]
        query = query.order_by(column.is_(None), column.desc() if falling else column)
    key = facts.c.case_id
    query = query.order_by(key.desc() if falling and not fact else key)
    rows = connection.execute(query.limit(limit).offset(offset)).all()
    return [row[0] for row in rows], int(rows[0][1]) if rows else 0


def _names(wanted: Wanted, sort: str) -> list[str]:
    names = set(ONLY[wanted.only][0]) if wanted.only else set()
    names |= {sort} if sort else set()
    names |= {"stage"} if wanted.stage else set()
    return sorted(names)


def _tests(
    wanted: Wanted, facts: FromClause, case: FromClause, on: date
) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if len(wanted.teams) > 1:
        tests.append(case.c.team.in_(wanted.teams))
    if wanted.only:
        tests.append(ONLY[wanted.only][1](facts))
    if wanted.stage:
        tests.append(facts.c.stage == wanted.stage)
    if wanted.worker is not None:
        held = func.coalesce(_worker(facts, on), "-")
        tests.append(held == wanted.worker)
    if wanted.lane is not None:
        tests.append(_lane(facts, on) == wanted.lane)
    if wanted.words:
        tests.append(_found(wanted.words, case))
    return tests


def _worker(facts: FromClause, on: date) -> ScalarSelect[Any]:
    row = _ALLOCATIONS.alias("w")
    return (
        select(row.c.login)
        .where(row.c.case_id == facts.c.case_id, row.c.role == "key-worker", _at(row, on))
        .order_by(row.c.n.desc())
        .limit(1)
        .scalar_subquery()
    )


def _at(row: FromClause, on: date) -> ColumnElement[bool]:
    return and_(row.c.from_on <= on, or_(row.c.before_on.is_(None), row.c.before_on > on))


def _lane(facts: FromClause, on: date) -> ScalarSelect[Any]:
    item, review = _AGENDA.alias("ai"), _REVIEWS.alias("ar")
    return (
        select(item.c.lane)
        .select_from(item.join(review, review.c.id == item.c.review_id))
        .where(item.c.case_id == facts.c.case_id, review.c.on <= on)
        .order_by(review.c.on.desc(), review.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _found(words: str, case: FromClause) -> ColumnElement[bool]:
    row = _IDS.alias("i")
    for mark in (_ESCAPE, "%", "_"):
        words = words.replace(mark, _ESCAPE + mark)
    like = func.lower(row.c.local_id).like(f"{words.lower()}%", escape=_ESCAPE)
    test = exists().where(row.c.person_id == case.c.person_id, like)
    number = words.lower().removeprefix("c")
    if number.isascii() and number.isdecimal() and len(number) <= 18:
        return or_(test, case.c.id == int(number))
    return test


def lanes_of(connection: Connection, cases: Sequence[int], on: date) -> dict[int, str]:
    """Return the lane of each case on its last agenda up to a day, those never on one left out."""
    found: dict[int, tuple[Any, str]] = {}
    for start in range(0, len(cases), IN_LIST):
        query = (
            select(_AGENDA.c.case_id, _AGENDA.c.lane)
            .join_from(_AGENDA, _REVIEWS, _REVIEWS.c.id == _AGENDA.c.review_id)
            .where(_AGENDA.c.case_id.in_(cases[start : start + IN_LIST]), _REVIEWS.c.on <= on)
            .order_by(_REVIEWS.c.on, _REVIEWS.c.id)
        )
        found |= {case: (None, lane) for case, lane in connection.execute(query)}
    return {case: lane for case, (_, lane) in found.items()}


def workers_of(connection: Connection, teams: Sequence[str], on: date) -> list[str]:
    """Return the logins of the key workers of open cases of some teams (() for all), by login."""
    query = (
        select(_ALLOCATIONS.c.login)
        .distinct()
        .join_from(_ALLOCATIONS, _CASES, _CASES.c.id == _ALLOCATIONS.c.case_id)
        .where(
            _ALLOCATIONS.c.role == "key-worker", _at(_ALLOCATIONS, on), _CASES.c.closed_on.is_(None)
        )
        .order_by(_ALLOCATIONS.c.login)
    )
    if teams:
        query = query.where(_CASES.c.team.in_(teams))
    return [login for login in connection.execute(query).scalars() if login is not None]


def people_of(
    connection: Connection, cases: Sequence[int]
) -> dict[int, tuple[int, str, str | None, str | None, bool, date | None]]:
    """Return case to (person, team, local id, name, restricted, born on); a team's own id wins."""
    people = table("persons")
    found: dict[int, Any] = {}
    for start in range(0, len(cases), IN_LIST):
        query = (
            select(
                _CASES.c.id, people.c.id, _CASES.c.team, _IDS.c.local_id, people.c.name,
                people.c.restricted, people.c.born_on, _IDS.c.source,
            )
            .join_from(_CASES, people, people.c.id == _CASES.c.person_id)
            .outerjoin(_IDS, _IDS.c.person_id == people.c.id)
            .where(_CASES.c.id.in_(cases[start : start + IN_LIST]))
            .order_by(_IDS.c.n.desc())
        )  # fmt: skip
        for case, person, team, local_id, name, restricted, born, source in connection.execute(
            query
        ):
            own = source == team
            if case not in found or own or not found[case][1]:
                kept = (person, team, local_id, name, bool(restricted), born)
                found[case] = (kept, own)
    return {case: kept for case, (kept, _) in found.items()}


def expected_births(connection: Connection, people: Sequence[int]) -> dict[int, date]:
    """Return person to the day on which they are expected to be born, of those who have one."""
    facts = table("person_facts")
    found: dict[int, date] = {}
    for start in range(0, len(people), IN_LIST):
        query = select(facts.c.person_id, facts.c.number).where(
            facts.c.person_id.in_(people[start : start + IN_LIST]),
            facts.c.fact == "expected_birth_on",
            facts.c.before_on.is_(None),
            facts.c.number.is_not(None),
        )
        found |= {person: from_day(day) for person, day in connection.execute(query)}
    return found
