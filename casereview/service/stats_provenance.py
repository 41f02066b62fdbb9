"""Where a figure comes from: definition, method, both times, and the head that seals the store."""

from __future__ import annotations

from typing import Any

from casereview.measures.definitions import Definition
from casereview.service.desk import Desk
from casereview.store.seals import last_seal


def provenance(desk: Desk, meant: Definition) -> dict[str, Any]:
    """Return what is printed with a measure's rows, but for the question and what it left out.

    `sealed` is the number, time and head of the last seal, None before the first; entries after
    its last number are not yet sealed.
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
        "as_of": desk.on,
        "known_by": desk.known_by,
        "store": desk.store.id,
        "sealed": None
        if seal is None
        else dict(zip(("number", "at", "upto", "head"), seal, strict=True)),
    }
