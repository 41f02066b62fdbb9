"""Why a case is still here: what is required for its next move, what is missing, the least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.errors import CaseReviewError
from casereview.service.cases import showing
from casereview.service.desk import Desk
from casereview_tui.keys import bind
from casereview_tui.screens.dialogs import Window
from casereview_tui.text import cell, count, wrap

if TYPE_CHECKING:
    from casereview_tui.screens.meeting import MeetingScreen

RECORDS = "record what is missing"
"""What the key that opens the case does, in words."""


def check_rows(window: Window, rows: list[dict[str, Any]]) -> list[Text]:
    """Return requirements, unmet ones first, each with its state in words and who can fix it."""
    c = window.colours
    found = []
    for row in sorted(rows, key=lambda r: r["holds"] is True):
        word, level = {True: ("met", "ok"), False: ("NOT MET", "over")}.get(
            row["holds"], ("CANNOT TELL", "due")
        )
        for n, line in enumerate(wrap(row["sentence"], window.width - 13)):
            found.append(cell(f"{word if n == 0 else '':<12} ", c.level(level)).append(
                cell(line, c.text)))  # fmt: skip
        if row["holds"] is not True and row["fixer"]:
            unknown = ", ".join(row["missing"]).replace("_", " ")
            missing = f"; not known: {unknown}" if unknown else ""
            words = f"{row['fixer']}, {row['effort']} effort{missing}"
            found += [cell(f"{'':13}{x}", c.quiet) for x in wrap(words, window.width - 13)]
    return found


class WhyScreen(Window):
    """What is still required for the next move, what is missing, the least that opens it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape,enter,q,w", "close", "close"),
        bind("l", "look", "the case: record what is not known"),
    ]

    def __init__(self, meeting: MeetingScreen, case: str) -> None:
        super().__init__(f"Why is {case} still here?")
        self.meeting, self.case = meeting, case
        self.checks: list[dict[str, Any]] = []
        self.least = ""

    async def read(self) -> None:
        """Read what is required."""
        card = self.meeting.card or {}
        # The same way on as the steps that the agenda counts.
        goal = (card.get("decision") or {}).get("to") or card.get("proposes") or card.get("goal")

        def look(desk: Desk) -> tuple[list[dict[str, Any]], str]:
            rows = showing.why(desk, self.case, move=goal)
            dest = goal or str(rows[0]["move"]).rpartition(" to ")[2]
            return rows, showing.unlock_sentence(desk, self.case, dest)

        try:
            self.checks, self.least = await self.meeting.read(look)
        except CaseReviewError as error:
            self.least = str(error)

    def rows(self) -> list[Text]:
        """Return the requirements and the least to do."""
        found = super().rows()
        if self.checks:
            unmet = sum(r["holds"] is not True for r in self.checks)
            head = f"{self.checks[0]['move']}: {count(unmet, 'requirement')} left"
            found += [cell(head), cell("")]
        found += check_rows(self, self.checks)
        found += [cell(""), *(cell(x, self.colours.head) for x in wrap(self.least, self.width))]
        return [*found, cell(f"l {RECORDS}   Esc closes", self.colours.quiet)]

    def action_look(self) -> None:
        """Open the case where what is missing is recorded."""
        self.dismiss(None)
        self.meeting.look_at("facts")

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)
