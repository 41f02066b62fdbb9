"""Worries about people who are not on the agenda: pinned above it, and shown when taken in hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult

from casereview.service.reviews import meeting
from casereview_tui import places
from casereview_tui.keys import Hint
from casereview_tui.screens.meeting_base import MeetingBase
from casereview_tui.screens.worry import WorriesScreen, worry_lines
from casereview_tui.text import PlainStatic, cell, count, day, fit, known_as, lines_of, wrap
from casereview_tui.widgets.agenda import Agenda

ABOUT_A_CASE = frozenset(
    {
        "answer", "not_apply", "skip", "type", "option", "prepared", "edit", "add_action", "note",
        "decide", "dissent", "why", "question",
    }
)  # fmt: skip
"""Keys that act on the case in hand; while a worry is in hand there is none."""
NO_CASE = "A worry is in hand, no case: g opens it, ] goes on to the cases."


class MeetingPins(MeetingBase):
    """The worries above the agenda.

    Attributes:
        pins: open worries of the team, or raised in this review, about nobody on the agenda.
        pin: id of the worry in hand, None while a case is.
        looked_away: True while another screen, opened from here, may change what this one shows.
    """

    def __init__(self, review: str) -> None:
        super().__init__(review)
        self.pins: list[dict[str, Any]] = []
        self.pin: str | None = None
        self.looked_away = False

    def body(self) -> ComposeResult:
        """Yield the worries for a screen without an agenda, then the meeting."""
        yield PlainStatic(id="pins")
        yield from super().body()

    async def load(self) -> None:
        """Read the review with its worries; the worry in hand stays while it is open."""
        pin = self.pin
        await super().load()
        self.hold_pins(self.view.get("aside", []))
        self.pin = pin
        self.pinned_row()

    async def read_pins(self) -> None:
        """Read the worries again."""
        lines = self.lines
        self.hold_pins(
            await self.read(lambda desk: meeting.worries_aside(desk, self.review, lines))
        )

    def hold_pins(self, rows: list[dict[str, Any]]) -> None:
        """Hold other worries, and show them."""
        changed = rows != self.pins
        self.pins = rows
        self.pinned_row()
        if changed and self.query(Agenda):
            self.repaint()

    def pinned_row(self) -> dict[str, Any] | None:
        """Return the worry in hand; one that was closed is let go."""
        found = next((w for w in self.pins if w["worry"] == self.pin), None)
        if found is None:
            self.pin = None
        return found

    def pin_up(self, worry: str) -> None:
        """Take a worry in hand."""
        self.pin = worry
        self.repaint()

    def refuses(self, action: str) -> str:
        """Return why an action does nothing now: a worry is in hand, and no case."""
        if self.pin is not None and action in ABOUT_A_CASE:
            return NO_CASE
        return super().refuses(action)

    def _take_in_hand(self, at: int, card: dict[str, Any]) -> None:
        self.pin = None
        super()._take_in_hand(at, card)

    # --- keys

    async def action_case(self, step: int) -> None:
        """Take the case, or the worry, above or below in hand."""
        ids = [w["worry"] for w in self.pins]
        if self.pin is not None:
            to = max(0, ids.index(self.pin) + step)
            if to < len(ids):
                self.pin_up(ids[to])
            elif self.lines:
                await self.go(0)
        elif step < 0 and ids and (self.at == 0 or not self.lines):
            self.pin_up(ids[-1])
        elif self.lines:
            await self.go(self.at + step)

    async def on_agenda_chosen(self, event: Agenda.Chosen) -> None:
        """Take the clicked case or worry in hand."""
        if event.worry:
            self.pin_up(event.worry)
        elif event.index is not None:
            await self.go(event.index)

    def action_worries(self) -> None:
        """Show the open worries; what is recorded there shows here afterwards."""
        self.looked_away = True
        self.app.push_screen(WorriesScreen(self.pin))

    def action_look(self) -> None:
        """Open the case in hand, or that of the worry in hand, whole: facts, timeline, moves."""
        self.look_at("timeline")

    def look_at(self, panel: str) -> None:
        """Open a panel of the case in hand, or of that of the worry in hand."""
        held = self.pinned_row() or self.card
        if held is not None and held["case"]:
            self.looked_away = True
            self.app.push_screen(places.made(places.CASE, held["case"], panel))

    # --- drawing

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys of the meeting, in order of need."""
        worries = (Hint("g", "worries"),) if self.pins else ()
        return (
            *worries, Hint("u", "undo"), Hint("[", "back"), Hint("]", "next"), Hint("w", "why"),
            Hint("f", "worry"), Hint("a", "action"), Hint("m", "note"),
            Hint("c", "decide"), Hint("l", "case"), Hint("D", "dissent"), Hint("h", "who is here"),
            Hint("/", "jump"), Hint("q", "end"),
        )  # fmt: skip

    def paint(self) -> None:
        """Draw the meeting, and the worry in hand in the place of a case."""
        super().paint()
        held = self.pinned_row()
        agenda = self.query_one(Agenda)
        agenda.show(self.lines, self.at, names=self.names, worries=self.pins, worry=self.pin)
        self._paint_line()
        panel = self.query_one("#card", PlainStatic)
        width = panel.content_size.width
        if held is None or width <= 0:
            return
        c = self.colours
        said = worry_lines(held, width, c, names=self.names, marked=False)
        more = f"Raised {day(held['raised_on'])} by {held['raised_by']}, {held['case']}."
        blocks = "No way out is open for this person until it is handed over and signed."
        panel.update(lines_of([
            cell("Worry about somebody not on this agenda", f"bold {c.head}"), *said,
            *(cell(x, c.text) for x in wrap(more, width)),
            *(cell(x, c.text) for x in wrap(blocks, width)), cell(""),
            *(cell(x, c.head) for x in wrap("Enter or g opens it   ] goes on", width)),
        ]))  # fmt: skip

    def _paint_line(self) -> None:
        """Draw the line that a screen too narrow for an agenda has."""
        line = self.query_one("#pins", PlainStatic)
        line.set_class(bool(self.pins), "-some")
        if self.pins:
            first = self.pinned_row() or self.pins[0]
            more = f"! {count(len(self.pins), 'worry', 'worries')} not on this agenda:"
            who = f"{first['worry']} {known_as(first, names=self.names)}"
            words = fit(f"{more} {who}; g opens", self.size.width)
            line.update(cell(words, self.colours.level("over")), layout=False)
