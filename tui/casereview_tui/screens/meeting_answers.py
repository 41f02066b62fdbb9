"""Answering: yes, no, cannot tell, does not apply, options, lines; the action that a no brings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from casereview.core.decide.judging import Given
from casereview.errors import CaseReviewError, Stale
from casereview.service.days import read_day
from casereview.service.reviews import answering, confirming
from casereview.service.reviews import pace as pacing
from casereview_tui.keys import READS_ONLY, Hint
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.screens.meeting_acts import MeetingActs
from casereview_tui.text import count, day
from casereview_tui.widgets.bars import StatusLine
from casereview_tui.widgets.floor import Floor, answer_keys, status_words

SETTLED = ("confirmed", "skipped")
"""What the meeting may have done with a case whose questions were not asked."""
ACTION_KEYS = (
    Hint("Enter", "accept"), Hint("e", "words"), Hint("o", "owner"), Hint("d", "due"),
)  # fmt: skip


class MeetingAnswers(MeetingActs):
    """Answers, and what follows from them at once."""

    # --- the floor

    def floor(self) -> Floor:
        """Return what is being dealt with and its keys; none that records on read-only screens."""
        found = self._floor()
        if self.desk_app.read_only:
            return replace(found, keys=(Hint("]", "next case"), Hint("w", "why")))
        return found

    def _floor(self) -> Floor:
        card = self.card
        if card is None:
            return Floor()
        pending = self.action_row()
        if pending is not None:
            return Floor(pending=pending, said=self.said, keys=ACTION_KEYS)
        question = self.question()
        if card["may_confirm"]:
            until = day(card["continue_to"], today=card["on"])
            keys = (Hint("Enter", f"on plan: continue to {until}"), *answer_keys(question))
            return Floor(question, said=self.said, keys=keys)
        if question is None or not card["open"]:
            return Floor(said=self._standing(card), keys=self._done_keys(card))
        keys = answer_keys(question)
        if card["progress"] in SETTLED:
            said = self._standing(card)
            return Floor(question, said=said, keys=(*self._done_keys(card), *keys))
        if card["prepared"]:
            keys = (Hint("p", "take what was prepared"), *keys)
        return Floor(question, said=self.said, keys=keys)

    def _standing(self, card: dict[str, Any]) -> str:
        how = card["progress"]
        words = {
            "confirmed": f"Confirmed: continue to {day(card['confirmed_until'])}.",
            "skipped": f"Skipped{self._skip_words(card)}; it comes first next time.",
            "left": "This case has left.",
        }.get(how, "Every question is answered.")
        decision = card["decision"]
        if decision is not None:
            words = f"Decision to {decision['to']}: {status_words(decision, card['on'])}."
        elif card["proposes"]:
            words = f"Proposed: {card['proposes']}. {card['say']}"
        return f"{self.said} {words}".strip()

    def _skip_words(self, card: dict[str, Any]) -> str:
        """Return why a case was skipped; free words are hidden on a shared screen."""
        return f": {card['skipped_because']}" if self.names else ""

    def _done_keys(self, card: dict[str, Any]) -> tuple[Hint, ...]:
        decision = card["decision"]
        decide: tuple[Hint, ...] = ()
        if decision is not None:
            agreed = decision["status"] == "agreed"
            decide = (Hint("c", "departure, or decline" if agreed else "sign or decline"),)
        elif decision is None and card["proposes"]:
            decide = (Hint("c", "decide"),)
        left = pacing.next_to_do(self.lines, self.at)
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
        stood = (self.card or {}).get("decision")
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
        if stood is not None and self.card and self.card["decision"] is None:
            self.said = f"The decision to {stood['to']} no longer stands. {self.said}".strip()
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
        if self.pin is not None:
            self.action_worries()
            return
        accepts = self.action_row() is not None
        card = self.card
        if not self.guard.press(self.desk_app.monotonic(), harmless=accepts) or card is None:
            return
        if self.desk_app.read_only:
            self.say(READS_ONLY, "due")
        elif accepts:
            self.query_one(StatusLine).hush()
            self.pending = None
            self.said = ""
            self._next_question()
            self.repaint()
        elif card["may_confirm"]:
            await self._confirm()
        elif self.question() is not None and card["open"] and card["progress"] not in SETTLED:
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
        """Confirm, and take the next case in hand: one trip to the store for both."""
        case = self.lines[self.at]["case"]
        try:
            await self.do(
                lambda desk: confirming.confirm(desk, self.review, case), then=pacing.next_to_do
            )
        except CaseReviewError as error:
            self.refused(error)
            await self.read_quietly()
