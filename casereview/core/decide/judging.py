"""What an answer may be, and whether it passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from casereview.core.outcomes import CANNOT_TELL, DOES_NOT_APPLY, outcome_of, passes
from casereview.core.packs import YESNO, Outcome, Question
from casereview.core.text import checked_note
from casereview.errors import Refused

_ALIASES = {
    "y": "yes", "n": "no", "x": "cannot-tell", "v": "does-not-apply", "unknown": "cannot-tell",
    "cannot tell": "cannot-tell", "does not apply": "does-not-apply", "na": "does-not-apply",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as given.

    Attributes:
        value: as typed.
        reason: why it does not apply, or a note.
        text, owner, due_on: the action as edited by the meeting, None for the filled-in one.
        drafted: prepared beforehand; it counts when confirmed in the meeting.
        paper: entered later from the printed form.
        keep_action: a passing answer leaves its cause's action open.
    """

    value: str
    reason: str = ""
    text: str | None = None
    owner: str | None = None
    due_on: date | None = None
    drafted: bool = False
    paper: bool = False
    keep_action: bool = False


def cleaned(given: Given) -> Given:
    """Return an answer as given with its outside words made safe.

    Raises:
        Refused: a note or an action's text is longer than 10,000 characters.
    """
    return replace(
        given,
        reason=checked_note(given.reason) if given.reason.strip() else "",
        text=checked_note(given.text, what="action") if given.text else None,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """A valid answer: canonical value, whether it passes (None: records only), its outcome."""

    value: str
    passes: bool | None
    outcome: Outcome | None = None
    free_text: bool = False


def judge(question: Question, given: Given) -> Verdict:
    """Return the answer in its canonical form with what it passes and does.

    Raises:
        Refused: the value does not fit the question (code bad_answer), with what would.
    """
    raw = given.value.strip()
    word = _ALIASES.get(raw.lower(), raw.lower())
    if word == CANNOT_TELL:
        return Verdict(word, passes=False, outcome=outcome_of(question, word) or Outcome())
    if word == DOES_NOT_APPLY:
        _check_not_applicable(question, given)
        return Verdict(word, passes=passes(question, word))
    readers: dict[str, Callable[[Question, str], str]] = {
        "yesno": _yesno, "choice": _choice, "date": _date, "number": _number, "line": _line,
    }  # fmt: skip
    value = readers[question.kind](question, raw)
    return Verdict(
        value,
        passes=passes(question, value),
        outcome=outcome_of(question, value),
        free_text=question.kind == "line",
    )


def _bad(question: Question, why: str, what: str) -> Refused:
    return Refused(f"{question.id}: {why}", code="bad_answer", next=what)


def _check_not_applicable(question: Question, given: Given) -> None:
    if not question.may_not_apply:
        raise _bad(question, "this question always applies.", "Answer it, or skip the case.")
    if not given.reason.strip():
        raise _bad(question, "why it does not apply is missing.", "Give the reason as a note.")


def _yesno(question: Question, raw: str) -> str:
    value = _ALIASES.get(raw.lower(), raw.lower())
    if value not in YESNO:
        raise _bad(question, f"{raw!r} is no answer.", f"Answers: {', '.join(YESNO)}.")
    return value


def _choice(question: Question, raw: str) -> str:
    value = raw.lower()
    if all(o.id != value for o in question.options):
        listed = ", ".join(o.id for o in question.options)
        raise _bad(question, f"{raw!r} is no option.", f"Options: {listed}.")
    return value


def _date(question: Question, raw: str) -> str:
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError as error:
        raise _bad(
            question, f"{raw!r} is no date.", "Write dates as year-month-day, 2026-03-01."
        ) from error


def _number(question: Question, raw: str) -> str:
    if not re.fullmatch(r"[+-]?\d{1,9}", raw):
        raise _bad(question, f"{raw!r} is no whole number.", "Write digits only.")
    value = int(raw)
    low, high = question.minimum, question.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise _bad(question, f"{value} is outside {low} to {high}.", "Check the number.")
    return str(value)


def _line(question: Question, raw: str) -> str:
    if not raw:
        raise _bad(question, "the line is empty.", "Write one line, or skip the case.")
    return checked_note(raw, what="answer")
