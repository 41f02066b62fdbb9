"""A small reference model of two wards and a children's team, written from the design alone.

It knows stages, open actions by cause, worries and decisions, and says beforehand whether a command
is refused and with which code. It shares no code with the engine.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field

QUESTIONS = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
UNDECIDED, DECLINED = "undecided:ward-round", "declined:ward-round"
PATHWAY = {"W1": "ward", "W2": "ward", "K1": "childrens"}
EDGES = {
    ("assess", "stabilise"), ("assess", "recover"), ("assess", "complete"),
    ("stabilise", "recover"), ("stabilise", "complete"),
    ("recover", "stabilise"), ("recover", "complete"),
}  # fmt: skip
NEEDS_WORKER = {("assess", "stabilise"), ("assess", "recover")}


@dataclass
class Case:
    """A journey as the model sees it. `lost` is what its last closing took away."""

    id: int
    person: str
    team: str
    referred: int
    stage: str = "assess"
    before: str = "assess"
    offered: str | None = None
    carried_to: int | None = None
    worker: bool = False
    facts: int | None = None
    actions: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    decision: str | None = None
    signers: list[str] = field(default_factory=list)
    answers: dict[tuple[int, str], str] = field(default_factory=dict)
    dissents: set[str] = field(default_factory=set)
    decided_in: set[int] = field(default_factory=set)

    @property
    def open(self) -> bool:
        return self.stage not in ("complete", "left")


@dataclass
class Person:
    """A person: safeguarding as recorded, open worries with who handed each over, own actions."""

    id: str
    safe: str | None = None
    legal: bool = False
    died: bool = False
    worries: dict[int, str | None] = field(default_factory=dict)
    actions: Counter[str] = field(default_factory=Counter)

    @property
    def way_open(self) -> bool:
        return self.safe == "none" and not self.worries


@dataclass(eq=False)
class Done:
    """A command that was taken: in which review, on which streams, and the case before it."""

    review: int | None
    touched: set[str]
    before: Case | None = None
    undone: bool = False


@dataclass
class Model:
    """Everything, and what was done in order."""

    cases: dict[int, Case] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    reviews: dict[int, str] = field(default_factory=dict)
    log: list[Done] = field(default_factory=list)

    def person(self, case: Case) -> Person:
        return self.people[case.person]

    def open_case(self, person: str, team: str) -> Case | None:
        held = (c for c in self.cases.values() if c.person == person and c.team == team and c.open)
        return next(held, None)

    def did(
        self, touched: set[str], *, review: int | None = None, before: Case | None = None
    ) -> None:
        self.log.append(Done(review, touched, copy.deepcopy(before)))

    # --- what the design says

    def ready(self, case: Case) -> bool:
        """All that completing asks for besides the decision; only wards get so far here."""
        if PATHWAY[case.team] != "ward":
            return False
        person = self.person(case)
        dated = case.facts is not None and case.facts >= case.referred
        return dated and person.legal and person.way_open

    def refuses_move(self, case: Case, dest: str, *, override: bool) -> str | None:
        if not case.open:
            return "case_closed"
        if case.stage == dest:
            return "same_stage"
        if (case.stage, dest) not in EDGES:
            return "no_such_move"
        if dest == "complete":
            if override:
                return None if self.person(case).way_open else "blocked"
            agreed = case.decision == "agreed"
            return None if agreed and self.ready(case) else "blocked"
        needs_worker = PATHWAY[case.team] == "childrens" and (case.stage, dest) in NEEDS_WORKER
        return "blocked" if needs_worker and not case.worker and not override else None

    def move(self, case: Case, dest: str) -> set[str]:
        touched = {f"case {case.id}"}
        if dest in ("complete", "left"):
            self.close(case, dest)
            person = self.person(case)
            if dest == "complete" and PATHWAY[case.team] == "ward" and not person.died:
                person.actions[f"follow-up:{case.id}"] += 1
                touched.add(f"person {case.person}")
        else:
            case.stage = dest
        return touched

    def close(self, case: Case, stage: str) -> None:
        case.before, case.stage = case.stage, stage
        case.lost, case.actions = case.actions, Counter()
        case.decision, case.signers, case.offered = None, [], None

    def refuses_reopening(self, case: Case) -> str | None:
        if self.person(case).died:
            return "person_died"
        other = self.open_case(case.person, case.team)
        if other is not None and other is not case:
            return "case_open"
        if case.open:
            return "case_open"
        return "case_transferred" if case.carried_to else None

    def reopen(self, case: Case) -> set[str]:
        case.stage = case.before
        case.actions, case.lost = case.lost, Counter()
        follow_up = f"follow-up:{case.id}"
        person = self.person(case)
        if person.actions.pop(follow_up, 0):
            return {f"case {case.id}", f"person {case.person}"}
        return {f"case {case.id}"}

    def refuses_return(self, case: Case) -> str | None:
        if case.open:
            return "case_open"
        if case.carried_to and self.cases[case.carried_to].open:
            return "case_transferred"
        if self.person(case).died:
            return "person_died"
        return "case_open" if self.open_case(case.person, case.team) else None

    def accept(self, case: Case, new: Case) -> None:
        new.actions = Counter(case.actions)
        new.facts = case.facts
        self.close(case, "left")
        case.carried_to = new.id
        self.cases[new.id] = new

    def died(self, person: Person) -> set[str]:
        touched = {f"person {person.id}"}
        for case in self.cases.values():
            if case.person == person.id and case.open:
                self.close(case, "left")
                touched.add(f"case {case.id}")
        person.died = True
        for cause in [c for c in person.actions if c.startswith("follow-up:")]:
            del person.actions[cause]
        if person.worries:
            person.actions["worry-household"] += 1
        return touched

    def sign(self, person: Person, worry: int) -> None:
        del person.worries[worry]
        person.actions.pop(f"worry:{worry}", None)
        if not person.worries:
            person.safe = "none"

    def answer(self, case: Case, review: int, question: str, value: str) -> None:
        case.answers[review, question] = value
        cause = f"answer:ward-round/{question}"
        if value == "yes":
            case.actions.pop(cause, None)
            return
        case.actions[cause] = 1
        case.decision, case.signers = None, []

    def proposes(self, case: Case, review: int) -> bool:
        return all(case.answers.get((review, q)) == "yes" for q in QUESTIONS)

    def decide(self, case: Case, review: int, who: str) -> None:
        case.decision, case.signers = "needs_countersign", [who]
        case.decided_in.add(review)
        case.actions.pop(UNDECIDED, None)

    def decline(self, case: Case, review: int) -> None:
        if case.decision is None:
            case.decided_in.add(review)
        case.decision, case.signers = None, []
        case.actions[DECLINED] = 1
        case.actions.pop(UNDECIDED, None)

    def close_review(self, review: int) -> None:
        """A proposal that nobody decided leaves an action; a later decision or answer ends it."""
        del self.reviews[review]
        for case in self.cases.values():
            answered = all((review, q) in case.answers for q in QUESTIONS)
            if not case.open or not (answered or review in case.decided_in):
                continue
            decided = case.decision is not None or review in case.decided_in
            if self.proposes(case, review) and not decided:
                case.actions[UNDECIDED] = 1
            else:
                case.actions.pop(UNDECIDED, None)

    def refuses_decision(self, case: Case, review: int) -> str | None:
        if not self.proposes(case, review):
            return "not_proposed"
        if case.decision is not None:
            return "decision_live"
        return None if self.ready(case) else "blocked"

    def refuses_signature(self, case: Case, who: str) -> str | None:
        if case.decision is not None and who == case.signers[0]:
            return "same_person"
        if case.decision != "needs_countersign":
            return "nothing_to_sign"
        if who in case.dissents:
            return "dissenter"
        return None if self.ready(case) else "blocked"

    def dissent(self, case: Case, who: str) -> None:
        case.dissents.add(who)
        if case.decision == "agreed" and who in case.signers:
            case.decision = "needs_countersign"
            del case.signers[1:]

    def undo(self, review: int) -> tuple[str | None, Done | None]:
        """Return why it is refused, or what is taken back."""
        steps = [d for d in self.log if d.review == review and not d.undone]
        if not steps:
            return "nothing_to_undo", None
        last = steps[-1]
        later = self.log[self.log.index(last) + 1 :]
        if any(d.touched & last.touched and not d.undone and d.review != review for d in later):
            return "followed", None
        return None, last

    def take_back(self, step: Done) -> None:
        step.undone = True
        if step.before is not None:
            self.cases[step.before.id] = copy.deepcopy(step.before)
