"""Measures of a store: rows with their provenance, and the cases behind every number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casereview.errors import Usage
from casereview.measures.ask import Ask
from casereview.measures.definitions import Definition, definitions
from casereview.measures.disclosure import HIDDEN, Preset
from casereview.measures.left_out import excluded_cases
from casereview.measures.registry import MEASURES, Measure
from casereview.measures.tables import Tables, calendar_tables, on_polars, rows_of
from casereview.service.desk import Desk, Rows
from casereview.service.past import as_known
from casereview.service.stats_provenance import provenance
from casereview.service.stats_publish import check_publishing, publish_rows
from casereview.service.stats_question import Question, check_question, measure_called
from casereview.service.stats_rows import collected_rows, listed_rows, measured_rows
from casereview.service.stats_spc import charted
from casereview.service.stats_waits import asked_waits
from casereview.store.relations import Frames, read_relations

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
    **options: Any,
) -> tuple[Rows, Provenance]:
    """Work out one measure and say how. Every role may read it; rows never hold names of people.

    Args:
        desk: its date, or the as-of date asked for, is the last that counts.
        name: one of `measure_names()`.
        from_on: first date, None for the first on which anything happened.
        to_on: last date, itself counted; None for the as-of date.
        every: week, month, quarter, year or financial-year; None for one row for the whole.
        by: one or more groups, separated by commas.
        list_cases: return the cases behind the numbers instead.
        wait: for waits, FROM:TO or the name of a pathway's wait; None for those of the pathways.
        unit: "days", or for waits "hours" where instants are known.
        team: only the cases of this team.
        publish: disclosure preset for figures that leave the team, None for the team's own view.
        reason: why figures are published without disclosure control.
        spc: options of a chart over the periods, None for no chart.
        **options: method, target, capacity and show, of the measures that have them.

    Returns:
        The rows, none when there is no case at all, and their provenance.

    Raises:
        NotFound: no such measure, team, wait or milestone; the nearest is named.
        Usage: no such period, group or unit.
        Refused: the period ends before it starts, or there are too many.
    """
    asked = check_question(
        name, from_on=from_on, to_on=to_on or desk.on, every=every, by=by, wait=wait, unit=unit,
        team=team, **options,
    )  # fmt: skip
    preset = check_publishing(desk, asked, publish, reason, listing=list_cases)
    if spc is not None and (list_cases or preset is not None):
        raise Usage("--spc goes without --list and --publish.", next="Leave one of them out.")
    ask, rows, facts = _answer(desk, asked, list_cases=list_cases)
    more: Provenance = {}
    if spc is not None:
        rows, more = charted(rows, asked, ask, spc)
    if preset is not None:
        rows, more = publish_rows(rows, asked, preset, reason, actor=desk.actor)
        facts["exclusions"] = _published_exclusions(facts["exclusions"], preset)
    return rows, {**facts, **more}


def _published_exclusions(found: Rows, preset: Preset) -> Rows:
    return [
        {**r, "n": HIDDEN if preset.small(r["n"]) else preset.rounded(r["n"])} for r in found
    ]  # fmt: skip


def _answer(desk: Desk, asked: Question, *, list_cases: bool) -> tuple[Ask, Rows, Provenance]:
    frames, ask = _read(desk, asked)
    meant, measure = definitions()[asked.name], asked.measure
    facts = provenance(desk, meant, asked, ask)
    if frames["cases"].is_empty() or (measure.waits and not ask.waits):
        return ask, [], facts
    tables = on_polars({**frames, **calendar_tables(ask)})
    facts["exclusions"] = _exclusions(measure, tables, ask)
    timed = asked.every is not None
    if list_cases:
        return ask, listed_rows(rows_of(measure.cases(tables, ask)), ask, timed=timed), facts
    found = rows_of(measure.compute(tables, ask))
    if measure.collect is not None:
        found, more = measure.collect(found, ask)
        return ask, collected_rows(found, ask, timed=timed), {**facts, **more}
    if measure.finish is not None:
        found = [measure.finish(row, ask) for row in found]
    return ask, measured_rows(found, meant.columns, measure, ask, timed=timed), facts


def _read(desk: Desk, asked: Question) -> tuple[Frames, Ask]:
    with as_known(desk) as known, known.reading() as work:
        if asked.team is not None:
            work.team(asked.team)
        waits = asked_waits(work, asked.wait, asked.team) if asked.measure.waits else ()
        wanted = asked.measure.relations(asked.by, waits)
        frames = read_relations(work.connection, wanted, as_of=desk.on, team=asked.team)
    return frames, asked.ask(desk, frames, waits)


def _exclusions(measure: Measure, tables: Tables, ask: Ask) -> Rows:
    """Return how many were kept out and why; the cases marked by imports come first."""
    found = sorted(rows_of(excluded_cases(tables)), key=lambda r: str(r["reason"]))
    if measure.left_out is not None:
        more = rows_of(measure.left_out(tables, ask))
        found += sorted(more, key=lambda r: str(r["reason"]))
    return [r for r in found if r["n"]]
