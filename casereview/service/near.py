"""The nearest valid name, for sentences."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the nearest known word, or None when nothing is near."""
    listed = list(known)
    folded = {k.casefold(): k for k in listed}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return folded[near[0]] if near else None


def slip(word: str, known: Iterable[str]) -> str | None:
    """Return the known word of which this one looks like a slip of the pen, None when of none."""
    folded = {k.casefold(): k for k in known}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.8)
    return folded[near[0]] if near else None
