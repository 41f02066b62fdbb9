"""Facts that are set by hand, on the case or on the person: which they are, and their source."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, and_, case, exists, func, select

from casereview.store.facts.scope import TABLES, at
from casereview.store.facts.sqltext import whole

CASE_NUMBERS = (
    "expected_end_on", "review_on", "plan_agreed_on", "sessions_agreed", "ready_on",
    "responsible_clinician_agreed_on", "ministry_agreed_on", "risk_plan_on", "safety_plan_on",
    "persons_view_on", "assessed_on", "assessment_offered_on", "started_on", "complexity", "risk",
    "travel", "exit_outcome_on", "outcome_review_on",
)  # fmt: skip
CASE_WORDS = (
    "bed", "goals_met", "medically_safe", "destination", "medicines_arranged",
    "follow_up_arranged", "carer_told", "outside_agency_involved", "risk_changed",
    "substance_group", "prescribing", "site", "provider",
)  # fmt: skip
PERSON_NUMBERS = ("identity_checked_on", "home_assessment_on", "expected_birth_on")
PERSON_WORDS = (
    "legal_status", "children_in_household", "child_protection_plan", "safeguarding",
    "ethnic_group", "disability", "language", "district",
)  # fmt: skip

FEW = 12
"""Up to so many facts are looked up one by one; more are faster read together (measured)."""


def many(names: Collection[str]) -> bool:
    """Tell whether the facts asked for hold so many set ones that they are read together."""
    every = {*CASE_NUMBERS, *CASE_WORDS, *PERSON_NUMBERS, *PERSON_WORDS}
    return len(every.intersection(names)) > FEW


def set_value(row: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the two values of a row: a readable number, and a word."""
    return whole(row.c.number), row.c.text


def together(
    table: str, scope: FromClause, day: BindParameter[int]
) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """Return all set facts of a table as aggregates named after the facts."""
    row, later = TABLES[table].alias("f"), TABLES[table].alias("g")
    key = "case_id" if table == "case_facts" else "person_id"
    numbers, words = (
        (CASE_NUMBERS, CASE_WORDS) if table == "case_facts" else (PERSON_NUMBERS, PERSON_WORDS)
    )
    same = and_(later.c[key] == row.c[key], later.c.fact == row.c.fact, later.c.n > row.c.n)
    told_later = exists(select(later.c.n).where(same, at(later, day)).correlate(row))
    held = and_(row.c[key] == scope.c[key], at(row, day), ~told_later)
    number, word = set_value(row)
    return scope.outerjoin(row, held), {
        **{fact: func.max(case((row.c.fact == fact, number))) for fact in numbers},
        **{fact: func.max(case((row.c.fact == fact, word))) for fact in words},
    }
