"""Rows of cases, events, actions, reviews, answers and the journal, named for where they go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from casereview.core.entries import Entry
from casereview.core.facts import Value
from casereview.core.identity import age_band, age_on
from casereview.core.records import Action, ActionSpell
from casereview.core.state.case import CaseState
from casereview.core.state.person import PersonState
from casereview.core.state.review import ReviewState
from casereview.exchange.out.allowed import TELLS_AGE, Allowed, cause_word, sex_word
from casereview.exchange.out.events import Event
from casereview.exchange.out.names import Names

Row = dict[str, Any]
MARKING = "marking"
_OWN = ("case", "person", "review", "import")


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes rows.

    Attributes:
        names: what things are called.
        allowed: which values may leave.
        on: the business date that the rows answer for.
    """

    names: Names
    allowed: Allowed
    on: date

    def stamped(self, row: Row) -> Row:
        """Return the row, in an identifiable file marked as such in its first column."""
        return {MARKING: "IDENTIFIABLE", **row} if self.names.identifiable else row

    def case(self, state: CaseState, person: PersonState | None, facts: Mapping[str, Value]) -> Row:
        """Return the row of one case; who a restricted person is never leaves."""
        case, who = state.case, person.person if person is not None else None
        shown = who if who is not None and not who.restricted else None
        row: Row = {"case": self.names.case(case.id), "person": self.names.person(case.person_id)}
        if self.names.identifiable:
            row |= {
                "local_id": _local_id(person, case.team) if shown else None,
                "name": shown.name if shown else None,
                "nhs_number": shown.nhs_number if shown else None,
                "born_on": shown.born_on if shown else None,
            }
        return self.stamped(row | {
            "team": case.team,
            "pathway": case.pathway,
            "stage": case.stage,
            "age_band": age_band(age_on(shown.born_on, self.on)) if shown else age_band(None),
            "sex": sex_word(shown.sex) if shown else None,
            "referred_on": case.referred_on,
            "first_referred_on": case.first_referred_on,
            "closed_on": case.closed_on,
            "exit": case.exit,
            "exit_class": case.exit_class,
            "linked_case": self.names.case(case.linked_case_id),
            "link": case.link,
            "key_worker": self.names.worker(state.key_worker(self.on)),
            "excluded": case.excluded is not None,
            **{n: self._fact(n, v, shown=shown is not None) for n, v in facts.items()},
        })  # fmt: skip

    def _fact(self, name: str, value: Value, *, shown: bool) -> Value:
        hidden = name in TELLS_AGE and not shown
        return None if hidden else self.allowed.fact_value(name, value)

    def event(self, event: Event, person: int) -> Row:
        """Return the row of one event."""
        return self.stamped({
            "case": self.names.case(event.case),
            "person": self.names.person(person),
            "n": event.seq,
            "activity": event.activity,
            "event": event.kind,
            "what": event.what or None,
            "value": event.value or None,
            "on": event.on,
            "at": _utc(event.at),
            "recorded_at": _utc(event.recorded_at),
            "recorded_by": self.names.worker(event.by),
            "said_by": self.names.worker(event.said_by or event.by),
            "team": event.team,
            "review": self.names.name("review", event.review),
        })  # fmt: skip

    def action(self, action: Action, spell: ActionSpell, status: str) -> Row:
        """Return the row of one action as it stands."""
        row: Row = {
            "action": self.names.name("action", action.id),
            "case": self.names.case(action.case_id or action.about_case_id),
            "person": self.names.person(action.person_id),
            "team": action.team,
            "cause": cause_word(action.cause),
            "owner": self.names.worker(spell.owner),
            "post": self.allowed.post(spell.post),
            "status": status,
            "effort": action.effort,
            "opened_on": action.opened_on,
            "due_on": spell.due_on,
            "first_due_on": action.first_due_on,
            "overdue": status == "open" and spell.due_on is not None and spell.due_on < self.on,
            "carried": spell.carried,
            "parked_until": spell.parked_until if status == "parked" else None,
            "closed_on": action.closed_on,
            "automatic": action.automatic,
            "raised_by": self.names.worker(action.raised_by),
            "review": self.names.name("review", action.review_id),
            "with_others": bool(spell.doer),
        }
        if self.names.identifiable:
            row |= {"text": action.text, "doer": spell.doer}
        return self.stamped(row)

    def answers(self, state: CaseState) -> Iterator[Row]:
        """Yield the rows of a case's answers, in the order of recording."""
        for a in state.answers:
            row: Row = {
                "case": self.names.case(a.case_id),
                "review": self.names.name("review", a.review_id),
                "pack": a.pack,
                "question": a.question,
                "value": self.allowed.answer(a.pack, a.question, a.value),
                "passes": a.passes,
                "on": a.on,
                "before_on": a.before_on,
                "drafted": a.drafted,
                "paper": a.paper,
                "recorded_by": self.names.worker(a.by),
                "said_by": self.names.worker(a.said_by or a.by),
            }
            if self.names.identifiable:
                row |= {"reason": a.reason}
            yield self.stamped(row)

    def review(self, state: ReviewState) -> Row:
        """Return the row of one review with who was there, as counts."""
        review, last = state.review, {a.login or a.n: a.status for a in state.attendances}
        there = list(last.values())
        return self.stamped({
            "review": self.names.name("review", review.id),
            "team": review.team,
            "pack": review.pack,
            "version": review.version,
            "on": review.on,
            "status": review.status,
            "chair": self.names.worker(review.chair),
            "opened_at": _seconds(review.opened_s),
            "closed_at": _seconds(review.closed_s),
            "paper": review.paper,
            "baseline": review.baseline,
            "cases": len(state.agenda),
            **{word: there.count(word) for word in ("present", "late", "absent", "guest")},
        })  # fmt: skip

    def entry(self, entry: Entry) -> Row:
        """Return the row of one line of the journal, without hashes: they cover who it is about."""
        kind, number = entry.stream.kind, entry.stream.id
        # A worker is called by the login elsewhere; the number of the stream says nothing.
        own = None if kind == "user" else str(number)
        if kind in _OWN:
            own = self.names.name(kind, number)
        return self.stamped({
            "number": entry.number,
            "stream": kind,
            "id": own,
            "n": entry.seq,
            "kind": entry.kind,
            "team": entry.team,
            "occurred_on": entry.occurred_on,
            "occurred_at": _utc(entry.occurred_at),
            "recorded_at": _utc(entry.recorded_at),
            "recorded_by": self.names.worker(entry.recorded_by),
            "said_by": self.names.worker(entry.said_by or entry.recorded_by),
            "review": self.names.name("review", entry.review),
            "pack": entry.pack.id if entry.pack else None,
            "pack_version": entry.pack.version if entry.pack else None,
            "body": self._body(entry),
        })  # fmt: skip

    def _body(self, entry: Entry) -> Row:
        body = self.allowed.body(entry.kind, entry.body)
        if self.names.identifiable and entry.kind == "exported":
            # Whoever looks over who took what reads why they did.
            body["purpose"] = entry.texts.get("purpose")
        return body

    def journal(self, entries: Iterable[Entry], team: str | None) -> Iterator[Row]:
        """Yield the rows of the journal, of one team only when it is given."""
        for entry in entries:
            if team is None or entry.team == team:
                yield self.entry(entry)


def _local_id(person: PersonState | None, team: str) -> str | None:
    if person is None or not person.ids:
        return None
    own = [i.local_id for i in person.ids if i.source == team]
    return (own or [person.ids[0].local_id])[0]


def _utc(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _seconds(value: int | None) -> str | None:
    return None if value is None else _utc(datetime.fromtimestamp(value, UTC))
