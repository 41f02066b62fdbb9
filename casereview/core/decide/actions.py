"""Deciding about actions: who owns one, when it is due, what carrying it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casereview.core.decide.setting import Setting
from casereview.core.entries import Draft, Stream
from casereview.core.packs import Outcome
from casereview.core.records import Action, ActionSpell
from casereview.core.state.actions import LEECH_AT, Actions
from casereview.core.state.case import CaseState
from casereview.core.wording import fill


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns an action inside: a login, and the post through which they do."""

    login: str | None
    post: str | None


def resolve_owner(setting: Setting, word: str, case: CaseState | None) -> Owner:
    """Turn "key-worker", "chair", a post of the team or a login into a person.

    A post that is unfilled, or filled by somebody who was removed, falls to the review's chair,
    outside a review, or where the chair was removed since, to whoever records it.
    """
    fallback = _still_here(setting, setting.chair) or setting.actor
    if word == "chair":
        return Owner(fallback, "chair")
    if word == "key-worker":
        worker = case.key_worker(setting.on) if case is not None else None
        return Owner(_still_here(setting, worker) or fallback, "key-worker")
    holder = setting.team.holder(word, setting.on)
    if holder is not None:
        return Owner(_still_here(setting, holder) or fallback, word)
    if setting.known_user(word):
        return Owner(word, None)
    return Owner(fallback, word)


def _still_here(setting: Setting, login: str | None) -> str | None:
    return login if login is not None and setting.known_user(login) else None


def due_date(setting: Setting, outcome: Outcome, pack: str) -> tuple[date, str | None]:
    """Return when an outcome's action is due, and the pack when that is a meeting that may move."""
    if outcome.due_days is None:
        return setting.next_meeting(pack, setting.on), pack
    if outcome.working_days:
        return setting.working_days(setting.on, outcome.due_days), None
    return setting.on + timedelta(days=outcome.due_days), None


def can_start_on(setting: Setting, outcome: Outcome) -> date | None:
    """Return the day from which an outcome's action can be done, None for at once."""
    return setting.on + timedelta(days=outcome.from_days) if outcome.from_days else None


def raise_action(
    setting: Setting,
    stream: Stream,
    *,
    cause: str,
    text: str,
    owner: Owner,
    due_on: date | None,
    due_pack: str | None = None,
    effort: str = "small",
    doer: str = "",
    from_on: date | None = None,
    about_case: int | None = None,
    carried: int = 0,
    first_due_on: date | None = None,
) -> Draft:
    """Draft an action. The same cause never gets a second: callers look for an open one first."""
    body: dict[str, Any] = {
        "id": setting.new_id("action"),
        "cause": cause,
        "owner": owner.login,
        "post": owner.post,
        "effort": effort,
        "needs_accept": owner.login not in (None, setting.actor, setting.speaker),
    }
    optional = {
        "due_on": due_on.isoformat() if due_on else None,
        "due_pack": due_pack,
        "from_on": from_on.isoformat() if from_on else None,
        "about_case": about_case,
        "carried": carried or None,
        "first_due_on": first_due_on.isoformat() if first_due_on else None,
    }
    body |= {k: v for k, v in optional.items() if v is not None}
    texts = {"text": text} | ({"doer": doer} if doer else {})
    return draft_of(setting, stream, "action_raised", body, texts)


def draft_of(
    setting: Setting,
    stream: Stream,
    kind: str,
    body: dict[str, Any],
    texts: dict[str, str] | None = None,
) -> Draft:
    """Draft an entry about an action in the circumstances of a command."""
    return Draft(
        stream=stream,
        kind=kind,
        occurred_on=setting.on,
        body=body,
        texts=texts or {},
        team=setting.code,
        review=setting.review,
    )


def from_outcome(
    setting: Setting, case: CaseState, outcome: Outcome, *, cause: str, pack: str
) -> list[Draft]:
    """Raise the action of an outcome, or carry the one that its cause already has open.

    A carry counts only when the due date has been reached undone. A leech (carried three times)
    keeps its date: it needs a new owner, a new approach, an escalation or an end.
    """
    if not outcome.action:
        return []
    text = fill(outcome.action, setting.pathway.words)
    held = case.actions.of_cause(cause)
    stream = Stream("case", case.case.id)
    due_on, due_pack = due_date(setting, outcome, pack)
    if held is None:
        owner = resolve_owner(setting, outcome.owner, case)
        return [
            raise_action(
                setting, stream, cause=cause, text=text, owner=owner, due_on=due_on,
                due_pack=due_pack, effort=outcome.effort, doer=outcome.doer,
                from_on=can_start_on(setting, outcome),
            )
        ]  # fmt: skip
    return carry(setting, stream, held, due_on=due_on, due_pack=due_pack)


def carry(
    setting: Setting,
    stream: Stream,
    held: tuple[Action, ActionSpell],
    *,
    due_on: date,
    due_pack: str | None,
) -> list[Draft]:
    """Carry an open action whose due date has been reached; otherwise leave it as it is."""
    action, spell = held
    if spell.due_on is None or spell.due_on > setting.on:
        return []
    if spell.carried >= LEECH_AT and spell.from_on >= setting.on:
        # A leech keeps its date, so it would be carried again by each answer of the same day.
        return []
    body: dict[str, Any] = {"id": action.id, "carried": spell.carried + 1, "status": "open"}
    if spell.carried + 1 < LEECH_AT:
        body |= {"due_on": due_on.isoformat(), "due_pack": due_pack}
    return [draft_of(setting, stream, "action_carried", body)]


def close_action(
    setting: Setting, stream: Stream, action_id: int, *, done: bool, reason: str, automatic: bool
) -> Draft:
    """Draft the end of an action."""
    kind = "action_done" if done else "action_cancelled"
    texts = {"reason": reason} if reason else {}
    return draft_of(setting, stream, kind, {"id": action_id, "automatic": automatic}, texts)


def close_all(setting: Setting, stream: Stream, held: Actions, why: str) -> list[Draft]:
    """Close every open action of a stream, marked automatic so that a reopen restores them."""
    return [
        close_action(setting, stream, action.id, done=False, reason=why, automatic=True)
        for action, _ in held.open()
    ]


def restore(
    setting: Setting, stream: Stream, held: Actions, action_ids: Iterable[int]
) -> list[Draft]:
    """Open again exactly the actions that a closing closed by itself; a parked one stays parked."""
    drafts = []
    for action_id in action_ids:
        drafts.append(draft_of(setting, stream, "action_restored", {"id": action_id}))
        until = held.before_its_end(action_id).parked_until
        if until is not None and until > setting.on:
            parked = {"id": action_id, "status": "parked", "parked_until": until.isoformat()}
            drafts.append(draft_of(setting, stream, "action_parked", parked))
    return drafts
