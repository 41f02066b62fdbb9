"""Which cases are asked about, and the select that gives each of them once with its stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
)
from sqlmodel import SQLModel

import casereview.store.rows  # noqa: F401 - declares the tables named below
from casereview.core.pathways import OPEN_STAGES
from casereview.store.facts.sqltext import one_of

TABLES: Mapping[str, Table] = SQLModel.metadata.tables

SCOPE_COLUMNS = (
    "case_id", "person_id", "team", "pathway", "referred_on", "first_referred_on", "closed_on",
    "exit_class", "link", "stage", "stage_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Cases to ask about; made by the functions below.

    Attributes:
        kind: "open", "one", "ids", "all" or "completed".
        team: code of the team, None for every team.
        ids: case ids, for "one" and "ids".
        days: for "completed", how many days back the completion may lie.
    """

    kind: str
    team: str | None = None
    ids: tuple[int, ...] = ()
    days: int = 0

    @property
    def shape(self) -> tuple[str, bool, int]:
        """Return what the SQL text depends on; scopes of one shape share one statement."""
        return self.kind, self.team is not None, len(self.ids)

    def values(self) -> dict[str, Any]:
        """Return the values of the parameters that `scope_select` leaves open."""
        values: dict[str, Any] = {f"case_{i}": case for i, case in enumerate(self.ids)}
        if self.team is not None:
            values["team"] = self.team
        if self.kind == "completed":
            values["days_back"] = self.days
        return values


def open_cases(team: str | None = None) -> Scope:
    """Return every case that is in an open stage on the day, waiting ones included."""
    return Scope("open", team=team)


def one_case(case_id: int) -> Scope:
    """Return one case, open or closed."""
    return Scope("one", ids=(case_id,))


def case_ids(ids: Sequence[int]) -> Scope:
    """Return the cases of a list, open or closed; those that do not exist are left out."""
    return Scope("ids", ids=tuple(dict.fromkeys(ids)))


def all_cases(team: str | None = None) -> Scope:
    """Return every case referred by the day, open or closed."""
    return Scope("all", team=team)


def completed_within(days: int, team: str | None = None) -> Scope:
    """Return the cases in `complete` on the day that came there at most `days` days before."""
    return Scope("completed", team=team, days=days)


def at(table: FromClause, day: BindParameter[int]) -> ColumnElement[bool]:
    """Return the test that a spell holds at the end of the day."""
    return and_(table.c.from_on <= day, or_(table.c.before_on.is_(None), table.c.before_on > day))


def scope_select(scope: Scope, day: BindParameter[int]) -> Select[Any]:
    """Return SCOPE_COLUMNS of every case of the scope; dates as day numbers.

    A case referred after the day does not exist on it.
    """
    case = TABLES["cases"].alias("c")
    spell = TABLES["stage_spells"].alias("sp")
    other = TABLES["stage_spells"].alias("so")
    latest = (
        select(func.max(other.c.n))
        .where(other.c.case_id == case.c.id, at(other, day))
        .correlate(case)
        .scalar_subquery()
    )
    on = and_(spell.c.case_id == case.c.id, spell.c.n == latest)
    # A case without a spell is a damaged one: it is shown where it is asked for by name.
    outer = scope.kind in ("one", "ids", "all")
    return (
        select(
            case.c.id.label("case_id"),
            case.c.person_id,
            case.c.team,
            case.c.pathway,
            *(number(case.c[n]).label(n) for n in ("referred_on", "first_referred_on")),
            number(case.c.closed_on).label("closed_on"),
            spell.c.exit_class,
            case.c.link,
            spell.c.stage,
            number(spell.c.from_on).label("stage_from"),
        )
        .select_from(case.join(spell, on, isouter=outer))
        .where(case.c.referred_on <= day, *_which(scope, case, spell, day))
    )


def number(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a stored date as the day number that it is."""
    return type_coerce(column, Integer)


def _which(
    scope: Scope, case: FromClause, spell: FromClause, day: BindParameter[int]
) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if scope.ids or scope.kind == "ids":
        parameters = [bindparam(f"case_{i}", type_=Integer) for i in range(len(scope.ids))]
        wanted = case.c.id == parameters[0] if scope.kind == "one" else case.c.id.in_(parameters)
        tests.append(wanted)
    if scope.team is not None:
        tests.append(case.c.team == bindparam("team", type_=String))
    if scope.kind == "open":
        # The last closing may serve as a sieve on the index: closed for good by the day is not
        # open on it. Whether the case was open is read from its spells all the same.
        tests.append(or_(case.c.closed_on.is_(None), case.c.closed_on > day))
        tests.append(one_of(spell.c.stage, OPEN_STAGES))
    if scope.kind == "completed":
        since = day - bindparam("days_back", type_=Integer)
        tests.append(or_(case.c.closed_on.is_(None), case.c.closed_on >= since))
        tests.append(and_(spell.c.stage == "complete", spell.c.from_on >= since))
    return tests
