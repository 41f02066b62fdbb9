"""The cases behind a number or a finding: each can be opened, or a rule explained on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.service.cases import caseload
from casereview.service.desk import Desk
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.listing import Listing, Row, heading
from casereview_tui.text import cell, count, cut, fit, wrap

Read = Callable[[Desk], list[Row]]
Explain = Callable[[Desk, str], list[str]]


class CaseList(Listing):
    """Cases with a word about each.

    Args:
        title: what they have in common.
        read: returns rows with case, words, and level (over, due, ok or note).
        explain: says more about one case, None when there is nothing to explain.
    """

    HELP = "Enter opens a case; w explains why it stands here, where a rule found it."
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "open", "open the case"),
        bind("w", "explain", "why it stands here"),
    ]

    def __init__(self, title: str, read: Read, explain: Explain | None = None) -> None:
        super().__init__()
        self.words, self._read, self._explain = title, read, explain

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        return self.words

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        why = [Hint("w", "why")] if self._explain is not None else []
        return (Hint("Enter", "open"), *why, Hint("f", "worry"), Hint("Esc", "back"))

    async def load(self) -> None:
        """Read the cases, and who they are about."""

        def read(desk: Desk) -> list[Row]:
            rows = self._read(desk)
            people = caseload.named(desk, [r["case"] for r in rows])
            return [{**people.get(r["case"], {}), **r} for r in rows]

        self.rows = await self.read(read)
        self.ready = True

    def head(self, width: int) -> list[Text]:
        """Return the heads of the columns."""
        words = f"{fit('case', 8)}{fit('who', 20)}why"
        return [heading(words, width, f"bold {self.colours.head}")]

    def line(self, row: Row, width: int) -> tuple[str, str]:
        """Return one case and its word."""
        words = f"{fit(row['case'], 7)} {fit(self.who(row), 19)} {row['words']}"
        return cut(words, width), row.get("level", "note")

    def detail(self, row: Row, width: int) -> list[Text]:
        """Return the marked case's word whole."""
        return [cell(x, self.colours.quiet) for x in wrap(row["words"], width)]

    def foot(self, width: int) -> list[Text]:
        """Return how many there are."""
        return [cell(fit(count(len(self.rows), "line"), width), self.colours.quiet)]

    @property
    def empty(self) -> str:
        """Return what is said when nothing is listed."""
        return "No case stands behind it. Esc goes back."

    def action_open(self) -> None:
        """Open the marked case."""
        self.open_marked()

    async def action_explain(self) -> None:
        """Say why the marked case stands here."""
        row, explain = self.marked, self._explain
        if row is None:
            return
        if explain is None:
            self.say("There is nothing to explain here.", "due")
            return
        case = row["case"]
        said: Any = await self.read(lambda desk: explain(desk, case))
        self.show_whole(f"{self.words}: {case}", said)
