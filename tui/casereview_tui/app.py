"""The app: the desk it works at, themes, names hidden or shown, watching for other writers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from casereview.core.calendar import time_zone
from casereview.errors import CaseReviewError, StoreError
from casereview.service.desk import Desk, sit_down
from casereview_tui import places
from casereview_tui.commands import CaseCommands
from casereview_tui.screens.base import BaseScreen
from casereview_tui.theme import THEMES
from casereview_tui.worker import StoreQueue, identity

if TYPE_CHECKING:
    from casereview.cli.options import Given
    from casereview.packs.library import Library

WATCH_SECONDS = 1.0
"""How often another program's commits are looked for: one PRAGMA, no read of rows."""
WIDTHS = ((0, "-narrow"), (76, "-normal"), (110, "-wide"))
"""Columns from which a class applies: no agenda, agenda, agenda with lane words."""
HIDDEN, SHOWN = "names hidden", "NAMES SHOWN"
REPLACED = (
    "The store's file was replaced by another since it was opened. Nothing that you do here can be"
    " recorded any more. Everything that was acknowledged is in the file that was moved aside."
)


class CaseReviewApp(App[int]):
    """The screens over one open store, or over none yet.

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

    CSS_PATH = "casereview.tcss"
    TITLE = "casereview"
    COMMANDS = App.COMMANDS | {CaseCommands}
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = list(WIDTHS)  # noqa: RUF012 - declared so by Textual itself

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
        for theme in THEMES:
            self.register_theme(theme)
        light = os.environ.get("CASEREVIEW_THEME", "").lower() == "light"
        self.theme = THEMES[1 if light else 0].name
        self.animation_level = "none"
        self.held_desk = desk
        self.place, self.library, self.demo = place, library, demo
        self.clock = clock or (lambda: datetime.now(UTC))
        self.monotonic = monotonic
        self.read_only = read_only or (desk is not None and desk.store.read_only)
        self.watch_seconds = watch_seconds
        self.queue = StoreQueue()
        self.own: set[str] = set()
        self.names_shown = False
        self._version: int | None = None
        self._file = identity(desk.store.path) if desk is not None else None
        self._gone = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of our own that the sheet names."""
        return dict(THEMES[0].variables)

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

    @property
    def sharing_words(self) -> str:
        """Return whether names show, and whether this screen only reads."""
        only = "reads only, " if self.read_only else ""
        return only + (SHOWN if self.names_shown else HIDDEN)

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

    # --- life

    def on_mount(self) -> None:
        """Show Home, or the first run where there is no store."""
        if self.held_desk is None:
            self.push_screen(places.made("first_run:FirstRunScreen"))
        else:
            self.go_home()

    async def on_unmount(self) -> None:
        """Finish what was begun: the store is closed after this."""
        await self.queue.drain()

    def go_home(self) -> None:
        """Show Home and begin to watch the store."""
        self.push_screen(places.made("home:HomeScreen"))
        # From here on: what is recorded before the first look a second later is news too.
        self._version = self.desk.store.data_version()
        self.set_interval(self.watch_seconds, self.watch_store)

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
            for screen in self.screen_stack:
                if isinstance(screen, BaseScreen):
                    await screen.news()

    def _say_replaced(self) -> None:
        from casereview_tui.screens.dialogs import Message

        self.push_screen(Message("The store was replaced", [REPLACED, "ctrl+q quits."]))
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.say("The store was replaced; nothing is recorded any more.", "over")

    # --- names, themes, commands

    def toggle_names(self) -> None:
        """Hide names at once; show them after a warning."""
        if self.names_shown:
            self._show_names("")
            return
        from casereview_tui.keys import Hint
        from casereview_tui.screens.dialogs import Choice

        self.push_screen(
            Choice(
                "Show names on this screen?",
                ["Everybody who sees this screen will read names, notes and worries."],
                [Hint("y", "show them")],
                safe="keep them hidden",
            ),
            self._show_names,
        )

    def _show_names(self, answer: str | None) -> None:
        self.names_shown = answer == "y"
        self.repaint_all()

    def toggle_theme(self) -> None:
        """Change between dark and light."""
        names = [t.name for t in THEMES]
        self.theme = names[1 - names.index(self.theme)] if self.theme in names else names[0]

    def watch_theme(self) -> None:
        """Draw with the colours of the new theme."""
        if self.is_running:
            self.repaint_all()

    def repaint_all(self) -> None:
        """Draw the screen in front again, with its lines at the edges."""
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.repaint()
                for line in screen.query("#title, #status, #keys"):
                    line.refresh()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield the app's own commands: no screenshot, it would put people on the disk."""
        del screen
        yield SystemCommand("Light or dark", "Change the colours (T)", self.toggle_theme)
        yield SystemCommand("Quit", "Everything acknowledged is kept (ctrl+q)", self.exit)

    def open_case(self, case: str) -> None:
        """Show one case whole, where that screen is installed."""
        if places.has(places.CASE):
            self.push_screen(places.made(places.CASE, case))

    def local(self, at: datetime) -> datetime:
        """Return an instant in the store's time zone."""
        return at.astimezone(time_zone(self.desk.store.time_zone))


def run(
    place: str | Path,
    *,
    library: Library,
    clock: Callable[[], datetime] | None = None,
    read_only: bool = False,
    as_login: str | None = None,
    said_by: str | None = None,
    pin: Callable[[str], str] | None = None,
    rehearsal_now: datetime | None = None,
    demo: Callable[[], Path] | None = None,
) -> int:
    """Open the screens on a store and return the exit code.

    A PIN is asked for on the terminal before the screens open. Where nothing is at `place` the
    first run offers a demo, a new store, or another file.

    Raises:
        CaseReviewError: the store or the person cannot be used.
    """
    ticking = clock or (lambda: datetime.now(UTC))
    server = "://" in str(place)
    if not server and not Path(place).expanduser().exists():
        app = CaseReviewApp(
            None, place=Path(place).expanduser(), library=library, clock=ticking, demo=demo,
            read_only=read_only,
        )  # fmt: skip
    else:
        desk = sit_down(
            place if server else Path(place).expanduser(), library=library, clock=ticking,
            as_login=as_login, pin=pin, said_by=said_by, rehearsal_now=rehearsal_now,
            read_only=read_only and as_login is None,
        )  # fmt: skip
        app = CaseReviewApp(desk, library=library, clock=desk.clock, read_only=read_only, demo=demo)
    try:
        code = app.run()
    finally:
        if app.held_desk is not None:
            app.held_desk.store.close()
    return int(code or app.return_code or 0)


def main(given: Given) -> int:
    """Open the screens with the options of the command line and return the exit code."""
    from casereview.cli import places as usual
    from casereview.cli.session import ask_pin
    from casereview.service import demo as world

    now = usual.rehearsal_now()
    return run(
        usual.place_of(given), library=usual.library_of(given), clock=usual.clock,
        as_login=given.as_login, said_by=given.said_by, pin=ask_pin, rehearsal_now=now,
        demo=lambda: world.ready(now=now or usual.clock()),
    )  # fmt: skip
