"""Facts of the case itself: where it stands, its plan, waiting, and what was set on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    type_coerce,
)

from casereview.core.attendance import ATTENDED
from casereview.core.pathways import CLOSED_STAGES
from casereview.store.facts.reader import Reader
from casereview.store.facts.scope import TABLES, at, number
from casereview.store.facts.set_facts import CASE_NUMBERS, CASE_WORDS
from casereview.store.facts.sqltext import one_of, whole

Builder = Callable[[Reader], ColumnElement[Any]]


def since(r: Reader, day: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the days from a day to the day asked for, below 0 when it lies ahead."""
    return type_coerce(r.day, Integer) - type_coerce(day, Integer)


def _number(fact: str) -> Builder:
    return lambda r: r.held("case_facts", fact)


def _word(fact: str) -> Builder:
    return lambda r: r.held("case_facts", fact, word=True)


def _first_expected(r: Reader) -> ColumnElement[Any]:
    row = TABLES["case_facts"].alias("f")
    # A value corrected on its own day never stood at the end of a day.
    stood = or_(row.c.before_on.is_(None), row.c.before_on > row.c.from_on)
    tests = (row.c.fact == "expected_end_on", row.c.from_on <= r.day, stood)
    return (
        r.lookup(whole(row.c.number), row, *tests, row.c.number.is_not(None))
        .order_by(row.c.from_on, row.c.n)
        .limit(1)
        .scalar_subquery()
    )


def _slippage(r: Reader) -> ColumnElement[Any]:
    last = r.held("case_facts", "expected_end_on")
    return last - _first_expected(r)


def _weight(r: Reader) -> ColumnElement[Any]:
    complexity, risk, travel = (
        r.held("case_facts", fact) for fact in ("complexity", "risk", "travel")
    )
    return complexity + risk + travel


def _not_yet(r: Reader, fact: str) -> ColumnElement[bool]:
    day = r.held("case_facts", fact)
    return func.coalesce(day > r.day, True)


def _waiting_for(r: Reader) -> ColumnElement[Any]:
    return case(
        (r.of("stage") != "assess", "nothing"),
        (_not_yet(r, "assessed_on"), "assessment"),
        (_not_yet(r, "started_on"), "start"),
        else_="nothing",
    )


def _days_waiting(r: Reader) -> ColumnElement[Any]:
    return case(
        (r.of("stage") != "assess", 0),
        (_not_yet(r, "assessed_on"), since(r, r.of("referred_on"))),
        (_not_yet(r, "started_on"), since(r, r.held("case_facts", "assessed_on"))),
        else_=0,
    )


def _delay_reason(r: Reader) -> ColumnElement[Any]:
    row = TABLES["delays"].alias("d")
    query = r.lookup(row.c.reason, row, at(row, r.day))
    return query.order_by(row.c.n.desc()).limit(1).scalar_subquery()


def _days_delayed(r: Reader) -> ColumnElement[Any]:
    row = TABLES["delays"].alias("d")
    end = case((row.c.before_on <= r.day, number(row.c.before_on)), else_=r.day)
    days = func.coalesce(func.sum(end - number(row.c.from_on)), 0)
    return r.lookup(days, row, row.c.from_on <= r.day).scalar_subquery()


def _key_worker(r: Reader) -> FromClause:
    return r.latest("allocations", lambda a: and_(a.c.role == "key-worker", at(a, r.day)))


def _completed_on(r: Reader) -> ColumnElement[Any]:
    return case((r.of("stage") == "complete", r.of("stage_from")))


def _contact_after_completion(r: Reader) -> ColumnElement[Any]:
    row = TABLES["contacts"].alias("k")
    attended = and_(one_of(row.c.attended, ATTENDED), row.c.on <= r.day)
    first = func.min(number(row.c.on))
    return r.lookup(first, row, attended, row.c.on > _completed_on(r)).scalar_subquery()


def _exit_class(r: Reader) -> ColumnElement[Any]:
    return case((one_of(r.of("stage"), CLOSED_STAGES), r.of("exit_class")))


def _transfer_pending(r: Reader) -> ColumnElement[Any]:
    row = TABLES["transfer_offers"].alias("to")
    offered = select(row.c.n).where(row.c.case_id == r.of("case_id"), at(row, r.day))
    return exists(offered.correlate(r.scope))


COLUMNS: dict[str, Builder] = {
    **{fact: _number(fact) for fact in CASE_NUMBERS},
    **{fact: _word(fact) for fact in CASE_WORDS},
    "stage": lambda r: r.of("stage"),
    "pathway": lambda r: r.of("pathway"),
    "team": lambda r: r.of("team"),
    "today": lambda r: r.day,
    "days_in_stage": lambda r: since(r, r.of("stage_from")),
    "days_since_referral": lambda r: since(r, r.of("referred_on")),
    "days_since_first_referral": lambda r: since(r, r.of("first_referred_on")),
    "admitted_on": lambda r: r.of("referred_on"),
    "is_return": lambda r: func.coalesce(r.of("link") == "return", False),
    "transfer_pending": _transfer_pending,
    "first_expected_end_on": _first_expected,
    "days_past_expected_end": lambda r: since(r, r.held("case_facts", "expected_end_on")),
    "expected_end_slippage": _slippage,
    "days_since_ready": lambda r: since(r, r.held("case_facts", "ready_on")),
    "days_since_outcome_review": lambda r: since(r, r.held("case_facts", "outcome_review_on")),
    "weight": _weight,
    "waiting_for": _waiting_for,
    "days_waiting": _days_waiting,
    "delay_reason": _delay_reason,
    "days_delayed": _days_delayed,
    "has_key_worker": lambda r: _key_worker(r).c.case_id.is_not(None),
    "days_since_allocation": lambda r: since(r, number(_key_worker(r).c.from_on)),
    "completed_on": _completed_on,
    "days_since_completion": lambda r: since(r, _completed_on(r)),
    "contact_after_completion_on": _contact_after_completion,
    "exit_class": _exit_class,
}
