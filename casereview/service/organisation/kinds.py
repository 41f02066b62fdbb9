"""Kinds of contact: those listed, and a team's own."""

from __future__ import annotations

from datetime import date

from casereview.errors import Refused
from casereview.packs.codes import shipped_list
from casereview.service.near import slip

LIST = "contact-kinds"
SHORTEST = 3
"""Letters from which the beginning of a listed kind is taken for that kind cut short."""


def is_listed(kind: str, on: date) -> bool:
    """Tell whether the list of kinds names one that may be used on a day."""
    one = shipped_list(LIST)
    return one.find(kind, on) in one.codes


def checked_kind(kind: str, on: date, *, new: bool) -> str:
    """Return the code of a kind of contact; a word of one's own is kept as it is.

    Raises:
        Refused: without `new`, the word looks like a slip for a listed kind, or is one cut short.
    """
    one = shipped_list(LIST)
    found = one.find(kind, on)
    if new or found in one.codes:
        return found.code
    names = {w: c.code for c in one.valid_codes(on) for w in (c.code, *c.also)}
    key = one.key(kind)
    begun = (w for w in names if len(key) >= SHORTEST and one.key(w).startswith(key))
    near = next(begun, None) or slip(key, names)
    if near is not None:
        raise Refused(
            f"{kind[:60]!r} is no kind of contact on the list; it looks like {names[near]}.",
            code="unknown_kind",
            next=f"Did you mean {names[near]}? `rules codes {LIST}` lists them; give --new if it"
            " is a kind of your own.",
        )
    return found.code
