"""Where a figure comes from: definition, method, question, both times, the head of the seal."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.periods import Period, period_title
from casereview.measures.ask import Ask
from casereview.measures.definitions import Choice, Definition
from casereview.service.desk import Desk
from casereview.service.measuring.question import Question
from casereview.store.seals import last_seal

_SEAL = ("number", "at", "upto", "head")


def provenance(desk: Desk, meant: Definition, asked: Question, ask: Ask) -> dict[str, Any]:
    """Return what is printed with a measure's rows; the exclusions are still empty.

    `sealed` is the number, time, last entry and head of the last seal, None before the first;
    later entries are not yet sealed.
    """
    with desk.store.read() as connection:
        seal = last_seal(connection)
    return {
        "measure": meant.id,
        "title": meant.title,
        "definition": meant.definition,
        "numerator": meant.numerator,
        "denominator": meant.denominator,
        "method": _method(meant, ask),
        "source": meant.source,
        "leaves_out": meant.leaves_out,
        "exclusions": [],
        "as_of": desk.on,
        "known_by": desk.known_by,
        "from": ask.periods[0].from_on,
        "to": ask.periods[-1].last_on,
        "every": asked.every,
        "quiet_after": _quiet_after(asked, ask),
        "partial_periods": [_title(p, asked) for p in ask.periods if p.partial],
        **_ahead(asked, ask),
        "by": list(asked.by),
        "team": asked.team,
        "unit": asked.unit,
        "store": desk.store.id,
        "sealed": None if seal is None else dict(zip(_SEAL, seal, strict=True)),
        "choices": _choices(meant, ask),
    }


def _quiet_after(asked: Question, ask: Ask) -> date | None:
    """Return the end of the periods where they stop because nothing happened for a year since."""
    end = ask.periods[-1].last_on
    return end if end < asked.to_on else None


def _ahead(asked: Question, ask: Ask) -> dict[str, list[str]]:
    """Return the periods that the as-of date lies in, and those that lie after it."""
    beyond = [p for p in ask.periods if p.last_on > ask.as_of]
    return {
        "running_periods": [_title(p, asked) for p in beyond if p.from_on <= ask.as_of],
        "future_periods": [_title(p, asked) for p in beyond if p.from_on > ask.as_of],
    }


def _title(period: Period, asked: Question) -> str:
    if asked.every is None:
        return period.label or f"{period.from_on.isoformat()} to {period.last_on.isoformat()}"
    return period_title(period, asked.every)


def _choices(meant: Definition, ask: Ask) -> list[dict[str, Any]]:
    """Return the definitions that change the figure, which was used and how the other is asked."""
    return [
        {"what": c.what, "usual": c.usual, "other": c.other, "ask": c.ask,
         "used": "other" if _other(c, ask) else "usual"}
        for c in meant.choices
    ]  # fmt: skip


def _method(meant: Definition, ask: Ask) -> str:
    """Return the method in words; where the other reading was asked for, that goes first."""
    others = [f"Asked with {c.ask}: {c.other}." for c in meant.choices if _other(c, ask)]
    return " ".join([*others, *(["Otherwise:"] if others else []), meant.method])


def _other(choice: Choice, ask: Ask) -> bool:
    return choice.ask == f"--method {ask.method}"
