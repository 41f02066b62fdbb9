"""A typed series by period: `stats figures agency_staff --every month`, also as a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.core.calendar import add_days
from casereview.core.periods import Every, Period, every_word, period_title, periods_between
from casereview.core.records import TypedFigure
from casereview.core.state.figures import SeriesState
from casereview.errors import Refused
from casereview.measures.methods.spc import Reading
from casereview.measures.registry import MEASURES
from casereview.service.calculating.spc import Series, spc_series
from casereview.service.desk import Desk, Rows
from casereview.service.typed.figures import series_of
from casereview.service.typed.rows import number
from casereview.service.typed.said import About, about_series, beside_chart
from casereview.service.typed.words import known_series
from casereview.store.in_use import series_in_use

MAX_PERIODS = 1_500
Facet = tuple[str | None, str | None, str | None]
"""Team, group and column."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One typed series as asked for: its figures of exactly these periods."""

    name: str
    every: Every
    periods: tuple[Period, ...]
    figures: Mapping[tuple[Facet, date], TypedFigure]
    facets: tuple[Facet, ...]
    others: int
    about: About


def series_by_period(
    desk: Desk,
    name: str,
    *,
    every: str,
    from_on: date | None = None,
    to_on: date | None = None,
    team: str | None = None,
    spc: Mapping[str, Any] | None = None,
) -> tuple[Rows, dict[str, Any]]:
    """Return a typed series, one row for each period between the first and the last figure.

    A period without a figure has none: figures of other lengths are counted and never added up.

    Args:
        desk: reading.
        name: a measure or a series of one's own.
        every: week, month, quarter, year or financial-year.
        from_on: first date, None for that of the first figure.
        to_on: last date, None for that of the last figure.
        team: only its figures.
        spc: options of a chart, None for the rows.

    Raises:
        NotFound: no such series or team.
        Usage: no such kind of period, or a faulty option of the chart.
        Refused: the period ends before it starts, is too long, or has nothing to chart.
    """
    kind = every_word(every)
    with desk.reading() as work:
        if team is not None:
            work.team(team)
        word = known_series(name, series_in_use(work.connection))
        state = series_of(work, word)
    held = _asked(state, word, kind, (from_on, to_on), team)
    about = {"measure": word, "every": kind, "team": team, **_definition(held)}
    if held.periods:
        about |= held.about.provenance(held.periods, team)
    if spc is None:
        return _rows(held), about
    rows, more = _chart(held, spc)
    return rows, {**about, **more, **beside_chart(about, more)}


def _asked(
    state: SeriesState | None,
    name: str,
    kind: Every,
    between: tuple[date | None, date | None],
    team: str | None,
) -> Asked:
    said = about_series(state)
    mine = [f for f in (state.figures if state else ()) if team in (None, f.team)]
    if not mine:
        return Asked(name, kind, (), {}, (), 0, said)
    first = between[0] or min(f.from_on for f in mine)
    last = between[1] or max(add_days(f.before_on, -1) for f in mine)
    span = Period(first, add_days(last, 1))
    if span.days > MAX_PERIODS * 366 or (kind == "week" and span.days > MAX_PERIODS * 7):
        raise Refused(
            f"From {first} to {last} there are more than {MAX_PERIODS} periods.",
            code="too_many_periods",
            next="Give --from and --to, or a longer period.",
        )
    whole = tuple(p for p in periods_between(first, span.before_on, kind) if not p.partial)
    ends = {(p.from_on, p.before_on) for p in whole}
    figures = {(_facet(f), f.from_on): f for f in mine if (f.from_on, f.before_on) in ends}
    facets = sorted({f for f, _ in figures}, key=lambda f: [w or "" for w in f])
    return Asked(name, kind, whole, figures, tuple(facets), len(mine) - len(figures), said)


def _facet(figure: TypedFigure) -> Facet:
    return figure.team, figure.grouped, figure.figure


def _definition(held: Asked) -> dict[str, Any]:
    said = "Figures that people typed, with where they were read; nothing is worked out from cases."
    more = {"other_periods": held.others} if held.others else {}
    return {"definition": said, **more}


def _rows(held: Asked) -> Rows:
    shown = [i for i in range(3) if any(f[i] for f in held.facets)]
    marked = held.about.any_unreported(held.periods)
    rows: Rows = []
    for period in held.periods:
        for facet in held.facets:
            figure = held.figures.get((facet, period.from_on))
            row: dict[str, Any] = {
                "period_from": period.from_on,
                "period": period_title(period, held.every),
            }
            row |= {("team", "group", "column")[i]: facet[i] for i in shown}
            row["value"] = number(figure.value) if figure else None
            row["source"] = figure.source if figure else None
            row["corrections"] = figure.corrections if figure else None
            if marked:
                row["not_reportable"] = held.about.unreported(period, facet[0])
            rows.append(row)
    return rows


def _chart(held: Asked, options: Mapping[str, Any]) -> tuple[Rows, dict[str, Any]]:
    if not held.facets:
        raise _nothing(held)
    measure = MEASURES.get(held.name)
    given = {k: v for k, v in options.items() if k != "column" and v is not None}
    given.setdefault("improvement", measure.improvement if measure else "neutral")
    given["note"] = [*(given.get("note") or ()), *held.about.chart_notes(held.periods, None)]
    series = [s for s in (_series(held, f) for f in held.facets) if s.readings]
    if not series:
        raise _nothing(held)
    return spc_series(series, **given)


def _nothing(held: Asked) -> Refused:
    return Refused(
        f"No period of {held.name} has a reportable figure.",
        code="nothing_to_chart",
        next="See `stats figures` for what was typed, and for which periods.",
    )


def _series(held: Asked, facet: Facet) -> Series:
    judged: list[Reading] = []
    shown: list[Reading] = []
    for period in held.periods:
        figure = held.figures.get((facet, period.from_on))
        if figure is not None:
            reading = Reading(period.from_on, float(figure.value))
            out = held.about.unreported(period, facet[0]) is not None
            (shown if out else judged).append(reading)
    return Series(facet_name(facet), tuple(judged), tuple(shown))


def facet_name(facet: Iterable[str | None]) -> str:
    """Return the name of one line of a chart."""
    return " / ".join(w for w in facet if w) or "whole"
