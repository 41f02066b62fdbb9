"""What was known at an instant: a scratch store made from the journal up to then."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from casereview.errors import Usage
from casereview.service.desk import Desk
from casereview.store.opening import create_store
from casereview.store.replay import replay_until


@contextmanager
def as_known(desk: Desk) -> Iterator[Desk]:
    """Give a desk over the store as it was known at `desk.known_by`; the same desk when unset.

    Only entries recorded by then are used, so that later corrections and backdated entries do not
    count. The scratch copy is private and removed afterwards.

    Raises:
        Usage: the instant is naive or after now.
    """
    if desk.known_by is None:
        yield desk
        return
    known = desk.known_by
    if known.tzinfo is None:
        raise Usage("The instant has no time zone.", next="Write it like 2026-03-03T09:00:00Z.")
    if known.astimezone(UTC) > desk.now:
        raise Usage("The instant is after now.", next="Give one that has passed.")
    folder = Path(tempfile.mkdtemp(prefix="casereview-"))
    try:
        scratch = create_store(
            folder / "known.db",
            at=desk.now,
            rehearsal=desk.store.rehearsal,
            time_zone=desk.store.time_zone,
        )
        try:
            with desk.store.read() as source, scratch.write() as target:
                replay_until(source, target, known)
            yield replace(desk, store=scratch, known_by=known)
        finally:
            scratch.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
