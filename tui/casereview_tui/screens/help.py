"""Help: what this screen is for and every key of it, made from its bindings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from casereview_tui.keys import Hint, bind
from casereview_tui.text import PlainStatic, cell, fit, lines_of, wrap
from casereview_tui.theme import palette

EVERYWHERE = (
    Hint("ctrl+p", "every command by name"),
    Hint("ctrl+q", "quit; everything that was acknowledged is kept"),
)
TWO_TERMINALS = (
    "Two terminals can work on one meeting when both run on the computer that holds the store:"
    " what one records shows on the other within two seconds."
)

READS_ONLY = "These screens only read: keys that would record something are left out."


class HelpScreen(ModalScreen[None]):
    """The keys of one screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape,enter,q,question_mark,f1", "close", "close help"),
        bind("j,down", "scroll(1)", "down"),
        bind("k,up", "scroll(-1)", "up"),
    ]

    def __init__(
        self, about: str, own: Sequence[Hint], common: Sequence[Hint], signs: Sequence[Hint] = ()
    ) -> None:
        super().__init__()
        self.about, self.own, self.common, self.signs = about, own, common, signs

    def compose(self) -> ComposeResult:
        """Yield one scrolling list."""
        with VerticalScroll(id="window", classes="tall"):
            yield PlainStatic(id="lines")

    def on_mount(self) -> None:
        """Draw."""
        self.query_one("#window").focus()
        self.call_after_refresh(self.paint)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.call_after_refresh(self.paint)

    def paint(self) -> None:
        """Set the lines out for the width there is."""
        colours = palette(self.app.theme)
        width = max(20, self.query_one("#window").content_size.width - 2)
        rows: list[Text] = [cell("Help", f"bold {colours.head}")]
        rows += [cell(x) for x in wrap(self.about, width)] if self.about else []
        if getattr(self.app, "read_only", False):
            rows += [cell(""), *(cell(x, colours.due) for x in wrap(READS_ONLY, width))]
        for title, hints in (
            ("Keys of this screen", self.own), ("Keys everywhere", (*self.common, *EVERYWHERE)),
            ("Signs", self.signs),
        ):  # fmt: skip
            rows += [cell(""), cell(title, f"bold {colours.head}")] if hints else []
            for hint in hints:
                first, *more = wrap(hint.word, width - 14)
                rows.append(cell(f"{fit(hint.key, 13)} {first}"))
                rows += [cell(f"{'':13} {x}") for x in more]
        rows += [cell(""), *(cell(x, colours.quiet) for x in wrap(TWO_TERMINALS, width))]
        self.query_one("#lines", PlainStatic).update(lines_of(rows))

    def action_scroll(self, step: int) -> None:
        """Scroll."""
        self.query_one("#window").scroll_relative(y=step * 3, animate=False)

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)
