"""Fold a stream's entries into its state, leaving out the voided ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from casereview.core.entries import Entry

S = TypeVar("S")
Evolve = Callable[[S | None, Entry], S | None]
VOID = "voided"


def live(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that count: no voiding entry and nothing that one of them voids."""
    all_entries = list(entries)
    gone = {seq for e in all_entries if e.kind == VOID for seq in e.body["entries"]}
    if not gone:
        return [e for e in all_entries if e.kind != VOID]
    return [e for e in all_entries if e.kind != VOID and e.seq not in gone]


def fold(handlers: Mapping[str, Evolve[S]], entries: Sequence[Entry]) -> S | None:
    """Return the state that the live entries add up to; None when nothing is left.

    Raises:
        KeyError: an entry of a kind that this version does not know.
    """
    state: S | None = None
    for entry in live(entries):
        state = handlers[entry.kind](state, entry)
    return state


def required(state: S | None) -> S:
    """Return the state; an entry before the first of its stream is a damaged journal.

    Raises:
        LookupError: there is no state yet.
    """
    if state is None:
        raise LookupError("an entry before the first of its stream")
    return state


def seconds(at: datetime | None) -> int | None:
    """Return whole seconds since 1970-01-01 UTC of an aware instant, None for None."""
    return None if at is None else int(at.timestamp())
