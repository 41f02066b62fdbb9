"""What each kind of case entry changes: a handler returns the fields of the state that differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from casereview.core.entries import Entry
from casereview.core.pathways import CLOSED_STAGES
from casereview.core.records import (
    Allocation,
    Answer,
    Case,
    CaseFact,
    Contact,
    Delay,
    ImportedCase,
    Milestone,
    Note,
    StageSpell,
    TransferOffer,
)
from casereview.core.state.dated import cut, ended, renewed, woven
from casereview.core.state.decision_events import HANDLERS as DECISION_HANDLERS
from casereview.core.state.fold import seconds

if TYPE_CHECKING:
    from casereview.core.state.case import CaseState

Changes = dict[str, Any]
Handler = Callable[["CaseState", Entry], Changes]


def day(value: str | None) -> date | None:
    """Return the date of ISO text, None for None."""
    return None if value is None else date.fromisoformat(value)


def stored_value(kind: str, value: Any) -> tuple[str | None, int | None]:
    """Return (text, number) as stored: dates as day numbers, booleans 0 or 1, None as both None."""
    if value is None:
        return None, None
    if kind == "date":
        return None, date.fromisoformat(value).toordinal() - date(1970, 1, 1).toordinal()
    if kind in ("integer", "boolean"):
        return None, int(value)
    return str(value), None


def referred(entry: Entry) -> tuple[Case, StageSpell]:
    """Return the case and its first spell from the entry that opens the stream."""
    body = entry.body
    at = seconds(entry.occurred_at)
    stage = body.get("stage", "assess")
    case = Case(
        id=entry.stream.id,
        person_id=body["person"],
        team=entry.team or "",
        pathway=body["pathway"],
        stage=stage,
        referred_on=entry.occurred_on,
        first_referred_on=day(body.get("first_referred_on")) or entry.occurred_on,
        head=entry.seq,
        referred_s=at,
        linked_case_id=body.get("linked_case"),
        link=body.get("link"),
        run=body.get("run"),
    )
    spell = StageSpell(
        case_id=case.id, n=entry.seq, stage=stage, from_on=entry.occurred_on, from_s=at
    )
    return case, spell


def origins(entry: Entry) -> tuple[ImportedCase, ...]:
    """Return where an imported case comes from, nothing for a case that was opened here."""
    if "source" not in entry.body:
        return ()
    return (
        ImportedCase(
            case_id=entry.stream.id,
            team=entry.team or "",
            source=entry.body["source"],
            local_id=entry.texts.get("local_id"),
        ),
    )


def _events_taken(state: CaseState, entry: Entry) -> Changes:
    taken = entry.body["events"]
    return {
        "origins": tuple(dataclasses.replace(o, events=o.events + taken) for o in state.origins)
    }


def _moved(state: CaseState, entry: Entry) -> Changes:
    body = entry.body
    at = seconds(entry.occurred_at)
    closing = body["dest"] in CLOSED_STAGES
    case = dataclasses.replace(
        state.case,
        stage=body["dest"],
        closed_on=entry.occurred_on if closing else None,
        closed_s=at if closing else None,
        exit=body.get("exit") if closing else None,
        exit_class=body.get("exit_class") if closing else None,
    )
    if entry.kind == "reopened":
        case = dataclasses.replace(case, transfer_to=None, transfer_on=None)
    last = dataclasses.replace(state.spells[-1], before_on=entry.occurred_on)
    spell = StageSpell(
        case_id=case.id,
        n=entry.seq,
        stage=body["dest"],
        from_on=entry.occurred_on,
        from_s=at,
        move=body.get("kind", ""),
        exit=case.exit,
        exit_class=case.exit_class,
    )
    changes: Changes = {"case": case, "spells": (*state.spells[:-1], last, spell)}
    if closing:
        changes["delays"] = ended(state.delays, entry.occurred_on, lambda _: True)
        changes["offers"] = cut(state.offers, entry.occurred_on, lambda _: True)
    return changes


def _fact_set(state: CaseState, entry: Entry) -> Changes:
    body = entry.body
    value = entry.texts["value"] if "value" in entry.texts else body.get("value")
    text, number = stored_value(body["type"], value)
    new = CaseFact(
        case_id=state.case.id,
        fact=body["fact"],
        n=entry.seq,
        from_on=entry.occurred_on,
        text=text,
        number=number,
    )
    return {"facts": renewed(state.facts, new, lambda f: f.fact == new.fact)}


def _milestone(state: CaseState, entry: Entry) -> Changes:
    new = Milestone(
        case_id=state.case.id,
        n=entry.seq,
        name=entry.body["name"],
        on=entry.occurred_on,
        at_s=seconds(entry.occurred_at),
    )
    return {"milestones": (*state.milestones, new)}


def _allocated(state: CaseState, entry: Entry) -> Changes:
    body = entry.body
    if body.get("login") is None:
        on = entry.occurred_on
        return {"allocations": ended(state.allocations, on, lambda a: a.role == body["role"])}
    new = Allocation(
        case_id=state.case.id,
        n=entry.seq,
        login=body["login"],
        role=body["role"],
        from_on=entry.occurred_on,
    )
    return {"allocations": woven(state.allocations, new, lambda a: a.role == new.role)}


def _contact(state: CaseState, entry: Entry) -> Changes:
    new = Contact(
        case_id=state.case.id,
        n=entry.seq,
        kind=entry.body["kind"],
        attended=entry.body["attended"],
        on=entry.occurred_on,
        at_s=seconds(entry.occurred_at),
        with_whom=entry.texts.get("with"),
    )
    return {"contacts": (*state.contacts, new)}


def _delay_started(state: CaseState, entry: Entry) -> Changes:
    new = Delay(
        case_id=state.case.id,
        n=entry.seq,
        reason=entry.body["reason"],
        from_on=entry.occurred_on,
        before_on=day(entry.body.get("before_on")),
    )
    return {"delays": woven(state.delays, new, lambda _: True)}


def _delay_ended(state: CaseState, entry: Entry) -> Changes:
    return {"delays": ended(state.delays, entry.occurred_on, lambda _: True)}


def _answered(state: CaseState, entry: Entry) -> Changes:
    body = entry.body
    new = Answer(
        case_id=state.case.id,
        n=entry.seq,
        review_id=entry.review,
        pack=body["pack"],
        question=body["question"],
        value=entry.texts.get("value", body.get("value")),
        on=entry.occurred_on,
        by=entry.recorded_by,
        at_s=seconds(entry.recorded_at),
        passes=body.get("passes"),
        said_by=entry.said_by,
        drafted=bool(body.get("drafted", False)),
        paper=bool(body.get("paper", False)),
        reason=entry.texts.get("reason"),
    )
    if new.drafted:
        return {"answers": (*state.answers, new)}
    key = (new.pack, new.question)
    return {
        "answers": renewed(
            state.answers, new, lambda a: (a.pack, a.question) == key and not a.drafted, "on"
        )
    }


def _transfer_proposed(state: CaseState, entry: Entry) -> Changes:
    case = dataclasses.replace(
        state.case, transfer_to=entry.body["to"], transfer_on=entry.occurred_on
    )
    offer = TransferOffer(case.id, entry.seq, entry.body["to"], entry.occurred_on)
    return {"case": case, "offers": (*state.offers, offer)}


def _offer_ended(state: CaseState, entry: Entry) -> Changes:
    """End the offer that stands; the reason stands among the notes, where both teams read it."""
    case = dataclasses.replace(state.case, transfer_to=None, transfer_on=None)
    reason = entry.texts.get("reason")
    to, how = entry.body["to"], entry.body["how"]
    words = None if reason is None else f"Transfer to {to} {how}: {reason}"
    note = Note(case.id, entry.seq, entry.occurred_on, entry.recorded_by, words, entry.review)
    offers = cut(state.offers, entry.occurred_on, lambda o: o.n == entry.body["offer"])
    return {"case": case, "offers": offers, "notes": (*state.notes, note)}


def _noted(state: CaseState, entry: Entry) -> Changes:
    new = Note(
        case_id=state.case.id,
        n=entry.seq,
        on=entry.occurred_on,
        by=entry.recorded_by,
        words=entry.texts.get("words"),
        review_id=entry.review,
    )
    return {"notes": (*state.notes, new)}


def _excluded(state: CaseState, entry: Entry) -> Changes:
    return {"case": dataclasses.replace(state.case, excluded=entry.body["why"])}


def _seen(state: CaseState, entry: Entry) -> Changes:
    del state, entry
    return {}


HANDLERS: dict[str, Handler] = {
    "moved": _moved,
    "reopened": _moved,
    "fact_set": _fact_set,
    "milestone": _milestone,
    "allocated": _allocated,
    "contact": _contact,
    "delay_started": _delay_started,
    "delay_ended": _delay_ended,
    "answered": _answered,
    "transfer_proposed": _transfer_proposed,
    "transfer_ended": _offer_ended,
    "noted": _noted,
    "re_referred": _noted,
    "excluded": _excluded,
    "extracted": _seen,
    "events_taken": _events_taken,
    **DECISION_HANDLERS,
}
