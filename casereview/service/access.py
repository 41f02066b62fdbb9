"""Who may do what: a role, and belonging to the team. Default: no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casereview.core.state.case import CaseState
from casereview.core.state.user import UserState
from casereview.errors import NotAllowed, Refused

if TYPE_CHECKING:
    from casereview.service.work import Work

WRITERS = ("clinician", "team-lead", "administrator")


def need_team(work: Work, team: str, what: str) -> None:
    """Refuse somebody whose role only reads, or who belongs to other teams.

    A user of no team belongs to every team. Administrators belong to every team.

    Raises:
        NotAllowed: the role or the team does not fit.
    """
    for login in dict.fromkeys((work.desk.actor, work.desk.said_by or work.desk.actor)):
        user = work.user(login)
        refuse_removed(user)
        role = user.user.role
        if role not in WRITERS:
            raise NotAllowed(
                f"The role {role} reads only; it may not {what}.",
                next="Ask a clinician or the team lead.",
            )
        teams = user.teams(work.desk.today)
        if role != "administrator" and teams and team not in teams:
            raise NotAllowed(
                f"{login} does not belong to team {team}.",
                next="Ask an administrator for the team, or hand the work to a member.",
            )


def need_case(work: Work, case: CaseState, what: str) -> None:
    """Refuse somebody outside the case's team.

    Raises:
        NotAllowed: the role or the team does not fit.
    """
    need_team(work, case.case.team, what)


def need_lead(work: Work, what: str) -> None:
    """Refuse anybody but an administrator or a team lead.

    Raises:
        NotAllowed: the actor has another role.
    """
    if work.user(work.desk.actor).user.role not in ("administrator", "team-lead"):
        raise NotAllowed(f"Your role may not {what}.", next="Ask the administrator.")


def refuse_removed(user: UserState) -> None:
    """Refuse a user who was removed.

    Raises:
        Refused: code user_removed.
    """
    if user.user.removed_on is not None:
        raise Refused(
            f"The user {user.user.login!r} was removed on {user.user.removed_on}.",
            code="user_removed",
            next="Act as another user, or ask the administrator to restore this one.",
        )
