"""One case while it is being imported: what its events add to its stream, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from casereview.core.facts import Catalogue, FactSpec
from casereview.core.pathways import STAGES, Pathway
from casereview.core.state.case import CaseState
from casereview.core.state.case_events import stored_value
from casereview.exchange.layouts.fact_values import FactValue
from casereview.exchange.layouts.moments import DAY_S, EPOCH, MICRO
from casereview.store.bulk import Line

RANK = {stage: n for n, stage in enumerate(STAGES)}
Stored = str | int | None
NOTHING: Mapping[str, Any] = {}
_START = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=100_000)
def to_date(day: int) -> date:
    """Return the date that is `day` days after 1970-01-01."""
    return date.fromordinal(day + EPOCH)


def to_instant(at_us: int | None) -> datetime | None:
    """Return the aware instant of microseconds since 1970-01-01 UTC, None for None."""
    return None if at_us is None else _START + timedelta(microseconds=at_us)


@dataclass
class Rules:
    """By what cases are imported.

    Attributes:
        team: code of the team.
        run: number of the import run.
        source: the numbering that local ids belong to.
        pathway: the team's pathway, which knows the declared edges.
        facts: the fact catalogue.
        on: business date of the import.
        new_case: gives the next case number.
        new_action: gives the next action number.
        by: logins of who imports; an action of theirs needs no acceptance.
    """

    team: str
    run: int
    source: str
    pathway: Pathway
    facts: Catalogue
    on: date
    new_case: Callable[[], int]
    new_action: Callable[[], int]
    by: frozenset[str] = frozenset()
    _moves: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def edge(self, source: str, dest: str) -> dict[str, Any]:
        """Return the body of a move; one that the pathway does not declare has kind "imported"."""
        body = self._moves.get((source, dest))
        if body is None:
            move = self.pathway.move(source, dest)
            body = {"source": source, "dest": dest, "kind": move.kind if move else "imported"}
            if move is not None:
                body["move"] = move.id
            self._moves[source, dest] = body
        return body


def as_stored(spec: FactSpec, value: FactValue) -> Stored:
    """Return a value as a row holds it: dates as day numbers, booleans as 0 and 1."""
    text, number = stored_value(spec.type, value)
    return number if text is None else text


def fact_line(spec: FactSpec, value: FactValue, on: date) -> Line:
    """Return the entry that sets a fact from a day on; free text goes apart from the body."""
    body: dict[str, Any] = {"fact": spec.name, "type": spec.type}
    if spec.type == "text" and value is not None:
        return "fact_set", on, None, body, {"value": str(value)}
    return "fact_set", on, None, body | {"value": value}, {}


class Journey:
    """A case and the lines that its events add.

    Attributes:
        id: number of the case.
        person: number of the person.
        new: True when this import opens it.
        stage: where it stands.
        opened_day, closed_day: days since 1970-01-01; closed_day is None while it is open.
        opened_order, spell_order, closed_order: what sorts the moments of opening, of the last
            move, of the end.
        lines: what is to be recorded.
        taken: identities of the events that it takes.
        state: what the store holds of it, None for a new case.
    """

    __slots__ = (
        "closed_day", "closed_order", "facts", "id", "lines", "local_id", "new", "opened_day",
        "opened_order", "person", "rules", "spell_order", "stage", "state", "taken", "workers",
    )  # fmt: skip

    def __init__(self, rules: Rules, case: int, person: int) -> None:
        self.rules = rules
        self.id = case
        self.person = person
        self.new = True
        self.lines: list[Line] = []
        self.taken: list[str] = []
        self.state: CaseState | None = None
        self.facts: dict[str, Stored] = {}
        self.workers: dict[str, str] = {}
        self.stage = ""
        self.local_id = ""
        self.opened_day = self.opened_order = self.spell_order = self.closed_order = 0
        self.closed_day: int | None = None

    @classmethod
    def opened(
        cls,
        rules: Rules,
        person: int,
        local_id: str,
        stage: str,
        when: tuple[int, int | None],
        linked: int | None = None,
    ) -> Journey:
        """Open a new case; `linked` is the ended case that the person comes back from."""
        made = cls(rules, rules.new_case(), person)
        day, at_us = when
        made.stage, made.opened_day, made.local_id = stage, day, local_id
        made.opened_order = made.spell_order = day * DAY_S * MICRO if at_us is None else at_us
        body: dict[str, Any] = {
            "person": person, "pathway": rules.pathway.id, "run": rules.run,
            "source": rules.source,
        }  # fmt: skip
        if stage != "assess":
            body["stage"] = stage
        if linked is not None:
            body |= {"linked_case": linked, "link": "return"}
        texts = {"local_id": local_id}
        made.lines.append(("referred", to_date(day), to_instant(at_us), body, texts))
        return made

    @classmethod
    def known(cls, rules: Rules, state: CaseState) -> Journey:
        """Take up a case that the store holds."""
        case = state.case
        made = cls(rules, case.id, case.person_id)
        made.new, made.state, made.stage = False, state, case.stage
        made.local_id = state.origins[0].local_id or "" if state.origins else ""
        made.opened_day = case.referred_on.toordinal() - EPOCH
        made.opened_order = _order(case.referred_s, case.referred_on)
        last = state.spells[-1]
        made.spell_order = _order(last.from_s, last.from_on)
        if case.closed_on is not None:
            made.closed_day = case.closed_on.toordinal() - EPOCH
            made.closed_order = made.spell_order
        for fact in sorted(state.facts, key=lambda f: (f.from_on, f.n)):
            made.facts[fact.fact] = fact.number if fact.text is None else fact.text
        for held in state.allocations:
            if held.before_on is None:
                made.workers[held.role] = held.login
        return made

    @property
    def closed(self) -> bool:
        """Tell whether the case has ended."""
        return self.closed_day is not None

    def _add(
        self, kind: str, day: int, at_us: int | None, body: Mapping[str, Any],
        texts: Mapping[str, str] = NOTHING,
    ) -> None:  # fmt: skip
        self.lines.append((kind, to_date(day), to_instant(at_us), body, texts))

    def record(
        self, kind: str, day: int, body: Mapping[str, Any], texts: Mapping[str, str]
    ) -> None:  # fmt: skip
        """Record an entry of another kind, about its actions."""
        self._add(kind, day, None, body, texts)

    def move(self, dest: str, day: int, at_us: int | None) -> bool:
        """Move the case; False when the pathway does not declare the edge."""
        body = self.rules.edge(self.stage, dest)
        self._add("moved", day, at_us, body)
        self.stage = dest
        self.spell_order = day * DAY_S * MICRO if at_us is None else at_us
        return "move" in body

    def end(self, dest: str, day: int, at_us: int | None, exit_: str, exit_class: str) -> bool:
        """End the case and what is open on it; False when the edge is not declared."""
        body = dict(self.rules.edge(self.stage, dest))
        body |= {k: v for k, v in (("exit", exit_), ("exit_class", exit_class)) if v}
        self._add("moved", day, at_us, body)
        if self.state is not None:
            self._close_work(self.state, dest, day)
        self.stage, self.closed_day = dest, day
        self.closed_order = day * DAY_S * MICRO if at_us is None else at_us
        return "move" in body

    def reopen(self, dest: str, day: int, at_us: int | None) -> None:
        """Open an ended case again in a stage."""
        body = self.rules.edge(self.stage, dest)
        self._add("reopened", day, at_us, body)
        self.stage, self.closed_day = dest, None
        self.spell_order = day * DAY_S * MICRO if at_us is None else at_us

    def _close_work(self, state: CaseState, dest: str, day: int) -> None:
        decision = state.decision()
        if decision is not None:
            ended = {"n": decision.n, "how": "lapsed", "because": f"moved to {dest}"}
            self._add("decision_ended", day, None, ended)
        for action, _ in state.actions.open():
            body = {"id": action.id, "automatic": True}
            self._add("action_cancelled", day, None, body, {"reason": f"the case closed ({dest})"})

    def milestone(self, body: Mapping[str, Any], day: int, at_us: int | None) -> None:
        """Record a named date; the body is {"name": ...}."""
        self._add("milestone", day, at_us, body)

    def contact(self, body: Mapping[str, Any], day: int, at_us: int | None) -> None:
        """Record a contact; the body is {"kind": ..., "attended": ...}."""
        self._add("contact", day, at_us, body)

    def set_fact(self, spec: FactSpec, value: FactValue, day: int) -> bool:
        """Set a fact where it differs from what is known; True when it does."""
        stored = as_stored(spec, value)
        if spec.name in self.facts and self.facts[spec.name] == stored:
            return False
        self.facts[spec.name] = stored
        self.lines.append(fact_line(spec, value, to_date(day)))
        return True

    def allocate(self, role: str, login: str, day: int) -> bool:
        """Allocate a worker where it is another than now; True when it is."""
        if self.workers.get(role) == login:
            return False
        self.workers[role] = login
        self._add("allocated", day, None, {"login": login, "role": role})
        return True

    def note(self, words: str, day: int) -> None:
        """Write a note."""
        self._add("noted", day, None, NOTHING, {"words": words})

    def referred_again(self, day: int, at_us: int | None) -> None:
        """Record a referral while the case is open."""
        self._add("re_referred", day, at_us, NOTHING)

    def exclude(self, why: str, day: int) -> None:
        """Leave the case out of statistics, with the code of the reason."""
        self._add("excluded", day, None, {"why": why})

    def answer(self, body: Mapping[str, Any], day: int) -> None:
        """Record an answer; the body is {"pack", "question", "value", "passes"}."""
        self._add("answered", day, None, body)

    def finish(self) -> None:
        """Record which events the case has taken."""
        if self.taken:
            body = {"run": self.rules.run, "events": "".join(self.taken)}
            self.lines.append(("events_taken", self.rules.on, None, body, NOTHING))
            self.taken = []


def _order(seconds: int | None, on: date) -> int:
    return (on.toordinal() - EPOCH) * DAY_S * MICRO if seconds is None else seconds * MICRO
