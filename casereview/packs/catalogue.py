"""Read the fact catalogue and make the facts that a pack's own answers become."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from casereview.core.facts import EFFORT, Catalogue, FactSpec
from casereview.core.outcomes import answer_fact
from casereview.core.packs import YESNO, Question
from casereview.packs.reader import SNAKE, Reader, Table

TYPES = ("integer", "text", "code", "date", "boolean")
CHANGES = ("answer", "action", "record", "time", "never")
_TYPE_OF_KIND = {
    "yesno": "code", "choice": "code", "date": "date", "number": "integer", "line": "text",
}  # fmt: skip


def load_catalogue(text: str, file: str) -> Catalogue:
    """Read facts.toml: one [[fact]] table for each fact, with the keys of FactSpec.

    Raises:
        PackFaults: with every fault of the text.
    """
    reader = Reader(text, file)
    root = reader.root()
    tables = root.tables("fact")
    if not tables:
        root.fault("", "There is no [[fact]] table.")
    specs = [_fact(table) for table in tables]
    root.done()
    seen: set[str] = set()
    for table, spec in zip(tables, specs, strict=True):
        if spec.name and spec.name in seen:
            table.fault("name", f"The fact {spec.name!r} is there twice.")
        seen.add(spec.name)
    reader.finish()
    return Catalogue.of(specs)


def _fact(table: Table) -> FactSpec:
    values: dict[str, Any] = {
        "name": table.text("name", required=True, limit=80, like=SNAKE),
        "type": table.word("type", TYPES, default="text", required=True),
        "sentence": table.text("sentence", required=True),
        "source": table.text("source"),
        "unknown": table.flag("unknown", default=True),
        "changes": table.word("changes", CHANGES, default="record"),
        "effort": table.word("effort", EFFORT, default="small"),
        "unit": table.text("unit", limit=40),
        "values": table.words("values"),
        "settable": table.flag("settable"),
        "of": table.word("of", ("case", "person"), default="case"),
        "fixer": table.text("fixer", default="key-worker", limit=60),
        "noun": table.text("noun", limit=200),
    }
    table.done()
    return FactSpec(**values)


def answer_facts(pack_id: str, questions: Iterable[Question]) -> tuple[FactSpec, ...]:
    """Return two facts for each question: the answer, and the days since it was given."""
    specs: list[FactSpec] = []
    for question in questions:
        name = answer_fact(pack_id, question.id)
        shared: dict[str, Any] = {
            "changes": "answer",
            "effort": question.otherwise.effort if question.otherwise else "small",
            "fixer": question.otherwise.owner if question.otherwise else "key-worker",
            "source": f"the latest answer in the pack {pack_id}",
            "pack": pack_id,
        }
        specs.append(
            FactSpec(
                name=name,
                type=cast("Any", _TYPE_OF_KIND.get(question.kind, "text")),
                sentence=f"The answer to: {question.ask}",
                values=_values(question),
                noun=f"the answer to “{question.ask}”",
                **shared,
            )
        )
        specs.append(
            FactSpec(
                name=f"days_since_{name}",
                type="integer",
                sentence=f"Days since the answer to: {question.ask}",
                unit="days",
                noun=f"days since the answer to “{question.ask}”",
                **shared,
            )
        )
    return tuple(specs)


def _values(question: Question) -> tuple[str, ...]:
    if question.kind == "yesno":
        return YESNO
    return tuple(option.id for option in question.options)
