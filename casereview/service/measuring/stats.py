"""Measures of a store: rows with their provenance, and the cases behind every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casereview.errors import Usage
from casereview.measures.definitions import Definition, definitions
from casereview.measures.publishing.disclosure import HIDDEN, NONE, Preset
from casereview.measures.registry import MEASURES
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.answer import Answer, answer
from casereview.service.measuring.beside import Beside
from casereview.service.measuring.provenance import provenance
from casereview.service.measuring.publish import check_publishing, publish_rows
from casereview.service.measuring.question import check_question, measure_called
from casereview.service.measuring.wanted import Wanted

Provenance = dict[str, Any]


def measure_names() -> tuple[str, ...]:
    """Return the names of the measures, in the order of the documentation."""
    return tuple(MEASURES)


def definition(name: str) -> Definition:
    """Return what a measure means.

    Raises:
        NotFound: there is no such measure; the nearest is named.
    """
    measure_called(name)
    return definitions()[name]


def stats(desk: Desk, name: str, **words: Any) -> tuple[Rows, Provenance]:
    """Work out one measure and say how; the words are the attributes of `Wanted`.

    Raises:
        NotFound, Usage, Refused, NotAllowed: as `answered`.
    """
    return answered(desk, Wanted(name=name, **words))


def answered(desk: Desk, wanted: Wanted) -> tuple[Rows, Provenance]:
    """Work out one measure and say how. Every role may read it; rows never hold names of people.

    Args:
        desk: its date, or the as-of date asked for, is the last that counts.
        wanted: the question.

    Returns:
        The rows, none when there is no case at all, and their provenance.

    Raises:
        NotFound: no such measure, team, wait or milestone; the nearest is named.
        Usage: no such period, group or unit.
        Refused: the period ends before it starts, or there are too many.
        NotAllowed: the actor may not publish identifiable figures.
    """
    asked = check_question(wanted, today=desk.on)
    preset = check_publishing(
        desk, asked, wanted.publish, wanted.reason, listing=wanted.list_cases
    )  # fmt: skip
    _one_way(wanted.ways())
    found = answer(desk, asked)
    facts = provenance(desk, definitions()[asked.name], asked, found.ask)
    facts |= found.said.provenance(found.ask.periods, asked.team)
    if found.nothing:
        return [], facts
    facts["exclusions"] = found.exclusions()
    if wanted.list_cases:
        return found.listing(asked.every), facts
    beside = Beside(asked, found.ask, found.said, preset)
    if wanted.compare is not None:
        # Read in only when it is asked for: a plain figure starts sooner.
        from casereview.service.measuring.compare import compared

        given = {"column": wanted.column, **wanted.comparing}
        rows, more = compared(desk, found, wanted.compare, given)
    elif wanted.spc is not None or wanted.funnel:
        rows, more = _judged(found, beside, wanted.spc, wanted.column)
    else:
        rows, more = found.rows(asked.every)
        rows, more = _told(desk, rows, {**facts, **more}, beside, wanted.reason)
    return rows, {**facts, **more}


def _judged(
    found: Answer, beside: Beside, spc: Mapping[str, Any] | None, column: str | None
) -> tuple[Rows, Provenance]:
    """Return rows held against the limits of a chart, or of a funnel where no chart is asked."""
    rows, _ = found.rows(beside.asked.every)
    if spc is None:
        from casereview.service.measuring.funnel import funnelled

        return funnelled(rows, beside.asked, column)
    from casereview.service.measuring.spc import charted

    return charted(rows, beside, spc)


def _told(
    desk: Desk, rows: Rows, more: Provenance, beside: Beside, reason: str | None
) -> tuple[Rows, Provenance]:
    """Return rows as they may be shown, with what was typed beside them."""
    preset = beside.preset
    if preset is not None:
        # What is said beside the rows may hold small counts; without control it is as before.
        kept = {k: v for k, v in more.items() if preset is NONE or k in ("conventions", "units")}
        kept["exclusions"] = _published_exclusions(more["exclusions"], preset)
        rows, more = publish_rows(rows, beside.asked, preset, reason, actor=desk.actor)
        more |= kept
    rows, typed = beside.rows(rows)
    return rows, {**more, **typed}


def _one_way(ways: Sequence[str]) -> None:
    if len(ways) > 1:
        raise Usage(f"{ways[0]} goes without {ways[1]}.", next="Leave one of them out.")


def _published_exclusions(found: Rows, preset: Preset) -> Rows:
    return [
        {**r, "n": HIDDEN if preset.small(r["n"]) else preset.rounded(r["n"])} for r in found
    ]  # fmt: skip
