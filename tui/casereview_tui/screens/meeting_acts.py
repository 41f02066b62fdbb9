"""What follows from an answer: its action changed; and skipping, undoing, a delay's reason."""

from __future__ import annotations

from typing import Any

from casereview.errors import CaseReviewError, Stale
from casereview.service.actions import actions
from casereview.service.cases import cases
from casereview.service.days import read_day
from casereview.service.desk import Desk
from casereview.service.reviews import answering, closing, confirming, meeting
from casereview.service.reviews import pace as pacing
from casereview_tui.keys import Hint
from casereview_tui.screens.dialogs import Choice
from casereview_tui.screens.forms import Field, Form, Pick, Row, Values
from casereview_tui.screens.meeting_pins import MeetingPins
from casereview_tui.text import day, known_as

SKIP_REASONS = (
    "The key worker is not here", "Information is missing", "Being discussed elsewhere",
    "Time: next meeting",
)  # fmt: skip

DONE = ("confirmed", "reviewed", "left")
"""What the meeting has done with a case that a skip would not change."""


class MeetingActs(MeetingPins):
    """Changes to the filled-in action, and what ends or takes back."""

    async def next_case(self) -> None:
        """Take the next case that is still to be done in hand."""
        left = pacing.next_to_do(self.lines, self.at)
        if left is None:
            self.say("Every case is done. q ends the meeting.", "ok")
        else:
            await self.go(left)

    # --- the filled-in action

    def action_edit(self, what: str) -> None:
        """Change words, owner or due date of the action: the filled-in one, or one of the case."""
        self.guard.other_key()
        row = self.action_row()
        if row is not None:
            self._edit(row, what)
            return
        rows = self.card["actions"] if self.card else []
        if not rows:
            self.say("No action is open here; a makes one.", "due")
        elif len(rows) == 1:
            self._edit(rows[0], what)
        else:
            self._pick_action(rows, what)

    def _pick_action(self, rows: list[dict[str, Any]], what: str) -> None:
        def picked(key: str | None) -> None:
            row = next((r for r in rows if r["action"] == key), None)
            if row is not None:
                self._edit(row, what)

        shown = [
            Row(r["action"], f"{r['action']} {r['owner']} due {day(r['due_on'])} {r['text']}")
            for r in rows
        ]
        self.app.push_screen(Pick("Which action?", shown), picked)

    def _edit(self, row: dict[str, Any], what: str) -> None:
        label, value = {
            "text": ("Words", row["text"] or ""),
            "owner": ("Owner: a login, a post, or key-worker", row["owner"] or ""),
            "due_on": ("Due", row["due_on"].isoformat() if row["due_on"] else ""),
        }[what]
        seen = [row["version"]]

        async def submit(values: Values) -> str | None:
            return await self._save_edit(row["action"], what, values["typed"].strip(), seen)

        hint = "2026-03-09, 9/3, +7, fri" if what == "due_on" else ""
        self.app.push_screen(
            Form(f"Action {row['action']}", [Field("typed", label, value, hint)], submit)
        )

    async def _save_edit(self, action: str, what: str, typed: str, seen: list[int]) -> str | None:
        changes: dict[str, Any] = {what: typed}
        if what == "due_on":
            try:
                changes = {what: read_day(typed, (self.card or {})["on"])}
            except CaseReviewError as error:
                return str(error)
        try:
            await self.do(
                lambda desk: actions.edit(desk, action, **changes, seen=seen[0],
                                          review=self.review)
            )  # fmt: skip
        except Stale as error:
            await self.renew()
            rows = (self.card or {})["actions"]
            now = next((r for r in rows if r["action"] == action), None)
            if now is None:
                return f"{action} is no longer open. Esc leaves it."
            seen[0] = now["version"]
            return (
                f"{error.message} Now: {now['text']} ({now['owner']}, due {day(now['due_on'])})."
                " Enter saves yours over it."
            )
        except CaseReviewError as error:
            return str(error)
        self.repaint()
        return None

    # --- skip, undo, delay

    def action_skip(self) -> None:
        """Skip the case with a reason."""
        self.guard.other_key()
        if self.card is None:
            return
        if self.card["progress"] in DONE:
            words = f"This case is {self.card['progress']} already: a skip would change nothing."
            self.say(f"{words} Enter goes on.", "due")
            return
        case = self.lines[self.at]["case"]

        async def picked(reason: str | None) -> None:
            if reason is None:
                return
            done = await self.tried(lambda desk: answering.skip(desk, self.review, case, reason))
            if done is not None:
                await self.next_case()

        rows = [Row(r, r) for r in SKIP_REASONS]
        self.app.push_screen(Pick("Skip: why? It comes first next time.", rows, own=True), picked)

    async def action_undo(self) -> None:
        """Take back the last thing recorded in this meeting; a worry only after asking."""
        self.guard.other_key()
        try:
            step = await self.read(lambda desk: closing.last_step(desk, self.review))
        except CaseReviewError as error:
            self.refused(error)
            return
        if step and step[0]["kind"] == "worry_raised":
            said = [
                "A safeguarding worry would be taken back. Handing over and signing closes one."
            ]

            async def answered(key: str | None) -> None:
                if key == "y":
                    await self._undo()

            ways = [Hint("y", "take the worry back")]
            self.app.push_screen(Choice("Take back a worry?", said, ways, safe="keep it"), answered)
            return
        await self._undo()

    async def _undo(self) -> None:
        def work(desk: Desk) -> list[dict[str, Any]]:
            return closing.undo(desk, self.review)

        try:
            rows = await self.write(work)
        except CaseReviewError as error:
            self.refused(error)
            return
        row = rows[0]
        where = row["cases"][0] if row["cases"] else None
        at = next((n for n, x in enumerate(self.lines) if x["case"] == where), self.at)
        line = self.lines[at]
        self.lines[at] = await self.read(
            lambda desk: meeting.line_now(desk, self.review, line)
        )  # fmt: skip
        if self.speed is not None:
            self.speed = pacing.counted(self.speed, self.lines, at=self.desk_app.desk.again().now)
        await self.read_pins()
        await self.go(at)
        what = str(row["undone"]).replace("_", " ")
        self.say(f"Undone: {what}, {known_as(line, names=self.names)}. Saved.", "ok")

    async def action_override(self) -> None:
        """Ask which override is confirmed, of the cases here and of those already closed."""
        self.guard.other_key()
        await self.ask_override(self._confirm_override)

    async def _confirm_override(self, case: str) -> None:
        done = await self.tried(lambda desk: confirming.confirm_override(desk, self.review, case))
        if done is not None:
            self.say(f"The override of {case} is confirmed. Saved.", "ok")
            self.repaint()

    def action_delay(self) -> None:
        """Ask for the reason of a delay."""
        case = self.lines[self.at]["case"]

        async def picked(code: str | None) -> None:
            if code is None:
                self.say("No delay reason was given; the minutes will ask for it.", "due")
                return
            await self.tried(
                lambda desk: cases.delay(
                    desk, case, code, on=self.view["on"], review=self.review
                )
            )  # fmt: skip
            self.repaint()

        rows = [
            Row(r["code"], f"{r['code']}  {r['title']}") for r in self.view["delay_reasons"]
        ]  # fmt: skip
        self.app.push_screen(Pick("Ready, and delayed: what is the reason?", rows), picked)
