"""Facts of the person, seen by all of the person's cases.

Day of birth, NHS number and the restriction are particulars without a history: a correction holds
for every day.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, exists, func, or_, select

from casereview.core.pathways import OPEN_STAGES
from casereview.store.facts.case_columns import Builder
from casereview.store.facts.reader import Reader
from casereview.store.facts.scope import TABLES, at, number
from casereview.store.facts.set_facts import PERSON_NUMBERS, PERSON_WORDS
from casereview.store.facts.sqltext import one_of, ymd

ADULT = 18


def _number(fact: str) -> Builder:
    return lambda r: r.held("person_facts", fact)


def _word(fact: str) -> Builder:
    return lambda r: r.held("person_facts", fact, word=True)


def _age(r: Reader) -> ColumnElement[Any]:
    born = r.person().c.born_on
    return case((born <= r.day, (r.today_ymd - ymd(number(born))) // 10_000))


def _died(r: Reader) -> ColumnElement[bool]:
    return func.coalesce(r.person().c.died_on <= r.day, False)


def _died_on(r: Reader) -> ColumnElement[Any]:
    died = r.person().c.died_on
    return case((died <= r.day, number(died)))


def _open_worry(r: Reader, row: FromClause) -> ColumnElement[bool]:
    return and_(
        row.c.person_id == r.of("person_id"),
        row.c.raised_on <= r.day,
        or_(row.c.closed_on.is_(None), row.c.closed_on > r.day),
    )


def _safeguarding(r: Reader) -> ColumnElement[Any]:
    row = TABLES["worries"].alias("w")
    worried = exists(select(row.c.id).where(_open_worry(r, row)).correlate(r.scope))
    return case((worried, "open"), else_=r.held("person_facts", "safeguarding", word=True))


def _worries(r: Reader, *, overdue: bool) -> ColumnElement[Any]:
    row = TABLES["worries"].alias("w")
    late = (row.c.act_by < r.day,) if overdue else ()
    query = select(func.count()).select_from(row).where(_open_worry(r, row), *late)
    return query.correlate(r.scope).scalar_subquery()


def _open_cases(r: Reader) -> ColumnElement[Any]:
    other, spell = TABLES["cases"].alias("oc"), TABLES["stage_spells"].alias("os")
    query = (
        select(func.count(other.c.id.distinct()))
        .select_from(other.join(spell, and_(spell.c.case_id == other.c.id, at(spell, r.day))))
        .where(
            other.c.person_id == r.of("person_id"),
            other.c.referred_on <= r.day,
            one_of(spell.c.stage, OPEN_STAGES),
        )
    )
    return query.correlate(r.scope).scalar_subquery()


COLUMNS: dict[str, Builder] = {
    **{fact: _number(fact) for fact in PERSON_NUMBERS},
    **{fact: _word(fact) for fact in PERSON_WORDS},
    "age": _age,
    "is_child": lambda r: _age(r) < ADULT,
    "born_known": lambda r: r.person().c.born_on.is_not(None),
    "nhs_number_known": lambda r: func.coalesce(r.person().c.nhs_number != "", False),
    "restricted": lambda r: func.coalesce(r.person().c.restricted, False),
    "died": _died,
    "died_on": _died_on,
    "safeguarding": _safeguarding,
    "open_worries": lambda r: _worries(r, overdue=False),
    "overdue_worries": lambda r: _worries(r, overdue=True),
    "open_cases": _open_cases,
}
