"""The life of actions: how entries about them change the two tuples that hold them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.core.entries import Entry
from casereview.core.records import Action, ActionSpell

OPEN = ("open", "parked")
LEECH_AT = 3  # carried three times: the same approach will not do it


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions of one stream and their spells, oldest first."""

    actions: tuple[Action, ...] = ()
    spells: tuple[ActionSpell, ...] = ()

    def get(self, action_id: int) -> Action | None:
        """Return one action, or None."""
        return next((a for a in self.actions if a.id == action_id), None)

    def now(self, action_id: int) -> ActionSpell:
        """Return the latest spell of an action.

        Raises:
            LookupError: the action is not of this stream.
        """
        found = [s for s in self.spells if s.action_id == action_id]
        if not found:
            raise LookupError(action_id)
        return found[-1]

    def before_its_end(self, action_id: int) -> ActionSpell:
        """Return the last spell in which an action was open or parked.

        Raises:
            LookupError: the action is not of this stream.
        """
        found = [s for s in self.spells if s.action_id == action_id and s.status in OPEN]
        if not found:
            raise LookupError(action_id)
        return found[-1]

    def open(self) -> list[tuple[Action, ActionSpell]]:
        """Return open and parked actions with their latest spell, oldest first."""
        latest = {s.action_id: s for s in self.spells}
        return [(a, latest[a.id]) for a in self.actions if latest[a.id].status in OPEN]

    def of_cause(self, cause: str) -> tuple[Action, ActionSpell] | None:
        """Return the open action of a cause, or None: a cause never has two."""
        return next(((a, s) for a, s in self.open() if a.cause == cause), None)


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def raised(held: Actions, entry: Entry) -> Actions:
    """Add an action."""
    body = entry.body
    stream = entry.stream
    action = Action(
        id=body["id"],
        case_id=stream.id if stream.kind == "case" else None,
        person_id=stream.id if stream.kind == "person" else body.get("person"),
        about_case_id=body.get("about_case"),
        team=entry.team,
        cause=body["cause"],
        opened_on=entry.occurred_on,
        first_due_on=_date(body.get("first_due_on") or body.get("due_on")),
        effort=body.get("effort", "small"),
        raised_by=entry.recorded_by,
        text=entry.texts.get("text"),
        review_id=entry.review,
        from_on=_date(body.get("from_on")),
        needs_owner_accept=bool(body.get("needs_accept", False)),
    )
    spell = ActionSpell(
        action_id=action.id,
        n=entry.seq,
        status="open",
        owner=body.get("owner"),
        post=body.get("post"),
        doer=entry.texts.get("doer"),
        due_on=_date(body.get("due_on")),
        carried=body.get("carried", 0),
        from_on=entry.occurred_on,
        due_pack=body.get("due_pack"),
    )
    return Actions((*held.actions, action), (*held.spells, spell))


def _respell(held: Actions, entry: Entry, **changes: Any) -> Actions:
    action_id = entry.body["id"]
    old = held.now(action_id)
    on = entry.occurred_on
    if on < old.from_on:
        spells = _told_late(held.spells, entry, changes)
        return dataclasses.replace(held, spells=spells)
    new = dataclasses.replace(old, n=entry.seq, from_on=on, before_on=None, **changes)
    spells = tuple(dataclasses.replace(s, before_on=on) if s is old else s for s in held.spells)
    return dataclasses.replace(held, spells=(*spells, new))


def _told_late(
    spells: tuple[ActionSpell, ...], entry: Entry, changes: dict[str, Any]
) -> tuple[ActionSpell, ...]:
    """Change an action from a day on that lies before its last change.

    The stretch that held on the day is divided; what changes holds over all later ones too, for it
    was told last. Numbers are dealt out again by date, so that the present stretch has the newest.
    """
    series = [s for s in spells if s.action_id == entry.body["id"]]
    on = max(entry.occurred_on, series[0].from_on)
    parts: list[ActionSpell] = []
    for s in series:
        if s.from_on > on:
            parts.append(dataclasses.replace(s, **changes))
        elif s.before_on is None or s.before_on > on:
            parts.append(dataclasses.replace(s, before_on=on))
            parts.append(dataclasses.replace(s, from_on=on, **changes))
        else:
            parts.append(s)
    numbers = sorted([entry.seq, *(s.n for s in series)])
    dealt = (dataclasses.replace(s, n=n) for s, n in zip(parts, numbers, strict=True))
    return (*(s for s in spells if s.action_id != entry.body["id"]), *dealt)


def _replace(held: Actions, action_id: int, **changes: Any) -> Actions:
    actions = tuple(
        dataclasses.replace(a, **changes) if a.id == action_id else a for a in held.actions
    )
    return dataclasses.replace(held, actions=actions)


def changed(held: Actions, entry: Entry) -> Actions:
    """Change what the body names: owner, post, due date, carry count, parking, doer, wording."""
    body = entry.body
    changes: dict[str, Any] = {
        k: body[k] for k in ("owner", "post", "carried", "due_pack") if k in body
    }
    for key in ("due_on", "parked_until"):
        if key in body:
            changes[key] = _date(body[key])
    if "status" in body:
        changes["status"] = body["status"]
    if "doer" in entry.texts:
        changes["doer"] = entry.texts["doer"] or None
    result = _respell(held, entry, **changes)
    if "text" in entry.texts:
        result = _replace(result, body["id"], text=entry.texts["text"])
    if "effort" in body:
        result = _replace(result, body["id"], effort=body["effort"])
    if "needs_accept" in body:
        result = _replace(result, body["id"], needs_owner_accept=bool(body["needs_accept"]))
    return result


def closed(held: Actions, entry: Entry) -> Actions:
    """Close an action: done or cancelled, by hand or automatically."""
    how = "done" if entry.kind == "action_done" else "cancelled"
    result = _respell(held, entry, status=how, parked_until=None)
    first = next(s for s in held.spells if s.action_id == entry.body["id"])
    return _replace(
        result,
        entry.body["id"],
        closed_on=max(entry.occurred_on, first.from_on),
        closed_how=how,
        automatic=bool(entry.body.get("automatic", False)),
        reason=entry.texts.get("reason"),
    )


def restored(held: Actions, entry: Entry) -> Actions:
    """Open an action again that was closed automatically."""
    result = _respell(held, entry, status="open")
    return _replace(
        result, entry.body["id"], closed_on=None, closed_how=None, automatic=False, reason=None
    )


HANDLERS: dict[str, Callable[[Actions, Entry], Actions]] = {
    "action_raised": raised,
    "action_carried": changed,
    "action_assigned": changed,
    "action_edited": changed,
    "action_parked": changed,
    "action_rescheduled": changed,
    "action_accepted": changed,
    "action_done": closed,
    "action_cancelled": closed,
    "action_restored": restored,
}
