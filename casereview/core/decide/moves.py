"""Deciding about moves: forward, back, leaving, transfer, reopening, returning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from casereview.core import machine
from casereview.core.decide.actions import (
    close_all,
    raise_action,
    resolve_owner,
    restore,
)
from casereview.core.decide.setting import Setting, check_date, check_open, check_role
from casereview.core.entries import Draft, Stream
from casereview.core.pathways import CLOSED_STAGES, Exit
from casereview.core.requirements import Check, Why
from casereview.core.state.case import CaseState
from casereview.core.state.person import PersonState
from casereview.core.wording import fill
from casereview.errors import Refused

TRANSFERRED = "transfer"
"""Exit of a case that another team accepted; exits of that class lead out of the service."""


def case_draft(
    setting: Setting,
    case_id: int,
    kind: str,
    body: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
) -> Draft:
    """Draft an entry of a case's stream in a setting."""
    return Draft(
        stream=Stream("case", case_id),
        kind=kind,
        occurred_on=setting.on,
        body=body,
        texts=texts or {},
        team=setting.code,
        review=setting.review,
    )


def refusal(why: Why, unmet: tuple[Check, ...], what: str) -> Refused:
    """Return the refusal that names every unmet requirement at once, and the least to do."""
    first = " ".join(c.sentence for c in unmet[:3])
    more = f" And {len(unmet) - 3} more." if len(unmet) > 3 else ""
    read = {name for c in unmet for name, _ in c.facts}
    least = [c.say for c in why.unlock.changes if c.fact in read]
    if why.unlock.possible and least:
        most = "" if why.unlock.exact else "at most "
        step = f"Least to do: {most}{'; '.join(least)}."
    else:
        step = "See `case why` for who can fix each."
    return Refused(
        f"{what}: {len(unmet)} requirement{'s' if len(unmet) != 1 else ''} not met. {first}{more}",
        code="blocked",
        requirements=[c.as_row() for c in unmet],
        next=step,
    )


def _override(
    setting: Setting, case: CaseState, why: Why, unmet: tuple[Check, ...], reason: str | None
) -> list[Draft]:
    """Refuse, or record that a named person went past what is unmet. Guards never open so."""
    if not unmet:
        return []
    guarded = tuple(c for c in unmet if c.requirement.guards)
    if reason is None or guarded:
        what = f"The move from {why.move.source} to {why.move.dest} is blocked"
        raise refusal(why, unmet if reason is None else guarded, what)
    check_role(setting, setting.pathway.override_roles, "override a requirement")
    body = {"dest": why.move.dest, "requirements": [c.requirement.id for c in unmet]}
    return [case_draft(setting, case.case.id, "overridden", body, {"reason": reason})]


def move(
    setting: Setting,
    case: CaseState,
    person: PersonState,
    why: Why,
    *,
    override: str | None = None,
    exit_: Exit | None = None,
) -> list[Draft]:
    """Move a case along a declared edge.

    `why` holds the checks of that edge on the day. Closing ends the live decision, cancels the
    open actions (marked automatic) and raises the follow-up contact where the pathway has one.

    Raises:
        Refused: closed case, dates out of order, or unmet requirements, all of them named.
    """
    edge = why.move
    check_open(case, "it cannot move")
    check_date(
        setting.on, setting.today, earliest=case.stage_from, what="the start of the present stage"
    )
    dead = exit_ is not None and exit_.exit_class == "died"
    drafts = [] if dead else _override(setting, case, why, why.unmet(), override)
    dest = machine.fire(setting.pathway, case.case.stage, edge)
    decision = case.decision()
    body: dict[str, Any] = {
        "source": case.case.stage, "dest": dest, "move": edge.id, "kind": edge.kind,
    }  # fmt: skip
    if exit_ is not None:
        body |= {"exit": exit_.code, "exit_class": exit_.exit_class}
    drafts.append(case_draft(setting, case.case.id, "moved", body))
    if decision is not None and (dest in CLOSED_STAGES or decision.dest == dest):
        how = "departed" if decision.dest == dest and decision.status == "agreed" else "lapsed"
        drafts.append(
            case_draft(
                setting, case.case.id, "decision_ended",
                {"n": decision.n, "how": how, "because": f"moved to {dest}"},
            )
        )  # fmt: skip
    if dest in CLOSED_STAGES:
        stream = Stream("case", case.case.id)
        drafts += close_all(setting, stream, case.actions, f"the case closed ({dest})")
    if dest == "complete":
        drafts += _follow_up(setting, case, person)
    return drafts


