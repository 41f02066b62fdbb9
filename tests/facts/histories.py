"""Random histories of people and cases as journal entries; loaded by path from conftest."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from casereview.core.entries import Entry, Stream
from casereview.core.facts import Catalogue, FactSpec
from casereview.core.state.case import case_state
from casereview.core.state.person import person_state

START = date(2026, 1, 1)
QUESTIONS = {"q": "code", "when": "date", "many": "integer"}


class History:
    """One stream. The day moves on; what may be told late is dated anywhere since the start."""

    def __init__(self, dice: random.Random, kind: str, number: int) -> None:
        """Begin an empty stream."""
        self.dice = dice
        self.stream = Stream(kind, number)
        self.entries: list[Entry] = []
        self.day = START + timedelta(days=dice.randrange(20))
        self.first = self.day

    def tell(
        self,
        kind: str,
        body: dict[str, Any] | None = None,
        *,
        late: bool = False,
        since: date | None = None,
        review: int | None = None,
        texts: dict[str, str] | None = None,
    ) -> int:
        """Add an entry; return its number. It may be told late, or as late as `since` allows."""
        most = (self.day - (since or self.first)).days
        told_late = (late or since is not None) and self.dice.random() < 0.3
        back = self.dice.randrange(most + 1) if told_late else 0
        seq = len(self.entries) + 1
        self.entries.append(
            Entry(
                seq, self.stream, seq, kind, self.day - timedelta(days=back),
                datetime(2026, 4, 1, tzinfo=UTC), "ann", "c", body or {}, texts or {},
                team="WARD" if self.stream.id % 2 else "REC", review=review,
            )
        )  # fmt: skip
        return seq

    def wait(self) -> None:
        """Let some days pass, often none."""
        self.day += timedelta(days=self.dice.choice((0, 0, 1, 1, 2, 5)))

    def soon(self) -> str:
        """Return a day around the present one as ISO text."""
        return (self.day + timedelta(days=self.dice.randrange(-10, 15))).isoformat()


def person(dice: random.Random, number: int) -> list[Entry]:
    """Return the stream of a person."""
    told = History(dice, "person", number)
    told.day = told.first = START
    told.tell("registered", texts={"born_on": f"{dice.randrange(1930, 2020)}-02-28"})
    worries: dict[int, date] = {}
    for _ in range(dice.randrange(8)):
        told.wait()
        what = dice.randrange(6)
        if what < 3:
            told.tell("fact_set", _set(told, *dice.choice(PERSON_FACTS)), late=True)
        elif what == 3:
            worry = number * 100 + len(told.entries)
            body = {"id": worry, "danger_now": False, "act_by": told.soon()}
            told.tell("worry_raised", body, late=True)
            worries[worry] = told.entries[-1].occurred_on
        elif what == 4 and worries:
            worry, raised = worries.popitem()
            told.tell("worry_signed", {"id": worry, "by": "bob"}, since=raised)
        elif what == 5 and dice.random() < 0.2:
            told.tell("died", late=True)
            if dice.random() < 0.5:
                break
            # Taken back: dated like the death, so that no day knows one without the other.
            died = told.entries[-1].occurred_on
            told.tell("death_withdrawn")
            told.entries[-1] = replace(told.entries[-1], occurred_on=died)
    return told.entries


PERSON_FACTS = [
    ("safeguarding", "code", ("none", "open", None)),
    ("home_assessment_on", "date", None),
    ("expected_birth_on", "date", None),
    ("children_in_household", "code", ("yes", "no", None)),
    ("legal_status", "code", ("informal", "detained")),
]
CASE_FACTS = [
    ("expected_end_on", "date", None),
    ("ready_on", "date", None),
    ("assessed_on", "date", None),
    ("started_on", "date", None),
    ("goals_met", "code", ("yes", "partly", None)),
    ("destination", "text", ("home", "a place")),
    ("complexity", "integer", (1, 2, 3, None)),
    ("risk", "integer", (1, 2, 3)),
    ("travel", "integer", (1, 2)),
]


def _set(told: History, fact: str, kind: str, values: Any) -> dict[str, Any]:
    value = told.soon() if values is None else told.dice.choice(values)
    return {"fact": fact, "type": kind, "value": value}


class CaseHistory(History):
    """The stream of a case, kept within what the engine's own commands would record."""

    def __init__(self, dice: random.Random, number: int, person_id: int) -> None:
        """Refer the person."""
        super().__init__(dice, "case", number)
        self.open_actions: dict[int, date] = {}
        self.decision, self.standing = 0, ""
        self.dissents: list[int] = []
        self.overrides: list[int] = []
        self.stage, self.stage_from = "assess", self.day
        self.offer, self.offered_on = 0, START
        self.delayed = self.offered = False
        self.tell("referred", {"person": person_id, "pathway": "ward"})

    def step(self) -> None:
        """Let something happen."""
        self.wait()
        names = ("fact", "fact", "fact", "contact", "contact", "answer", "answer", "mark",
                 "raise", "raise", "change", "worker", "delay", "decide", "decide", "dissent",
                 "override", "move", "transfer")  # fmt: skip
        getattr(self, f"_{self.dice.choice(names)}")()

    def _fact(self) -> None:
        self.tell("fact_set", _set(self, *self.dice.choice(CASE_FACTS)), late=True)

    def _contact(self) -> None:
        self.tell("contact", {"kind": "visit", "attended": self.dice.choice("5637324")}, late=True)

    def _answer(self) -> None:
        question = self.dice.choice(list(QUESTIONS))
        values = {"q": self.dice.choice(("yes", "no", "cannot-tell")), "when": self.soon()}
        body = {
            "pack": "ward-round", "question": question,
            "value": values.get(question, str(self.dice.randrange(-5, 40))),
            "drafted": self.dice.random() < 0.2,
        }  # fmt: skip
        self.tell("answered", body, late=True, review=1)

    def _mark(self) -> None:
        kind = self.dice.choice(("discussed", "confirmed", "skipped", "not-reached", "not-reached"))
        self.tell("marked", {"kind": kind}, late=True, review=self.dice.randrange(1, 9))

    def _raise(self) -> None:
        number = self.stream.id * 1000 + len(self.entries)
        self.open_actions[number] = self.day
        texts = {"doer": "Housing"} if self.dice.random() < 0.3 else {}
        owner = self.dice.choice(("ann", None))
        body = {"id": number, "cause": "manual", "due_on": self.soon(), "owner": owner}
        self.tell("action_raised", body, texts=texts)

    def _change(self) -> None:
        if not self.open_actions:
            return
        number = self.dice.choice(list(self.open_actions))
        raised = self.open_actions[number]
        what = self.dice.randrange(5)
        if what == 0:
            del self.open_actions[number]
            self.tell("action_done", {"id": number}, since=raised)
        elif what == 1:
            body = {"id": number, "status": "parked", "parked_until": self.soon()}
            self.tell("action_parked", body, since=raised)
        elif what == 2:
            owner = self.dice.choice(("ann", None))
            self.tell("action_assigned", {"id": number, "owner": owner}, since=raised)
        else:
            body = {"id": number, "carried": self.dice.randrange(1, 5), "due_on": self.soon()}
            self.tell("action_carried", body, since=raised)

    def _worker(self) -> None:
        login = self.dice.choice(("ann", "bob", None))
        body = {"role": self.dice.choice(("key-worker", "second")), "login": login}
        self.tell("allocated", body, late=True)

    def _delay(self) -> None:
        self.delayed = not self.delayed
        if self.delayed:
            self.tell("delay_started", {"reason": self.dice.choice(("04", "18"))}, late=True)
        else:
            self.tell("delay_ended", late=True)

    def _decide(self) -> None:
        if not self.decision:
            status = self.dice.choice(("proposed", "needs_countersign", "agreed", "declined"))
            body = {"dest": "complete", "status": status, "effective_on": self.soon()}
            told = self.tell("decided", body, late=True)
            self.decision, self.standing = (0, "") if status == "declined" else (told, status)
        elif self.dice.random() < 0.3:
            how = self.dice.choice(("declined", "lapsed", "departed"))
            self.tell("decision_ended", {"n": self.decision, "how": how}, late=True)
            self.decision, self.standing = 0, ""
        elif self.standing == "agreed":
            self.tell("decision_contested", {"n": self.decision}, late=True)
            self.standing = "needs_countersign"
        else:
            self.tell("decision_signed", {"n": self.decision, "by": "bob"}, late=True)
            self.standing = "agreed"

    def _dissent(self) -> None:
        if self.dissents and self.dice.random() < 0.5:
            self.tell("dissent_withdrawn", {"n": self.dissents.pop()})
        else:
            self.dissents.append(self.tell("dissented", {"by": "bob"}, review=1))

    def _override(self) -> None:
        if self.overrides and self.dice.random() < 0.5:
            self.tell("override_confirmed", {"n": self.overrides.pop()})
        else:
            body = {"dest": "recover", "requirements": ["plan"]}
            self.overrides.append(self.tell("overridden", body))

    def _move(self) -> None:
        dest = self.dice.choice(("assess", "stabilise", "recover", "complete", "left"))
        if dest == self.stage:
            return
        body = {"source": self.stage, "dest": dest, "move": "m", "kind": "forward"}
        if dest in ("complete", "left"):
            body |= {"exit": "x", "exit_class": self.dice.choice(("planned", "declined"))}
        reopens = self.stage in ("complete", "left") and dest not in ("complete", "left")
        kind = "reopened" if reopens else "moved"
        self.tell(kind, body, since=self.stage_from)
        self.stage, self.stage_from = dest, self.entries[-1].occurred_on
        if reopens:
            self.offered = False

    def _transfer(self) -> None:
        if self.stage in ("complete", "left"):
            return
        if self.offered:
            body = {"to": "REC", "how": "declined", "offer": self.offer}
            self.tell("transfer_ended", body, since=self.offered_on)
        else:
            self.offer = self.tell("transfer_proposed", {"to": "REC"}, since=self.stage_from)
            self.offered_on = self.entries[-1].occurred_on
        self.offered = not self.offered


def streams(seed: int, cases: int) -> list[list[Entry]]:
    """Return the streams of so many cases and half as many people."""
    dice = random.Random(seed)
    people = max(1, cases // 2)
    made = [person(dice, number) for number in range(1, people + 1)]
    for number in range(1, cases + 1):
        told = CaseHistory(dice, number, 1 + number % people)
        for _ in range(dice.randrange(5, 60)):
            told.step()
        made.append(told.entries)
    return made


def records(made: list[list[Entry]], stopped_on: date) -> Iterator[Any]:
    """Yield every record of the streams as if nothing after a day had happened."""
    for entries in made:
        told = [e for e in entries if e.occurred_on <= stopped_on]
        if not told:
            continue
        state = case_state(told) if told[0].stream.kind == "case" else person_state(told)
        assert state is not None
        yield from state.records()


def with_answers(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with the answers that the histories hold."""
    kinds: dict[str, Any] = QUESTIONS
    names = {f"answer_{question}": kind for question, kind in kinds.items()}
    return catalogue.plus(FactSpec(name, kind, "An answer.") for name, kind in names.items())
