"""One select of any facts: the cases of a scope, joined to no more than the facts asked for."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    bindparam,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from casereview.core.facts import FactType
from casereview.errors import NotFound
from casereview.store.facts import case_columns, person_columns, work_columns
from casereview.store.facts.answers import AnswerFact, answer_column
from casereview.store.facts.case_columns import Builder
from casereview.store.facts.reader import Reader
from casereview.store.facts.scope import Scope, scope_select
from casereview.store.facts.set_facts import CASE_WORDS, PERSON_WORDS, many
from casereview.store.types import Day, to_day

BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {**case_columns.COLUMNS, **work_columns.COLUMNS, **person_columns.COLUMNS}
)
_BOOLEANS = frozenset(
    {
        "is_return", "transfer_pending", "has_key_worker", "is_child", "born_known",
        "nhs_number_known", "restricted", "died",
    }
)  # fmt: skip
_WORDS = frozenset(
    {
        *CASE_WORDS, *PERSON_WORDS, "stage", "pathway", "team",
        "waiting_for", "delay_reason", "decision", "exit_class",
    }
)  # fmt: skip
SQL_TYPES: Mapping[str, type[TypeEngine[Any]]] = MappingProxyType(
    {"integer": Integer, "date": Day, "boolean": Boolean, "text": String, "code": String}
)


def fact_names() -> frozenset[str]:
    """Return the names of all facts that have a column, answers apart."""
    return frozenset(BUILDERS)


def kind_of(name: str, answers: Mapping[str, AnswerFact]) -> FactType:
    """Return the type in which a fact's column comes: "code" stands for text too.

    Raises:
        NotFound: no such fact.
    """
    if name in answers:
        return answers[name].type
    if name not in BUILDERS:
        raise unknown_fact(name, answers)
    if name in _BOOLEANS:
        return "boolean"
    if name in _WORDS:
        return "code"
    return "date" if name == "today" or name.endswith("_on") else "integer"


def unknown_fact(name: str, answers: Mapping[str, AnswerFact]) -> NotFound:
    """Return the refusal for a name that is no fact, with the nearest one that is."""
    near = difflib.get_close_matches(name, [*BUILDERS, *answers], n=1)
    return NotFound(
        f"There is no fact {name!r}.",
        code="unknown_fact",
        next=f"Did you mean {near[0]!r}?" if near else "casereview rules facts lists them.",
    )


def parameters(as_of: date, scope: Scope) -> dict[str, Any]:
    """Return the values of the parameters that a facts select leaves open."""
    return {
        "as_of": to_day(as_of),
        "as_of_ymd": as_of.year * 10_000 + as_of.month * 100 + as_of.day,
        **scope.values(),
    }


def select_over(
    names: Collection[str], cases: FromClause, answers: Mapping[str, AnswerFact]
) -> Select[Any]:
    """Return `case_id` and the named facts over rows with SCOPE_COLUMNS; parameters left open."""
    reader = Reader(
        cases,
        bindparam("as_of", type_=Integer),
        bindparam("as_of_ymd", type_=Integer),
        together=many(names),
    )
    columns = [_column(name, reader, answers) for name in names]
    return select(cases.c.case_id, *columns).select_from(reader.joined())


def facts_statement(
    names: Collection[str], scope: Scope, answers: Mapping[str, AnswerFact]
) -> Select[Any]:
    """Return the select of a scope's facts with its parameters left open."""
    cases = scope_select(scope, bindparam("as_of", type_=Integer)).cte("s")
    # Several sources read it; unhinted, SQLite would find the cases again for each.
    cases = cases.prefix_with("MATERIALIZED")
    return select_over(names, cases, answers)


def facts_select(
    names: Collection[str], *, as_of: date, scope: Scope, answers: Mapping[str, AnswerFact]
) -> Select[Any]:
    """Return one select of `case_id` and the named facts as they stood at the end of a day.

    Args:
        names: facts of the catalogue and of `answers`; each becomes a column of its name.
        as_of: the day; what happened after it is not read.
        scope: which cases.
        answers: answer facts by name.

    Raises:
        NotFound: a name is no fact.
    """
    return facts_statement(names, scope, answers).params(parameters(as_of, scope))


def _column(name: str, reader: Reader, answers: Mapping[str, AnswerFact]) -> ColumnElement[Any]:
    kind = SQL_TYPES[kind_of(name, answers)]
    build = answer_column(answers[name]) if name in answers else BUILDERS[name]
    return type_coerce(build(reader), kind()).label(name)
