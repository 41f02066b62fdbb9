"""Figures and causes that people type: put, noted, marked as not reportable, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.core.entries import Draft, Stream
from casereview.core.records import TypedFigure
from casereview.core.state.figures import SeriesState
from casereview.core.text import checked_name
from casereview.errors import NotFound, Refused
from casereview.service.desk import Desk, Rows
from casereview.service.typed.rows import KEYS, Said, all_said, said_place, said_row
from casereview.service.typed.words import (
    figure_cell,
    figure_period,
    figure_value,
    known_series,
    need_figures,
    series_name,
)
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.in_use import series_in_use

KIND = "figures"


def put_figure(
    desk: Desk,
    name: str,
    period: str,
    value: str,
    *,
    source: str,
    team: str | None = None,
    by: str | None = None,
    column: str | None = None,
    reason: str | None = None,
    new: bool = False,
) -> Rows:
    """Hold a figure that the engine cannot know; a second one of the same key corrects the first.

    Args:
        desk: who types it; its day is the day it was typed.
        name: a measure, or a series of one's own.
        period: 2026-03, 'Q4 2025/26', 2025/26, 2026-03-02..2026-03-15 ...
        value: a decimal number.
        source: where it was read, at most 200 characters.
        team: whose figure it is, None for the whole service.
        by: GROUP=VALUE, several with commas between; None for no group.
        column: which figure of the measure, None for its usual one.
        reason: why it is typed anew.
        new: True takes a new name although it is near a known one.

    Raises:
        NotFound: no such team, or a name that looks like a slip.
        Usage: no such period, number, column or group.
        Refused: the period has not begun or ends before it starts; a text is empty or too long.
        NotAllowed: the role or the team does not fit.
    """
    texts = {"source": checked_name(source, what="source")}
    if reason is not None:
        texts["reason"] = checked_name(reason, what="reason")

    def run(work: Work) -> Rows:
        need_figures(work, team, "type figures")
        place = place_of(work, name, team, new=new)
        cell, span = figure_cell(place.name, column, by), figure_period(period, desk)
        body = {
            "grouped": cell.grouped, "figure": cell.figure, "value": figure_value(value),
            "from_on": span.from_on, "before_on": span.before_on,
        }  # fmt: skip
        if (same := _same(place.state, body, texts, team)) is not None:
            return [_answer(place.name, same)]
        draft = Draft(place.stream, "figure_put", desk.today, body, texts, team)
        return [_answer(place.name, record(work, place, draft).figures[-1])]

    return desk.change(run)


def note_series(
    desk: Desk, name: str, on: date, words: str, *, team: str | None = None, new: bool = False
) -> Rows:
    """Hold a dated cause other than the work, such as a new provider, at most 200 characters.

    Raises:
        NotFound: no such team, or a name that looks like a slip.
        Refused: the day has not come; the text is empty or too long.
        NotAllowed: the role or the team does not fit.
    """
    texts = {"words": checked_name(words, what="note")}
    if on > desk.today:
        raise Refused(
            f"{on.isoformat()} has not come.", code="future", next="Note what has happened."
        )

    def run(work: Work) -> Rows:
        need_figures(work, team, "note causes")
        place = place_of(work, name, team, new=new)
        draft = Draft(place.stream, "series_noted", desk.today, {"on": on}, texts, team)
        return [said_row(place.name, record(work, place, draft).notes[-1])]

    return desk.change(run)


def mark_not_reportable(
    desk: Desk, name: str, period: str, *, reason: str, team: str | None = None, new: bool = False
) -> Rows:
    """Mark a period of a series as not reportable, with the reason, at most 200 characters.

    Raises:
        NotFound: no such team, or a name that looks like a slip.
        Usage: no such period.
        Refused: the period has not begun or ends before it starts; the reason is empty or too long.
        NotAllowed: the role or the team does not fit.
    """
    texts = {"reason": checked_name(reason, what="reason")}

    def run(work: Work) -> Rows:
        need_figures(work, team, "mark periods")
        place = place_of(work, name, team, new=new)
        span = figure_period(period, desk)
        body = {"from_on": span.from_on, "before_on": span.before_on}
        draft = Draft(place.stream, "not_reportable", desk.today, body, texts, team)
        return [said_row(place.name, record(work, place, draft).unreported[-1])]

    return desk.change(run)


def withdraw(desk: Desk, name: str, entry: int, *, reason: str) -> Rows:
    """Take back a typed figure, a note or a mark by its entry number; the journal keeps it.

    Raises:
        NotFound: no such series or entry.
        Refused: the reason is empty or too long.
        NotAllowed: the role or the team does not fit.
    """
    texts = {"reason": checked_name(reason, what="reason")}

    def run(work: Work) -> Rows:
        held = series_in_use(work.connection)
        word = known_series(name, held)
        state = series_of(work, word)
        found = next((s for s in all_said(state) if s.n == entry), None) if state else None
        if state is None or found is None:
            raise NotFound(
                f"{word} has no entry {entry}.", next=f"See `stats figures {word}` for its entries."
            )
        need_figures(work, found.team, "withdraw figures")
        stream = Stream(KIND, state.series.id)
        body = {"entries": [entry]}
        work.record([Draft(stream, "figures_withdrawn", desk.today, body, texts, found.team)])
        return [{**_answer(word, found), "withdrawn": True}]

    return desk.change(run)


# --- series


def series_of(work: Work, name: str) -> SeriesState | None:
    """Return what was typed about a series, None for nothing."""
    number = series_in_use(work.connection).get(name)
    state = None if number is None else work.state(Stream(KIND, number))
    return state if isinstance(state, SeriesState) else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something about a series is recorded; `state` None for a series not yet opened."""

    name: str
    stream: Stream
    state: SeriesState | None


