"""Everything that is wrong with a condition, for whoever writes it: not only the first of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from casereview.core.conditions.check import Checker
from casereview.core.conditions.condition import load
from casereview.core.conditions.grammar import Raw, read
from casereview.core.facts import Catalogue
from casereview.errors import ConditionError

MOST = 20
"""Faults of one condition that are looked for: finding the nearest name takes its time."""
_JOINED = ("either", "both", "not")
_LEAVES = ("name", "number", "quoted", "truth")


def faults(
    text: str, catalogue: Catalogue, aliases: Mapping[str, str] | None = None
) -> tuple[ConditionError, ...]:
    """Return the faults of a condition in the order of the text, () when `load` takes it.

    What is not in the grammar is one fault: what follows it cannot be read. Where a fact is unknown
    nothing is said about the types of its comparison.

    Args:
        text: the condition as written.
        catalogue: the facts that may be named.
        aliases: short name to full name; None for none.
    """
    try:
        load(text, catalogue, aliases)
    except ConditionError as first:
        try:
            raw = read(text)
        except ConditionError:
            return (first,)
        every = islice(_tests(Checker(catalogue, aliases or {}), raw), MOST)
        found = {(e.position, e.reason): e for e in every}
        return tuple(found[at] for at in sorted(found)) or (first,)
    return ()


def _tests(checker: Checker, raw: Raw) -> Iterator[ConditionError]:
    """Yield the faults of each test that `and`, `or` and `not` put together."""
    if raw.kind in _JOINED:
        for part in raw.parts[0]:
            yield from _tests(checker, part)
        return
    looks: tuple[tuple[Callable[[Raw], object], Iterable[Raw]], ...] = (
        (checker.term, _leaves(raw)), (checker.test, _halves(raw)), (checker.test, (raw,)),
    )  # fmt: skip
    for look, parts in looks:
        whole = True
        for part in parts:
            error = _refused(look, part)
            if error is not None:
                whole = False
                yield error
        if not whole:
            return


def _refused(look: Callable[[Raw], object], raw: Raw) -> ConditionError | None:
    """Return why a node is refused, None when it is not."""
    try:
        look(raw)
    except ConditionError as error:
        return error
    return None


def _leaves(raw: Raw) -> Iterator[Raw]:
    """Yield the names and numbers of a test."""
    if raw.kind not in _LEAVES:
        for part in raw.parts[0]:
            yield from _leaves(part)
    elif raw.kind in ("name", "number"):
        yield raw


def _halves(raw: Raw) -> Iterator[Raw]:
    """Yield one comparison for each option of `in` and each bound of `between`."""
    if raw.kind in ("one_of", "between"):
        item, *others = raw.parts[0]
        for other in others:
            yield Raw("compare", raw.at, ((item, other), ("=", raw.at)), raw.depth)
