"""What the columns of one facts select are made from; only what is asked for gets joined.

A table that gives several facts of one case is read once, as a grouped subquery kept to the scope.
A fact that is one row of one table is a lookup by primary key: faster than joining a million
groups, and as fast for one case as for a team.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    distinct,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from casereview.core.attendance import ATTENDED, MISSED
from casereview.core.state.actions import LEECH_AT
from casereview.store.facts.scope import TABLES, at, number
from casereview.store.facts.set_facts import set_value, together
from casereview.store.facts.sqltext import one_of

REVIEWED = ("discussed", "confirmed")
REACHED = (*REVIEWED, "skipped")

Aggregates = dict[str, ColumnElement[Any]]
Group = tuple[FromClause, Aggregates]
Source = Callable[[FromClause, BindParameter[int]], Group]


def moment(table: FromClause) -> ColumnElement[int]:
    """Return one number that orders rows by date, then by the order of recording."""
    return type_coerce(table.c.on, BigInteger) * 1_000_000 + table.c.n


def count_if(test: ColumnElement[bool]) -> ColumnElement[int]:
    """Return the number of rows of a group that pass a test."""
    return func.sum(case((test, 1), else_=0))


# Groups are made with outer joins: they keep the database from reading a whole table first and
# looking for its cases afterwards, which is what it does for one team of a large store.


def _actions(scope: FromClause, day: BindParameter[int]) -> Group:
    action = TABLES["actions"].alias("a")
    spell = TABLES["action_spells"].alias("ap")
    back = or_(
        spell.c.status == "open", and_(spell.c.status == "parked", spell.c.parked_until <= day)
    )
    away = and_(
        spell.c.status == "parked",
        or_(spell.c.parked_until.is_(None), spell.c.parked_until > day),
    )
    due = number(spell.c.due_on)
    late = and_(back, due < day)
    outside = and_(spell.c.doer.is_not(None), spell.c.doer != "")
    actions = scope.outerjoin(action, action.c.case_id == scope.c.case_id)
    return actions.outerjoin(spell, and_(spell.c.action_id == action.c.id, at(spell, day))), {
        "open": count_if(back),
        "overdue": count_if(late),
        "earliest_overdue": func.min(case((late, due))),
        "carried": func.max(case((back, spell.c.carried))),
        "leeches": count_if(and_(back, spell.c.carried >= LEECH_AT)),
        "next_due": func.min(case((back, due))),
        "others": count_if(and_(back, outside)),
        "unowned": count_if(and_(back, spell.c.owner.is_(None))),
        "parked": count_if(away),
    }


def _contacts(scope: FromClause, day: BindParameter[int]) -> Group:
    contact = TABLES["contacts"].alias("k")
    attended = one_of(contact.c.attended, ATTENDED)
    on = and_(contact.c.case_id == scope.c.case_id, contact.c.on <= day)
    return scope.outerjoin(contact, on), {
        "last_on": func.max(case((attended, number(contact.c.on)))),
        "last_moment": func.max(case((attended, moment(contact)))),
        "missed": count_if(one_of(contact.c.attended, MISSED)),
    }


def _marks(scope: FromClause, day: BindParameter[int]) -> Group:
    mark = TABLES["marks"].alias("m")
    reviewed = one_of(mark.c.kind, REVIEWED)
    on = and_(mark.c.case_id == scope.c.case_id, mark.c.on <= day)
    return scope.outerjoin(mark, on), {
        "reviewed_on": func.max(case((reviewed, number(mark.c.on)))),
        "reviews": func.count(distinct(case((reviewed, mark.c.review_id)))),
        "confirmed_on": func.max(case((mark.c.kind == "confirmed", number(mark.c.on)))),
        "not_reached": count_if(mark.c.kind == "not-reached"),
        "reached_moment": func.max(case((one_of(mark.c.kind, REACHED), moment(mark)))),
    }


GROUPED: Mapping[str, Source] = {
    "actions": _actions,
    "contacts": _contacts,
    "marks": _marks,
    "case_facts": partial(together, "case_facts"),
    "person_facts": partial(together, "person_facts"),
}


class Reader:
    """The sources of one select.

    Attributes:
        scope: one row for each case, with SCOPE_COLUMNS.
        day: parameter, the day asked for as a day number.
        today_ymd: parameter, the same day as YYYYMMDD.
    """

    def __init__(
        self,
        scope: FromClause,
        day: BindParameter[int],
        today_ymd: BindParameter[int],
        *,
        together: bool = False,
    ) -> None:
        """Take the parts; `together` reads the facts set by hand as groups."""
        self.scope = scope
        self.day = day
        self.today_ymd = today_ymd
        self._together = together
        self._wanted: dict[str, set[str]] = {}
        self._rows: dict[str, tuple[FromClause, ColumnElement[bool]]] = {}

    def of(self, column: str) -> ColumnElement[Any]:
        """Return a column of the scope."""
        return self.scope.c[column]

    def grouped(self, source: str, name: str) -> ColumnElement[Any]:
        """Return one aggregate of a grouped source; null when the case has no row there."""
        self._wanted.setdefault(source, set()).add(name)
        kind = BigInteger if name.endswith("_moment") else Integer
        return literal_column(f"x_{source}.{name}", kind)

    def held(self, table: str, fact: str, *, word: bool = False) -> ColumnElement[Any]:
        """Return the value of a fact that was set by hand, as it held at the end of the day."""
        if self._together:
            value = self.grouped(table, fact)
            return type_coerce(value, String) if word else value
        row = TABLES[table].alias("f")
        query = self.lookup(set_value(row)[word], row, row.c.fact == fact, at(row, self.day))
        return query.order_by(row.c.n.desc()).limit(1).scalar_subquery()

    def person(self) -> FromClause:
        """Return the row of the case's person."""
        person = TABLES["persons"].alias("p")
        return self._row("persons", person, person.c.id == self.of("person_id"))

    def latest(self, table: str, *where: Callable[[FromClause], ColumnElement[bool]]) -> FromClause:
        """Return the last recorded row of a case in a table among those that pass every test."""
        row, other = TABLES[table].alias(f"l_{table}"), TABLES[table].alias(f"o_{table}")
        newest = (
            select(func.max(other.c.n))
            .where(other.c.case_id == self.of("case_id"), *(test(other) for test in where))
            .correlate(self.scope)
            .scalar_subquery()
        )
        return self._row(table, row, and_(row.c.case_id == self.of("case_id"), row.c.n == newest))

    def lookup(
        self, value: ColumnElement[Any], table: FromClause, *where: ColumnElement[bool]
    ) -> Select[Any]:
        """Return a select of a value from a case's (or the person's) rows in another table."""
        key = "case_id" if "case_id" in table.c else "person_id"
        return select(value).where(table.c[key] == self.of(key), *where).correlate(self.scope)

    def joined(self) -> FromClause:
        """Return the scope joined to all that was asked for; never more rows than the scope."""
        source: FromClause = self.scope
        for row, on in self._rows.values():
            source = source.outerjoin(row, on)
        for name, wanted in self._wanted.items():
            group = self._group(name, wanted)
            source = source.outerjoin(group, group.c.case_id == self.of("case_id"))
        return source

    def _row(self, name: str, table: FromClause, on: ColumnElement[bool]) -> FromClause:
        return self._rows.setdefault(name, (table, on))[0]

    def _group(self, name: str, wanted: set[str]) -> FromClause:
        inner = self.scope.alias(f"s_{name}")
        source, aggregates = GROUPED[name](inner, self.day)
        columns = [aggregates[n].label(n) for n in sorted(wanted)]
        key = inner.c.case_id
        query = select(key, *columns).select_from(source).group_by(key)
        return query.subquery(f"x_{name}")
