"""What entries about decisions, dissent, overrides and review marks change."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from casereview.core.entries import Entry
from casereview.core.records import Decision, DecisionSpell, Dissent, Mark, Override
from casereview.core.state.dated import cut
from casereview.core.state.fold import seconds

if TYPE_CHECKING:
    from casereview.core.state.case import CaseState

Changes = dict[str, Any]


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _decided(state: CaseState, entry: Entry) -> Changes:
    body = entry.body
    new = Decision(
        case_id=state.case.id,
        n=entry.seq,
        dest=body["dest"],
        status=body["status"],
        proposed_on=entry.occurred_on,
        proposed_by=entry.said_by or entry.recorded_by,
        review_id=entry.review,
        pack=body.get("pack"),
        agreed_on=entry.occurred_on if body["status"] == "agreed" else None,
        effective_on=_day(body.get("effective_on")),
        ended_on=entry.occurred_on if body["status"] == "declined" else None,
        reason=entry.texts.get("reason"),
    )
    changes: Changes = {"decisions": (*state.decisions, new)}
    if new.ended_on is None:
        spell = DecisionSpell(new.case_id, new.n, new.n, new.status, new.proposed_on)
        changes["decision_spells"] = (*state.decision_spells, spell)
    return changes


def _changed(state: CaseState, entry: Entry, **changes: Any) -> Changes:
    """Change a decision; what is told late holds from its day and over all that was told before."""
    held = next((d for d in state.decisions if d.n == entry.body["n"]), None)
    if held is None:
        return {}
    new = dataclasses.replace(held, **changes)
    on = max(entry.occurred_on, held.proposed_on)
    spells = cut(state.decision_spells, on, lambda s: s.decision == held.n)
    if new.ended_on is None:
        spells = (*spells, DecisionSpell(held.case_id, entry.seq, held.n, new.status, on))
    return {
        "decisions": tuple(new if d is held else d for d in state.decisions),
        "decision_spells": spells,
    }


def _signed(state: CaseState, entry: Entry) -> Changes:
    return _changed(
        state,
        entry,
        status="agreed",
        agreed_on=entry.occurred_on,
        countersigned_by=entry.body["by"],
    )


def _ended(state: CaseState, entry: Entry) -> Changes:
    return _changed(
        state,
        entry,
        status=entry.body["how"],
        ended_on=entry.occurred_on,
        reason=entry.texts.get("reason", entry.body.get("because")),
    )


def _contested(state: CaseState, entry: Entry) -> Changes:
    return _changed(
        state,
        entry,
        status="needs_countersign",
        agreed_on=None,
        countersigned_by=None,
    )


def _marked(state: CaseState, entry: Entry) -> Changes:
    if entry.review is None:
        raise LookupError("a mark outside a review")
    new = Mark(
        case_id=state.case.id,
        n=entry.seq,
        review_id=entry.review,
        kind=entry.body["kind"],
        on=entry.occurred_on,
        by=entry.said_by or entry.recorded_by,
        at_s=seconds(entry.recorded_at),
        until_on=_day(entry.body.get("until_on")),
        reason=entry.texts.get("reason", entry.body.get("because")),
    )
    return {"marks": (*state.marks, new)}


def _dissented(state: CaseState, entry: Entry) -> Changes:
    if entry.review is None:
        raise LookupError("dissent outside a review")
    new = Dissent(
        case_id=state.case.id,
        n=entry.seq,
        review_id=entry.review,
        by=entry.body["by"],
        on=entry.occurred_on,
        words=entry.texts.get("words"),
    )
    return {"dissents": (*state.dissents, new)}


def _dissent_withdrawn(state: CaseState, entry: Entry) -> Changes:
    return {
        "dissents": tuple(
            dataclasses.replace(d, withdrawn_on=entry.occurred_on) if d.n == entry.body["n"] else d
            for d in state.dissents
        )
    }


def _overridden(state: CaseState, entry: Entry) -> Changes:
    new = Override(
        case_id=state.case.id,
        n=entry.seq,
        dest=entry.body["dest"],
        requirements=" ".join(entry.body["requirements"]),
        by=entry.said_by or entry.recorded_by,
        on=entry.occurred_on,
        reason=entry.texts.get("reason"),
    )
    return {"overrides": (*state.overrides, new)}


def _override_confirmed(state: CaseState, entry: Entry) -> Changes:
    return {
        "overrides": tuple(
            dataclasses.replace(o, confirmed_on=entry.occurred_on)
            if o.n == entry.body["n"] and o.confirmed_on is None
            else o
            for o in state.overrides
        )
    }


HANDLERS: dict[str, Callable[[CaseState, Entry], Changes]] = {
    "decided": _decided,
    "decision_signed": _signed,
    "decision_ended": _ended,
    "decision_contested": _contested,
    "marked": _marked,
    "dissented": _dissented,
    "dissent_withdrawn": _dissent_withdrawn,
    "overridden": _overridden,
    "override_confirmed": _override_confirmed,
}
