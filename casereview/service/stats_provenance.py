"""Where a figure comes from: definition, method, question, both times, the head of the seal."""

from __future__ import annotations

from typing import Any

from casereview.measures.ask import Ask
from casereview.measures.definitions import Definition
from casereview.service.desk import Desk
from casereview.service.stats_question import Question
from casereview.store.seals import last_seal

_SEAL = ("number", "at", "upto", "head")


def provenance(desk: Desk, meant: Definition, asked: Question, ask: Ask) -> dict[str, Any]:
    """Return what is printed with a measure's rows; the exclusions are still empty.

    `sealed` is the number, time, last entry and head of the last seal, None before the first;
    later entries are not yet sealed.
    """
    with desk.store.read() as connection:
        seal = last_seal(connection)
    return {
        "measure": meant.id,
        "title": meant.title,
        "definition": meant.definition,
        "numerator": meant.numerator,
        "denominator": meant.denominator,
        "method": meant.method,
        "source": meant.source,
        "leaves_out": meant.leaves_out,
        "exclusions": [],
        "as_of": desk.on,
        "known_by": desk.known_by,
        "from": ask.periods[0].from_on,
        "to": asked.to_on,
        "every": asked.every,
        "partial_periods": [p.label for p in ask.periods if p.partial],
        "by": list(asked.by),
        "team": asked.team,
        "unit": asked.unit,
        "store": desk.store.id,
        "sealed": None if seal is None else dict(zip(_SEAL, seal, strict=True)),
    }
