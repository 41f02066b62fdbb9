"""The nearest valid word, for sentences about the command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return "Did you mean ...?" for the nearest known word, else another sentence."""
    near = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else otherwise
