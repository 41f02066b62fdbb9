"""The meeting: every case in its order, one key for most of them, everything saved when said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType

from casereview.errors import CaseReviewError
from casereview.service.actions import actions
from casereview.service.cases import cases
from casereview.service.days import read_day
from casereview.service.desk import Desk
from casereview.service.reviews import deciding, meeting
from casereview_tui.keys import Hint, bind
from casereview_tui.screens import overriding
from casereview_tui.screens.decision import DecisionScreen
from casereview_tui.screens.forms import Field, Form, Pick, Row, Values
from casereview_tui.screens.meeting_answers import MeetingAnswers
from casereview_tui.screens.why import WhyScreen
from casereview_tui.text import known_as
from casereview_tui.widgets.agenda import SIGNS

ESC_REPEAT = 1.0
"""Seconds after a window was closed in which Esc asks again before it leaves the meeting."""


class MeetingScreen(MeetingAnswers):
    """A review in progress.

    Args:
        review: its id.
    """

    HELP = (
        "Each key is saved at once and u takes back the last one, as often as you like, also after"
        " a restart. A no shows its action filled in: Enter accepts it. On a case that is on plan"
        " Enter confirms it and goes on; Enter does nothing for a moment after the case changes,"
        " so a held key confirms nothing."
    )
    SIGNS: ClassVar[Sequence[Hint]] = SIGNS
    WRITES: ClassVar[frozenset[str]] = frozenset(
        {
            "answer",
            "not_apply",
            "skip",
            "type",
            "option",
            "prepared",
            "edit",
            "add_action",
            "note",
            "undo",
            "decide",
            "dissent",
            "override",
        }
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("y", "answer('yes')", "yes", id="yes"),
        bind("n", "answer('no')", "no: its action is filled in", id="no"),
        bind("x", "answer('cannot-tell')", "cannot tell", id="cannot-tell"),
        bind("v", "not_apply", "does not apply (with a reason)"),
        bind("s", "skip", "skip this case (with a reason)"),
        bind("t", "type", "type the answer: a line, a date, a number"),
        *[bind(str(n), f"option({n})", "") for n in range(1, 10)],
        bind("p", "prepared", "take the answers prepared before the meeting"),
        bind("enter", "enter", "accept the action; confirm a case on plan; next case"),
        bind("e", "edit('text')", "action: change its words", id="edit-text"),
        bind("o", "edit('owner')", "action: another owner", id="edit-owner"),
        bind("d", "edit('due_on')", "action: another date", id="edit-due"),
        bind("a", "add_action", "an action by hand"),
        bind("m", "note", "a note"),
        bind("u", "undo", "undo the last thing recorded in this meeting"),
        bind("w", "why", "why: what is still required, what is missing, who can fix it"),
        bind("c", "decide", "the decision: checks, planned departure, second signature"),
        bind("D", "dissent", "record dissent"),
        bind(overriding.KEY, "override", overriding.WORDS),
        bind("j,down,right_square_bracket", "case(1)", "next case", id="next"),
        bind("k,up,left_square_bracket", "case(-1)", "case before", id="previous"),
        bind("right", "question(1)", "next question of this case", id="question-next"),
        bind("left", "question(-1)", "question before", id="question-previous"),
        bind("slash", "jump", "jump to a case by typing"),
        bind("h", "here", "who is here"),
        bind("l", "look", "look at the case whole: its facts, what happened, its moves"),
        bind("g", "worries", "open worries: who was told, handed over, signed"),
        bind("q", "end", "end the meeting"),
        bind("escape", "leave", "back to Home; the meeting stays open"),
    ]

    covered = False
    """True while another window lies over the meeting."""
    window_closed = float("-inf")
    """When the last one was closed, in monotonic seconds."""

    async def load(self) -> None:
        """Read the review; a closed one shows its closing card."""
        await super().load()
        if self.view.get("status") not in (None, "open"):
            self.call_later(self._show_closed)

    async def _show_closed(self) -> None:
        from casereview_tui.screens.closing import ClosingScreen

        await self.app.switch_screen(ClosingScreen(self.review))

    def on_screen_suspend(self) -> None:
        """Note that a window lies over the meeting."""
        self.covered = True

    async def on_screen_resume(self) -> None:
        """Shut Enter out for a moment: the case is painted again after a window closed."""
        if self.covered:
            self.covered, self.window_closed = False, self.desk_app.monotonic()
        if self.looked_away:
            self.looked_away = self.stale = False
            await self.reload()
        elif self.stale:
            self.stale = False
            await self.news()
        self.guard.changed()
        self.guard.closed_window(self.desk_app.monotonic())
        self.repaint()
        self.call_after_refresh(self._painted)

    def on_key(self, event: events.Key) -> None:
        """Note keys other than Enter: the next Enter is no repeat of a held one."""
        if event.key != "enter":
            self.guard.other_key()

    # --- moving about

    def action_jump(self) -> None:
        """Jump to a case by typing its number, initials, local id, or its name when shown."""

        async def picked(key: str | None) -> None:
            at = next((n for n, x in enumerate(self.lines) if x["case"] == key), None)
            if at is not None:
                await self.go(at)
            elif key is not None:
                self.pin_up(key)

        rows = [
            Row(w["worry"], f"! {w['worry']} {known_as(w, names=self.names)}"
                " worry, not on this agenda")
            for w in self.pins
        ]  # fmt: skip
        rows += [
            Row(x["case"], f"{x['position']} {x['case']} {known_as(x, names=self.names)}"
                f" {x['stage']} {x['lane_words']} {x['progress']}")
            for x in self.lines
        ]  # fmt: skip
        self.app.push_screen(Pick("Jump to", rows), picked)

    def worry_about(self) -> tuple[str, str | None]:
        """Return the case or person in hand, and this review."""
        held = self.pinned_row()
        if held is not None:
            return (held["person_id"], self.review)
        return (self.lines[self.at]["case"] if self.lines else "", self.review)

    async def worry_recorded(self) -> None:
        """Read the lines again whose person has a worry now: it goes to the top.

        A worry about somebody who is not on the agenda goes above it.
        """
        await self.read_pins()
        lines = self.lines

        def read(desk: Desk) -> dict[str, dict[str, Any]]:
            from casereview.service.home import open_worries

            people = {w["person_id"] for w in open_worries(desk)}
            return {
                x["case"]: meeting.line_now(desk, self.review, x)
                for x in lines
                if x["worry"] != (x["person_id"] in people)
            }

        renewed = await self.read(read)
        if renewed:
            await self._take(renewed)
        self.repaint()

    # --- by hand

    def action_add_action(self) -> None:
        """Add an action by hand to the case in hand."""
        if self.card is None:
            return
        case, on = self.card["case"], self.card["on"]

        async def submit(values: Values) -> str | None:
            try:
                due = read_day(values["due"], on)
            except CaseReviewError as error:
                return str(error)
            return await self.fault_of(
                lambda desk: actions.add(
                    desk, [case], values["text"], owner=values["owner"].strip() or "key-worker",
                    due_on=due, doer=values["doer"].strip(), on=on, review=self.review,
                )
            )  # fmt: skip

        fields = [
            Field("text", "What is to be done"),
            Field("owner", "Owner", "", "a login or a post; the key worker when left empty"),
            Field("due", "Due", self.view["next_meeting"].isoformat(), "9/3, +7, fri"),
            Field("doer", "Done by somebody outside", "", "organisation; empty for nobody"),
        ]
        self.app.push_screen(Form("Action by hand", fields, submit))

    def action_note(self) -> None:
        """Write a note on the case in hand."""
        if self.card is None:
            return
        case = self.card["case"]

        async def submit(values: Values) -> str | None:
            return await self.fault_of(
                lambda desk: cases.note(
                    desk, case, values["words"], on=self.view["on"], review=self.review
                )
            )  # fmt: skip

        self.app.push_screen(Form("Note", [Field("words", "Words")], submit))

    def action_dissent(self) -> None:
        """Record that somebody disagrees."""
        if self.card is None:
            return
        case = self.card["case"]

        async def submit(values: Values) -> str | None:
            return await self.fault_of(
                lambda desk: deciding.dissent(desk, self.review, case, values["words"]),
                said_by=values["login"].strip() or None,
            )

        fields = [
            Field("words", "Why, in a sentence"),
            Field("login", "Who disagrees", "", "login; you when left empty"),
        ]
        self.app.push_screen(Form("Dissent", fields, submit))

    # --- larger windows

    def action_why(self) -> None:
        """Show what is still required."""
        if self.card is not None:
            self.app.push_screen(WhyScreen(self, self.card["case"]))

    def action_decide(self) -> None:
        """Show the decision with its checks."""
        if self.card is None:
            return
        if self.card["decision"] is None and not self.card["proposes"]:
            self.say("The answers of this meeting propose no decision yet; w says why.", "due")
            return
        self.app.push_screen(DecisionScreen(self))

    def action_here(self) -> None:
        """Show who is here."""
        from casereview_tui.screens.attendance import AttendanceScreen

        self.app.push_screen(AttendanceScreen(self.review))

    def action_end(self) -> None:
        """Show the card at the end; the meeting is closed from there."""
        from casereview_tui.screens.closing import ClosingScreen

        self.app.push_screen(ClosingScreen(self.review))

    async def action_leave(self) -> None:
        """Go back to Home; right after a window was closed only when asked again.

        One Esc more than a window needs is soon pressed, and Home's keys are not the meeting's.
        """
        if self.desk_app.monotonic() - self.window_closed < ESC_REPEAT:
            self.window_closed = float("-inf")
            self.say("Esc again goes to Home; the meeting stays open. q ends it.", "due")
        else:
            await self.action_back()
