"""Store work off the screen's thread, one after the other in the order it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from casereview.errors import StoreBusy

T = TypeVar("T")
WAIT_SAID_AFTER = 0.4
"""Seconds after which waiting is said: a commit on an ordinary disk takes a hundredth of that."""
TRIES = 3
WAITING = "Waiting: another program is using the store. Nothing is lost."

FileIdentity = tuple[int, int]


class StoreQueue:
    """Runs store work in threads, never two at once.

    A write that finds the store locked waits, says so, and tries again: the command id makes the
    second try harmless.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Tell whether work is under way."""
        return self._turn.locked()

    async def run(self, work: Callable[[], T], say: Callable[[str], None]) -> T:
        """Return what the work returns.

        Args:
            work: called in a thread.
            say: told in words when the store keeps us waiting.

        Raises:
            StoreBusy: the store stayed locked through every try; nothing was recorded.
            CaseReviewError: whatever the work raised.
        """
        async with self._turn:
            for left in range(TRIES - 1, -1, -1):
                task = asyncio.ensure_future(asyncio.to_thread(work))
                while not (await asyncio.wait({task}, timeout=WAIT_SAID_AFTER))[0]:
                    say(WAITING)
                try:
                    return task.result()
                except StoreBusy:
                    if not left:
                        raise
                    say(WAITING)
            raise AssertionError  # the last try returns or raises


def identity(path: Path | None) -> FileIdentity | None:
    """Return what tells a file from another that takes its name, None for a server's store."""
    if path is None:
        return None
    try:
        facts = path.stat()
    except OSError:
        return (0, 0)
    return (facts.st_dev, facts.st_ino)
