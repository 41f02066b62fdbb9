"""One reading of the store for all measures of one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from casereview.service.desk import Desk
from casereview.store.relations.extraction import Extraction


@contextmanager
def extracted(desk: Desk) -> Iterator[Desk]:
    """Give a desk whose measures share what they read of its store; it is let go at the end."""
    if _own(desk) is not None:
        yield desk
        return
    yield replace(desk, extraction=Extraction(desk.store))


def extraction_of(desk: Desk) -> Extraction:
    """Return what the questions of a desk share, a fresh one where they share nothing."""
    return _own(desk) or Extraction(desk.store)


def _own(desk: Desk) -> Extraction | None:
    # A desk over what was known at an instant is made from another and has a store of its own.
    shared = desk.extraction
    return shared if shared is not None and shared.store is desk.store else None
