"""Changing actions that are open: wording, owner, date, parking, acceptance."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.decide.actions import Owner, draft_of
from casereview.core.decide.setting import Setting, check_due
from casereview.core.entries import Draft, Stream
from casereview.core.records import Action, ActionSpell
from casereview.core.state.actions import LEECH_AT, OPEN
from casereview.errors import Refused


def check_still_open(action: Action, spell: ActionSpell) -> None:
    """Refuse to change an action that has ended.

    Raises:
        Refused: code action_closed.
    """
    if spell.status not in OPEN:
        raise Refused(
            f"Action A{action.id} is {spell.status} since {spell.from_on.isoformat()}.",
            code="action_closed",
            next="Add a new action with `action add`.",
        )


def edit_action(
    setting: Setting,
    stream: Stream,
    held: tuple[Action, ActionSpell],
    *,
    text: str | None = None,
    due_on: date | None = None,
    owner: Owner | None = None,
    doer: str | None = None,
    effort: str | None = None,
) -> Draft:
    """Change wording, date, owner, doer or effort; identity and carry count stay.

    Raises:
        Refused: only the date of a leech would change (code leech).
    """
    action, spell = held
    check_still_open(action, spell)
    body: dict[str, Any] = {"id": action.id}
    texts: dict[str, str] = {}
    if owner is not None:
        accept = owner.login not in (setting.actor, setting.speaker)
        body |= {"owner": owner.login, "post": owner.post, "needs_accept": accept}
    if due_on is not None:
        body |= {"due_on": due_on.isoformat(), "due_pack": None, "status": "open"}
    if effort is not None:
        body["effort"] = effort
    if text is not None:
        texts["text"] = text
    if doer is not None:
        texts["doer"] = doer
    new_owner = owner is not None and owner.login != spell.owner
    if due_on is not None:
        if due_on != spell.due_on:
            check_due(setting.on, due_on)
        if not (new_owner or text or doer):
            _refuse_leech(action, spell)
    kind = "action_assigned" if owner is not None and not (text or due_on) else "action_edited"
    return draft_of(setting, stream, kind, body, texts)


def _refuse_leech(action: Action, spell: ActionSpell) -> None:
    if spell.carried >= LEECH_AT:
        raise Refused(
            f"Action A{action.id} has been carried {spell.carried} times;"
            " a new date alone will not move it.",
            code="leech",
            next="Give it a new owner, other wording or an outside doer, or cancel it.",
        )


def park_action(
    setting: Setting, stream: Stream, held: tuple[Action, ActionSpell], until: date, reason: str
) -> Draft:
    """Park an action until a day on which it counts as open again by itself.

    Raises:
        Refused: the day is not ahead (code date_too_early), or it is a leech (code leech).
    """
    action, spell = held
    check_still_open(action, spell)
    if until <= setting.on:
        raise Refused(
            f"{until.isoformat()} is not after {setting.on.isoformat()}.",
            code="date_too_early",
            next="Park it until a later day.",
        )
    _refuse_leech(action, spell)
    body = {"id": action.id, "status": "parked", "parked_until": until.isoformat()}
    if spell.due_on is not None and spell.due_on < until:
        body |= {"due_on": until.isoformat(), "due_pack": None}
    return draft_of(setting, stream, "action_parked", body, {"reason": reason} if reason else {})


def edit_due(setting: Setting, stream: Stream, action_id: int, due_on: date) -> Draft:
    """Move an action with its meeting: the first due date and the carry count stay."""
    return draft_of(
        setting,
        stream,
        "action_rescheduled",
        {"id": action_id, "due_on": due_on.isoformat()},
    )


def accepted(setting: Setting, stream: Stream, action_id: int) -> Draft:
    """Record that the owner accepts an action given to them while they were absent."""
    return draft_of(setting, stream, "action_accepted", {"id": action_id, "needs_accept": False})
