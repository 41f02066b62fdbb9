"""Measures of a store: rows with their provenance, and the cases behind every number."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.calendar import add_days
from casereview.core.periods import Every, Period, every_word, periods_between
from casereview.errors import NotFound, Refused, Usage
from casereview.measures.ask import PLACE_GROUPS, Ask, date_of
from casereview.measures.definitions import Definition, definitions
from casereview.measures.left_out import excluded_cases
from casereview.measures.registry import MEASURES, Measure
from casereview.measures.tables import Tables, calendar_tables, on_polars, rows_of
from casereview.service.desk import Desk, Rows
from casereview.service.near import nearest
from casereview.service.past import as_known
from casereview.service.stats_provenance import provenance
from casereview.service.stats_rows import listed_rows, measured_rows
from casereview.service.stats_waits import asked_waits
from casereview.store.relations import Frames, read_relations

Provenance = dict[str, Any]
UNITS = ("days", "hours")
MAX_PERIODS = 1_500
_AT_LEAST_DAYS = {"week": 7, "month": 28, "quarter": 90, "year": 365, "financial-year": 365}


def measure_names() -> tuple[str, ...]:
    """Return the names of the measures, in the order of the documentation."""
    return tuple(MEASURES)


def definition(name: str) -> Definition:
    """Return what a measure means.

    Raises:
        NotFound: there is no such measure; the nearest is named.
    """
    _measure(name)
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
) -> tuple[Rows, Provenance]:
    """Work out one measure and say how.

    Args:
        desk: its date, or the as-of date asked for, is the last that counts.
        name: one of `measure_names()`.
        from_on: first date, None for the first referral in the store.
        to_on: last date, itself counted; None for the as-of date.
        every: week, month, quarter, year or financial-year; None for one row for the whole.
        by: one or more groups, separated by commas.
        list_cases: return the cases behind the numbers instead.
        wait: for waits, FROM:TO or the name of a pathway's wait; None for those of the pathways.
        unit: "days", or for waits "hours" where instants are known.
        team: only the cases of this team.

    Returns:
        The rows, none when there is no case at all, and their provenance. Rows never hold names.

    Raises:
        NotFound: no such measure, team, wait or milestone; the nearest is named.
        Usage: no such period, group or unit.
        Refused: the period ends before it starts.
    """
    measure = _measure(name)
    groups = _groups(name, measure, by)
    _check_unit(name, measure, unit)
    if wait is not None and not measure.waits:
        raise Usage(
            f"{name} is not about a wait.", code="no_wait", next="Ask `waits`, or leave --wait out."
        )
    spans = None if every is None else every_word(every)
    to_on = to_on or desk.on
    if from_on is not None and to_on < from_on:
        raise Refused(
            f"The period ends before it starts: from {from_on.isoformat()} to {to_on.isoformat()}.",
            code="period",
            next="Give an end on or after the start.",
        )
    with as_known(desk) as known, known.reading() as work:
        if team is not None:
            work.team(team)
        waits = asked_waits(work, wait, team) if measure.waits else ()
        frames = read_relations(
            work.connection, measure.relations(groups, waits), as_of=desk.on, team=team
        )
        facts = provenance(desk, definitions()[name])
    start = from_on or _first_day(frames, to_on)
    ask = Ask(
        periods=_periods(start, to_on, spans),
        as_of=desk.on,
        by=groups,
        joined=team is None and not PLACE_GROUPS.intersection(groups),
        unit="hours" if unit == "hours" else "days",
        waits=waits,
        waiting_pathways=tuple(p.id for p in desk.library.pathways.values() if p.waits),
        zone=desk.store.time_zone,
    )
    facts |= {
        "from": start,
        "to": to_on,
        "every": spans,
        "by": list(groups),
        "team": team,
        "unit": unit,
        "partial_periods": [p.label for p in ask.periods if p.partial],
        "exclusions": [],
    }
    if frames["cases"].is_empty() or (measure.waits and not waits):
        return [], facts
    tables = on_polars({**frames, **calendar_tables(ask)})
    facts["exclusions"] = _exclusions(measure, tables, ask)
    if list_cases:
        return listed_rows(rows_of(measure.cases(tables, ask)), ask, timed=spans is not None), facts
    found = rows_of(measure.compute(tables, ask))
    columns = definitions()[name].columns
    return measured_rows(found, columns, measure, ask, timed=spans is not None), facts


def _periods(start: date, to_on: date, spans: Every | None) -> tuple[Period, ...]:
    whole = Period(start, add_days(to_on, 1))
    if spans is None:
        return (whole,)
    if whole.days // _AT_LEAST_DAYS[spans] > MAX_PERIODS:
        raise Refused(
            f"From {start.isoformat()} to {to_on.isoformat()} there are more than "
            f"{MAX_PERIODS} periods.",
            code="too_many_periods",
            next="Give a later start, or a longer period.",
        )
    return periods_between(start, whole.before_on, spans)


def _exclusions(measure: Measure, tables: Tables, ask: Ask) -> Rows:
    """Return how many were kept out and why; the cases marked by imports come first."""
    found = sorted(rows_of(excluded_cases(tables)), key=lambda r: r["reason"])
    if measure.left_out is not None:
        found += sorted(rows_of(measure.left_out(tables, ask)), key=lambda r: r["reason"])
    return [r for r in found if r["n"]]


def _measure(name: str) -> Measure:
    found = MEASURES.get(name)
    if found is None:
        near = nearest(name, MEASURES)
        raise NotFound(
            f"There is no measure {name!r}.",
            code="unknown_measure",
            next=(f"Did you mean {near}? " if near else "") + f"There are {', '.join(MEASURES)}.",
        )
    return found


def _groups(name: str, measure: Measure, by: str | None) -> tuple[str, ...]:
    words = [w.strip().replace("-", "_") for w in (by or "").split(",") if w.strip()]
    for word in words:
        if word not in measure.by:
            near = nearest(word, measure.by)
            raise Usage(
                f"{name} has no figures by {word.replace('_', '-')}.",
                code="unknown_group",
                next=(f"Did you mean {near}? " if near else "")
                + f"It has them by {', '.join(g.replace('_', '-') for g in measure.by)}.",
            )
    return tuple(dict.fromkeys(words))


def _check_unit(name: str, measure: Measure, unit: str) -> None:
    if unit not in UNITS:
        raise Usage(f"{unit!r} is no unit.", code="unknown_unit", next="Use days or hours.")
    if unit == "hours" and not measure.hours:
        raise Usage(
            f"{name} is counted in days only.",
            code="unit_of_measure",
            next="Leave --unit out; waits can be asked in hours.",
        )


def _first_day(frames: Frames, to_on: date) -> date:
    """Return the first day on which anything happened, so that the whole leaves nothing out."""
    days = [frames["cases"]["referred_day"].min()]
    if "milestones" in frames:
        days.append(frames["milestones"]["day"].min())
    known = [date_of(d) for d in days if isinstance(d, int)]
    return min([*known, to_on])
