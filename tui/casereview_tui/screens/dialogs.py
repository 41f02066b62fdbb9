"""Small windows: a message, a choice by letter, a blank screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from casereview_tui.keys import Hint, bind
from casereview_tui.text import PlainStatic, cell, wrap
from casereview_tui.widgets.pane import Pane


class Window(Pane[str | None]):
    """A window of lines over the screen. Esc closes it; nothing happens by closing it.

    Args:
        title: the first line.
        said: paragraphs, each wrapped to the window's width.
    """

    def __init__(self, title: str, said: Sequence[str] = ()) -> None:
        super().__init__()
        self.words = title
        self.said = list(said)

    def compose(self) -> ComposeResult:
        """Yield the window."""
        with VerticalScroll(id="window"):
            yield PlainStatic("" if self._reads else self.set_out(), id="lines")

    @property
    def _reads(self) -> bool:
        return type(self).read is not Window.read

    async def read(self) -> None:
        """Read what the window shows."""

    async def on_mount(self) -> None:
        """Read and draw, and let arrows scroll."""
        if self._reads:
            await self.read()
            self.paint()

    def rows(self) -> list[Text]:
        """Return the lines."""
        found = [cell(x, f"bold {self.colours.head}") for x in wrap(self.words, self.width)]
        for paragraph in self.said:
            found += [cell(x) for x in wrap(paragraph, self.width)]
        return found


class Message(Window):
    """Says something; Esc or Enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [bind("escape,enter,q", "close", "close")]

    def rows(self) -> list[Text]:
        """Return the lines and how to go on."""
        return [*super().rows(), cell(""), cell("Esc closes", self.colours.quiet)]

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


class Choice(Window):
    """Asks for one of some letters. Enter and Esc take none of them.

    Args:
        title: what is asked.
        said: what should be known first.
        hints: letter and words of each way to go on; the letter is returned.
        safe: what Enter and Esc do, in words.
    """

    BINDINGS: ClassVar[list[BindingType]] = [bind("escape,enter", "close", "leave it")]

    def __init__(
        self, title: str, said: Sequence[str], hints: Sequence[Hint], *, safe: str = "leave it"
    ) -> None:
        super().__init__(title, said)
        self.hints = tuple(hints)
        self.safe = safe

    def rows(self) -> list[Text]:
        """Return the lines and the ways to go on."""
        found = [*super().rows(), cell("")]
        for hint in (*self.hints, Hint("Esc", self.safe)):
            line = cell(hint.key, f"bold {self.colours.head}")
            found.append(line.append(f"  {hint.word}", style=self.colours.text))
        return found

    def on_key(self, event: events.Key) -> None:
        """Take a letter that was offered."""
        if event.key in {h.key for h in self.hints}:
            event.stop()
            self.dismiss(event.key)

    def action_close(self) -> None:
        """Take none."""
        self.dismiss(None)


class Blank(ModalScreen[None]):
    """An empty screen; only z shows what was there."""

    BINDINGS: ClassVar[list[BindingType]] = [bind("z", "close", "show the screen again")]

    def compose(self) -> ComposeResult:
        """Yield one line."""
        yield PlainStatic("Screen blanked. z shows it again.", id="blank")

    def action_close(self) -> None:
        """Show what was there."""
        self.dismiss(None)
