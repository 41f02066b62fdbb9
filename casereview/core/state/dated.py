"""Dated series: what held from when until when, also when told late."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

T = TypeVar("T", bound=Any)


def renewed(
    spells: Sequence[T], new: T, same: Callable[[T], bool], start: str = "from_on"
) -> tuple[T, ...]:
    """Insert a spell into its series (those for which `same` holds) and close the gaps.

    A value told late takes its place by date; of two on one day the later told wins. `start` names
    the field of the first day.
    """
    series = sorted([*(s for s in spells if same(s)), new], key=lambda s: (getattr(s, start), s.n))
    ends = [*(getattr(after, start) for after in series[1:]), None]
    closed = [
        s if s.before_on == end else dataclasses.replace(s, before_on=end)
        for s, end in zip(series, ends, strict=True)
    ]
    return (*(s for s in spells if not same(s)), *closed)


def current(spells: Sequence[T], on: date) -> T | None:
    """Return the spell that holds at the end of a day, None when none does."""
    held = [s for s in spells if s.from_on <= on and (s.before_on is None or s.before_on > on)]
    return max(held, key=lambda s: (s.from_on, s.n)) if held else None


def woven(spells: Sequence[T], new: T, same: Callable[[T], bool]) -> tuple[T, ...]:
    """Insert a spell among those for which `same` holds; ends that were told stay.

    A spell told late takes its place by date: it ends where the next one begins, and the one before
    it ends where it begins.
    """
    series = sorted([*(s for s in spells if same(s)), new], key=lambda s: (s.from_on, s.n))
    closed = []
    for s, after in zip(series, [*series[1:], None], strict=True):
        end = s.before_on
        if after is not None and (end is None or end > after.from_on):
            end = after.from_on
        closed.append(s if end == s.before_on else dataclasses.replace(s, before_on=end))
    return (*(s for s in spells if not same(s)), *closed)


def cut(spells: Sequence[T], on: date, which: Callable[[T], bool]) -> tuple[T, ...]:
    """End on a day all for which `which` holds: none holds on it or later, whenever it began."""
    return tuple(
        dataclasses.replace(s, before_on=max(on, s.from_on))
        if which(s) and (s.before_on is None or s.before_on > max(on, s.from_on))
        else s
        for s in spells
    )


def ended(spells: Sequence[T], on: date, which: Callable[[T], bool]) -> tuple[T, ...]:
    """End on a day the spells that hold on it and for which `which` holds."""
    return tuple(
        dataclasses.replace(s, before_on=on)
        if which(s) and s.from_on <= on and (s.before_on is None or s.before_on > on)
        else s
        for s in spells
    )
