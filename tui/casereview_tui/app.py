"""The app: which screen comes first, themes, names hidden or shown; opening it on a store."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from casereview.service.desk import Desk
from casereview.service.organisation.signing_in import sit_down
from casereview_tui import places
from casereview_tui.commands import CaseCommands
from casereview_tui.desk_app import DeskApp
from casereview_tui.screens.base import BaseScreen
from casereview_tui.settings import keep_theme, read_theme, usual
from casereview_tui.theme import THEMES

if TYPE_CHECKING:
    from casereview.cli.options import Given
    from casereview.packs.library import Library

WIDTHS = ((0, "-narrow"), (76, "-normal"), (110, "-wide"))
"""Columns from which a class applies: no agenda, agenda, agenda with lane words."""
HIDDEN, SHOWN = "names hidden", "NAMES SHOWN"


class CaseReviewApp(DeskApp):
    """The screens over one open store, or over none yet. Made with what `DeskApp` is made with.

    Args:
        desk: who works, at which store; None when there is no store yet.
        settings: file in which a person's choice of colours is kept; None keeps it nowhere.
    """

    CSS_PATH = "casereview.tcss"
    TITLE = "casereview"
    COMMANDS = App.COMMANDS | {CaseCommands}
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = list(WIDTHS)  # noqa: RUF012 - declared so by Textual itself

    def __init__(self, desk: Desk | None, *, settings: Path | None = None, **given: Any) -> None:
        super().__init__(desk, **given)
        for theme in THEMES:
            self.register_theme(theme)
        self.settings = settings
        chosen, self.notice = (None, "") if settings is None else read_theme(settings)
        # What is said for this one sitting comes before what was kept.
        said = os.environ.get("CASEREVIEW_THEME", "").lower()
        light = (said or chosen) == "light"
        self.theme = THEMES[1 if light else 0].name
        self.animation_level = "none"
        self.names_shown = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of our own that the sheet names."""
        return dict(THEMES[0].variables)

    @property
    def sharing_words(self) -> str:
        """Return whether names show, and whether this screen only reads."""
        only = "reads only, " if self.read_only else ""
        return only + (SHOWN if self.names_shown else HIDDEN)

    # --- life

    def on_mount(self) -> None:
        """Show Home, or the first run where there is no store."""
        if self.held_desk is None:
            self.push_screen(places.made("first_run:FirstRunScreen"))
        else:
            self.go_home()
        if self.notice:
            self.call_after_refresh(self.tell, self.notice)

    def tell(self, words: str) -> None:
        """Say something on the screen in front."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, BaseScreen):
                screen.say(words, "due")
                break

    async def on_unmount(self) -> None:
        """Finish what was begun: the store is closed after this."""
        await self.queue.drain()

    def go_home(self) -> None:
        """Show Home and begin to watch the store."""
        self.push_screen(places.made("home:HomeScreen"))
        # From here on: what is recorded before the first look a second later is news too.
        self._version = self.desk.store.data_version()
        self.set_interval(self.watch_seconds, self.watch_store)

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
        """Change between dark and light, and remember which."""
        names = [t.name for t in THEMES]
        self.theme = names[1 - names.index(self.theme)] if self.theme in names else names[0]
        if self.settings is not None:
            fault = keep_theme(self.settings, "light" if self.theme == names[1] else "dark")
            if fault:
                self.tell(fault)

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
        """Show one case whole."""
        self.push_screen(places.made(places.CASE, case))


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
    from casereview.cli.places import is_server

    server = is_server(str(place))
    if not server and not Path(place).expanduser().exists():
        app = CaseReviewApp(
            None, place=Path(place).expanduser(), library=library, clock=ticking, demo=demo,
            read_only=read_only, settings=usual(),
        )  # fmt: skip
    else:
        desk = sit_down(
            place if server else Path(place).expanduser(), library=library, clock=ticking,
            as_login=as_login, pin=pin, said_by=said_by, rehearsal_now=rehearsal_now,
            read_only=read_only and as_login is None,
        )  # fmt: skip
        app = CaseReviewApp(
            desk, library=library, clock=desk.clock, read_only=read_only, demo=demo,
            settings=usual(),
        )  # fmt: skip
    settle_memory()
    try:
        code = app.run()
    finally:
        if app.held_desk is not None:
            app.held_desk.store.close()
    if app.fault is not None:
        raise app.fault
    return int(code or app.return_code or 0)


def settle_memory() -> None:
    """Leave what was made so far out of the search for rubbish: it took 0.1 s now and then.

    What is searched is made by keys: often and little, else one key in forty waits 40 ms for it.
    """
    gc.set_threshold(10_000, 50, 1_000)
    gc.freeze()


def main(given: Given) -> int:
    """Open the screens with the options of the command line and return the exit code."""
    from casereview.cli import places as usual
    from casereview.cli.pin import ask_pin
    from casereview.service.rehearsal import demo as world

    now = usual.rehearsal_now()
    return run(
        usual.place_of(given), library=usual.library_of(given), clock=usual.clock,
        as_login=given.as_login, said_by=given.said_by, pin=ask_pin, rehearsal_now=now,
        demo=lambda: world.ready(now=now or usual.clock()), read_only=given.read_only,
    )  # fmt: skip
