"""Deciding about decisions: proposing, signing, declining, dissent."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.decide.actions import (
    carry,
    close_action,
    raise_action,
    resolve_owner,
)
from casereview.core.decide.moves import refusal
from casereview.core.decide.setting import Setting, check_open, check_role
from casereview.core.entries import Draft, PackRef, Stream
from casereview.core.requirements import Why
from casereview.core.state.case import CaseState
from casereview.errors import NotAllowed, Refused


def _draft(
    setting: Setting,
    case: CaseState,
    kind: str,
    body: dict[str, Any],
    texts: dict[str, str] | None = None,
    pack: PackRef | None = None,
) -> Draft:
    return Draft(
        stream=Stream("case", case.case.id),
        kind=kind,
        occurred_on=setting.on,
        body=body,
        texts=texts or {},
        team=setting.code,
        review=setting.review,
        pack=pack,
    )


def open_dissents(case: CaseState) -> list[str]:
    """Return the logins whose dissent is open."""
    return [d.by for d in case.dissents if d.withdrawn_on is None]


def propose(
    setting: Setting,
    case: CaseState,
    why: Why,
    *,
    effective_on: date | None,
    pack: PackRef,
) -> list[Draft]:
    """Propose a decision that a case may move; the checks that belong to the decision must hold.

    The status is `proposed` when the speaker's role may not decide, `needs_countersign` when the
    pathway or an open dissent asks for a second person, else `agreed`.

    Raises:
        Refused: a decision is live already, or a check is unmet: all of them are named.
    """
    check_open(case, "nothing can be decided about it")
    live = case.decision()
    if live is not None:
        raise Refused(
            f"A decision to {live.dest} is live since {live.proposed_on} ({live.status}).",
            code="decision_live",
            next="Countersign it, or decline it with a reason.",
        )
    unmet = tuple(c for c in why.unmet(at="decision") if c.requirement.id != "decision") + tuple(
        c for c in why.unmet(at="departure") if c.requirement.guards
    )
    if unmet:
        raise refusal(why, unmet, f"The decision to {why.move.dest} cannot be agreed yet")
    if effective_on is not None and effective_on < setting.on:
        raise Refused(
            f"The planned departure {effective_on} is before the decision, {setting.on}.",
            code="date_too_early",
            next="Plan it for the day of the decision or later.",
        )
    may = setting.role in (*setting.pathway.decide_roles, "administrator")
    second = setting.pathway.countersign or bool(open_dissents(case))
    status = "proposed" if not may else "needs_countersign" if second else "agreed"
    body: dict[str, Any] = {"dest": why.move.dest, "status": status, "pack": pack.id}
    if effective_on is not None:
        body["effective_on"] = effective_on.isoformat()
    decided = _draft(setting, case, "decided", body, pack=pack)
    return [decided, *undecided(setting, case, pack, open_=False)]


def undecided(setting: Setting, case: CaseState, pack: PackRef, *, open_: bool) -> list[Draft]:
    """Leave an action where a review ends with a proposal that nobody decided; else close it."""
    stream = Stream("case", case.case.id)
    cause = f"undecided:{pack.id}"
    held = case.actions.of_cause(cause)
    if not open_:
        why = "nothing is left undecided"
        return [] if held is None else [
            close_action(setting, stream, held[0].id, done=True, reason=why, automatic=True)
        ]  # fmt: skip
    due = setting.next_meeting(pack.id, setting.on)
    if held is not None:
        return carry(setting, stream, held, due_on=due, due_pack=pack.id)
    text = "Decide what the answers propose, or decline it with a reason"
    owner = resolve_owner(setting, "chair", case)
    return [
        raise_action(
            setting, stream, cause=cause, text=text, owner=owner, due_on=due, due_pack=pack.id
        )
    ]


def check_second(actor: str, speaker: str, proposed_by: str, recorded_by: str | None) -> None:
    """Refuse a signature that would leave a decision with one person.

    `recorded_by` is who recorded the proposal, perhaps in somebody else's name; None is unknown.

    Raises:
        NotAllowed: who signs proposed it, or recorded the proposal (code same_person).
    """
    if proposed_by in (actor, speaker):
        raise NotAllowed(
            "The same person cannot propose and countersign a decision.",
            code="same_person",
            next="Ask a second person to sign, with their own login and PIN.",
        )
    if speaker == recorded_by:
        raise NotAllowed(
            f"{speaker} recorded this proposal for {proposed_by}, so {speaker} cannot sign it.",
            code="same_person",
            next="Ask a third person to sign, with their own login and PIN; or undo the proposal"
            f" and let {proposed_by} record it.",
        )


def countersign(
    setting: Setting, case: CaseState, why: Why, *, recorded_by: str | None = None
) -> list[Draft]:
    """Sign a proposed decision as the second person; `recorded_by` recorded the proposal.

    Raises:
        Refused: nothing waits for a signature, or a check is unmet by now.
        NotAllowed: the same person, a dissenter, or a role that may not decide.
    """
    live = case.decision()
    if live is None or live.status not in ("proposed", "needs_countersign"):
        raise Refused(
            "No decision about this case waits for a second signature.",
            code="nothing_to_sign",
            next="Propose the decision first with `review decide`.",
        )
    check_role(setting, setting.pathway.decide_roles, "countersign a decision")
    check_second(setting.actor, setting.speaker, live.proposed_by, recorded_by)
    if {setting.actor, setting.speaker} & set(open_dissents(case)):
        raise NotAllowed(
            "Somebody who dissents cannot countersign.",
            code="dissenter",
            next="Ask somebody who did not dissent, or withdraw the dissent first.",
        )
    unmet = tuple(
        c
        for c in why.unmet()
        if c.requirement.id != "decision"
        and (c.requirement.at == "decision" or c.requirement.guards)
    )
    if unmet:
        raise refusal(why, unmet, f"The decision to {live.dest} cannot be signed")
    return [_draft(setting, case, "decision_signed", {"n": live.n, "by": setting.speaker})]


def decline(
    setting: Setting,
    case: CaseState,
    reason: str,
    *,
    dest: str,
    pack: PackRef,
    look_again_on: date | None,
    action: str | None,
    owner: str | None,
) -> list[Draft]:
    """Decline a proposal: always leaves an action, or a date on which to look again.

    Raises:
        Refused: the reason is empty.
    """
    if not reason.strip():
        raise Refused(
            "Declining needs a reason.", code="reason_missing", next="Say why in a sentence."
        )
    live = case.decision()
    drafts = undecided(setting, case, pack, open_=False)
    if live is not None:
        body = {"n": live.n, "how": "declined"}
        drafts.append(_draft(setting, case, "decision_ended", body, {"reason": reason}))
    else:
        drafts.append(
            _draft(
                setting, case, "decided", {"dest": dest, "status": "declined", "pack": pack.id},
                {"reason": reason}, pack,
            )
        )  # fmt: skip
    due = look_again_on or setting.next_meeting(pack.id, setting.on)
    due_pack = None if look_again_on else pack.id
    cause = f"declined:{pack.id}"
    stream = Stream("case", case.case.id)
    held = case.actions.of_cause(cause)
    if held is not None:
        return [*drafts, *carry(setting, stream, held, due_on=due, due_pack=due_pack)]
    drafts.append(
        raise_action(
            setting,
            stream,
            cause=cause,
            text=action or "Look again at the decision that was declined",
            owner=resolve_owner(setting, owner or "key-worker", case),
            due_on=due,
            due_pack=due_pack,
        )
    )
    return drafts


def dissent(setting: Setting, case: CaseState, words: str) -> list[Draft]:
    """Record that somebody disagrees.

    A decision agreed by one person, or signed by the one who now dissents, needs a countersigner
    who did not dissent.

    Raises:
        Refused: the words are empty.
    """
    if not words.strip():
        raise Refused(
            "Dissent needs its reason.", code="reason_missing", next="Say why in a sentence."
        )
    drafts = [_draft(setting, case, "dissented", {"by": setting.speaker}, {"words": words})]
    live = case.decision()
    if live is not None and live.status == "agreed":
        signers = (live.proposed_by, live.countersigned_by)
        if live.countersigned_by is None or setting.speaker in signers:
            drafts.append(_draft(setting, case, "decision_contested", {"n": live.n}))
    return drafts


def withdraw_dissent(setting: Setting, case: CaseState) -> list[Draft]:
    """Withdraw the speaker's own open dissent.

    Raises:
        Refused: the speaker has none.
    """
    own = [d for d in case.dissents if d.by == setting.speaker and d.withdrawn_on is None]
    if not own:
        raise Refused(
            "There is no open dissent of yours on this case.",
            code="no_dissent",
            next="Only the person who dissented can withdraw it.",
        )
    return [_draft(setting, case, "dissent_withdrawn", {"n": d.n}) for d in own]


def confirm_overrides(setting: Setting, case: CaseState) -> list[Draft]:
    """Confirm the overrides of a case, open or closed, that were made by that day.

    Raises:
        NotAllowed: the speaker's role may not override, so it may not confirm either.
        Refused: none waits to be confirmed.
    """
    found = [o for o in case.overrides if o.confirmed_on is None and o.on <= setting.on]
    if not found:
        raise Refused(
            f"No override of C{case.case.id} waits to be confirmed.",
            code="no_override",
            next="See `case show` for what was overridden and confirmed.",
        )
    check_role(setting, setting.pathway.override_roles, "confirm an override")
    return [_draft(setting, case, "override_confirmed", {"n": o.n}) for o in found]
