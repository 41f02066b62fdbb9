"""The lines at the edges: title, what was saved, which keys there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.text import Text
from textual import events

from casereview_tui.keys import Hint
from casereview_tui.text import PlainStatic, cell, cut, fit
from casereview_tui.theme import Palette, palette

if TYPE_CHECKING:
    from casereview_tui.app import CaseReviewApp

REHEARSAL = "REHEARSAL"


class Line(PlainStatic):
    """One line over the whole width, drawn again when its text or the width changes."""

    @property
    def desk_app(self) -> CaseReviewApp:
        """Return the app with its own type."""
        return cast("CaseReviewApp", self.app)

    @property
    def colours(self) -> Palette:
        """Return the colours of the theme in use."""
        return palette(self.app.theme)


class TitleLine(Line):
    """What this screen is about, with REHEARSAL in front and the sharing state behind."""

    DEFAULT_CLASSES = "band"

    def __init__(self) -> None:
        super().__init__(id="title")
        self.words = ""

    def say(self, words: str) -> None:
        """Show a title."""
        if words != self.words:
            self.words = words
            self.refresh()

    def render(self) -> Text:
        """Return the line."""
        app = self.desk_app
        left = Text(end="")
        if app.rehearsal:
            left.append(REHEARSAL, style="bold reverse")
            left.append(" ")
        right = app.sharing_words
        room = self.size.width - left.cell_len - cell_len(right) - 1
        left.append(fit(self.words, max(0, room)), style=f"bold {self.colours.head}")
        left.append(" ")
        left.append(right, style=self.colours.text)
        return left


class StatusLine(Line):
    """What was saved last, in words; also what went wrong."""

    def __init__(self) -> None:
        super().__init__(id="status")
        self.words = ""
        self.level = "note"

    def say(self, words: str, level: str = "note") -> None:
        """Show a sentence. `level` is note, ok, due or over."""
        self.words, self.level = words, level
        self.refresh()

    def hush(self) -> None:
        """Take back a warning or a refusal: it was about what is no longer in hand."""
        if self.level in ("due", "over"):
            self.say("")

    def render(self) -> Text:
        """Return the line."""
        return cell(cut(self.words, self.size.width), self.colours.level(self.level))


class KeyLine(Line):
    """The keys that do something now; each can be clicked."""

    DEFAULT_CLASSES = "band"

    def __init__(self) -> None:
        super().__init__(id="keys")
        self.hints: tuple[Hint, ...] = ()
        self._spans: list[tuple[int, int, str]] = []

    def show(self, hints: Sequence[Hint]) -> None:
        """Show keys in order of need; those that do not fit are left to help."""
        if tuple(hints) != self.hints:
            self.hints = tuple(hints)
            self.refresh()

    def render(self) -> Text:
        """Return the line."""
        last = Hint("?", "help")
        room = self.size.width - len("? help")
        said = Text(end="")
        self._spans = []
        for hint in (*self.hints, last):
            wide = cell_len(hint.key) + cell_len(hint.word) + 3
            if hint is not last and said.cell_len + wide > room:
                continue
            self._spans.append((said.cell_len, said.cell_len + wide, hint.key))
            said.append(hint.key, style=f"bold {self.colours.head}")
            said.append(f" {hint.word}  ", style=self.colours.text)
        return said

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        for start, end, key in self._spans:
            if start <= event.x < end and " " not in key:
                pressed = {"Enter": "enter", "Esc": "escape", "?": "question_mark"}.get(key, key)
                self.app.simulate_key(pressed)
