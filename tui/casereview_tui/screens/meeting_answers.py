"""Answering: yes, no, cannot tell, does not apply, options, lines; the action that a no brings."""

from __future__ import annotations

from typing import Any

from casereview.core.decide.judging import Given
from casereview.errors import CaseReviewError, Stale
from casereview.service import actions, answering, cases, closing, meeting
from casereview.service.days import read_day
from casereview.service.desk import Desk
from casereview_tui.keys import Hint
from casereview_tui.screens.dialogs import Choice
from casereview_tui.screens.forms import Field, Form, Pick, Row, Values
from casereview_tui.screens.meeting_base import MeetingBase
from casereview_tui.text import count, day, known_as
from casereview_tui.widgets.case_lines import Floor

YESNO = {"y": "yes", "n": "no"}
ACTION_KEYS = (
    Hint("Enter", "accept"), Hint("e", "words"), Hint("o", "owner"), Hint("d", "due"),
)  # fmt: skip
SKIP_REASONS = (
    "The key worker is not here", "Information is missing", "Being discussed elsewhere",
    "Time: next meeting",
)  # fmt: skip


class MeetingAnswers(MeetingBase):
    """Answers, and what follows from them at once."""

    # --- the floor

    def floor(self) -> Floor:
        """Return what is being dealt with, with its keys."""
        card = self.card
        if card is None:
            return Floor()
        pending = self.action_row()
        if pending is not None:
            return Floor(pending=pending, said=self.said, keys=ACTION_KEYS)
        question = self.question()
        if card["may_confirm"]:
            until = day(card["continue_to"], today=card["on"])
            keys = (Hint("Enter", f"on plan: continue to {until}"), *_keys(question))
            return Floor(question, said=self.said, keys=keys)
        if question is None or not card["open"]:
            return Floor(said=self._standing(card), keys=self._done_keys(card))
        keys = _keys(question)
        if card["prepared"]:
            keys = (Hint("p", "take what was prepared"), *keys)
        return Floor(question, said=self.said, keys=keys)

    def _standing(self, card: dict[str, Any]) -> str:
        how = card["progress"]
        words = {
            "confirmed": f"Confirmed: continue to {day(card['confirmed_until'])}.",
            "skipped": "Skipped; it comes first next time.",
            "left": "This case has left.",
        }.get(how, "Every question is answered.")
        decision = card["decision"]
        if decision is not None:
            words = f"Decision to {decision['to']}: {_status(decision)}."
        elif card["proposes"]:
            words = f"Proposed: {card['proposes']}. {card['say']}"
        return f"{self.said} {words}".strip()

    def _done_keys(self, card: dict[str, Any]) -> tuple[Hint, ...]:
        decision = card["decision"]
        decide: tuple[Hint, ...] = ()
        if decision is not None and decision["status"] != "agreed":
            decide = (Hint("c", "sign or decline"),)
        elif decision is None and card["proposes"]:
            decide = (Hint("c", "decide"),)
        left = meeting.next_to_do(self.lines, self.at)
        on = Hint("Enter", "next case") if left is not None else Hint("q", "end: all are done")
        return (*decide, on)

    # --- answers

    async def action_answer(self, word: str) -> None:
        """Answer the question: yes, no or cannot-tell."""
        self.guard.other_key()
        question = self._asked_now()
        if question is None:
            return
        if word in ("yes", "no") and question["kind"] != "yesno":
            keys = "its number" if question["options"] else "t"
            self.say(f"This question is answered with {keys}, or x for cannot tell.", "due")
            return
        await self._give(question, Given(word))

    def _asked_now(self) -> dict[str, Any] | None:
        if self.pending is not None:
            self.say("First the action: Enter accepts it, e o d change it, u takes it back.", "due")
            return None
        question = self.question()
        if question is None:
            self.say("Every question is answered; left and right go back to one.", "due")
        return question

    async def action_option(self, n: int) -> None:
        """Answer with an option by its number."""
        self.guard.other_key()
        question = self.question()
        if question is None or self.pending is not None or n > len(question["options"]):
            return
        await self._give(question, Given(question["options"][n - 1]["id"]))

    async def _give(self, question: dict[str, Any], given: Given) -> str | None:
        """Record an answer; return why it was refused, None when it is on disk."""
        case = self.lines[self.at]["case"]
        try:
            rows = await self.do(
                lambda desk: answering.answer(
                    desk, self.review, case, question["question"], given, seen=question["seen"]
                )
            )
        except Stale as error:
            return await self._stale(question, error)
        except CaseReviewError as error:
            self.refused(error)
            return str(error)
        self._after_answer(rows[0])
        self.repaint()
        return None

    async def _stale(self, question: dict[str, Any], error: Stale) -> str:
        """Show the answer that came in between; the same key again replaces it."""
        await self.renew()
        now = next(
            (q for q in (self.card or {})["questions"] if q["question"] == question["question"]),
            None,
        )
        held = now["today"] if now else None
        what = f"now {held['words']} by {held['by']}" if held else "taken back"
        self.say(f"{question['label']} has changed: {what}. Answer again to replace it.", "over")
        return f"{error.message} It is {what}. Enter saves yours over it."

    def _after_answer(self, row: dict[str, Any]) -> None:
        """Hold the action to accept, else the next question; say what was closed or proposed."""
        self.pending = row["action"]
        if self.action_row() is None:
            self.pending = None
        self.said = ""
        if row["closed"]:
            self.said = f"Closed {', '.join(row['closed'])}."
        if row["asks_delay_reason"]:
            self.call_later(self.action_delay)
        if self.pending is None:
            self._next_question()

    def _next_question(self) -> None:
        self.asked = self.card["next"] if self.card else None

    def action_not_apply(self) -> None:
        """Answer that the question does not apply; that needs a reason."""
        self.guard.other_key()
        question = self._asked_now()
        if question is None:
            return
        if not question["may_not_apply"]:
            self.say("This question always applies: answer it, or skip the case (s).", "due")
            return
        self._form(question, "Why does it not apply?", "does-not-apply")

    def action_type(self) -> None:
        """Type the answer of a question that asks for a line, a date or a number."""
        self.guard.other_key()
        question = self._asked_now()
        if question is None:
            return
        if question["kind"] in ("yesno", "choice"):
            self.say("This question is answered with a key.", "due")
            return
        self._form(question, question["ask"], None)

    def _form(self, question: dict[str, Any], title: str, word: str | None) -> None:
        asked = question["question"]

        async def submit(values: Values) -> str | None:
            typed = values["typed"].strip()
            now = self.question() if self.asked == asked else None
            if word is not None:
                given = Given(word, reason=typed)
            elif question["kind"] == "date":
                try:
                    given = Given(read_day(typed, (self.card or {})["on"]).isoformat())
                except CaseReviewError as error:
                    return str(error)
            else:
                given = Given(typed)
            return await self._give(now or question, given)

        hint = {"date": "2026-03-09, 9/3, +7, fri", "number": "digits"}.get(question["kind"], "")
        label = "Reason" if word else "Answer"
        self.app.push_screen(Form(title, [Field("typed", label, hint=hint)], submit))

    def action_question(self, step: int) -> None:
        """Go to another question of this case, also one that is answered."""
        self.guard.other_key()
        ids = [q["question"] for q in self.card["questions"]] if self.card else []
        if not ids:
            return
        at = ids.index(self.asked) if self.asked in ids else len(ids)
        self.asked = ids[max(0, min(at + step, len(ids) - 1))]
        self.pending = None
        self.repaint()

    async def action_prepared(self) -> None:
        """Take the answers that were prepared before the meeting."""
        self.guard.other_key()
        case = self.lines[self.at]["case"]
        rows = await self.tried(lambda desk: answering.take_drafts(desk, self.review, case))
        if rows:
            self.said = f"Took {count(len(rows), 'prepared answer')}."
            self._next_question()
            self.repaint()

    # --- Enter

    async def action_enter(self) -> None:
        """Accept the action, confirm a case that is on plan, or go on to the next case."""
        if not self.guard.press(self.desk_app.monotonic()):
            return
        card = self.card
        if card is None:
            return
        if self.action_row() is not None:
            self.pending = None
            self.said = ""
            self._next_question()
            self.repaint()
        elif card["may_confirm"]:
            await self._confirm()
        elif self.question() is not None and card["open"]:
            self._enter_question()
        else:
            await self.next_case()

    def _enter_question(self) -> None:
        question = self.question()
        if question is not None and question["kind"] not in ("yesno", "choice"):
            self.action_type()
        else:
            self.say("Enter confirms only a case that is on plan. Answer, or s skips.", "due")

    async def _confirm(self) -> None:
        case = self.lines[self.at]["case"]
        rows = await self.tried(lambda desk: answering.confirm(desk, self.review, case))
        if rows is None:
            return
        left = meeting.next_to_do(self.lines, self.at)
        if left is not None:
            await self.go(left)
        else:
            self.repaint()

    async def next_case(self) -> None:
        """Take the next case that is still to be done in hand."""
        left = meeting.next_to_do(self.lines, self.at)
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
            said = ["A safeguarding worry would be taken back. Handing over and signing closes one."]

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
            self.speed = meeting.counted(
                self.speed, self.lines, at=self.desk_app.desk.again().now
            )
        await self.go(at)
        what = str(row["undone"]).replace("_", " ")
        self.say(f"Undone: {what}, {known_as(line, names=self.names)}. Saved.", "ok")

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


def _keys(question: dict[str, Any] | None) -> tuple[Hint, ...]:
    """Return the keys that answer a question."""
    if question is None:
        return ()
    never = (Hint("v", "does not apply"),) if question["may_not_apply"] else ()
    ways = {
        "yesno": (Hint("y", "yes"), Hint("n", "no")),
        "choice": (Hint(f"1-{len(question['options'])}", "choose"),),
    }.get(question["kind"], (Hint("t", "type the answer"),))
    return (*ways, Hint("x", "cannot tell"), *never, Hint("s", "skip"))


def _status(decision: dict[str, Any]) -> str:
    words = {
        "proposed": "proposed, somebody who may decide agrees it",
        "needs_countersign": "waits for a second signature",
        "agreed": "agreed",
    }.get(decision["status"], decision["status"])
    when = f", planned for {day(decision['effective_on'])}" if decision["effective_on"] else ""
    return f"{words}{when}"
