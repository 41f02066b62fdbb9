"""Facts for the front ends: of one case, of many, and the catalogue itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from casereview.core.facts import Value
from casereview.packs.library import Library
from casereview.store.facts import AnswerFact, read_facts
from casereview.store.facts import scope as scopes

if TYPE_CHECKING:
    from sqlalchemy import Connection


@cache
def _answer_facts(library: Library) -> dict[str, AnswerFact]:
    found: dict[str, AnswerFact] = {}
    for pack in library.packs.values():
        for question in (*pack.questions, *pack.waiting_questions):
            stem = f"answer_{pack.id.replace('-', '_')}_{question.id}"
            kinds: dict[str, Literal["value", "days"]] = {
                stem: "value", f"days_since_{stem}": "days",
            }  # fmt: skip
            for name, kind in kinds.items():
                spec = library.catalogue.get(name)
                if spec is not None:
                    found[name] = AnswerFact(
                        name=name, pack=pack.id, question=question.id,
                        lasts_days=pack.answers_last_days, type=spec.type, kind=kind,
                    )  # fmt: skip
    return found


def answer_facts(library: Library, names: Iterable[str]) -> dict[str, AnswerFact]:
    """Return the answer facts among some names."""
    known = _answer_facts(library)
    return {n: known[n] for n in names if n in known}


def facts_of(
    connection: Connection, library: Library, case_id: int, names: Iterable[str], on: date
) -> dict[str, Value]:
    """Return facts of one case at the end of a day; an unknown one is None."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    found = read_facts(
        connection, wanted, as_of=on, scope=scopes.one_case(case_id),
        catalogue=library.catalogue, answers=answer_facts(library, wanted),
    )  # fmt: skip
    return found.get(case_id, dict.fromkeys(wanted))


def facts_of_many(
    connection: Connection, library: Library, scope: Any, names: Iterable[str], on: date
) -> dict[int, dict[str, Value]]:
    """Return facts of every case in a scope at the end of a day."""
    wanted = sorted(set(names))
    # A case with one unreadable value stays in the list with that fact unknown.
    return read_facts(
        connection, wanted, as_of=on, scope=scope, catalogue=library.catalogue,
        answers=answer_facts(library, wanted), unreadable={},
    )  # fmt: skip


def catalogue_rows(library: Library, *, settable: bool | None = None) -> list[dict[str, Any]]:
    """Return the catalogue as rows; answers of packs come after the built-in facts."""
    return [
        {
            "fact": spec.name,
            "type": spec.type,
            "of": spec.of,
            "settable": spec.settable,
            "values": list(_values(spec.values, spec.settable)),
            "unit": spec.unit,
            "may_be_unknown": spec.unknown,
            "changes": spec.changes,
            "effort": spec.effort,
            "fixer": spec.fixer,
            "sentence": spec.sentence,
            "source": spec.source,
        }
        for spec in library.catalogue
        if settable is None or spec.settable == settable
    ]


def _values(values: Sequence[str], settable: bool) -> tuple[str, ...]:
    return (*values, "unknown") if settable and values else tuple(values)
