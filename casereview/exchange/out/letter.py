"""The letter of one case in plain words: why somebody was kept, why they can go."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casereview.report.marked import inline, md
from casereview.report.minutes import day

DAYS_MAX = 3
"""More days than these are counted, with the first and the last of them."""
VALUE_WORDS = {"cannot-tell": "we could not tell", "does-not-apply": "it does not apply"}


@dataclass(frozen=True, slots=True)
class Said:
    """A question of the rules and what was answered.

    Attributes:
        ask: the question with the pathway's word forms.
        value: yes, no, an option's title, a date or a number; never free text.
        days: on which days, ascending.
        now: what is answered now instead and on which day, None while this stands.
    """

    ask: str
    value: str
    days: tuple[date, ...]
    now: tuple[str, date] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A requirement of leaving; `holds` None is not known."""

    sentence: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A proposal that somebody can leave which is waiting, was declined, or no longer stands.

    `agreed_on` None: it was never agreed.
    """

    proposed_on: date
    status: str
    agreed_on: date | None


@dataclass(frozen=True, slots=True)
class Letter:
    """What the letter says. Only rule text, answers of fixed kinds and dates.

    Attributes:
        case: id of the case.
        name: of the person it is about, "" to be written in by hand.
        on: the day it answers for.
        stays: True when people on this pathway stay in the place (a ward), False at home.
        place: the pathway's word for the place.
        person: the word of the rules for whoever they are about.
        agreed_on: when it was decided, None while no decision stands.
        signed_twice: True when a second person signed.
        tried: a proposal that is no decision that stands, None for none.
        leaves_on: planned or actual last day, None when none is planned.
        left: True when the case is closed.
        completed: True when it was closed by completing, as was decided.
        ended: title of the way in which it ended, "" while open.
        because: the rule's own sentence for the decision, "" for none.
        against: answers that spoke against leaving.
        reasons: answers that spoke for it.
        checks: what had to be in place.
        follow_up_days: contact within so many days after completing, None for none.
        rules: title, version and hash of the rules.
    """

    case: str
    name: str
    on: date
    stays: bool
    place: str
    person: str
    agreed_on: date | None
    signed_twice: bool
    tried: Tried | None
    leaves_on: date | None
    left: bool
    completed: bool
    ended: str
    because: str
    against: Sequence[Said]
    reasons: Sequence[Said]
    checks: Sequence[Check]
    follow_up_days: int | None
    rules: str


def _headings(letter: Letter) -> tuple[str, str]:
    done = letter.agreed_on is not None or letter.left
    if letter.stays:
        kept = "Why you were kept" if done else "Why you are being kept"
        go = "Why you can go home" if done else "What would let you go home"
    else:
        kept = f"Why you {'stayed' if done else 'are still'} with {letter.place}"
        go = f"Why you can finish with {letter.place}" if done else "What would let you finish"
    return kept, "How it ended" if letter.left and not letter.completed else go


def letter_markdown(letter: Letter) -> str:
    """Return the letter as Markdown."""
    return "\n".join(_lines(letter)) + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    kept, go = _headings(letter)
    yield f"# {md(kept)}, and {md(go[0].lower() + go[1:])}"
    yield ""
    yield f"Case {md(letter.case)}. {day(letter.on)}."
    yield ""
    yield f"Dear {md(letter.name)}," if letter.name else "Dear ____________________,"
    yield ""
    yield (
        "The team asks the same questions about everybody. This is what was answered, and when. "
        f'Where it says "{md(letter.person)}", it means you.'
    )
    yield ""
    yield f"## {md(kept)}"
    yield ""
    yield from _said(letter.against) or ["- No answer spoke against leaving."]
    yield ""
    yield f"## {md(go)}"
    yield ""
    yield from _decision(letter)
    yield from _said(letter.reasons)
    if letter.checks:
        yield ""
        yield "## What has to be in place"
        yield ""
        yield from (f"- {_state(c, left=letter.left)}: {md(c.sentence)}" for c in letter.checks)
    yield ""
    if not letter.left or letter.completed:
        yield "## What comes next"
        yield ""
        yield from _next(letter)
        yield ""
    yield "If you disagree, or something here is wrong, tell the team. You may ask for a meeting."
    yield ""
    yield "---"
    yield ""
    yield f"Rules: {md(letter.rules)}."


def _said(said: Iterable[Said]) -> list[str]:
    return [f"- We asked: {md(s.ask)} {_days(s.days)}: {_value(s.value)}.{_now(s)}" for s in said]


def _value(value: str) -> str:
    return f"**{md(VALUE_WORDS.get(value, value))}**"


def _now(said: Said) -> str:
    return "" if said.now is None else f" On {day(said.now[1])}: {_value(said.now[0])}."


def _days(days: Sequence[date]) -> str:
    if len(days) > DAYS_MAX:
        return f"On {len(days)} days from {day(days[0])} to {day(days[-1])}"
    words = [day(on) for on in days]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _decision(letter: Letter) -> Iterator[str]:
    if letter.agreed_on is not None:
        who = "Two people" if letter.signed_twice else "The team"
        yield f"- {who} agreed on {day(letter.agreed_on)} that you can leave."
        if letter.because:
            yield f"- {md(letter.because)}"
    elif letter.left:
        yield f"- {_ended(letter)}"
    elif letter.tried is not None:
        yield f"- {_tried(letter.tried)}"
    else:
        yield "- Nothing has been decided yet."


def _ended(letter: Letter) -> str:
    when = f" on {day(letter.leaves_on)}" if letter.leaves_on is not None else ""
    if letter.completed:
        return f"You left{when}: {md(letter.ended)}."
    return f"It ended{when}: {md(letter.ended)}."


def _tried(tried: Tried) -> str:
    if tried.agreed_on is not None:
        return f"It was agreed on {day(tried.agreed_on)} that you can leave. That no longer stands."
    said = f"On {day(tried.proposed_on)} somebody proposed that you can leave."
    if tried.status == "needs_countersign":
        return f"{said} A second person has still to agree."
    if tried.status == "proposed":
        return f"{said} It is not agreed yet."
    if tried.status == "declined":
        return f"{said} It was not agreed."
    return f"{said} That no longer stands."


def _state(check: Check, *, left: bool) -> str:
    if check.holds:
        # Also what is asked only of some people, and of this one not, is in order.
        return "In order"
    if left:
        return "Not recorded when you left" if check.holds is None else "Not in place when you left"
    return "Not known yet" if check.holds is None else "Not yet"


def _next(letter: Letter) -> Iterator[str]:
    if letter.left:
        yield f"- {_ended(letter)}"
    elif letter.leaves_on is None:
        yield "- No day for leaving has been set."
    elif letter.leaves_on < letter.on:
        yield (
            f"- You were planned to leave on {day(letter.leaves_on)}."
            " That day has passed, and no other has been set."
        )
    else:
        yield f"- You are planned to leave on {day(letter.leaves_on)}."
    yield from _follow_up(letter)


def _follow_up(letter: Letter) -> Iterator[str]:
    days = letter.follow_up_days
    due = letter.completed or (letter.agreed_on is not None and not letter.left)
    if days is None or not due:
        return
    until = letter.leaves_on + timedelta(days) if letter.left and letter.leaves_on else None
    if until is not None and until < letter.on:
        yield (
            f"- Somebody was to be in touch within {days} days of your leaving, by {day(until)}."
            " If nobody was, tell the team."
        )
    else:
        yield f"- Somebody will be in touch within {days} days of your leaving."


_PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 18px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.4rem; }} h2 {{ font-size: 1.15rem; margin-top: 1.6rem; }}
@media print {{ body {{ margin: 0; max-width: none; }} }}
</style></head><body>
{body}
</body></html>
"""
_TAGS = (("## ", "h2"), ("# ", "h1"), ("- ", "li"))


def letter_html(letter: Letter) -> str:
    """Return the letter as one page without scripts or outside files."""
    parts: list[str] = []
    inside = False
    for line in _lines(letter):
        tag = next((t for mark, t in _TAGS if line.startswith(mark)), "p" if line else "")
        if inside and tag != "li":
            parts.append("</ul>")
            inside = False
        if tag == "li" and not inside:
            parts.append("<ul>")
            inside = True
        if line == "---":
            parts.append("<hr>")
        elif tag:
            mark = next((m for m, t in _TAGS if t == tag), "")
            parts.append(f"<{tag}>{inline(line.removeprefix(mark))}</{tag}>")
    title = html.escape(_headings(letter)[1])
    return _PAGE.format(title=title, body="\n".join(parts))
