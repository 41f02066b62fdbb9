"""What a decision may know besides the state: the day, the people, the team, the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from casereview.core.pathways import Pathway
from casereview.core.state.case import CaseState
from casereview.core.state.team import TeamState
from casereview.errors import NotAllowed, Refused


@dataclass(frozen=True, slots=True)
class Setting:
    """The circumstances of one command.

    Attributes:
        on: business date of what happened; not after `today`.
        today: the store's local date now.
        now: the instant of recording, aware.
        actor: login of who records it.
        speaker: login of who said it (the actor unless another is named).
        role: role of the speaker.
        team: the team that it concerns.
        pathway: the team's pathway.
        next_meeting: (pack id, after) to the next meeting date, strictly after.
        working_days: (start, number) to the date so many working days later.
        new_id: counter name to a fresh positive number.
        review: the review it happens in, None outside.
        chair: login of the review's chair, None outside.
    """

    on: date
    today: date
    now: datetime
    actor: str
    speaker: str
    role: str
    team: TeamState
    pathway: Pathway
    next_meeting: Callable[[str, date], date]
    working_days: Callable[[date, int], date]
    new_id: Callable[[str], int]
    known_user: Callable[[str], bool] = field(default=lambda _: True)
    review: int | None = None
    chair: str | None = None

    @property
    def code(self) -> str:
        """Return the team's code."""
        return self.team.team.code


def check_date(on: date, today: date, *, earliest: date | None, what: str) -> None:
    """Refuse a date after the clock or before what it must follow.

    Raises:
        Refused: code date_after_clock or date_too_early.
    """
    if on > today:
        raise Refused(
            f"{on.isoformat()} is after today, {today.isoformat()}.",
            code="date_after_clock",
            next="Record it on the day it happens, or correct the date.",
        )
    if earliest is not None and on < earliest:
        raise Refused(
            f"{on.isoformat()} is before {what}, {earliest.isoformat()}.",
            code="date_too_early",
            next=f"Give {earliest.isoformat()} or a later day, if that is when it happened.",
        )


def check_due(on: date, due_on: date) -> None:
    """Refuse a due date that has passed on the day on which it is given.

    Raises:
        Refused: code date_too_early.
    """
    if due_on < on:
        raise Refused(
            f"The due date {due_on} is before {on}.",
            code="date_too_early",
            next="Give a due date from that day on.",
        )


def check_open(case: CaseState, what: str) -> None:
    """Refuse to work on a closed case.

    Raises:
        Refused: code case_closed.
    """
    if not case.open:
        raise Refused(
            f"The case is closed ({case.case.stage} on {case.case.closed_on}), so {what}.",
            code="case_closed",
            next="Reopen it with `case reopen`, or record a return with `case return`.",
        )


def check_role(setting: Setting, roles: tuple[str, ...], what: str) -> None:
    """Refuse a role that may not do this; administrators may, so that nobody is locked out.

    Raises:
        NotAllowed: the speaker's role is not among `roles`.
    """
    if setting.role not in (*roles, "administrator"):
        raise NotAllowed(
            f"The role {setting.role} may not {what}.",
            next=f"Ask somebody with the role {' or '.join(roles)}.",
        )
