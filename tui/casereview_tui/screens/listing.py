"""A list with a marked line: only what fits is drawn, what does not fit is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Offset

from casereview_tui.keys import bind
from casereview_tui.screens.base import BaseScreen
from casereview_tui.screens.dialogs import Message
from casereview_tui.text import PlainStatic, cell, fit, known_as, lines_of, wrap

Row = dict[str, Any]
FRAME = 3
"""Lines that title, status and keys take."""


class Listing(BaseScreen):
    """Rows with one marked, a head above and a detail of the marked row below.

    A kind of list says what its lines are (`line`), what stands above (`head`), below (`foot`), and
    what is said of the marked row (`detail`).

    Attributes:
        rows: what is listed.
        at: index of the marked row.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("j,down", "move(1)", "next line", id="line-next"),
        bind("k,up", "move(-1)", "line above", id="line-above"),
        bind("pagedown", "page(1)", "a screen down", id="page-down"),
        bind("pageup", "page(-1)", "a screen up", id="page-up"),
        bind("g,home", "edge(0)", "first line", id="line-first"),
        bind("G,end", "edge(1)", "last line", id="line-last"),
        bind("escape,q", "back", "back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.at = 0
        self.ready = False
        self._top = 0

    def body(self) -> ComposeResult:
        """Yield the lines."""
        with Vertical(id="body"):
            yield PlainStatic(id="lines")

    # --- what a kind of list says

    def head(self, width: int) -> list[Text]:
        """Return the lines above the list."""
        del width
        return []

    def line(self, row: Row, width: int) -> tuple[str, str]:
        """Return the words of a row and how much it matters: over, due, ok or note."""
        del width
        return str(row), "note"

    def detail(self, row: Row, width: int) -> list[Text]:
        """Return what is said of the marked row."""
        del row, width
        return []

    def foot(self, width: int) -> list[Text]:
        """Return the last line: how much is not shown."""
        del width
        return []

    @property
    def empty(self) -> str:
        """Return what is said when nothing is listed, with the key that helps."""
        return "Nothing here."

    # --- drawing

    @property
    def width(self) -> int:
        """Return the columns that lines may take."""
        return max(20, self.size.width - 1)

    @property
    def room(self) -> int:
        """Return the lines between title and status."""
        return max(5, self.size.height - FRAME)

    @property
    def marked(self) -> Row | None:
        """Return the marked row."""
        return self.rows[self.at] if 0 <= self.at < len(self.rows) else None

    def paint(self) -> None:
        """Draw the rows round the marked one."""
        if not self.ready:
            return
        width, room = self.width, self.room
        self.at = max(0, min(self.at, len(self.rows) - 1))
        head, foot = self.head(width), self.foot(width)
        space = max(1, room - len(head) - len(foot))
        row = self.marked
        detail = self.detail(row, width) if row is not None else []
        most = min(max(1, space // 3), max(1, space - 3))
        detail = _cut(detail, most, self.colours.quiet)
        space = max(1, space - len(detail))
        shown = self._shown(space)
        body = [self._row(n, width) for n in shown]
        if not self.rows:
            body = [cell(x) for x in wrap(self.empty, width)][:space]
        body += [cell("")] * (space - len(body))
        self.query_one("#lines", PlainStatic).update(lines_of([*head, *body, *detail, *foot]))
        place = self.query_one("#body").region.offset
        self.app.cursor_position = place + Offset(0, len(head) + self.at - shown.start)

    def _shown(self, space: int) -> range:
        self._top = max(0, min(self._top, len(self.rows) - space))
        self._top = min(self._top, self.at)
        self._top = max(self._top, self.at - space + 1)
        return range(self._top, min(len(self.rows), self._top + space))

    def _row(self, n: int, width: int) -> Text:
        words, level = self.line(self.rows[n], width - 2)
        mark = n == self.at
        said = fit(f"{'>' if mark else ' '} {words}", width)
        return cell(said, "bold reverse" if mark else self.colours.level(level))

    # --- moving

    async def action_move(self, step: int) -> None:
        """Mark another row."""
        self.at = max(0, min(self.at + step, len(self.rows) - 1))
        self.paint()

    async def action_page(self, step: int) -> None:
        """Move on by a screen."""
        await self.action_move(step * max(1, self.room - 6))

    async def action_edge(self, end: int) -> None:
        """Mark the first or the last row."""
        self.at = len(self.rows) - 1 if end else 0
        self.paint()

    def worry_about(self) -> tuple[str, str | None]:
        """Return the case of the marked row."""
        row = self.marked
        return (str(row.get("case") or "") if row else "", None)

    def open_marked(self) -> None:
        """Open the case of the marked row; say so when it has none."""
        row = self.marked
        if row is None:
            return
        if row.get("case"):
            self.desk_app.open_case(str(row["case"]))
        else:
            self.say("This line is about no case.", "due")

    def show_whole(self, title: str, said: Sequence[str]) -> None:
        """Show text whole in a window."""
        self.app.push_screen(Message(title, [s for s in said if s]))

    def who(self, row: Row) -> str:
        """Return how the person of a row is named on this screen."""
        return known_as(row, names=self.names)


def heading(words: str, width: int, style: str) -> Text:
    """Return one line above a list, in the columns of its rows."""
    return cell(fit(f"  {words}", width), style)


def _cut(lines: list[Text], most: int, style: str) -> list[Text]:
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], cell("... more: Enter shows it whole", style)] if most > 1 else (
        lines[:1]
    )  # fmt: skip
