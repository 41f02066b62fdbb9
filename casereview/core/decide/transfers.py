"""Deciding about transfers between teams: offering a case, and accepting it as a linked one."""

from __future__ import annotations

from typing import Any

from casereview.core.decide.actions import Owner, close_all, raise_action
from casereview.core.decide.moves import TRANSFERRED, case_draft, referral, refusal
from casereview.core.decide.setting import Setting, check_date, check_open
from casereview.core.entries import Draft, Stream
from casereview.core.requirements import Why
from casereview.core.state.case import CaseState
from casereview.errors import Refused


def propose_transfer(setting: Setting, case: CaseState, why: Why, to: str) -> list[Draft]:
    """Offer a case to another team; it stays on this team's agenda until accepted.

    Raises:
        Refused: safeguarding is open or unknown, the case is closed, or already offered.
    """
    check_open(case, "it cannot be transferred")
    check_date(setting.on, setting.today, earliest=case.stage_from, what="the last move")
    if to == case.case.team:
        raise Refused(
            "The case is already with that team.", code="same_team", next="Name another team."
        )
    if case.case.transfer_to is not None:
        raise Refused(
            f"The case has already been offered to {case.case.transfer_to}.",
            code="transfer_pending",
            next="Wait until that team accepts or declines it, or take the offer back with"
            f" `case transfer C{case.case.id} --withdraw --reason WHY`.",
        )
    guarded = tuple(c for c in why.unmet() if c.requirement.guards)
    if guarded:
        raise refusal(why, guarded, "The transfer is blocked")
    return [case_draft(setting, case.case.id, "transfer_proposed", {"to": to})]


def end_offer(setting: Setting, case: CaseState, how: str, reason: str) -> list[Draft]:
    """End the offer of a case that stays where it was; `how` is withdrawn or declined.

    Raises:
        Refused: the case was not offered, or the date is before the offer or after the clock.
    """
    held = case.case
    if not case.open or held.transfer_to is None:
        raise Refused(
            "This case is not offered to another team.",
            code="not_offered",
            next=f"`case show C{held.id}` says where it is.",
        )
    check_date(setting.on, setting.today, earliest=held.transfer_on, what="the offer")
    offer = max(o.n for o in case.offers if o.before_on is None)
    body = {"to": held.transfer_to, "how": how, "offer": offer}
    return [case_draft(setting, held.id, "transfer_ended", body, {"reason": reason})]


def accept_transfer(
    sender: Setting, receiver: Setting, case: CaseState, why: Why, new_case: int
) -> list[Draft]:
    """Close the sender's case and open the receiver's, with its facts and open actions.

    Raises:
        Refused: safeguarding is open or unknown on the day of acceptance, or the day is before the
            offer.
    """
    check_date(sender.on, sender.today, earliest=case.case.transfer_on, what="the offer")
    guarded = tuple(c for c in why.unmet() if c.requirement.guards)
    if guarded:
        raise refusal(why, guarded, "The transfer is blocked")
    old = case.case
    body = {
        "source": old.stage, "dest": "left", "move": why.move.id, "kind": "leave",
        "exit": TRANSFERRED, "exit_class": "transfer",
    }  # fmt: skip
    drafts = [case_draft(sender, old.id, "moved", body)]
    live = case.decision()
    if live is not None:
        ended = {"n": live.n, "how": "lapsed", "because": "transferred"}
        drafts.append(case_draft(sender, old.id, "decision_ended", ended))
    drafts += close_all(
        sender, Stream("case", old.id), case.actions, "carried to the receiving team's case"
    )
    drafts.append(
        referral(
            receiver, new_case, person=old.person_id, linked=old.id, link="transfer",
            first=old.first_referred_on,
        )
    )  # fmt: skip
    drafts += _carried_facts(receiver, case, new_case)
    drafts += _carried_actions(receiver, case, new_case)
    return drafts


def _carried_actions(receiver: Setting, case: CaseState, new_case: int) -> list[Draft]:
    drafts = []
    for action, spell in case.actions.open():
        raised = raise_action(
            receiver, Stream("case", new_case), cause=action.cause, text=action.text or "",
            owner=Owner(spell.owner, spell.post), due_on=spell.due_on, effort=action.effort,
            doer=spell.doer or "", due_pack=spell.due_pack, carried=spell.carried,
            first_due_on=action.first_due_on,
        )  # fmt: skip
        drafts.append(raised)
        if spell.parked_until is not None and spell.parked_until > receiver.on:
            parked = {
                "id": raised.body["id"], "status": "parked",
                "parked_until": spell.parked_until.isoformat(),
            }  # fmt: skip
            drafts.append(case_draft(receiver, new_case, "action_parked", parked))
    return drafts


def _carried_facts(receiver: Setting, case: CaseState, new_case: int) -> list[Draft]:
    drafts = []
    for fact in case.facts:
        if fact.before_on is not None or (fact.text is None and fact.number is None):
            continue
        body: dict[str, Any] = {"fact": fact.fact, "type": "integer", "value": fact.number}
        texts: dict[str, str] = {}
        if fact.text is not None:
            body = {"fact": fact.fact, "type": "text"}
            texts = {"value": fact.text}
        drafts.append(case_draft(receiver, new_case, "fact_set", body, texts))
    return drafts
