"""Facts as SQL: one select of any facts of any cases as they stood at the end of a day."""

from __future__ import annotations

from casereview.store.facts.answers import AnswerFact
from casereview.store.facts.read import read_facts
from casereview.store.facts.scope import (
    Scope,
    all_cases,
    case_ids,
    completed_within,
    one_case,
    open_cases,
)
from casereview.store.facts.select import fact_names, facts_select

__all__ = [
    "AnswerFact",
    "Scope",
    "all_cases",
    "case_ids",
    "completed_within",
    "fact_names",
    "facts_select",
    "one_case",
    "open_cases",
    "read_facts",
]
