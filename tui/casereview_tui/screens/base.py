"""What every screen has: the desk, saving with words, worry and help keys, names hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from casereview.errors import CaseReviewError, Refused, StoreBusy
from casereview.service.desk import Desk
from casereview_tui.keys import (
    COMMON,
    READS_ONLY,
    Hint,
    hints_of_readers,
    listed,
    reading_only,
)
from casereview_tui.text import PlainStatic, clock
from casereview_tui.theme import Palette, palette
from casereview_tui.widgets.bars import KeyLine, StatusLine, TitleLine

if TYPE_CHECKING:
    from casereview_tui.app import CaseReviewApp

T = TypeVar("T")
SMALLEST = (60, 16)
"""Columns and rows below which a screen only asks for a larger window."""
READING = "Reading…"
ENLARGE = "Enlarge the window: 60 columns and 16 rows at least."


class BaseScreen(Screen[None]):
    """A whole screen: title, body, what was saved, keys.

    A screen says what its body is (`body`), what its title and keys are (`title_words`, `hints`),
    loads in `load`, and draws in `paint`, which is called again when names are shown or hidden,
    the theme or the size changes.
    """

    BINDINGS: ClassVar[list[BindingType]] = COMMON
    HELP = ""
    SIGNS: ClassVar[Sequence[Hint]] = ()
    WRITES: ClassVar[frozenset[str]] = frozenset({"worry"})
    """Actions that record something; each kind of screen adds its own."""

    def compose(self) -> ComposeResult:
        """Yield the frame and the body."""
        yield TitleLine()
        yield PlainStatic(ENLARGE, id="small")
        yield from self.body()
        yield StatusLine()
        yield KeyLine()

    def body(self) -> ComposeResult:
        """Yield what is between title and status."""
        yield Widget(id="body")

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        return "casereview"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now, in order of need."""
        return ()

    async def load(self) -> None:
        """Read what the screen shows."""

    def paint(self) -> None:
        """Draw the body from what was read."""

    async def news(self) -> None:
        """Do what is needed after something was recorded by somebody else."""
        await self.reload()

    # --- the app

    @property
    def desk_app(self) -> CaseReviewApp:
        """Return the app with its own type."""
        return cast("CaseReviewApp", self.app)

    @property
    def colours(self) -> Palette:
        """Return the colours of the theme in use."""
        return palette(self.app.theme)

    @property
    def names(self) -> bool:
        """Tell whether names are shown."""
        return self.desk_app.names_shown

    # --- life

    async def on_mount(self) -> None:
        """Read and draw for the first time."""
        await self.reload()

    stale = False
    """True when others recorded something while this screen was not in front."""

    async def on_screen_resume(self) -> None:
        """Draw again: names or theme may have changed meanwhile; read again what is stale."""
        if self.stale:
            self.stale = False
            await self.news()
        self.repaint()

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size; ask for a larger window when it is too small."""
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.set_class(small, "-too-small")
        self.call_after_refresh(self.repaint)

    async def reload(self) -> None:
        """Read again and draw; what cannot be read is said."""
        try:
            await self.load()
        except CaseReviewError as error:
            self.refused(error)
        self.repaint()

    def repaint(self) -> None:
        """Draw everything from what is held; behind a window that waits until it is closed."""
        # A screen that was closed while it read has lost its lines already.
        if not self.is_current or not self.is_mounted or not self.query(TitleLine):
            return
        self.query_one(TitleLine).say(self.title_words)
        self.query_one(KeyLine).show(self._hints_offered())
        self.paint()

    # --- reading and saving

    async def read(self, work: Callable[[Desk], T]) -> T:
        """Return what a read-only use case returns; it runs off the screen's thread.

        Raises:
            CaseReviewError: it cannot be read.
        """
        app = self.desk_app
        desk = app.desk.again()
        found = await app.queue.run(lambda: work(desk), lambda _: self.say(READING))
        if self.query(StatusLine) and self.query_one(StatusLine).words == READING:
            self.say("")
        return found

    async def write(
        self, work: Callable[[Desk], T], *, actor: str | None = None, said_by: str | None = None
    ) -> T:
        """Run one use case that records something, on disk when this returns; says "Saved 09:02".

        Args:
            work: gets a desk with a fresh command id.
            actor: who records it, None for the person at the desk.
            said_by: who said it, None for the actor.

        Raises:
            CaseReviewError: it was refused or failed; nothing was recorded.
        """
        app = self.desk_app
        app.check_writable()
        desk = app.desk.again(actor=actor, said_by=said_by)
        if actor is not None:
            desk = replace(desk, said_by=said_by)
        app.own.add(desk.command)
        result = await app.queue.run(lambda: work(desk), self.say_waiting)
        self.say(f"Saved {clock(desk.now, desk.store.time_zone)}", "ok")
        return result

    async def save(self, work: Callable[[Desk], T]) -> T | None:
        """Run `write`; a refusal is shown and gives None."""
        try:
            return await self.write(work)
        except CaseReviewError as error:
            self.refused(error)
            return None

    async def attempt(
        self, work: Callable[[Desk], object], *, actor: str | None = None
    ) -> str | None:
        """Run `write` for a dialog: return why it was refused, None when it is on disk."""
        try:
            await self.write(work, actor=actor)
        except CaseReviewError as error:
            self.say("Not saved.", "over")
            return str(error)
        return None

    # --- saying

    def say(self, words: str, level: str = "note") -> None:
        """Show a sentence in the status line."""
        if self.query(StatusLine):
            self.query_one(StatusLine).say(words, level)

    def say_waiting(self, words: str) -> None:
        """Show that the store keeps us waiting."""
        self.say(words, "due")

    def refused(self, error: CaseReviewError) -> None:
        """Show a refusal: in the status line, and whole in a window when it does not fit there."""
        self.say(error.message, "over")
        rows = error.requirements if isinstance(error, Refused) else ()
        if isinstance(error, StoreBusy):
            self.say(f"{error} The key did nothing.", "over")
        elif rows or error.next or len(error.message) > self.size.width:
            from casereview_tui.screens.dialogs import Message

            said = [error.message, *(f"- {r.get('sentence', '')}" for r in rows), error.next]
            self.app.push_screen(Message("Not possible", [s for s in said if s]))

    # --- keys that every screen has

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from casereview_tui.screens.help import HelpScreen

        own, common = self.offered(self.own_bindings()), self.offered(COMMON)
        self.app.push_screen(HelpScreen(self.HELP, listed(own), listed(common), self.SIGNS))

    @classmethod
    def own_bindings(cls) -> list[BindingType]:
        """Return the bindings of this kind of screen without those that every screen has."""
        kinds = [k for k in cls.__mro__ if issubclass(k, BaseScreen) and k is not BaseScreen]
        return [b for k in kinds for b in k.__dict__.get("BINDINGS", ())]

    def offered(self, bindings: Iterable[BindingType]) -> list[BindingType]:
        """Return the bindings to offer: where screens only read, none that records something."""
        return reading_only(bindings, self.records) if self.desk_app.read_only else list(bindings)

    @classmethod
    def records(cls, action: str) -> bool:
        """Tell whether an action of this kind of screen records something."""
        return any(action in getattr(kind, "WRITES", ()) for kind in cls.__mro__)

    def refuses(self, action: str) -> str:
        """Return why an action does nothing now, "" when it may be done."""
        return READS_ONLY if self.desk_app.read_only and self.records(action) else ""

    def _hints_offered(self) -> Sequence[Hint]:
        if not self.desk_app.read_only:
            return self.hints
        return hints_of_readers(self.hints, [*self.own_bindings(), *COMMON], self.records)

    def may_write(self) -> bool:
        """Tell whether something can be recorded here; say why not."""
        if self.desk_app.read_only:
            self.say(READS_ONLY, "due")
        return not self.desk_app.read_only

    def action_worry(self) -> None:
        """Record a safeguarding worry about anybody."""
        from casereview_tui.screens.worry import ask_worry

        ask_worry(self)

    async def worry_recorded(self) -> None:
        """Show a worry that was recorded from this screen."""
        await self.news()

    def worry_about(self) -> tuple[str, str | None]:
        """Return whom a worry is probably about, and the review in progress, if any."""
        return "", None

    def action_names(self) -> None:
        """Hide names, or show them after a warning."""
        self.desk_app.toggle_names()

    def action_blank(self) -> None:
        """Blank the screen."""
        from casereview_tui.screens.dialogs import Blank

        self.app.push_screen(Blank())

    def action_theme(self) -> None:
        """Change between dark and light."""
        self.desk_app.toggle_theme()

    async def action_back(self) -> None:
        """Go back one level; the first screen stays."""
        if len(self.app.screen_stack) > 2:
            await self.app.pop_screen()
