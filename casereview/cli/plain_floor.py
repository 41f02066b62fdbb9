"""One case on the floor of a line-by-line review: its questions and the keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from casereview.cli.options import parse_day
from casereview.cli.pin import ask_pin
from casereview.cli.plain_talk import HELP, Elsewhere, Left, answered, ask, refused, say
from casereview.cli.plain_view import Card, ask_line, card, foretold_line
from casereview.errors import CaseReviewError

if TYPE_CHECKING:
    from casereview.core.decide.judging import Given
    from casereview.core.packs import Question
    from casereview.service.desk import Desk

WORDS = {"y": "yes", "n": "no", "x": "cannot-tell", "v": "does-not-apply"}
KEYS = frozenset("scwpuq?")


class Floor:
    """The case being discussed, and what the keys do with it.

    Attributes:
        desk: the sitting.
        review: the review's id.
        later: cases left for later in this sitting.
        wanted: the case to be called next, None for the agenda's.
    """

    def __init__(self, desk: Desk, review: str) -> None:
        self.desk = desk
        self.review = review
        self.later: set[str] = set()
        self.wanted: str | None = None
        self._version = 0

    def fresh(self) -> Desk:
        """Return the desk for the next command."""
        return self.desk.again()

    def call(self, case: str, place: str) -> None:
        """Read a case out and ask its questions."""
        found = self._look(case)
        say()
        say(f"Case {place}: {found.lines[0]}")
        for line in found.lines[1:]:
            say(line)
        if found.prepared:
            say("Answers were prepared; p takes them.")
        if found.lane == "on-plan" and not found.drawn:
            self._on_plan(found)
        for question in found.questions:
            self._question(found, question)
        self._after(case)

    def _look(self, case: str) -> Card:
        found = card(self.desk, self.review, case)
        self._version = found.version
        return found

    def _on_plan(self, found: Card) -> None:
        while True:
            word = ask("On plan. Enter confirms, a asks every question:")
            if word.lower() == "a":
                return
            if word:
                self._key(found, word)
                continue
            from casereview.service.reviews import confirming

            try:
                row = confirming.confirm(self.fresh(), self.review, found.case)[0]
            except CaseReviewError as error:
                refused(error)
                return
            say(f"Confirmed: continue to {row['continue_to']}.")
            raise Elsewhere

    # --- one question

    def _question(self, found: Card, question: Question) -> None:
        while True:
            word = ask(ask_line(question, found.words))
            if not word:
                say("Left for later.")
                return
            if word.lower() in KEYS:
                self._key(found, word.lower())
                continue
            try:
                if self._answer(found, question, word):
                    return
            except CaseReviewError as error:
                refused(error)

    def _answer(self, found: Card, question: Question, word: str) -> bool:
        from casereview.core.decide.judging import Given
        from casereview.service.reviews import answering

        value = WORDS.get(word.lower(), word)
        reason = ask("Why does it not apply?") if value == "does-not-apply" else ""
        told = self._agreed_action(found, question, Given(value, reason))
        if told is None:
            say("Taken back; nothing was recorded.")
            return False
        seen = found.seen.get(question.id, 0)
        row = answering.answer(self.fresh(), self.review, found.case, question.id, told, seen=seen)[
            0
        ]
        self._version = row["version"]
        say(answered(row))
        if row["asks_delay_reason"]:
            self._delay(found.case)
        return True

    def _agreed_action(self, found: Card, question: Question, given: Given) -> Given | None:
        from casereview.service.reviews.foretold import action_of

        made = action_of(self.desk, self.review, found.case, question.id, given)
        while made is not None:
            say(foretold_line(made))
            word = ask("Enter accepts; e TEXT, o OWNER, d DATE; - takes it back:")
            key, _, rest = word.partition(" ")
            rest = rest.strip()
            if not word:
                break
            if word == "-":
                return None
            if key == "e" and rest:
                made, given = replace(made, text=rest), replace(given, text=rest)
            elif key == "o" and rest:
                made, given = replace(made, owner=rest), replace(given, owner=rest)
            elif key == "d" and rest:
                due = _day(rest)
                if due is not None:
                    made, given = replace(made, due_on=due), replace(given, due_on=due)
            else:
                say("That was not understood.")
        return given

    def _delay(self, case: str) -> None:
        from casereview.service import ids
        from casereview.service.cases import cases

        while code := ask("Ready, but the destination is not. Delay reason code (Enter: none):"):
            try:
                with self.desk.reading() as work:
                    on = work.review(ids.number(ids.REVIEW, self.review)).review.on
                row = cases.delay(self.fresh(), case, code, on=on, review=self.review)[0]
            except CaseReviewError as error:
                refused(error)
                continue
            say(f"Delay recorded: {row['title']}.")
            self._look(case)
            return
        say("No reason was given; the minutes list it.")

    def _after(self, case: str) -> None:
        """Say where the case stands when its questions have been asked."""
        now = self._look(case)
        if now.questions:
            self.later.add(case)
            return
        word = ask(f"{case} is done. Enter goes on; c decides, u undoes, w says what is left:")
        while word:
            self._key(now, word.lower())
            word = ask("Enter goes on:")

    # --- keys

    def _key(self, found: Card, word: str) -> None:
        acts = {
            "s": self._skip, "c": self._decide, "w": self._why, "p": self._prepared,
            "u": self.undo,
        }  # fmt: skip
        if word == "q":
            raise Left
        if word in acts:
            try:
                acts[word](found)
            except CaseReviewError as error:
                refused(error)
        else:
            say(HELP if word == "?" else "That was not understood; ? helps.")

    def _skip(self, found: Card) -> None:
        from casereview.service.reviews import answering

        reason = ask("Why is it skipped?")
        answering.skip(self.fresh(), self.review, found.case, reason)
        say("Skipped; it comes first next time.")
        raise Elsewhere

    def _why(self, found: Card) -> None:
        from casereview.service.cases import showing

        for row in showing.why(self.desk, found.case, move=found.goal):
            if row["holds"] is not True:
                known = "" if row["holds"] is False else "Cannot tell: "
                say(f"  - {known}{row['sentence']} ({row['fixer']}, {row['effort']})")
        say(showing.unlock_sentence(self.desk, found.case, found.goal))

    def _prepared(self, found: Card) -> None:
        from casereview.service.reviews import answering

        for row in answering.take_drafts(self.fresh(), self.review, found.case):
            say(f"{row['question']}: {answered(row)}")
        raise Elsewhere

    def undo(self, found: Card | None = None) -> None:
        """Take the last command back and call its case again."""
        from casereview.service.reviews import closing

        del found  # the last command may have been about another case
        row = closing.undo(self.fresh(), self.review)[0]
        say(f"Undone: {str(row['undone']).replace('_', ' ')}.")
        self.wanted = str(row["cases"][0]) if row["cases"] else None
        raise Elsewhere

    def _decide(self, found: Card) -> None:
        from casereview.service.reviews import deciding

        word = ask("Decide: Enter agrees, a date says when, n REASON declines, - leaves it:")
        if word == "-":
            return
        key, _, reason = word.partition(" ")
        if key == "n":
            row = deciding.decline(self.fresh(), self.review, found.case, reason.strip())[0]
            say(f"Declined; look again on {row['look_again_on']}, action {row['action']}.")
            return
        when = parse_day(word, "Decide") if word else None
        row = deciding.decide(
            self.fresh(), self.review, found.case, effective_on=when, seen=self._version
        )[0]
        self._version = row["version"]
        say(f"Decision to {row['decision']}: {row['status']}.")
        if row["status"] == "needs_countersign":
            self._countersign(found)

    def _countersign(self, found: Card) -> None:
        from casereview.service.reviews import deciding

        while login := ask("Login of the second person who signs (Enter: later):"):
            second = self.desk.again(actor=login)
            second.said_by = None
            try:
                row = deciding.countersign(second, self.review, found.case, pin=ask_pin)[0]
            except CaseReviewError as error:
                refused(error)
                continue
            say(f"Decision to {row['decision']}: {row['status']}.")
            return


def _day(text: str) -> date | None:
    """Return a date as typed; one that is none is said and asked for again."""
    try:
        return parse_day(text, "d")
    except CaseReviewError as error:
        refused(error)
        return None
