"""Store work off the screen's thread, one after the other in the order it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

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
    second try harmless. Work that was begun is finished also when nobody waits for it any more.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._begun: set[asyncio.Task[Any]] = set()

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
        task = asyncio.ensure_future(self._in_turn(work, say))
        self._begun.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._begun.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that work nobody waits for leaves no warning

    async def drain(self) -> None:
        """Wait until everything that was begun is finished; a store may be closed then."""
        while self._begun:
            await asyncio.wait(self._begun)

    async def _in_turn(self, work: Callable[[], T], say: Callable[[str], None]) -> T:
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