def _follow_up(setting: Setting, case: CaseState, person: PersonState) -> list[Draft]:
    days = setting.pathway.follow_up_days
    if days is None or person.person.died_on is not None:
        return []
    owner = resolve_owner(setting, "follow-up", case)
    if setting.team.holder("follow-up", setting.on) is None:
        owner = resolve_owner(setting, "key-worker", case)
    text = fill(
        f"Follow-up contact with {{person}} within {days * 24} hours of leaving",
        setting.pathway.words,
    )
    return [
        raise_action(
            setting,
            Stream("person", person.person.id),
            cause=f"follow-up:{case.case.id}",
            text=text,
            owner=owner,
            due_on=setting.on + timedelta(days=days),
            effort="small",
            from_on=setting.on + timedelta(days=1),
            about_case=case.case.id,
        )
    ]


def check_exit(setting: Setting, case: CaseState, code: str) -> Exit:
    """Return the coded exit.

    Raises:
        Refused: there is no such exit on this pathway; the sentence lists those that there are.
    """
    found = setting.pathway.exit(code)
    if found is None:
        listed = ", ".join(e.code for e in setting.pathway.exits)
        raise Refused(
            f"The {setting.pathway.title} pathway has no exit {code!r}.",
            code="no_such_exit",
            next=f"Exits: {listed}. `rules codes exits-{setting.pathway.id}` says what each means.",
        )
    if found.waiting and case.case.stage != "assess":
        raise Refused(
            f"Exit {code} is a removal from the waiting list; the case is in {case.case.stage}.",
            code="not_waiting",
            next="Choose an exit for somebody whose work has begun.",
        )
    return found


def referral(
    setting: Setting,
    case_id: int,
    *,
    person: int,
    linked: int | None = None,
    link: str | None = None,
    first: date | None = None,
) -> Draft:
    """Draft the entry that opens a case in `assess`."""
    body: dict[str, Any] = {"person": person, "pathway": setting.pathway.id}
    if linked is not None:
        body |= {"linked_case": linked, "link": link}
    if first is not None:
        body["first_referred_on"] = first.isoformat()
    return case_draft(setting, case_id, "referred", body)


def reopen(setting: Setting, case: CaseState, reason: str) -> list[Draft]:
    """Open a closed case again in the stage it closed from, with exactly the actions it lost then.

    Raises:
        Refused: the case is open, or the date is before its closing.
    """
    if case.open:
        raise Refused("The case is open.", code="case_open", next="There is nothing to reopen.")
    check_date(setting.on, setting.today, earliest=case.case.closed_on, what="the closing")
    if case.case.exit == TRANSFERRED and case.case.run is None:
        raise Refused(
            "The case went on in the team that accepted it.",
            code="case_transferred",
            next="Work on that case, or have it transferred back.",
        )
    before = case.spells[-2].stage
    edge = machine.declared(setting.pathway, case.case.stage, before)
    dest = machine.fire(setting.pathway, case.case.stage, edge)
    closing = case.spells[-1].n
    lost = [
        a.id
        for a in case.actions.actions
        if a.automatic and a.closed_how == "cancelled" and case.actions.now(a.id).n > closing
    ]
    body = {"source": case.case.stage, "dest": dest, "move": edge.id, "kind": "reopen"}
    return [
        case_draft(setting, case.case.id, "reopened", body, {"reason": reason}),
        *restore(setting, Stream("case", case.case.id), case.actions, lost),
    ]


def returned(setting: Setting, case: CaseState, new_case: int, *, person: int) -> list[Draft]:
    """Open a new case for somebody who came back, linked to the old one.

    `person` is whose it is now: the record kept where that of the old case was merged.

    Raises:
        Refused: the old case is still open, or the date is before its closing.
    """
    if case.open:
        raise Refused(
            "The case is still open, so this is no return.",
            code="case_open",
            next="Record the contact on the open case.",
        )
    check_date(setting.on, setting.today, earliest=case.case.closed_on, what="the closing")
    return [referral(setting, new_case, person=person, linked=case.case.id, link="return")]
