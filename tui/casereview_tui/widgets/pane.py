"""What every window over a screen has: lines set out for its width before it is first drawn."""

from __future__ import annotations

from typing import TypeVar

from rich.text import Text
from textual.screen import ModalScreen

from casereview_tui.text import PlainStatic, lines_of
from casereview_tui.theme import Palette, palette

T = TypeVar("T")
WIDEST, FRAME = 76, 5
"""Columns of a window at most (as in the sheet), and those of its frame, padding and scroll bar."""
LEAST_WIDTH = 20


class Pane(ModalScreen[T]):
    """A window with lines (`rows`) in the widget #lines.

    The width of the lines follows from the terminal's, not from a layout: what is set out only
    after a first layout costs a second one, and the key that opened the window waits for both.
    """

    # No window looks different on a wider screen; asking costs styling all of it once more.
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = []  # noqa: RUF012 - as Textual declares it
    _set_out_for: object = None

    @property
    def colours(self) -> Palette:
        """Return the colours of the theme in use."""
        return palette(self.app.theme)

    @property
    def width(self) -> int:
        """Return the columns that lines may take."""
        return max(LEAST_WIDTH, min(WIDEST, self.app.size.width) - FRAME)

    def rows(self) -> list[Text]:
        """Return the lines."""
        return []

    def set_out(self) -> Text:
        """Return the lines as one text for the terminal's present size."""
        self._set_out_for = self.app.size
        return lines_of(self.rows())

    def paint(self) -> None:
        """Set the lines out again."""
        self.query_one("#lines", PlainStatic).update(self.set_out())

    def on_resize(self) -> None:
        """Draw for the new size; the first one is known when the window is made."""
        if self._set_out_for != self.app.size:
            self.paint()
