"""The app below its looks: the desk it works at, the watch over the store, what goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual.actions import ActionParseResult
from textual.app import App
from textual.dom import DOMNode

from casereview.core.calendar import time_zone
from casereview.errors import CaseReviewError, StoreError
from casereview.service.desk import Desk
from casereview_tui.screens.base import BaseScreen
from casereview_tui.worker import StoreQueue, identity

if TYPE_CHECKING:
    from casereview.packs.library import Library

WATCH_SECONDS = 1.0
"""How often another program's commits are looked for: one PRAGMA, no read of rows."""
REPLACED = (
    "The store's file was replaced by another since it was opened. Nothing that you do here can be"
    " recorded any more. Everything that was acknowledged is in the file that was moved aside."
)


class DeskApp(App[int]):
    """An app over one open store, or over none yet.

    Args:
        desk: who works, at which store; None when there is no store yet.
        place: the store's file, for the first run.
        library: rules in force, for the first run.
        clock: returns the time now, aware.
        monotonic: returns seconds for key timing.
        demo: makes a rehearsal store and returns its file; None when that cannot be done here.
        read_only: True refuses every write with a sentence.
        watch_seconds: how often another program's commits are looked for.
    """

    def __init__(
        self,
        desk: Desk | None,
        *,
        place: Path | None = None,
        library: Library | None = None,
        clock: Callable[[], datetime] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        demo: Callable[[], Path] | None = None,
        read_only: bool = False,
        watch_seconds: float = WATCH_SECONDS,
    ) -> None:
        super().__init__()
        self.held_desk = desk
        self.place, self.library, self.demo = place, library, demo
        self.clock = clock or (lambda: datetime.now(UTC))
        self.monotonic = monotonic
        self.read_only = read_only or (desk is not None and desk.store.read_only)
        self.watch_seconds = watch_seconds
        self.queue = StoreQueue()
        self.own: set[str] = set()
        self._version: int | None = None
        self._file = identity(desk.store.path) if desk is not None else None
        self._gone = False

    # --- the desk

    @property
    def desk(self) -> Desk:
        """Return the desk.

        Raises:
            StoreError: there is no store yet.
        """
        if self.held_desk is None:
            raise StoreError("There is no store yet.", code="store_missing", next="Make one.")
        return self.held_desk

    @property
    def rehearsal(self) -> bool:
        """Tell whether the store holds no real people."""
        return self.held_desk is not None and self.held_desk.rehearsal

    def check_writable(self) -> None:
        """Refuse to write on a screen that only reads, or when the store was replaced.

        Raises:
            StoreError: it cannot be written.
        """
        if self.read_only:
            raise StoreError(
                "These screens were opened with --read-only.", code="store_read_only",
                next="Open them without it to record something.",
            )  # fmt: skip
        if self._gone:
            raise StoreError(REPLACED, code="store_replaced", next="Quit with ctrl+q, start again.")

    # --- the watch

    def take_desk(self, desk: Desk) -> None:
        """Work at a store that was made or opened just now."""
        self.held_desk = desk
        self.read_only = self.read_only or desk.store.read_only
        self._file = identity(desk.store.path)

    async def watch_store(self) -> None:
        """Look whether somebody else has recorded something, or replaced the file."""
        if self._gone or self.queue.busy or self.held_desk is None:
            return
        store = self.held_desk.store
        if identity(store.path) != self._file:
            self._gone = True
            self._say_replaced()
            return
        try:
            version = await self.queue.run(store.data_version, lambda _: None)
        except CaseReviewError:
            return  # a locked store is looked at again in a second
        known, self._version = self._version, version
        if known is not None and version != known:
            held = [s for s in self.screen_stack if isinstance(s, BaseScreen)]
            for screen in held[:-1]:
                screen.stale = True  # read again when it is in front: keys come first
            if held:
                await held[-1].news()

    def _say_replaced(self) -> None:
        from casereview_tui.screens.dialogs import Message

        self.push_screen(Message("The store was replaced", [REPLACED, "ctrl+q quits."]))
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.say("The store was replaced; nothing is recorded any more.", "over")

    def local(self, at: datetime) -> datetime:
        """Return an instant in the store's time zone."""
        return at.astimezone(time_zone(self.desk.store.time_zone))

    # --- what goes wrong

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key does; a refusal is said on the screen that is in front."""
        if isinstance(default_namespace, BaseScreen):
            name = action if isinstance(action, str) else action[1]
            why = default_namespace.refuses(name.partition("(")[0])
            if why:
                default_namespace.say(why, "due")
                return True
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except CaseReviewError as error:
            for screen in reversed(self.screen_stack):
                if isinstance(screen, BaseScreen):
                    screen.refused(error)
                    break
            return True

    def _fatal_error(self) -> None:
        """End without Textual's own report: it shows local variables, and so people."""
        self._close_messages_no_wait()

    @property
    def fault(self) -> Exception | None:
        """Return what ended the screens against all expectation, None when they ended as asked."""
        return self._exception