def place_of(work: Work, name: str, team: str | None, *, new: bool) -> Place:
    """Return where something is recorded, a fresh stream when nothing is there yet.

    Raises:
        NotFound: the name looks like a slip, or there is no such team.
        Usage: it is no name.
    """
    if team is not None:
        work.team(team)
    word = series_name(name, series_in_use(work.connection), new=new)
    state = series_of(work, word)
    number = state.series.id if state else journal.next_id(work.connection, KIND)
    return Place(word, Stream(KIND, number), state)


def record(work: Work, place: Place, draft: Draft) -> SeriesState:
    """Record something about a series, opening it first where it is new; return its state."""
    if place.state is None:
        opening = Draft(place.stream, "series_opened", work.desk.today, {"series": place.name})
        work.record([opening, draft])
    else:
        work.record([draft])
    made = work.state(place.stream)
    if not isinstance(made, SeriesState):
        raise NotFound(f"There is no series {place.name}.", next="Run `casereview verify`.")
    return made


def _same(
    state: SeriesState | None,
    body: Mapping[str, Any],
    texts: Mapping[str, str],
    team: str | None,
) -> TypedFigure | None:
    """Return the figure that says exactly what is typed again, None when something differs."""
    for held in state.figures if state else ():
        told = {k: getattr(held, k) for k in body}
        if held.team == team and told == body and held.source == texts["source"]:
            return held if texts.get("reason") in (None, held.reason) else None
    return None


def _answer(name: str, said: Said) -> dict[str, Any]:
    """Return the row that a command answers with; its value is the text that was typed."""
    more = {"value": said.value} if isinstance(said, TypedFigure) else {}
    return {**said_row(name, said), **more}


# --- listing


def list_figures(desk: Desk, name: str | None = None, *, team: str | None = None) -> Rows:
    """Return everything that was typed, by series and period; None for every series.

    Raises:
        NotFound: no such series or team.
    """
    with desk.reading() as work:
        if team is not None:
            work.team(team)
        known = series_in_use(work.connection)
        wanted = [known_series(name, known)] if name is not None else list(known)
        rows: list[Mapping[str, Any]] = []
        for word in wanted:
            state = series_of(work, word)
            said = [s for s in all_said(state) if team in (None, s.team)] if state else []
            rows += [said_row(word, s) for s in sorted(said, key=said_place)]
    return [{k: row.get(k) for k in KEYS} for row in rows]
