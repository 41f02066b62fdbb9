"""Actions as rows: overdue and leeches are worked out on the day, never stored."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.entries import Stream
from casereview.core.records import Action, ActionSpell
from casereview.core.state.actions import LEECH_AT
from casereview.errors import NotFound
from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work
from casereview.store import lookup


def status_on(spell: ActionSpell, on: date) -> str:
    """Return the status as it reads on a day: a parked action opens by itself on its date."""
    if spell.status == "parked" and spell.parked_until is not None and spell.parked_until <= on:
        return "open"
    return spell.status


def row_of(action: Action, spell: ActionSpell, on: date) -> dict[str, Any]:
    """Return the row of one action on a day; overdue is worked out, never stored."""
    status = status_on(spell, on)
    overdue = status == "open" and spell.due_on is not None and spell.due_on < on
    return {
        "action": ids.out(ids.ACTION, action.id),
        "case": ids.out(ids.CASE, action.case_id or action.about_case_id),
        "cause": action.cause,
        "text": action.text,
        "owner": spell.owner,
        "post": spell.post,
        "doer": spell.doer,
        "opened_on": action.opened_on,
        "from_on": action.from_on or action.opened_on,
        "due_on": spell.due_on,
        "first_due_on": action.first_due_on,
        "status": status,
        "overdue": overdue,
        "carried": spell.carried,
        "leech": status in ("open", "parked") and spell.carried >= LEECH_AT,
        "effort": action.effort,
        "parked_until": spell.parked_until if status == "parked" else None,
        "closed_on": action.closed_on,
        "automatic": action.automatic,
        "version": spell.n,
    }


def list_actions(
    desk: Desk,
    *,
    case: str | None = None,
    team: str | None = None,
    owner: str | None = None,
    status: str | None = None,
    overdue: bool = False,
    leeches: bool = False,
) -> Rows:
    """Return actions, oldest due first; closed ones too unless a status is asked for."""
    with desk.reading() as work:
        case_id = ids.number(ids.CASE, case) if case is not None else None
        if case_id is not None:
            work.case(case_id)
        if team is not None:
            work.team(team)
        held = lookup.actions_on(work.connection, desk.on, case=case_id, team=team, owner=owner)
        found = [row_of(action, spell, desk.on) for action, spell in held]
    if status is not None:
        found = [r for r in found if r["status"] == status]
    if overdue:
        found = [r for r in found if r["overdue"]]
    if leeches:
        found = [r for r in found if r["leech"]]
    return found


def stream_of_action(work: Work, action_id: int) -> Stream:
    """Return the stream that holds an action.

    Raises:
        NotFound: there is no such action.
    """
    home = lookup.action_home(work.connection, action_id)
    if home is None:
        raise NotFound(f"There is no action A{action_id}.", next="See `action list`.")
    kind, ident = home
    if isinstance(ident, str):
        return Stream("team", work.team(ident).team.id)
    return Stream(kind, ident)
