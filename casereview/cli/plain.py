"""A review line by line on stdin and stdout: for screen readers, pipes and SSH."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from casereview.cli.options import parse_day
from casereview.cli.plain_view import Card, ask_line, card, preview
from casereview.cli.session import ask_pin
from casereview.core.text import safe
from casereview.errors import CaseReviewError, NotFound

if TYPE_CHECKING:
    from casereview.core.decide.judging import Given
    from casereview.core.packs import Question
    from casereview.service.desk import Desk

HELP = """\
y yes, n no, x cannot tell, v does not apply (with a reason), or the text that is asked for.
s skip this case with a reason. Enter: leave the question; on an on-plan case: confirm.
c decide. w what is still required. p take the prepared answers. u undo. q end. ? this text.
After an answer that makes an action: Enter accepts it, e TEXT changes the words, o OWNER the
owner, d DATE the date, - takes the answer back."""
WORDS = {"y": "yes", "n": "no", "x": "cannot-tell", "v": "does-not-apply"}
KEYS = frozenset("scwpuq?")
TO_DO = ("not reached", "partly answered", "offered")


class _InputEnded(Exception):
    """Stdin has ended: the review stays open."""


class _Left(Exception):
    """The person asked to end."""


class _Elsewhere(Exception):
    """The case on the floor has changed: look at the agenda again."""


def say(text: str = "") -> None:
    """Write one line; what is stored can steer no terminal."""
    sys.stdout.write(safe(text, lines=True) + "\n")
    sys.stdout.flush()


def ask(prompt: str) -> str:
    """Write a prompt and return the next line of stdin, trimmed."""
    sys.stdout.write(safe(prompt, lines=True) + " ")
    sys.stdout.flush()
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise _InputEnded
    if not sys.stdin.isatty():
        say()
    return line.strip()


def refused(error: CaseReviewError) -> None:
    """Say why something was refused, with every unmet requirement; the meeting goes on."""
    say(f"REFUSED: {error.message}")
    for row in error.as_json()["requirements"]:
        say(f"  - {row.get('sentence') or row.get('requirement')}")
    if error.next:
        say(error.next)


def hold(desk: Desk, review: str | None, *, pack: str | None, team: str | None, on: date) -> None:
    """Hold a review line by line until every case is reached, the person ends it or input ends.

    Raises:
        CaseReviewError: it cannot be opened.
    """
    name, title = _opened(desk, review, pack=pack, team=team, on=on)
    say(title)
    say("Type ? and Enter for help.")
    meeting = _Meeting(desk, name)
    try:
        meeting.run()
    except _InputEnded:
        say()
        say(f"The input ended. {resume(name)}")


def resume(review: str) -> str:
    """Return the sentence that says how to go on."""
    return f"{review} stays open. Go on with: casereview review run --plain {review}"


def _opened(
    desk: Desk, review: str | None, *, pack: str | None, team: str | None, on: date
) -> tuple[str, str]:
    from casereview.service import reviewing

    if review is None and pack is not None and team is not None:
        held = reviewing.list_reviews(desk, team=team, status="open")
        review = next((str(r["review"]) for r in held if r["pack"] == pack), None)
        if review is None:
            row = reviewing.open_review(desk, pack=pack, team=team, on=on)[0]
            return str(row["review"]), f"Review {row['review']} opened: {pack}, {team}, {on}."
    known = {str(r["review"]): r for r in reviewing.list_reviews(desk)}
    found = known.get(f"R{str(review).upper().removeprefix('R')}")
    if found is None:
        raise NotFound(f"There is no review {review}.", next="See `review list`.")
    if found["status"] != "open":
        raise NotFound(f"{found['review']} is {found['status']}.", next="Open a new review.")
    words = f"{found['pack']}, {found['team']}, {found['on']}"
    return str(found["review"]), f"Review {found['review']} goes on: {words}."


class _Meeting:
    """One sitting: the desk, the review, and the cases left for later in this sitting."""

    def __init__(self, desk: Desk, review: str) -> None:
        self.desk = desk
        self.review = review
        self.later: set[str] = set()
        self.wanted: str | None = None

    def fresh(self) -> Desk:
        """Return the desk for the next command."""
        return self.desk.again()

    def run(self) -> None:
        """Go through the agenda until nothing is left or the person ends it."""
        while True:
            case, place = self._next()
            try:
                if case is None:
                    say("Every case on the agenda has been called.")
                    raise _Left
                self._call(case, place)
            except _Elsewhere:
                continue
            except _Left:
                if self._end(last=case is None):
                    return

    def _next(self) -> tuple[str | None, str]:
        from casereview.service import reviewing

        rows = reviewing.agenda(self.desk, self.review)
        if self.wanted is not None:
            wanted, self.wanted = self.wanted, None
            self.later.discard(wanted)
            rows = [r for r in rows if r["case"] == wanted] or rows
        left = [r for r in rows if r["progress"] in TO_DO and r["case"] not in self.later]
        if not left:
            return None, ""
        return str(left[0]["case"]), f"{left[0]['position']} of {len(rows)}"

    def _call(self, case: str, place: str) -> None:
        found = card(self.desk, self.review, case)
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

    def _on_plan(self, found: Card) -> None:
        while True:
            word = ask("On plan. Enter confirms, a asks every question:")
            if word.lower() == "a":
                return
            if word:
                self._key(found, word)
                continue
            from casereview.service import answering

            try:
                row = answering.confirm(self.fresh(), self.review, found.case)[0]
            except CaseReviewError as error:
                refused(error)
                return
            say(f"Confirmed: continue to {row['continue_to']}.")
            raise _Elsewhere

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
        from casereview.service import answering

        value = WORDS.get(word.lower(), word)
        reason = ask("Why does it not apply?") if value == "does-not-apply" else ""
        told = self._agreed_action(found, question, Given(value, reason))
        if told is None:
            say("Taken back; nothing was recorded.")
            return False
        row = answering.answer(self.fresh(), self.review, found.case, question.id, told)[0]
        say(_answered(row))
        if row["asks_delay_reason"]:
            self._delay(found.case)
        return True

    def _agreed_action(self, found: Card, question: Question, given: Given) -> Given | None:
        made = preview(self.desk, self.review, found.case, question, given)
        while made is not None:
            say(made.line())
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
                due = parse_day(rest, "d")
                made, given = replace(made, due_on=due), replace(given, due_on=due)
            else:
                say("That was not understood.")
        return given

    def _delay(self, case: str) -> None:
        from casereview.service import cases, ids

        while code := ask("Ready, but the destination is not. Delay reason code (Enter: none):"):
            try:
                with self.desk.reading() as work:
                    on = work.review(ids.number(ids.REVIEW, self.review)).review.on
                row = cases.delay(self.fresh(), case, code, on=on, review=self.review)[0]
            except CaseReviewError as error:
                refused(error)
                continue
            say(f"Delay recorded: {row['title']}.")
            return
        say("No reason was given; the minutes list it.")

    def _after(self, case: str) -> None:
        """Say where the case stands when its questions have been asked."""
        now = card(self.desk, self.review, case)
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
            "u": self._undo,
        }  # fmt: skip
        if word == "q":
            raise _Left
        if word in acts:
            try:
                acts[word](found)
            except CaseReviewError as error:
                refused(error)
        else:
            say(HELP if word == "?" else "That was not understood; ? helps.")

    def _skip(self, found: Card) -> None:
        from casereview.service import answering

        reason = ask("Why is it skipped?")
        answering.skip(self.fresh(), self.review, found.case, reason)
        say("Skipped; it comes first next time.")
        raise _Elsewhere

    def _why(self, found: Card) -> None:
        from casereview.service import showing

        for row in showing.why(self.desk, found.case, move=found.goal):
            if row["holds"] is not True:
                known = "" if row["holds"] is False else "Cannot tell: "
                say(f"  - {known}{row['sentence']} ({row['fixer']}, {row['effort']})")
        say(showing.unlock_sentence(self.desk, found.case, found.goal))

    def _prepared(self, found: Card) -> None:
        from casereview.service import answering

        for row in answering.take_drafts(self.fresh(), self.review, found.case):
            say(f"{row['question']}: {_answered(row)}")
        raise _Elsewhere

    def _undo(self, found: Card) -> None:
        from casereview.service import closing

        del found
        row = closing.undo(self.fresh(), self.review)[0]
        say(f"Undone: {str(row['undone']).replace('_', ' ')}.")
        self.wanted = str(row["cases"][0]) if row["cases"] else None
        raise _Elsewhere

    def _decide(self, found: Card) -> None:
        from casereview.service import deciding

        word = ask("Decide: Enter agrees, a date says when, n REASON declines, - leaves it:")
        if word == "-":
            return
        key, _, reason = word.partition(" ")
        if key == "n":
            row = deciding.decline(self.fresh(), self.review, found.case, reason.strip())[0]
            say(f"Declined; look again on {row['look_again_on']}, action {row['action']}.")
            return
        when = parse_day(word, "Decide") if word else None
        row = deciding.decide(self.fresh(), self.review, found.case, effective_on=when)[0]
        say(f"Decision to {row['decision']}: {row['status']}.")
        if row["status"] == "needs_countersign":
            self._countersign(found)

    def _countersign(self, found: Card) -> None:
        from casereview.service import deciding

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

    def _end(self, *, last: bool) -> bool:
        """Ask how to end; return False when the meeting goes on."""
        from casereview.service import closing

        word = ask(f"Close {self.review}? y closes it, Enter leaves it open, u undoes:").lower()
        if word == "u":
            try:
                self._undo_last()
            except CaseReviewError as error:
                refused(error)
            return False
        if word in ("y", "yes"):
            row: dict[str, Any] = closing.close(self.fresh(), self.review)[0]
            say(
                f"{self.review} is closed: {row['reviewed']} reviewed, {row['confirmed']} "
                f"confirmed, {row['partly_answered']} partly answered, {row['skipped']} skipped, "
                f"{row['not_reached']} not reached, {row['left']} left."
            )
            say(f"Journal head {row['journal_head']}.")
            return True
        del last
        say(resume(self.review))
        return True

    def _undo_last(self) -> None:
        try:
            self._undo(Card("", (), (), False, "", False, "", 0, {}))
        except _Elsewhere:
            return


def _answered(row: dict[str, Any]) -> str:
    said = [f"Recorded: {row['value']}."]
    if row["action"]:
        said.append(f"Action {row['action']}, carried {row['carried']}.")
    if row["leech"]:
        said.append("Carried three times: it needs a new owner, a new approach or an end.")
    if row["closed"]:
        said.append(f"Closed {', '.join(row['closed'])}.")
    if row["proposes"]:
        said.append(f"The answers propose: {row['proposes']}. c decides.")
    return " ".join(said)
