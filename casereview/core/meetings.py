"""On which dates a team holds a review: weekly days, bank holidays, meetings moved or cancelled."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from casereview.core.calendar import add_days, days_between
from casereview.errors import Refused, Usage

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A little over a year: a team that meets at all meets within it, even after a long closure.
SEARCH_DAYS = 370


def weekday_numbers(words: Iterable[str]) -> tuple[int, ...]:
    """Return weekday numbers (Monday 0) for "mon".."sun", ascending, each once.

    Raises:
        Usage: a word is no weekday; the sentence names the nearest.
    """
    found = set()
    for word in words:
        key = word.strip().lower()
        if key not in WEEKDAYS:
            near = difflib.get_close_matches(key, WEEKDAYS, n=1, cutoff=0.5)
            raise Usage(
                f"{word!r} is not a day of the week.",
                code="unknown_weekday",
                next=(f"Did you mean {near[0]!r}? " if near else "")
                + f"Use {', '.join(WEEKDAYS)}.",
            )
        found.add(WEEKDAYS.index(key))
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class MeetingDays:
    """The meeting dates of one pack in one team.

    Attributes:
        weekdays: weekday numbers, Monday 0; () for no regular meeting.
        changes: meeting date to the date it was moved to, None when it was cancelled. A meeting
            moved twice may be named by its first or by its second date.
        holidays: bank holidays of the team's division.
        skips_holidays: True when no regular meeting is held on a bank holiday. Wards meet.

    Source: domain rule for rounds on bank holidays (T-2).
    """

    weekdays: tuple[int, ...]
    changes: Mapping[date, date | None] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    skips_holidays: bool = False

    def is_meeting(self, on: date) -> bool:
        """Tell whether a meeting is held on `on`, after moves and cancellations."""
        if self._is_regular(on) and on not in self.changes:
            return True
        return any(self._landing(key) == on for key in self.changes)

    def next_meeting(self, after: date) -> date:
        """Return the first meeting date strictly after `after`.

        Raises:
            Refused: there is none within 370 days.
        """
        until = add_days(after, SEARCH_DAYS + 1)
        found = self._first_regular(after, until)
        moved = [d for d in self._landings() if after < d < (found or until)]
        if moved:
            return min(moved)
        if found is None:
            raise Refused(
                f"No meeting is planned in the year after {after.isoformat()}.",
                code="no_meeting_day",
                next="Give the team a meeting day for this review, or set a due date by hand.",
            )
        return found

    def meetings_between(self, from_on: date, before_on: date) -> tuple[date, ...]:
        """Return every meeting date in the half-open period, ascending, each once."""
        days = max(0, days_between(from_on, before_on))
        regular = (add_days(from_on, n) for n in range(days))
        held = {d for d in regular if self._is_regular(d) and d not in self.changes}
        held |= {d for d in self._landings() if from_on <= d < before_on}
        return tuple(sorted(held))

    def _is_regular(self, on: date) -> bool:
        if on.weekday() not in self.weekdays:
            return False
        return not (self.skips_holidays and on in self.holidays)

    def _first_regular(self, after: date, until: date) -> date | None:
        for n in range(1, days_between(after, until)):
            on = add_days(after, n)
            if self._is_regular(on) and on not in self.changes:
                return on
        return None

    def _landings(self) -> set[date]:
        landings = (self._landing(key) for key in self.changes)
        return {on for on in landings if on is not None}

    def _landing(self, key: date) -> date | None:
        """Follow a moved meeting to the date on which it is held in the end, None if cancelled."""
        seen = {key}
        on = self.changes[key]
        # A change of a regular day is about that day's own meeting, not about a meeting that was
        # moved there; a change of any other day is about the meeting that was moved to it.
        while on is not None and on in self.changes and on not in seen and not self._is_regular(on):
            seen.add(on)
            on = self.changes[on]
        return on
