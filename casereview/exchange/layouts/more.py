"""What rows are besides cases: contacts, answers, next steps, links between people."""

from __future__ import annotations

from typing import Any

from casereview.exchange.layouts.layout import AnswerColumn, LinkColumn, StepColumns, folded
from casereview.exchange.layouts.words import contact_of
from casereview.packs.library import Library
from casereview.packs.reader import Table, nearest

STANDING = ("snapshot", "episodes")
"""Shapes whose rows say how a case stands."""


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


def step_part(root: Table, shape: str, *, chain: bool) -> StepColumns | None:
    """Read [next_step]: the columns that say what is to be done, by whom and by when."""
    table = root.table("next_step")
    if table is None:
        return None
    if shape not in STANDING or chain:
        table.fault("", "Next steps belong to a snapshot, or to episodes without chain.")
    column, owner, due = (
        table.text(key, limit=200, required=True) for key in ("column", "owner", "due")
    )
    missing = table.word("missing", ("warn", "reject"), default="warn")
    table.done()
    return StepColumns(column, owner, due, missing == "reject") if column else None


def link_columns(root: Table, shape: str) -> tuple[LinkColumn, ...]:
    """Read the [[link]] tables: a column with the identifiers of siblings or of the household."""
    found = []
    for table in root.tables("link"):
        column = table.text("column", required=True, limit=200)
        kind = table.text("kind", default="family", limit=40)
        separator = table.text("separator", default=",", limit=5)
        of = table.word("ids", ("person", "case"), default="person")
        table.done()
        if column:
            found.append(LinkColumn(column, kind, separator or ",", of))
    if found and shape not in (*STANDING, "additions"):
        root.fault("link", f"A layout of the shape {shape!r} has no [[link]].")
    return tuple(found)
