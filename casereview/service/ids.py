"""Ids outward are opaque words such as C12; inside they are numbers."""

from __future__ import annotations

import re

from casereview.errors import NotFound

CASE, REVIEW, ACTION, WORRY, PERSON, RUN = "C", "R", "A", "W", "P", "I"
_KINDS = {
    CASE: "case", REVIEW: "review", ACTION: "action", WORRY: "worry", PERSON: "person", RUN: "run",
}  # fmt: skip
_NUMBER = r"[1-9]\d{0,14}"


def out(prefix: str, number: int | None) -> str | None:
    """Return the outward id, None for None."""
    return None if number is None else f"{prefix}{number}"


def number(prefix: str, text: str) -> int:
    """Return the number inside an outward id; the bare number is accepted.

    Raises:
        NotFound: it is no id of this kind.
    """
    found = re.fullmatch(rf"(?:{prefix})?({_NUMBER})", text.strip(), re.IGNORECASE)
    if found is None:
        kind = _KINDS[prefix]
        raise NotFound(f"{text!r} is no {kind} id.", next=f"Ids of a {kind} look like {prefix}12.")
    return int(found[1])


def lettered(prefix: str, text: str) -> int | None:
    """Return the number of a word that is an outward id with its letter, None when it is not."""
    found = re.fullmatch(rf"{prefix}({_NUMBER})", text, re.IGNORECASE)
    return None if found is None else int(found[1])
