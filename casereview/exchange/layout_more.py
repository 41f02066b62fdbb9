"""What rows of additions are: contacts, and answers to the questions of a pack."""

from __future__ import annotations

from typing import Any

from casereview.exchange.layout import AnswerColumn, folded
from casereview.exchange.layout_words import contact_of
from casereview.packs.library import Library
from casereview.packs.reader import Table, nearest


def contact_part(root: Table, shape: str) -> dict[str, Any]:
    """Read [contact]: the kind of contact that each row of additions is."""
    table = root.table("contact")
    if table is None:
        return {}
    if shape != "additions":
        root.fault("contact", f"A layout of the shape {shape!r} has no [contact].")
    kind, attended = contact_of(table, "kind")
    table.done()
    if not kind:
        table.fault("", "Which kind of contact is it?")
    return {"contact": kind, "attended": attended}


def answer_columns(root: Table, shape: str, library: Library) -> tuple[AnswerColumn, ...]:
    """Read the [[answer]] tables: a column, the question it answers, what its words mean."""
    found = []
    for table in root.tables("answer"):
        column = table.text("column", required=True, limit=200)
        pack_id = table.word("pack", library.pack_ids(), required=True)
        asked = table.text("question", required=True, limit=60)
        values = table.values("values")
        table.done()
        if not (pack_id and asked and column):
            continue
        pack = library.pack(pack_id)
        question = next((q for q in pack.questions if q.id == asked), None)
        if question is None:
            near = nearest(asked, [q.id for q in pack.questions])
            table.fault("question", f"The pack {pack_id} has no question {asked!r}.", near=near)
            continue
        words = {folded(w): str(v) for w, v in values.items()}
        found.append(AnswerColumn(column, pack_id, asked, words, question.passes_on))
    if found and shape != "additions":
        root.fault("answer", f"A layout of the shape {shape!r} has no [[answer]].")
    return tuple(found)
