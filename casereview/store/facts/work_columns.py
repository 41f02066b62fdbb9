"""Facts of the work on a case: actions, contacts, reviews, decisions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, case, func, literal, or_

from casereview.core.attendance import MISSED
from casereview.store.facts.case_columns import Builder, since
from casereview.store.facts.reader import Reader, moment
from casereview.store.facts.scope import TABLES, at, number
from casereview.store.facts.sqltext import one_of

_BEFORE_ALL = -(10**15)


def _or_zero(source: str, name: str) -> Builder:
    return lambda r: func.coalesce(r.grouped(source, name), 0)


def _most_overdue(r: Reader) -> ColumnElement[Any]:
    return func.coalesce(since(r, r.grouped("actions", "earliest_overdue")), 0)


def _after(
    r: Reader, source: str, aggregate: str, last: str, row: FromClause, test: ColumnElement[bool]
) -> ColumnElement[Any]:
    """Count the rows that pass a test after the last moment; only where a case has any."""
    reached = func.coalesce(r.grouped(source, last), literal(_BEFORE_ALL, BigInteger))
    query = r.lookup(func.count(), row, row.c.on <= r.day, test, moment(row) > reached)
    return case((r.grouped(source, aggregate) > 0, query.scalar_subquery()), else_=0)


def _consecutive_missed(r: Reader) -> ColumnElement[Any]:
    row = TABLES["contacts"].alias("km")
    test = one_of(row.c.attended, MISSED)
    return _after(r, "contacts", "missed", "last_moment", row, test)


def _times_not_reached(r: Reader) -> ColumnElement[Any]:
    row = TABLES["marks"].alias("mn")
    return _after(r, "marks", "not_reached", "reached_moment", row, row.c.kind == "not-reached")


def _decision(r: Reader) -> FromClause:
    return r.latest(
        "decisions",
        lambda d: d.c.proposed_on <= r.day,
        lambda d: or_(d.c.ended_on.is_(None), d.c.ended_on > r.day),
    )


def _standing(r: Reader) -> FromClause:
    """Return the stretch in which the live decision stands; the decision's row has the last."""
    return r.latest("decision_spells", lambda s: at(s, r.day))


def _decided_on(r: Reader) -> ColumnElement[Any]:
    spell = _standing(r)
    return case((spell.c.status == "agreed", number(spell.c.from_on)))


def _open(table: str, closed: str) -> Builder:
    def build(r: Reader) -> ColumnElement[Any]:
        row = TABLES[table].alias("e")
        still = or_(row.c[closed].is_(None), row.c[closed] > r.day)
        return r.lookup(func.count(), row, row.c.on <= r.day, still).scalar_subquery()

    return build


COLUMNS: dict[str, Builder] = {
    "open_actions": _or_zero("actions", "open"),
    "overdue_actions": _or_zero("actions", "overdue"),
    "days_most_overdue": _most_overdue,
    "carried_most": _or_zero("actions", "carried"),
    "leeches": _or_zero("actions", "leeches"),
    "next_action_due_on": lambda r: r.grouped("actions", "next_due"),
    "actions_with_others": _or_zero("actions", "others"),
    "actions_unowned": _or_zero("actions", "unowned"),
    "parked_actions": _or_zero("actions", "parked"),
    "last_contact_on": lambda r: r.grouped("contacts", "last_on"),
    "days_since_contact": lambda r: since(r, r.grouped("contacts", "last_on")),
    "missed_contacts": _or_zero("contacts", "missed"),
    "consecutive_missed": _consecutive_missed,
    "days_since_review": lambda r: since(r, r.grouped("marks", "reviewed_on")),
    "reviews_held": _or_zero("marks", "reviews"),
    "days_since_confirmed": lambda r: since(r, r.grouped("marks", "confirmed_on")),
    "times_not_reached": _times_not_reached,
    "decision": lambda r: _standing(r).c.status,
    "decided_on": _decided_on,
    "days_since_decision": lambda r: since(r, _decided_on(r)),
    "planned_departure_on": lambda r: number(_decision(r).c.effective_on),
    "open_overrides": _open("overrides", "confirmed_on"),
    "open_dissents": _open("dissents", "withdrawn_on"),
}
