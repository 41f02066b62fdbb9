"""The state of one series: typed figures, notes, periods not to be reported, issued figures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.core.entries import Entry
from casereview.core.records import IssuedFigures, NotReportable, Series, SeriesNote, TypedFigure
from casereview.core.state.fold import fold, required, seconds


@dataclass(frozen=True, slots=True)
class SeriesState:
    """One series."""

    series: Series
    figures: tuple[TypedFigure, ...] = ()
    notes: tuple[SeriesNote, ...] = ()
    unreported: tuple[NotReportable, ...] = ()
    issued: tuple[IssuedFigures, ...] = ()

    def records(self) -> Iterator[Any]:
        """Yield every record to be stored."""
        yield self.series
        yield from self.figures
        yield from self.notes
        yield from self.unreported
        yield from self.issued


Key = tuple[str | None, str | None, str | None, date, date]


def key_of(figure: TypedFigure) -> Key:
    """Return what tells a typed figure from every other of its series."""
    return figure.team, figure.grouped, figure.figure, figure.from_on, figure.before_on


def _opened(state: SeriesState | None, entry: Entry) -> SeriesState:
    del state
    return SeriesState(Series(entry.stream.id, entry.body["series"]))


def _put(state: SeriesState | None, entry: Entry) -> SeriesState:
    held = required(state)
    body = entry.body
    new = TypedFigure(
        series_id=held.series.id,
        n=entry.seq,
        team=entry.team,
        grouped=body.get("grouped"),
        figure=body.get("figure"),
        from_on=date.fromisoformat(body["from_on"]),
        before_on=date.fromisoformat(body["before_on"]),
        value=body["value"],
        typed_on=entry.occurred_on,
        by=entry.recorded_by,
        source=entry.texts.get("source"),
        reason=entry.texts.get("reason"),
    )
    before = [f for f in held.figures if key_of(f) == key_of(new)]
    if before:
        new = dataclasses.replace(new, corrections=before[-1].corrections + 1)
    kept = tuple(f for f in held.figures if key_of(f) != key_of(new))
    return dataclasses.replace(held, figures=(*kept, new))


def _noted(state: SeriesState | None, entry: Entry) -> SeriesState:
    held = required(state)
    new = SeriesNote(
        series_id=held.series.id,
        n=entry.seq,
        team=entry.team,
        on=date.fromisoformat(entry.body["on"]),
        by=entry.recorded_by,
        words=entry.texts.get("words"),
    )
    return dataclasses.replace(held, notes=(*held.notes, new))


def _not_reportable(state: SeriesState | None, entry: Entry) -> SeriesState:
    held = required(state)
    new = NotReportable(
        series_id=held.series.id,
        n=entry.seq,
        team=entry.team,
        from_on=date.fromisoformat(entry.body["from_on"]),
        before_on=date.fromisoformat(entry.body["before_on"]),
        by=entry.recorded_by,
        reason=entry.texts.get("reason"),
    )
    return dataclasses.replace(held, unreported=(*held.unreported, new))


def _withdrawn(state: SeriesState | None, entry: Entry) -> SeriesState:
    held, gone = required(state), set(entry.body["entries"])
    return dataclasses.replace(
        held,
        figures=tuple(f for f in held.figures if f.n not in gone),
        notes=tuple(n for n in held.notes if n.n not in gone),
        unreported=tuple(u for u in held.unreported if u.n not in gone),
    )


def _issued(state: SeriesState | None, entry: Entry) -> SeriesState:
    held = required(state)
    body = entry.body
    new = IssuedFigures(
        series_id=held.series.id,
        n=entry.seq,
        question=question_text(body["question"]),
        preset=body["preset"],
        definition=body["definition"],
        as_of=date.fromisoformat(body["as_of"]),
        on=entry.occurred_on,
        at_s=seconds(entry.recorded_at) or 0,
        by=entry.recorded_by,
        rows=body["rows"],
        stamp=body.get("stamp"),
        first_n=body.get("first"),
        why=entry.texts.get("why"),
    )
    return dataclasses.replace(held, issued=(*held.issued, new))


def question_text(question: Any) -> str:
    """Return a question as JSON with sorted keys, so that equal questions have equal texts."""
    return json.dumps(question, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


SERIES_HANDLERS: dict[str, Callable[[SeriesState | None, Entry], SeriesState | None]] = {
    "series_opened": _opened,
    "figure_put": _put,
    "series_noted": _noted,
    "not_reportable": _not_reportable,
    "figures_withdrawn": _withdrawn,
    "figures_issued": _issued,
}


def series_state(entries: Sequence[Entry]) -> SeriesState | None:
    """Fold a whole figures stream."""
    return fold(SERIES_HANDLERS, entries)
