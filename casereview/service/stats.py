"""Measures of a store: rows with their provenance, and the cases behind every number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casereview.errors import Usage
from casereview.measures.definitions import Definition, definitions
from casereview.measures.disclosure import HIDDEN, NONE, Preset
from casereview.measures.registry import MEASURES
from casereview.service.desk import Desk, Rows
from casereview.service.figures_beside import Beside
from casereview.service.stats_answer import Answer, answer
from casereview.service.stats_provenance import provenance
from casereview.service.stats_publish import check_publishing, publish_rows
from casereview.service.stats_question import check_question, measure_called

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


def stats(
    desk: Desk,
    name: str,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    every: str | None = None,
    by: str | None = None,
    list_cases: bool = False,
    wait: str | None = None,
    unit: str = "days",
    team: str | None = None,
    publish: str | None = None,
    reason: str | None = None,
    spc: Mapping[str, Any] | None = None,
    compare: str | None = None,
    comparing: Mapping[str, Any] | None = None,
    funnel: bool = False,
    column: str | None = None,
    **options: Any,
) -> tuple[Rows, Provenance]:
    """Work out one measure and say how. Every role may read it; rows never hold names of people.

    Args:
        desk: its date, or the as-of date asked for, is the last that counts.
        name: one of `measure_names()`.
        from_on: first date, None for the first on which anything happened.
        to_on: last date, itself counted; None for the as-of date, or with periods the end of the
            one with the last event when nothing has happened for a year since.
        every: week, month, quarter, year or financial-year; None for one row for the whole.
        by: one or more groups, separated by commas.
        list_cases: return the cases behind the numbers instead.
        wait: for waits, FROM:TO or the name of a pathway's wait; None for those of the pathways.
        unit: "days", or for waits "hours" where instants are known.
        team: only the cases of this team.
        publish: disclosure preset for figures that leave the team, None for the team's own view.
        reason: why figures are published without disclosure control.
        spc: options of a chart over the periods, None for no chart.
        compare: the date of a change, or a pack whose first use it was; None for no comparison.
        comparing: its profile and improvement.
        funnel: hold the groups against the funnel around their pooled share.
        column: the figure that is compared or held against the funnel, None for the usual one.
        **options: method, target, capacity, show and target_wait, of the measures that have them.

    Returns:
        The rows, none when there is no case at all, and their provenance.

    Raises:
        NotFound: no such measure, team, wait or milestone; the nearest is named.
        Usage: no such period, group or unit.
        Refused: the period ends before it starts, or there are too many.
    """
    asked = check_question(
        name, from_on=from_on, to_on=to_on, today=desk.on, every=every, by=by, wait=wait,
        unit=unit, team=team, **options,
    )  # fmt: skip
    preset = check_publishing(desk, asked, publish, reason, listing=list_cases)
    _one_way(
        {"--list": list_cases, "--publish": preset is not None, "--spc": spc is not None,
         "--compare": compare is not None, "--funnel": funnel}
    )  # fmt: skip
    found = answer(desk, asked)
    facts = provenance(desk, definitions()[name], asked, found.ask)
    facts |= found.said.provenance(found.ask.periods, asked.team)
    beside = Beside(asked, found.ask, found.said, preset)
    if found.nothing:
        return [], facts
    facts["exclusions"] = found.exclusions()
    if list_cases:
        return found.listing(asked.every), facts
    if compare is not None:
        # Read in only when it is asked for: a plain figure starts sooner.
        from casereview.service.stats_compare import compared

        rows, more = compared(desk, found, compare, {"column": column, **(comparing or {})})
    elif spc is not None or funnel:
        rows, more = _judged(found, beside, spc, column)
    else:
        rows, more = found.rows(asked.every)
        rows, more = _told(desk, rows, {**facts, **more}, beside, reason)
    return rows, {**facts, **more}


def _judged(
    found: Answer, beside: Beside, spc: Mapping[str, Any] | None, column: str | None
) -> tuple[Rows, Provenance]:
    """Return rows held against the limits of a chart, or of a funnel where no chart is asked."""
    rows, _ = found.rows(beside.asked.every)
    if spc is None:
        from casereview.service.stats_funnel import funnelled

        return funnelled(rows, beside.asked, column)
    from casereview.service.stats_spc import charted

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


def _one_way(given: Mapping[str, bool]) -> None:
    ways = [option for option, there in given.items() if there]
    if len(ways) > 1:
        raise Usage(f"{ways[0]} goes without {ways[1]}.", next="Leave one of them out.")


def _published_exclusions(found: Rows, preset: Preset) -> Rows:
    return [
        {**r, "n": HIDDEN if preset.small(r["n"]) else preset.rounded(r["n"])} for r in found
    ]  # fmt: skip
