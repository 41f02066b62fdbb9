"""Ids outward are opaque words such as C12; inside they are numbers."""

from __future__ import annotations

import re

from casereview.errors import NotFound

CASE, REVIEW, ACTION, WORRY, PERSON, RUN = "C", "R", "A", "W", "P", "I"
_KINDS = {
    CASE: "case", REVIEW: "review", ACTION: "action", WORRY: "worry", PERSON: "person", RUN: "run",
}  # fmt: skip


def out(prefix: str, number: int | None) -> str | None:
    """Return the outward id, None for None."""
    return None if number is None else f"{prefix}{number}"


def number(prefix: str, text: str) -> int:
    """Return the number inside an outward id; the bare number is accepted.

    Raises:
        NotFound: it is no id of this kind.
    """
    found = re.fullmatch(rf"(?:{prefix})?([1-9]\d{{0,14}})", text.strip(), re.IGNORECASE)
    if found is None:
        kind = _KINDS[prefix]
        raise NotFound(f"{text!r} is no {kind} id.", next=f"Ids of a {kind} look like {prefix}12.")
    return int(found[1])
