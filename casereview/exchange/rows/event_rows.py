"""Rows of an event log turned into items to be sorted: one row, one event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from casereview.exchange.findings import shown
from casereview.exchange.layouts.layout import Activity, folded
from casereview.exchange.rows.cells import LineRefused
from casereview.exchange.rows.fields import Attributes, Fields
from casereview.exchange.rows.table import Row
from casereview.packs.reader import nearest


class Event(NamedTuple):
    """One event as it is staged; sorts by case, then time, then line.

    Attributes:
        case: identifier of the case in its source.
        order: microseconds that sort events.
        line: 1-based line of the file.
        mark: equal for rows that are the same letter by letter.
        day: local date, days since 1970-01-01.
        at_us: microseconds since 1970-01-01 UTC, None where only the date is known.
        activity: position in the layout's list.
        person: identifier of the person, None when the case's identifier is the person's.
        more: what else the row says.
    """

    case: str
    order: int
    line: int
    mark: int
    day: int
    at_us: int | None
    activity: int
    person: str | None
    more: Attributes


class EventRows:
    """Reads the rows of an event log.

    Attributes:
        activities: in the order of the layout; events name them by position.
    """

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        layout = fields.layout
        self.activities: tuple[Activity, ...] = tuple(layout.activities.values())
        self._number = {name: n for n, name in enumerate(layout.activities)}
        self._known: dict[str, int] = {}
        self._id, self._activity = fields.cell("id"), fields.cell("activity")
        self._time = fields.cell("time")
        self._person = fields.cell("person") if "person" in layout.columns else None
        self._plain = not (layout.facts or set(layout.columns) - {"id", "activity", "time"})

    def read(self, row: Row) -> Event | None:
        """Return the event of a row, None when the row was reported instead."""
        try:
            return self.event(row)
        except LineRefused as error:
            self._fields.findings.reject(row[0], *error.parts)
            return None

    def event(self, row: Row) -> Event:
        """Return the event of a row.

        Raises:
            LineRefused: it cannot be taken.
        """
        line, mark, cells = row
        case = self._fields.key(self._id, self._id.text(cells), line, compare=True)
        activity = self._known.get(cells[self._activity.place])
        if activity is None:
            activity = self._find(cells)
        moment = self._fields.moment(line, self._time, self._time.text(cells))
        if self._plain:
            return Event(case, moment.order, line, mark, moment.day, moment.at_us, activity,
                         None, ())  # fmt: skip
        person = None
        if self._person is not None:
            text = self._person.text(cells)
            person = self._fields.key(self._person, text, line, compare=True)
        more = self._fields.read(line, cells)
        return Event(case, moment.order, line, mark, moment.day, moment.at_us, activity, person,
                     more)  # fmt: skip

    def _find(self, cells: Sequence[str]) -> int:
        raw = cells[self._activity.place]
        word = folded(raw)
        found = self._number.get(word)
        if found is None:
            near = nearest(word, self._number)
            hint = f" Did you mean {self.activities[self._number[near]].name!r}?" if near else ""
            raise LineRefused(
                self._activity.heading, raw, f"The layout does not list this activity.{hint}",
                f"Add {shown(raw)!r} to an [[activity]]; nothing = true when it means nothing.",
            )  # fmt: skip
        self._known[raw] = found
        return found
