"""Answers as facts: the last one that stands on the day, unknown once it is too old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement

from casereview.core.facts import FactType
from casereview.store.facts.case_columns import Builder, since
from casereview.store.facts.reader import Reader
from casereview.store.facts.scope import TABLES, number
from casereview.store.facts.sqltext import day_in, number_in


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """Which answer a fact reads.

    Attributes:
        name: of the fact; the short form of a pack may be a second AnswerFact.
        pack, question: ids.
        lasts_days: the answer holds on its day and so many days after, then it is unknown;
            its age (kind "days") stays known.
        type: of the fact; "integer" for kind "days".
        kind: "value" for what was answered, "days" for the days since.
    """

    name: str
    pack: str
    question: str
    lasts_days: int
    type: FactType = "code"
    kind: Literal["value", "days"] = "value"


def answer_column(answer: AnswerFact) -> Builder:
    """Return the column of an answer; drafts count only once they are confirmed."""

    def build(r: Reader) -> ColumnElement[Any]:
        row = TABLES["answers"].alias("an")
        value: ColumnElement[Any] = row.c.value
        if answer.kind == "days":
            value = since(r, number(row.c.on))
        elif answer.type == "date":
            value = day_in(row.c.value)
        elif answer.type == "integer":
            value = number_in(row.c.value)
        tests = [
            row.c.pack == answer.pack,
            row.c.question == answer.question,
            row.c.drafted.is_(False),
            row.c.on <= r.day,
        ]
        if answer.kind == "value":
            tests.append(row.c.on >= r.day - answer.lasts_days)
        query = r.lookup(value, row, *tests).order_by(row.c.on.desc(), row.c.n.desc())
        return query.limit(1).scalar_subquery()

    return build
