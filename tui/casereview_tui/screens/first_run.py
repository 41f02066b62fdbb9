"""The first run: no store yet. Look at a demo, make a new store, or open a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from casereview.errors import CaseReviewError
from casereview.packs.library import Library
from casereview.service.organisation import setup
from casereview.service.organisation.signing_in import sit_down
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.base import BaseScreen
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.text import PlainStatic, cell, lines_of, wrap


class FirstRunScreen(BaseScreen):
    """Three ways to begin."""

    HELP = "There is no store yet. Nothing is written until you choose."
    WRITES: ClassVar[frozenset[str]] = frozenset({"demo", "new"})
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("d", "demo", "open the demo: a made-up service to try everything on"),
        bind("n", "new", "make a new store for your own service"),
        bind("o", "open", "open a file that exists"),
        bind("q", "quit", "quit"),
    ]

    def body(self) -> ComposeResult:
        """Yield the lines."""
        with VerticalScroll(id="body"):
            yield PlainStatic(id="lines")

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        return "casereview: first run"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the ways to begin."""
        return (Hint("d", "demo"), Hint("n", "new store"), Hint("o", "open"), Hint("q", "quit"))

    def paint(self) -> None:
        """Draw the ways to begin."""
        c = self.colours
        width = max(20, self.size.width - 2)
        rows = [cell(x) for x in wrap("There is no store yet. How do you want to begin?", width)]
        demo = (
            "A made-up service: three teams, a year of history, today's meetings. Nobody is real."
        )
        if self.desk_app.demo is None:
            demo = "A made-up service to try everything on: quit and run `casereview demo`."
        new = f"An empty one at {self.desk_app.place}. You become its administrator."
        for key, title, words in (
            ("d", "Open the demo", demo),
            ("n", "Make a new store", new),
            ("o", "Open a file", "A store that somebody has made already."),
        ):  # fmt: skip
            if self.desk_app.read_only and key != "o":
                continue
            rows += [cell(""), cell(f"{key}  {title}", f"bold {c.head}")]
            rows += [cell(f"   {x}", c.text) for x in wrap(words, width - 3)]
        self.query_one("#lines", PlainStatic).update(lines_of(rows))

    @property
    def library(self) -> Library:
        """Return the rules in force."""
        return self.desk_app.library or Library()

    async def action_demo(self) -> None:
        """Make the demo and open it."""
        make = self.desk_app.demo
        if make is None:
            self.say("Quit (q) and run: casereview demo", "due")
            return
        self.say("Making the demo…")
        try:
            place = await self.desk_app.queue.run(make, self.say_waiting)
        except CaseReviewError as error:
            self.refused(error)
            return
        fault = await self._open(place)
        if fault:
            self.say(fault, "over")

    def action_new(self) -> None:
        """Ask where, and make a store."""
        where = Field("place", "File", str(self.desk_app.place or "casereview.db"))
        self.app.push_screen(Form("Make a new store", [where], self._make))

    def action_open(self) -> None:
        """Ask which, and open it."""
        self.app.push_screen(Form("Open a store", [Field("place", "File")], self._open_typed))

    async def _make(self, values: Values) -> str | None:
        app = self.desk_app
        place = _file(values["place"])

        def make() -> None:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            setup.create(place, library=self.library, now=app.clock())

        try:
            await app.queue.run(make, self.say_waiting)
        except CaseReviewError as error:
            return str(error)
        except OSError as error:
            return f"The folder of {place} cannot be made: {error.strerror}."
        return await self._open(place)

    async def _open_typed(self, values: Values) -> str | None:
        if not values["place"].strip():
            return "Type the file's name."
        return await self._open(_file(values["place"]))

    async def _open(self, place: Path) -> str | None:
        app = self.desk_app
        try:
            desk = await app.queue.run(
                lambda: sit_down(
                    place, library=self.library, clock=app.clock, read_only=app.read_only
                ),
                self.say_waiting,
            )
        except CaseReviewError as error:
            return str(error)
        app.take_desk(desk)
        app.call_later(app.go_home)
        return None

    def action_quit(self) -> None:
        """Quit."""
        self.app.exit(0)


def _file(typed: str) -> Path:
    """Return the file that was typed; ~ is one's own folder."""
    return Path(typed.strip()).expanduser()
