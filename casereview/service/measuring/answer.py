"""One question answered from a store: its relations read once, its rows, the cases behind them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from casereview.core.periods import Every, Period
from casereview.measures.ask import Ask
from casereview.measures.definitions import definitions
from casereview.measures.left_out import excluded_cases
from casereview.measures.tables import Tables, calendar_tables, on_polars, rows_of
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.extracting import extraction_of
from casereview.service.measuring.question import Question
from casereview.service.measuring.rows import collected_rows, listed_rows, measured_rows
from casereview.service.measuring.waits import asked_waits
from casereview.service.past import as_known
from casereview.service.typed.figures import series_of
from casereview.service.typed.said import About, about_series
from casereview.store.relations.extraction import Frames


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question reads; rows are worked out when they are asked for.

    Attributes:
        asked: the question.
        ask: the same as measures read it.
        frames: the relations, as they stood on the as-of date.
        said: what people typed about the measure.
    """

    asked: Question
    ask: Ask
    frames: Frames
    said: About = field(default_factory=About)
    _made: dict[str, Tables] = field(default_factory=dict, init=False, repr=False)

    @property
    def nothing(self) -> bool:
        """Tell whether there is no case, or no wait, to work anything out of."""
        waits = self.asked.measure.waits and not self.ask.waits
        return self.frames["cases"].is_empty() or waits

    def over(self, periods: tuple[Period, ...]) -> Answer:
        """Return the same question for other periods."""
        return replace(self, ask=replace(self.ask, periods=periods))

    def rows(self, every: Every | None) -> tuple[Rows, dict[str, Any]]:
        """Return the rows and what is said beside them; `every` names the kind of period."""
        measure, columns = self.asked.measure, definitions()[self.asked.name].columns
        found = rows_of(measure.compute(self._tables(), self.ask))
        more: dict[str, Any] = {}
        if measure.collect is not None:
            found, more = measure.collect(found, self.ask)
        if measure.keeps_order:
            return collected_rows(found, self.ask, every=every), more
        if measure.finish is not None:
            found = [measure.finish(row, self.ask) for row in found]
        return measured_rows(found, columns, measure, self.ask, every=every), more

    def listing(self, every: Every | None) -> Rows:
        """Return the cases behind the rows."""
        found = rows_of(self.asked.measure.cases(self._tables(), self.ask))
        return listed_rows(found, self.ask, every=every)

    def exclusions(self) -> Rows:
        """Return how many were kept out and why; the cases marked by imports come first."""
        tables = self._tables()
        found = sorted(rows_of(excluded_cases(tables)), key=lambda r: str(r["reason"]))
        if self.asked.measure.left_out is not None:
            more = rows_of(self.asked.measure.left_out(tables, self.ask))
            found += sorted(more, key=lambda r: str(r["reason"]))
        return [r for r in found if r["n"]]

    def _tables(self) -> Tables:
        if not self._made:
            self._made["all"] = on_polars({**self.frames, **calendar_tables(self.ask)})
        return self._made["all"]


def answer(desk: Desk, asked: Question) -> Answer:
    """Read what a question needs, in one pass over the store.

    Raises:
        NotFound: no such team, wait or milestone; the nearest is named.
        Refused: there are too many periods.
    """
    measure = asked.measure
    with as_known(desk) as known, known.reading() as work:
        if asked.team is not None:
            work.team(asked.team)
        waits = (
            asked_waits(work, asked.wait, asked.team, first=measure.first_waits)
            if measure.waits
            else ()
        )
        wanted = measure.relations(asked.by, waits)
        frames = extraction_of(known).frames(
            work.connection, wanted, as_of=desk.on, team=asked.team, groups=asked.by
        )
        said = about_series(series_of(work, asked.name))
    return Answer(asked, asked.ask(desk, frames, waits), frames, said)
