"""The state of one case: everything its stream says, as dated records."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casereview.core.entries import Entry
from casereview.core.pathways import CLOSED_STAGES
from casereview.core.records import (
    Allocation,
    Answer,
    Case,
    CaseFact,
    Contact,
    Decision,
    DecisionSpell,
    Delay,
    Dissent,
    ImportedCase,
    Mark,
    Milestone,
    Note,
    Override,
    StageSpell,
    TransferOffer,
)
from casereview.core.state import actions as act
from casereview.core.state import case_events as events
from casereview.core.state.fold import fold, required

_RECORDS = (
    "spells", "facts", "milestones", "allocations", "contacts", "delays",
    "answers", "marks", "decisions", "dissents", "overrides", "notes", "origins",
    "decision_spells", "offers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseState:
    """One case. Tuples are in the order of recording; `actions` holds its actions."""

    case: Case
    spells: tuple[StageSpell, ...] = ()
    facts: tuple[CaseFact, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    contacts: tuple[Contact, ...] = ()
    delays: tuple[Delay, ...] = ()
    answers: tuple[Answer, ...] = ()
    marks: tuple[Mark, ...] = ()
    decisions: tuple[Decision, ...] = ()
    dissents: tuple[Dissent, ...] = ()
    overrides: tuple[Override, ...] = ()
    notes: tuple[Note, ...] = ()
    origins: tuple[ImportedCase, ...] = ()
    decision_spells: tuple[DecisionSpell, ...] = ()
    offers: tuple[TransferOffer, ...] = ()
    actions: act.Actions = field(default_factory=act.Actions)

    @property
    def open(self) -> bool:
        """Tell whether the case is in an open stage."""
        return self.case.stage not in CLOSED_STAGES

    @property
    def stage_from(self) -> date:
        """Return the day on which the current stage began."""
        return self.spells[-1].from_on

    def decision(self) -> Decision | None:
        """Return the live decision, or None."""
        return next((d for d in reversed(self.decisions) if d.ended_on is None), None)

    def answers_in(self, review_id: int, pack: str) -> dict[str, Answer]:
        """Return the last undrafted answer to each question given in one review."""
        return {
            a.question: a
            for a in self.answers
            if a.review_id == review_id and a.pack == pack and not a.drafted
        }

    def key_worker(self, on: date) -> str | None:
        """Return the login of the key worker at the end of a day, or None."""
        held = [
            a
            for a in self.allocations
            if a.role == "key-worker"
            and a.from_on <= on
            and (a.before_on is None or a.before_on > on)
        ]
        return held[-1].login if held else None

    def records(self) -> Iterator[Any]:
        """Yield every record to be stored."""
        yield self.case
        for name in _RECORDS:
            yield from getattr(self, name)
        yield from self.actions.actions
        yield from self.actions.spells


def _referred(state: CaseState | None, entry: Entry) -> CaseState:
    case, spell = events.referred(entry)
    del state
    return CaseState(case=case, spells=(spell,), origins=events.origins(entry))


def _action(state: CaseState | None, entry: Entry) -> CaseState:
    return dataclasses.replace(
        required(state), actions=act.HANDLERS[entry.kind](required(state).actions, entry)
    )


def _event(state: CaseState | None, entry: Entry) -> CaseState:
    held = required(state)
    changes = events.HANDLERS[entry.kind](held, entry)
    return dataclasses.replace(held, **changes) if changes else held


HANDLERS: dict[str, Callable[[CaseState | None, Entry], CaseState | None]] = {
    "referred": _referred,
    **dict.fromkeys(events.HANDLERS, _event),
    **dict.fromkeys(act.HANDLERS, _action),
}


def evolve(state: CaseState | None, entry: Entry) -> CaseState | None:
    """Return the state after one more live entry, its head moved on."""
    after = HANDLERS[entry.kind](state, entry)
    return None if after is None else with_head(after, entry.seq)


def with_head(state: CaseState, seq: int) -> CaseState:
    """Return the state with its version set to the number of its last entry."""
    return dataclasses.replace(state, case=dataclasses.replace(state.case, head=seq))


def case_state(entries: Sequence[Entry]) -> CaseState | None:
    """Fold a whole case stream; the version counts voiding entries too."""
    state = fold(HANDLERS, entries)
    return None if state is None else with_head(state, entries[-1].seq)
