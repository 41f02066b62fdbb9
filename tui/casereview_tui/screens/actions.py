"""Actions to work through: mine, the team's, overdue, leeches, parked, given to me while away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.errors import CaseReviewError
from casereview.service.actions import actions, worklist
from casereview.service.actions.worklist import BOARDS
from casereview.service.days import read_day
from casereview.service.desk import Desk
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.action_lines import NONE, SHORT, more, state
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.screens.listing import Listing, Row, heading
from casereview_tui.text import cell, cut, fit, wrap


class ActionsScreen(Listing):
    """Actions, a board at a time.

    Args:
        case: only the actions of one case, None for those of the person and their teams.
    """

    HELP = (
        "Numbers choose a list. x marks the action done at once; u takes back what was recorded on"
        " this screen, as often as you like. Parking, assigning, other words, another date and"
        " ending it ask one line each. A leech was carried three times: another date alone is"
        " refused."
    )
    WRITES: ClassVar[frozenset[str]] = frozenset(
        {"done", "park", "owner", "end", "text", "due", "accept", "undo"}
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *[
            bind(str(n), f"board('{name}')", title, id=f"board-{name}")
            for n, (name, title) in enumerate(BOARDS.items(), 1)
        ],
        bind("x", "done", "done"),
        bind("p", "park", "park until a day"),
        bind("o", "owner", "assign: another owner"),
        bind("v", "end", "end it without doing it, with a reason"),
        bind("e", "text", "other words"),
        bind("d", "due", "another date"),
        bind("y", "accept", "accept what was given to me while I was away"),
        bind("u", "undo", "undo what was recorded last on this screen"),
        bind("enter", "open", "show it whole"),
        bind("c", "case", "open its case"),
    ]

    def __init__(self, board: str = "mine", case: str | None = None) -> None:
        super().__init__()
        self.board = "team" if case is not None else board
        self.case = case
        self.counts: dict[str, int] = {}
        self.recorded: list[str] = []

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        of = f" of {self.case}" if self.case else ""
        return f"Actions{of}: {BOARDS[self.board] if not self.case else SHORT[self.board]}"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        row = self.marked
        own = [Hint("x", "done"), Hint("p", "park"), Hint("o", "assign"), Hint("v", "end")]
        if row is not None and row["needs_accept"] and row["owner"] == self.desk_app.desk.actor:
            own.insert(0, Hint("y", "accept"))
        undo = [Hint("u", "undo")] if self.recorded else []
        back = (Hint("Enter", "whole"), Hint("c", "case"), Hint("f", "worry"), Hint("Esc", "back"))
        return (*undo, *(own if row else ()), *back)

    async def load(self) -> None:
        """Read the board."""
        kept = self.marked
        held = await self.read(lambda desk: worklist.board(desk, self.board, case=self.case))
        self.rows, self.counts = held["rows"], held["counts"]
        self.ready = True
        if kept is not None:
            again = (n for n, r in enumerate(self.rows) if r["action"] == kept["action"])
            self.at = next(again, self.at)

    # --- drawing

    def head(self, width: int) -> list[Text]:
        """Return the boards with their numbers, and the heads of the columns."""
        said = Text(end="")
        for n, name in enumerate(BOARDS, 1):
            here = name == self.board
            words = f"{n} {SHORT[name]} {self.counts.get(name, 0)}"
            style = f"bold {self.colours.head}" if here else self.colours.quiet
            said.append(f"[{words}] " if here else f" {words}  ", style=style)
        said.truncate(width)
        heads = self._columns("due", "owner", "about", "what is to be done")
        return [said, heading(heads, width, f"bold {self.colours.head}")]

    def _columns(self, due: str, owner: str, about: str, words: str) -> str:
        sizes = (12, 16, 20) if self.width >= 110 else (12, 9, 14)
        cells = [fit(w, n) for w, n in zip((due, owner, about), sizes, strict=True)]
        return " ".join([*cells, words])

    def line(self, row: Row, width: int) -> tuple[str, str]:
        """Return one action: due, owner, about whom, what."""
        due, level = state(row, self.desk_app.desk.again().today)
        about = self.who(row) if row["case"] else (row["team"] or "")
        marks = "LEECH " if row["leech"] else ""
        marks += "TO ACCEPT " if row["needs_accept"] else ""
        owner = row["owner"] or "NOBODY"
        return cut(self._columns(due, owner, about, f"{marks}{row['text'] or ''}"), width), level

    def detail(self, row: Row, width: int) -> list[Text]:
        """Return the marked action in full."""
        found = [cell(x) for x in wrap(f"{row['action']} {row['text'] or '(erased)'}", width)]
        return [*found, *(cell(x, self.colours.quiet) for x in wrap(more(row), width))]

    @property
    def empty(self) -> str:
        """Return what is said when nothing is listed."""
        return "It has no such action. Esc goes back." if self.case else NONE[self.board]

    # --- keys

    async def action_board(self, name: str) -> None:
        """Show another list."""
        self.board = name
        # The mark begins at the top: what is overdue stands there.
        self.at, self.rows = 0, []
        await self.reload()

    def action_open(self) -> None:
        """Show the marked action whole."""
        row = self.marked
        if row is not None:
            self.show_whole(f"{row['action']} {self.who(row)}", [row["text"] or "", more(row)])

    def action_case(self) -> None:
        """Open the case of the marked action."""
        self.open_marked()

    async def action_done(self) -> None:
        """Mark it done."""
        row = self._row_to_change()
        if row is not None:
            await self._record(
                lambda desk: actions.close(desk, row["action"], done=True, seen=row["version"])
            )

    async def action_accept(self) -> None:
        """Accept it."""
        row = self._row_to_change()
        if row is not None:
            await self._record(lambda desk: actions.accept(desk, row["action"]))

    def action_park(self) -> None:
        """Ask until when, and why."""
        fields = [Field("on", "Until", "+7", "9/3, +7, +2w, fri"), Field("why", "Why")]

        def work(desk: Desk, row: Row, values: Values) -> Any:
            until = read_day(values["on"], desk.today)
            return actions.park(
                desk, row["action"], until=until, reason=values["why"], seen=row["version"]
            )

        self._ask("Park", fields, work, aims="why")

    def action_owner(self) -> None:
        """Ask for another owner."""
        field = Field("owner", "Owner", "", "a login or a post; key-worker, chair")
        self._ask(
            "Assign", [field],
            lambda desk, row, values: actions.edit(
                desk, row["action"], owner=values["owner"].strip(), seen=row["version"]
            ),
        )  # fmt: skip

    def action_end(self) -> None:
        """Ask why it ends without being done."""
        self._ask(
            "End", [Field("why", "Why it is not done")],
            lambda desk, row, values: actions.close(
                desk, row["action"], done=False, reason=values["why"], seen=row["version"]
            ),
        )  # fmt: skip

    def action_text(self) -> None:
        """Ask for other words."""
        row = self.marked
        field = Field("text", "What is to be done", (row["text"] or "") if row else "")
        self._ask(
            "Other words for", [field],
            lambda desk, row, values: actions.edit(
                desk, row["action"], text=values["text"], seen=row["version"]
            ),
        )  # fmt: skip

    def action_due(self) -> None:
        """Ask for another date."""
        row = self.marked
        held = row["due_on"].isoformat() if row and row["due_on"] else ""

        def work(desk: Desk, row: Row, values: Values) -> Any:
            due = read_day(values["on"], desk.today)
            return actions.edit(desk, row["action"], due_on=due, seen=row["version"])

        self._ask("Another date for", [Field("on", "Due", held, "9/3, +7, fri")], work)

    async def action_undo(self) -> None:
        """Undo what was recorded last on this screen."""
        if not self.may_write():
            return
        if not self.recorded:
            self.say("Nothing was recorded on this screen yet.", "due")
            return
        command = self.recorded[-1]
        try:
            rows = await self.write(lambda desk: worklist.take_back(desk, command))
        except CaseReviewError as error:
            if error.code == "nothing_to_undo":
                self.recorded.pop()
            self.refused(error)
            return
        self.recorded.pop()
        await self.reload()
        self.say(f"Undone: {rows[0]['action']} is as it was.", "ok")

    # --- recording

    def _row_to_change(self) -> Row | None:
        return self.marked if self.marked is not None and self.may_write() else None

    async def _record(self, work: Callable[[Desk], Any]) -> None:
        if await self.save(self._kept(work)) is not None:
            await self.reload()

    def _kept(self, work: Callable[[Desk], Any]) -> Callable[[Desk], Any]:
        """Remember the command of what is recorded, so that it can be undone."""

        def run(desk: Desk) -> Any:
            rows = work(desk)
            if desk.command not in self.recorded:
                self.recorded.append(desk.command)
            return rows

        return run

    def _ask(
        self,
        title: str,
        fields: Sequence[Field],
        work: Callable[[Desk, Row, Values], Any],
        *,
        aims: str = "",
    ) -> None:
        row = self._row_to_change()
        if row is None:
            return

        async def submit(values: Values) -> str | None:
            try:
                fault = await self.attempt(self._kept(lambda desk: work(desk, row, values)))
            except CaseReviewError as error:
                return str(error)
            if fault is None:
                await self.reload()
            return fault

        words = f"{title} {row['action']}"
        self.app.push_screen(Form(words, fields, submit, said=[row["text"] or ""], aims=aims))
