"""The rehearsal service's clock, dice and diary: each command is given on its day by its person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from casereview.core.calendar import add_days
from casereview.core.records import AgendaItem
from casereview.service import ids
from casereview.service.desk import Desk
from casereview.service.organisation.calendar import meeting_days
from casereview.service.rehearsal.people import Register

Event = Callable[[date], None]
CASEWORK, MEETING = (20, 75), (8, 24)
"""Seconds between two commands, at least and less than."""
LAST_DAYS = 4
"""In the last days no worry begins by chance: it could not be settled before today."""


@dataclass
class World:
    """One rehearsal service while it is being made.

    Attributes:
        desk: in whose transaction the commands are given.
        rng: the dice; the same seed gives the same year.
        today: the day that the service is made for; nothing is recorded on it.
        day: the day that has been reached.
        seconds: seconds since midnight, local, of the last command.
        pace: bounds of the seconds to the next command.
        commands: how many were given.
        diary: what happens on which day.
    """

    desk: Desk
    rng: Random
    today: date
    day: date
    register: Register
    seconds: int = 0
    pace: tuple[int, int] = CASEWORK
    commands: int = 0
    diary: dict[date, list[Event]] = field(default_factory=dict)

    def by(self, login: str, said_by: str | None = None) -> Desk:
        """Return the desk at which a user gives the next command."""
        self.seconds += self.rng.randrange(*self.pace)
        self.commands += 1
        return replace(
            self.desk, now=self._now(), actor=login, said_by=said_by,
            command=f"rehearsal-{self.commands:06d}",
        )  # fmt: skip

    def _now(self) -> datetime:
        midnight = datetime.combine(self.day, time(), ZoneInfo(self.desk.store.time_zone))
        return midnight.astimezone(UTC) + timedelta(seconds=self.seconds)

    def until(self, hour: int, minute: int = 0) -> None:
        """Let the clock go on to a time of day, unless it is later already."""
        self.seconds = max(self.seconds, hour * 3600 + minute * 60)

    def dawn(self, day: date) -> None:
        """Begin a day and do what the diary holds for it, also what is added meanwhile."""
        self.day, self.seconds, self.pace = day, 8 * 3600, CASEWORK
        events = self.diary.setdefault(day, [])
        for event in events:
            event(day)
        del self.diary[day]

    def later(self, on: date, event: Event) -> None:
        """Let something happen on a day; what lies in the past happens now, dated then."""
        if on > self.day or on in self.diary:
            self.diary.setdefault(on, []).append(event)
        else:
            event(on)

    def chance(self, percent: float) -> bool:
        """Throw the dice."""
        return self.rng.random() * 100 < percent

    def between(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return self.rng.randint(low, high)

    def days_left(self) -> int:
        """Return the number of days until today."""
        return (self.today - self.day).days

    def meets(self, team: str, pack: str, on: date) -> bool:
        """Tell whether a team meets on a day."""
        with self.desk.reading() as work:
            days = meeting_days(self.desk.library, work.team(team), pack, on)
        return days.is_meeting(on)

    def meetings_left(self, team: str, pack: str) -> int:
        """Return how many meetings a team has from now on until the day before today."""
        with self.desk.reading() as work:
            days = meeting_days(self.desk.library, work.team(team), pack, self.day)
        return len(days.meetings_between(self.day, self.today))

    def agenda(self, review: str) -> tuple[AgendaItem, ...]:
        """Return the agenda of a review in order."""
        with self.desk.reading() as work:
            return work.review(ids.number(ids.REVIEW, review)).agenda


def workday(on: date) -> date:
    """Return the day itself, or the Monday after a weekend."""
    return add_days(on, max(0, 7 - on.weekday()) if on.weekday() > 4 else 0)
