"""What a pathway file says: stages, declared moves with their requirements, exits, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

STAGES = ("assess", "stabilise", "recover", "complete", "left")
OPEN_STAGES = ("assess", "stabilise", "recover")
CLOSED_STAGES = ("complete", "left")
EXIT_CLASSES = (
    "planned", "unplanned", "transfer", "died", "declined", "administrative", "list-removal",
)  # fmt: skip
MoveKind = Literal["forward", "skip", "back", "leave", "reopen"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition of a move.

    Attributes:
        id: unique within the move.
        when: condition text that must be true (unknown counts as unmet and is reported apart).
        say: the sentence shown while it is unmet, with the pathway's word forms filled in.
        fixer: a post, "key-worker", or an outside body, who can fix it.
        effort: small, medium or large.
        at: "decision" when it must hold before the decision is agreed, "departure" when it may
            still be arranged between decision and departure. Both must hold at the departure.
        guards: True for the safeguarding interlock, which an override by role cannot open.
    """

    id: str
    when: str
    say: str
    fixer: str
    effort: str = "small"
    at: Literal["decision", "departure"] = "departure"
    guards: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One declared edge between two stages."""

    id: str
    source: str
    dest: str
    kind: MoveKind
    requires: tuple[Requirement, ...] = ()
    needs_decision: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Exit:
    """A coded reason for leaving, with its class; `waiting` marks removal from a waiting list."""

    code: str
    title: str
    exit_class: str
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Pathway:
    """One pathway file.

    Attributes:
        countersign: True when a second person must sign the decision to complete.
        decide_roles: roles that may propose and sign a decision.
        override_roles: roles that may override an unmet requirement.
        waits: True when people in `assess` wait at home (a waiting lane and list removals).
        words: word forms for screens: person, a_person, persons, persons_own, carer, place.
        exits: coded ways of leaving otherwise.
        completions: coded kinds of completion, () when the pathway names none.
        milestones: named dates of the pathway, in order.
        waits_between: (name, from milestone, to milestone, target days or None).
        follow_up_days: contact due within so many days after completion, None for no follow-up.
        planned_days: usual length of stay in days used for nothing but display, None when unset.
    """

    id: str
    version: int
    title: str
    source: str
    hash: str
    moves: tuple[Move, ...]
    exits: tuple[Exit, ...]
    completions: tuple[Exit, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    countersign: bool = False
    decide_roles: tuple[str, ...] = ("clinician", "team-lead")
    override_roles: tuple[str, ...] = ("team-lead",)
    waits: bool = False
    milestones: tuple[str, ...] = ()
    waits_between: tuple[tuple[str, str, str, int | None], ...] = ()
    follow_up_days: int | None = None
    text: str = field(default="", repr=False)

    def move(self, source: str, dest: str) -> Move | None:
        """Return the declared edge from one stage to another, or None."""
        return next((m for m in self.moves if m.source == source and m.dest == dest), None)

    def moves_from(self, source: str) -> tuple[Move, ...]:
        """Return the declared edges out of a stage, in file order."""
        return tuple(m for m in self.moves if m.source == source)

    def way_on(self, source: str, goal: str | None) -> Move | None:
        """Return the edge from a stage to a goal, without one the first forward; None for none."""
        moves = self.moves_from(source)
        return next((m for m in moves if (m.dest == goal if goal else m.kind == "forward")), None)

    def next_stage(self, source: str) -> str:
        """Return the first stage forward, "complete" where no edge leads forward."""
        ahead = self.way_on(source, None)
        return "complete" if ahead is None else ahead.dest

    def exit(self, code: str) -> Exit | None:
        """Return the coded exit, or None."""
        return next((e for e in self.exits if e.code == code), None)
