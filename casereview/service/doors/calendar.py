"""The calendar of a service: meetings ahead and what is due, by ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from casereview.core.state.actions import OPEN
from casereview.core.state.team import TeamState
from casereview.errors import Refused
from casereview.exchange.out.calendar import Day, calendar
from casereview.service import ids
from casereview.service.actions.action_rows import status_on
from casereview.service.desk import Desk
from casereview.service.organisation.calendar import meeting_days
from casereview.service.work import Work
from casereview.store import lookup

WEEKS = 8
WEEKS_MAX = 52


def export_calendar(
    desk: Desk, *, team: str | None = None, owner: str | None = None, weeks: int = WEEKS
) -> str:
    """Return meetings of the next weeks and the due dates of open actions as iCalendar.

    It names teams, rules, cases and actions by their ids, and nobody.

    Args:
        desk: who asks, when.
        team: one team, None for all.
        owner: only this person's actions, None for everybody's.
        weeks: how far ahead, 1 to 52; what is overdue is always there.

    Raises:
        NotFound: no such team or user.
        Refused: the number of weeks.
    """
    if not 1 <= weeks <= WEEKS_MAX:
        raise Refused(
            f"{weeks} weeks is no span of a calendar.",
            code="bad_choice",
            next=f"Use 1 to {WEEKS_MAX}.",
        )
    until = desk.today + timedelta(weeks=weeks)
    with desk.reading() as work:
        codes = [team] if team is not None else list(lookup.team_numbers(work.connection))
        if owner is not None:
            work.user(owner)
        days = [d for code in codes for d in _meetings(work, work.team(code), until)]
        days += _due(work, team, owner, until)
    title = f"Reviews of {team}" if team is not None else "Reviews"
    return calendar(days, at=desk.now, name=title)


def _meetings(work: Work, team: TeamState, until: date) -> Iterator[Day]:
    """Yield one entry for each day on which the team meets, with the reviews it holds then."""
    desk = work.desk
    years = range(desk.today.year, until.year + 1)
    held: dict[date, list[str]] = {}
    for pack in desk.library.packs_for(team.team.pathway):
        if not pack.meets and not any(m.pack == pack.id for m in team.meetings):
            continue
        days = meeting_days(desk.library, team, pack.id, desk.today, years=years)
        for on in days.meetings_between(desk.today, until):
            held.setdefault(on, []).append(pack.title)
    code = team.team.code
    for on, titles in sorted(held.items()):
        uid = f"meeting-{code}-{on.isoformat()}@{desk.store.id}"
        yield Day(uid, on, f"{code}: {', '.join(titles)}")


def _due(work: Work, team: str | None, owner: str | None, until: date) -> Iterator[Day]:
    desk = work.desk
    found = lookup.actions_on(work.connection, desk.today, team=team, owner=owner)
    for action, spell in found:
        due = spell.due_on
        if due is None or due >= until or status_on(spell, desk.today) not in OPEN:
            continue
        name = ids.out(ids.ACTION, action.id)
        case = ids.out(ids.CASE, action.case_id or action.about_case_id)
        about = f" ({case})" if case else ""
        yield Day(f"action-{name}@{desk.store.id}", due, f"{name} due{about}")
