"""One case: what happened, what is known and how old it is, why it is here, its ways on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.errors import CaseReviewError
from casereview.service.actions import actions
from casereview.service.cases import cases as recording
from casereview.service.cases import caseview, timeline
from casereview.service.cases.timeline import KINDS
from casereview.service.days import read_day
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.case_lines import (
    fact_line,
    head_lines,
    said_of,
    way_line,
    way_lines,
    what_happened,
)
from casereview_tui.screens.case_moves import MoveScreen
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.screens.listing import Listing, Row
from casereview_tui.text import cell, wrap

PANEL_WORDS = {"timeline": "what happened", "facts": "what is known", "ways": "why and ways on"}


class CaseScreen(Listing):
    """A case whole.

    Args:
        case: its id.
        panel: what is shown first: timeline, facts or ways.
        way: the way on that is marked first, "" for the first of them.
    """

    HELP = (
        "1 shows what happened, newest first; Left and Right show one kind of it only. 2 shows what"
        " is known with its age. 3 or w shows why the case is still here: every way on, what each"
        " still needs, who can fix it, the least to do; Enter on a way opens it, y then does it."
    )
    WRITES: ClassVar[frozenset[str]] = frozenset({"set_fact", "note", "add_action"})
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("1", "panel('timeline')", "what happened", id="panel-timeline"),
        bind("2", "panel('facts')", "what is known, with its age", id="panel-facts"),
        bind("3,w", "panel('ways')", "why it is here, and its ways on", id="panel-ways"),
        bind("4", "actions", "its open actions"),
        bind("right", "kind(1)", "timeline: next kind only; why: next way", id="kind-next"),
        bind("left", "kind(-1)", "timeline: kind before; why: way before", id="kind-before"),
        bind("enter", "open", "show the line whole; open the way on"),
        bind("e", "set_fact", "facts: record what is known now"),
        bind("m", "note", "a note"),
        bind("a", "add_action", "an action by hand"),
    ]

    def __init__(self, case: str, panel: str = "timeline", way: str = "") -> None:
        super().__init__()
        self.case, self.way = case, way
        self.panel = panel
        self.kind = ""
        self.held: dict[str, Any] = {}
        self.whole: dict[str, list[Row]] = {}
        self._scroll = 0

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        said = PANEL_WORDS[self.panel]
        return f"Case {self.case}: {said}" + (f", {self.kind} only" if self._one_kind else "")

    @property
    def _one_kind(self) -> bool:
        return self.panel == "timeline" and bool(self.kind)

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        own = {
            "timeline": [Hint("Right", "one kind"), Hint("Enter", "whole")],
            "facts": [Hint("e", "record")],
            "ways": [Hint("Right", "other way"), Hint("Enter", "open it")],
        }[self.panel]
        others = [Hint(str(n), p) for n, p in enumerate(("happened", "known", "why", "actions"), 1)]
        return (*others, *own, Hint("m", "note"), Hint("Esc", "back"), Hint("f", "worry"))

    async def load(self) -> None:
        """Read the head, and the panel in front."""
        reads = {
            "timeline": timeline.timeline, "facts": caseview.fact_rows, "ways": caseview.ways_on,
        }  # fmt: skip
        panel, read, held = self.panel, reads[self.panel], self.marked
        self.held, rows = await self.read(
            lambda desk: (caseview.case_head(desk, self.case), read(desk, self.case))
        )
        self.whole = {panel: rows}
        self.ready = True
        self._choose()
        if panel == "ways" and self.way:
            self.at = next((n for n, r in enumerate(self.rows) if r["way"] == self.way), 0)
            self.way = ""
        if panel == "facts" and held is not None:
            # What was recorded just now stands elsewhere in the list, and the mark with it.
            same = (n for n, r in enumerate(self.rows) if r["fact"] == held.get("fact"))
            self.at = next(same, self.at)

    def _choose(self) -> None:
        rows = self.whole.get(self.panel, [])
        if self._one_kind:
            rows = [r for r in rows if r["kind"] == self.kind]
        self.rows = rows

    # --- drawing

    def head(self, width: int) -> list[Text]:
        """Return who it is, where the case stands and what to watch."""
        return head_lines(self.held, self.colours, width, names=self.names)

    def line(self, row: Row, width: int) -> tuple[str, str]:
        """Return one line of the panel in front."""
        if self.panel == "timeline":
            return what_happened(row, width, names=self.names)
        if self.panel == "facts":
            return fact_line(row, width)
        return way_line(row, width)

    def paint(self) -> None:
        """Draw; on the panel of ways, what the marked way needs takes the room below."""
        if self.panel == "ways" and self.ready:
            self._paint_ways()
        else:
            super().paint()

    def _paint_ways(self) -> None:
        from casereview_tui.text import PlainStatic, lines_of

        width, room = self.width, self.room
        self.at = max(0, min(self.at, len(self.rows) - 1))
        head = self.head(width)
        ways = [self._row(n, width) for n in range(len(self.rows))]
        row = self.marked
        below = way_lines(row, self.colours, width) if row else []
        space = max(1, room - len(head) - len(ways))
        self._scroll = max(0, min(self._scroll, len(below) - space))
        shown = below[self._scroll : self._scroll + space]
        if self._scroll + space < len(below):
            more = len(below) - self._scroll - space + 1
            shown[-1] = cell(f"... {more} lines more: j", self.colours.quiet)
        self.query_one("#lines", PlainStatic).update(lines_of([*head, *ways, *shown]))

    def detail(self, row: Row, width: int) -> list[Text]:
        """Return the marked line in full."""
        words = said_of(self.panel, row, names=self.names)
        return [cell(x, self.colours.quiet) for x in wrap(words, width)]

    @property
    def empty(self) -> str:
        """Return what is said when nothing is listed."""
        if self._one_kind:
            return f"No {self.kind} yet. Right shows another kind."
        return "Nothing is recorded yet."

    # --- keys

    async def action_panel(self, name: str) -> None:
        """Show another panel."""
        self.panel = name
        self.at = self._scroll = 0
        self.rows = []
        await self.reload()

    async def action_move(self, step: int) -> None:
        """Mark another line; among ways, scroll what the way needs."""
        if self.panel == "ways":
            self._scroll += step
            self.paint()
        else:
            await super().action_move(step)

    def action_kind(self, step: int) -> None:
        """Show one kind of what happened; among ways, mark another way."""
        if self.panel == "ways" and self.rows:
            self.at = (self.at + step) % len(self.rows)
            self._scroll = 0
        elif self.panel == "timeline":
            kinds = ("", *KINDS)
            self.kind = kinds[(kinds.index(self.kind) + step) % len(kinds)]
            self.at = 0
            self._choose()
        self.repaint()

    def action_open(self) -> None:
        """Show the marked line whole, or open the marked way."""
        row = self.marked
        if row is None:
            return
        if self.panel == "ways":
            if self.may_write():
                self.app.push_screen(MoveScreen(self, row))
        else:
            self.show_whole(self.case, said_of(self.panel, row, names=self.names).split("\n"))

    def action_actions(self) -> None:
        """Show the open actions of the case."""
        from casereview_tui.screens.actions import ActionsScreen

        self.app.push_screen(ActionsScreen(case=self.case))

    def worry_about(self) -> tuple[str, str | None]:
        """Return this case."""
        return self.case, None

    # --- recording

    def action_set_fact(self) -> None:
        """Record what is known now: a fact, from a day on."""
        if not self.may_write():
            return
        row = self.marked if self.panel == "facts" else None
        fields = [
            Field("fact", "What", row["fact"] if row else "", "e.g. expected_end_on"),
            Field("value", "Is now", "", _may_be(row)),
            Field("on", "From", "", "today when left empty"),
        ]
        aims = "value" if row else "fact"
        said = [row["sentence"]] if row else []
        self.app.push_screen(Form("What is known", fields, self._set_fact, said=said, aims=aims))

    async def _set_fact(self, values: Values) -> str | None:
        today = self.desk_app.desk.again().today
        try:
            on = read_day(values["on"], today) if values["on"].strip() else today
        except CaseReviewError as error:
            return str(error)
        fact, value = values["fact"].strip(), values["value"].strip()
        return await self._then(
            await self.attempt(lambda desk: recording.set_fact(desk, self.case, fact, value, on=on))
        )

    def action_note(self) -> None:
        """Write a note."""
        if not self.may_write():
            return

        async def submit(values: Values) -> str | None:
            return await self._then(
                await self.attempt(
                    lambda desk: recording.note(desk, self.case, values["words"], on=desk.today)
                )
            )

        self.app.push_screen(Form("Note", [Field("words", "Words")], submit))

    def action_add_action(self) -> None:
        """Add an action by hand."""
        if not self.may_write():
            return
        fields = [
            Field("text", "What is to be done"),
            Field("owner", "Owner", "", "a login or a post; the key worker when left empty"),
            Field("due", "Due", "+7", "9/3, +7, fri"),
            Field("doer", "Done by somebody outside", "", "organisation; empty for nobody"),
        ]
        self.app.push_screen(Form("Action by hand", fields, self._add_action))

    async def _add_action(self, values: Values) -> str | None:
        try:
            due = read_day(values["due"], self.desk_app.desk.again().today)
        except CaseReviewError as error:
            return str(error)
        return await self._then(
            await self.attempt(
                lambda desk: actions.add(
                    desk, [self.case], values["text"],
                    owner=values["owner"].strip() or "key-worker", due_on=due,
                    doer=values["doer"].strip(),
                )
            )
        )  # fmt: skip

    async def _then(self, fault: str | None) -> str | None:
        if fault is None:
            await self.reload()
        return fault


def _may_be(row: Row | None) -> str:
    if row is None:
        return "unknown takes it back"
    return f"{', '.join(row['values'])}, unknown" if row["values"] else "unknown takes it back"
