"""A team's calendar: its meetings, and its working days by the bank holidays of its division."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from casereview.core.calendar import WorkingDays
from casereview.core.meetings import MeetingDays, weekday_numbers
from casereview.core.state.team import TeamState
from casereview.packs.holidays_data import division_of, holidays_of
from casereview.packs.library import Library


@cache
def _holidays(division: str, year: int) -> frozenset[date]:
    return holidays_of(division_of(division), (year, year + 1))


def working_days_after(team: TeamState, start: date, n: int) -> date:
    """Return the date `n` working days after a start, which is day 0."""
    return WorkingDays(_holidays(team.team.division, start.year)).add(start, n)


def meeting_days(
    library: Library, team: TeamState, pack_id: str, on: date, *, years: Iterable[int] = ()
) -> MeetingDays:
    """Return a team's meetings for a pack: the team's own calendar wins over the pack's."""
    pack = library.pack(pack_id)
    weekdays = team.weekdays(pack_id, on) or weekday_numbers(pack.meets)
    skips = pack.bank_holidays == "skip"
    if team.team.bank_holidays != "pack":
        skips = team.team.bank_holidays == "skip"
    held: frozenset[date] = frozenset()
    if skips:
        for year in {on.year, *years}:
            held |= _holidays(team.team.division, year)
    return MeetingDays(
        weekdays=weekdays, changes=team.moved(pack_id), holidays=held, skips_holidays=skips
    )


def next_meeting(library: Library, team: TeamState, pack_id: str, after: date) -> date:
    """Return the next meeting strictly after a day; a week on when the team has no fixed day."""
    days = meeting_days(library, team, pack_id, after)
    if not days.weekdays and not days.changes:
        return date.fromordinal(after.toordinal() + 7)
    return days.next_meeting(after)
