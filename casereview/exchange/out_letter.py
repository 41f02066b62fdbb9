"""The letter of one case in plain words: why somebody was kept, why they can go."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casereview.report.minutes import day, md

VALUE_WORDS = {"cannot-tell": "we could not tell", "does-not-apply": "it does not apply"}


@dataclass(frozen=True, slots=True)
class Said:
    """A question of the rules and what was answered.

    Attributes:
        ask: the question with the pathway's word forms.
        value: yes, no, an option's title, a date or a number; never free text.
        days: on which days, ascending.
    """

    ask: str
    value: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A requirement of leaving; `holds` None is not known."""

    sentence: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Letter:
    """What the letter says. Only rule text, answers of fixed kinds and dates.

    Attributes:
        case: id of the case.
        name: of the person it is about, "" to be written in by hand.
        on: the day it answers for.
        stays: True when people on this pathway stay in the place (a ward), False at home.
        place: the pathway's word for the place.
        agreed_on: when it was decided, None while nothing is decided.
        signed_twice: True when a second person signed.
        leaves_on: planned or actual last day, None when none is planned.
        left: True when they have left.
        ended: title of the way in which it ended, "" while open.
        because: the rule's own sentence for the decision, "" for none.
        against: answers that spoke against leaving.
        reasons: answers that spoke for it.
        checks: what had to be in place.
        follow_up_days: contact within so many days after leaving, None for none.
        rules: title, version and hash of the rules.
    """

    case: str
    name: str
    on: date
    stays: bool
    place: str
    agreed_on: date | None
    signed_twice: bool
    leaves_on: date | None
    left: bool
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
        return kept, "Why you can go home" if done else "What would let you go home"
    kept = f"Why you stayed with {letter.place}"
    return kept, f"Why you can finish with {letter.place}" if done else "What would let you finish"


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
    yield "The team asks the same questions about everybody. This is what was answered, and when."
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
        yield from (f"- {_state(c)}: {md(c.sentence)}" for c in letter.checks)
    yield ""
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
    return [
        f"- We asked: {md(s.ask)} {_days(s.days)}: **{md(VALUE_WORDS.get(s.value, s.value))}**."
        for s in said
    ]


def _days(days: Sequence[date]) -> str:
    words = [day(on) for on in days]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _decision(letter: Letter) -> Iterator[str]:
    if letter.agreed_on is None:
        if letter.left:
            yield f"- It ended without an agreed decision: {md(letter.ended)}."
        else:
            yield "- Nothing has been decided yet."
        return
    who = "Two people" if letter.signed_twice else "The team"
    yield f"- {who} agreed on {day(letter.agreed_on)} that you can leave."
    if letter.because:
        yield f"- {md(letter.because)}"


def _state(check: Check) -> str:
    if check.holds is None:
        return "Not known yet"
    return "Done" if check.holds else "Not yet"


def _next(letter: Letter) -> Iterator[str]:
    if letter.left and letter.leaves_on is not None:
        yield f"- You left on {day(letter.leaves_on)}: {md(letter.ended)}."
    elif letter.leaves_on is not None:
        yield f"- You are planned to leave on {day(letter.leaves_on)}."
    else:
        yield "- No day for leaving has been set."
    if letter.follow_up_days is not None and (letter.agreed_on is not None or letter.left):
        yield f"- Somebody will be in touch within {letter.follow_up_days} days of your leaving."


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
            parts.append(f"<{tag}>{_inline(line.removeprefix(mark))}</{tag}>")
    title = html.escape(_headings(letter)[1])
    return _PAGE.format(title=title, body="\n".join(parts))


def _inline(text: str) -> str:
    # The stars of an answer are ours; those of outside text are escaped and stay text.
    pieces = re.split(r"(?<!\\)\*\*", text)
    shown = [html.escape(re.sub(r"\\([\\`*_{}\[\]<>#|~])", r"\1", p), quote=True) for p in pieces]
    return "".join(f"<strong>{p}</strong>" if n % 2 else p for n, p in enumerate(shown))
