"""Short words about a case for screens: what to watch, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casereview.core.attendance import ATTENDED, MISSED
from casereview.core.facts import Value
from casereview.core.next_step import stands_still
from casereview.core.packs import Pack
from casereview.core.state.case import CaseState

NOUNS = {
    "stage": "stage",
    "safeguarding": "safeguarding",
    "open_worries": "open worries",
    "expected_end_on": "expected end",
    "review_on": "review date",
    "planned_departure_on": "planned departure",
    "decision": "decision",
    "overdue_actions": "overdue actions",
    "carried_most": "most carried",
    "waiting_for": "waiting for",
    "risk_changed": "risk changed",
    "consecutive_missed": "missed in a row",
}
CARD_FACTS = (
    "today", "first_expected_end_on", "days_past_expected_end", "expected_end_slippage",
    "days_most_overdue", "leeches", "transfer_pending", "open_overrides", "open_dissents",
    "days_since_decision", "delay_reason", "days_delayed", "days_since_contact",
    "consecutive_missed", "legal_status", "died", "died_on", "child_protection_plan",
    "last_contact_on", "parked_actions",
)  # fmt: skip
"""What is read of a case to say its flags and dates, beside the facts that lanes read."""

Flag = tuple[str, str]
"""What to watch in words, and how much it matters: "over", "due" or "note"."""


def flags(facts: Mapping[str, Value], case: CaseState, on: date) -> list[Flag]:
    """Return what to watch about a case, the gravest first."""
    found: list[Flag] = []
    _people(facts, found)
    _work(facts, found)
    _journey(facts, case, on, found)
    return found


def _count(facts: Mapping[str, Value], name: str) -> int:
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _people(facts: Mapping[str, Value], found: list[Flag]) -> None:
    if facts.get("died") is True:
        found.append((f"DIED {facts.get('died_on') or ''}".strip(), "over"))
    if _count(facts, "overdue_worries"):
        found.append(("SAFEGUARDING OVERDUE", "over"))
    elif facts.get("safeguarding") == "open":
        found.append(("SAFEGUARDING OPEN", "over"))
    elif facts.get("safeguarding") is None:
        found.append(("safeguarding not recorded", "due"))
    if facts.get("child_protection_plan") == "yes":
        found.append(("child protection plan", "due"))
    if facts.get("legal_status") in ("detained", "restricted"):
        found.append((str(facts["legal_status"]), "due"))
    if facts.get("risk_changed") == "yes":
        found.append(("RISK CHANGED", "over"))


def _work(facts: Mapping[str, Value], found: list[Flag]) -> None:
    overdue = _count(facts, "overdue_actions")
    if overdue:
        days = _count(facts, "days_most_overdue")
        found.append((f"OVERDUE {days}d ({overdue})", "over"))
    leeches = _count(facts, "leeches")
    if leeches:
        found.append((f"LEECH {leeches}", "over"))
    if _count(facts, "actions_unowned"):
        found.append((f"no owner {_count(facts, 'actions_unowned')}", "due"))
    if stands_still(facts):
        found.append(("no next action", "due"))
    if _count(facts, "open_overrides"):
        found.append(("override to confirm", "due"))
    if _count(facts, "open_dissents"):
        found.append(("dissent", "due"))


def _journey(facts: Mapping[str, Value], case: CaseState, on: date, found: list[Flag]) -> None:
    past = facts.get("days_past_expected_end")
    if isinstance(past, int) and past > 0:
        found.append((f"past its end {past}d", "due"))
    live = case.decision()
    if live is not None and live.status == "agreed":
        left = live.effective_on is not None and live.effective_on < on
        found.append(("decided, not left" if left else "decided", "due" if left else "note"))
    elif live is not None:
        found.append(("decision to sign", "due"))
    if facts.get("delay_reason") is not None:
        found.append((f"delayed {_count(facts, 'days_delayed')}d", "due"))
    if _count(facts, "consecutive_missed") >= 2:
        found.append((f"missed {_count(facts, 'consecutive_missed')} in a row", "due"))
    if _count(facts, "times_not_reached") >= 2:
        found.append((f"not reached {_count(facts, 'times_not_reached')} times", "due"))
    if facts.get("transfer_pending") is True:
        found.append((f"offered to {case.case.transfer_to}", "note"))
    if facts.get("is_return") is True:
        found.append(("returned", "note"))


def changes(
    pack: Pack,
    case: CaseState,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    since: date,
) -> list[str]:
    """Return what is different from the last meeting, one short sentence each.

    Args:
        pack: whose watched facts are looked at too.
        case: the case.
        before: facts frozen at the last meeting, as JSON.
        now: the same facts today, as JSON.
        since: the day of the last meeting.
    """
    watched = [*NOUNS, *(n for n in pack.watched if n not in NOUNS)]
    found = [
        f"{_noun(name)}: {_said(before[name])} -> {_said(now.get(name))}"
        for name in watched
        if name in before and before[name] != now.get(name)
    ]
    met = [c for c in case.contacts if c.on > since]
    attended = sum(c.attended in ATTENDED for c in met)
    missed = sum(c.attended in MISSED for c in met)
    if attended or missed:
        found.append(f"{attended} contact{'s' * (attended != 1)}, {missed} missed")
    done = sum(
        a.closed_on is not None and a.closed_on > since and a.closed_how == "done"
        for a in case.actions.actions
    )
    if done:
        found.append(f"{done} action{'s' * (done != 1)} done")
    return found


def _noun(name: str) -> str:
    return NOUNS.get(name, name.replace("_", " "))


def _said(value: Any) -> str:
    return "not known" if value is None else str(value)
