"""The catalogue and the columns say the same."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Boolean, Integer, String
from sqlalchemy.dialects import postgresql

from casereview.core.facts import EFFORT, Catalogue
from casereview.errors import NotFound
from casereview.store.facts import AnswerFact, fact_names, facts_select, open_cases
from casereview.store.facts.set_facts import CASE_NUMBERS, CASE_WORDS, PERSON_NUMBERS, PERSON_WORDS
from casereview.store.types import Day

TODAY = date(2026, 3, 3)
SQL = {"integer": Integer, "date": Day, "boolean": Boolean, "text": String, "code": String}


def test_every_documented_fact_has_a_column_and_every_column_is_documented(
    catalogue: Catalogue,
) -> None:
    assert fact_names() == set(catalogue.specs)
    assert len(catalogue.specs) >= 40


def test_every_column_has_the_type_of_its_fact(catalogue: Catalogue) -> None:
    query = facts_select(sorted(fact_names()), as_of=TODAY, scope=open_cases(), answers={})
    for column in query.selected_columns:
        if column.name != "case_id":
            assert isinstance(column.type, SQL[catalogue[column.name].type]), column.name


def test_every_fact_is_explained(catalogue: Catalogue) -> None:
    for spec in catalogue:
        assert spec.sentence.endswith("."), spec.name
        assert spec.source, spec.name
        assert spec.noun, spec.name
        assert spec.effort in EFFORT, spec.name
        assert (spec.unit == "days") == (
            spec.type == "integer" and spec.name.startswith("days_")
        ) or spec.name == "expected_end_slippage", spec.name


def test_what_can_be_set_is_what_the_set_columns_read(catalogue: Catalogue) -> None:
    numbers = {s.name for s in catalogue if s.settable and s.type in ("integer", "date")}
    words = {s.name for s in catalogue if s.settable and s.type in ("code", "text")}
    assert numbers == {*CASE_NUMBERS, *PERSON_NUMBERS}
    assert words == {*CASE_WORDS, *PERSON_WORDS}
    people = {s.name for s in catalogue if s.settable and s.of == "person"}
    assert people == {*PERSON_NUMBERS, *PERSON_WORDS}


def test_counts_are_never_unknown(catalogue: Catalogue) -> None:
    for spec in catalogue:
        if spec.type == "integer" and spec.unit not in ("days", "years", "") and not spec.settable:
            assert not spec.unknown, spec.name


def test_an_unknown_fact_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(NotFound, match=r"open_action'.*open_actions"):
        facts_select(["open_action"], as_of=TODAY, scope=open_cases(), answers={})


def test_the_select_can_be_written_for_postgresql() -> None:
    answers = {
        name: AnswerFact(name, "ward-round", "q", 7, kind)  # type: ignore[arg-type]
        for name, kind in (("a", "date"), ("b", "integer"), ("c", "code"))
    }
    names = [*sorted(fact_names()), *answers]
    query = facts_select(names, as_of=TODAY, scope=open_cases("WARD"), answers=answers)
    text = str(query.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "typeof" not in text
    assert "julianday" not in text
