"""The state of one person: identity, household, safeguarding worries. Seen by all their cases."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casereview.core.entries import Entry
from casereview.core.records import Person, PersonFact, PersonId, PersonLink, Worry
from casereview.core.state import actions as act
from casereview.core.state.case_events import stored_value
from casereview.core.state.dated import renewed
from casereview.core.state.fold import fold, required, seconds


@dataclass(frozen=True, slots=True)
class PersonState:
    """One person."""

    person: Person
    head: int = 0
    ids: tuple[PersonId, ...] = ()
    facts: tuple[PersonFact, ...] = ()
    links: tuple[PersonLink, ...] = ()
    worries: tuple[Worry, ...] = ()
    actions: act.Actions = field(default_factory=act.Actions)

    def open_worries(self) -> list[Worry]:
        """Return the worries that block every way out."""
        return [w for w in self.worries if w.closed_on is None]

    def records(self) -> Iterator[Any]:
        """Yield every record to be stored."""
        yield self.person
        yield from self.ids
        yield from self.facts
        yield from self.links
        yield from self.worries
        yield from self.actions.actions
        yield from self.actions.spells


def _born(texts: Any) -> date | None:
    return date.fromisoformat(texts["born_on"]) if texts.get("born_on") else None


def _registered(state: PersonState | None, entry: Entry) -> PersonState:
    del state
    texts = entry.texts
    person = Person(
        id=entry.stream.id,
        name=texts.get("name"),
        born_on=_born(texts),
        nhs_number=texts.get("nhs_number"),
        sex=texts.get("sex"),
    )
    return PersonState(person)


def _corrected(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    changes: dict[str, Any] = {
        k: entry.texts[k] or None for k in ("name", "nhs_number", "sex") if k in entry.texts
    }
    if "born_on" in entry.texts:
        changes["born_on"] = _born(entry.texts)
    return dataclasses.replace(held, person=dataclasses.replace(held.person, **changes))


def _identified(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    new = PersonId(
        person_id=held.person.id,
        n=entry.seq,
        source=entry.body["source"],
        local_id=entry.texts.get("local_id", ""),
    )
    return dataclasses.replace(held, ids=(*held.ids, new))


def _fact_set(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    value = entry.texts["value"] if "value" in entry.texts else entry.body.get("value")
    text, number = stored_value(entry.body["type"], value)
    new = PersonFact(
        person_id=held.person.id,
        fact=entry.body["fact"],
        n=entry.seq,
        from_on=entry.occurred_on,
        text=text,
        number=number,
    )
    return dataclasses.replace(held, facts=renewed(held.facts, new, lambda f: f.fact == new.fact))


def _worry_raised(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    body = entry.body
    new = Worry(
        id=body["id"],
        person_id=held.person.id,
        raised_on=entry.occurred_on,
        raised_by=entry.said_by or entry.recorded_by,
        danger_now=bool(body["danger_now"]),
        owner=body.get("owner"),
        act_by=date.fromisoformat(body["act_by"]) if body.get("act_by") else None,
        raised_s=seconds(entry.recorded_at),
        told=entry.texts.get("told"),
        words=entry.texts.get("words"),
        case_id=body.get("case"),
    )
    return dataclasses.replace(held, worries=(*held.worries, new))


def _worry(held: PersonState, worry_id: int, **changes: Any) -> PersonState:
    return dataclasses.replace(
        held,
        worries=tuple(
            dataclasses.replace(w, **changes) if w.id == worry_id else w for w in held.worries
        ),
    )


def _worry_handed(state: PersonState | None, entry: Entry) -> PersonState:
    return _worry(
        required(state),
        entry.body["id"],
        handed_to=entry.texts.get("handed_to", ""),
        handed_by=entry.said_by or entry.recorded_by,
    )


def _worry_told(state: PersonState | None, entry: Entry) -> PersonState:
    return _worry(required(state), entry.body["id"], told=entry.texts.get("told"))


def _worry_signed(state: PersonState | None, entry: Entry) -> PersonState:
    return _worry(
        required(state),
        entry.body["id"],
        signed_by=entry.body["by"],
        closed_on=entry.occurred_on,
    )


def _died(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    return dataclasses.replace(
        held, person=dataclasses.replace(held.person, died_on=entry.occurred_on)
    )


def _death_withdrawn(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    del entry
    return dataclasses.replace(held, person=dataclasses.replace(held.person, died_on=None))


def _linked(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    new = PersonLink(
        person_id=held.person.id,
        n=entry.seq,
        other_id=entry.body["other"],
        kind=entry.body["kind"],
        from_on=entry.occurred_on,
    )
    return dataclasses.replace(held, links=(*held.links, new))


def _merged(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    return dataclasses.replace(
        held, person=dataclasses.replace(held.person, merged_into=entry.body["into"])
    )


def _restricted(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    return dataclasses.replace(
        held, person=dataclasses.replace(held.person, restricted=bool(entry.body["restricted"]))
    )


def _action(state: PersonState | None, entry: Entry) -> PersonState:
    held = required(state)
    return dataclasses.replace(held, actions=act.HANDLERS[entry.kind](held.actions, entry))


HANDLERS: dict[str, Callable[[PersonState | None, Entry], PersonState | None]] = {
    "registered": _registered,
    "corrected": _corrected,
    "identified": _identified,
    "fact_set": _fact_set,
    "worry_raised": _worry_raised,
    "worry_told": _worry_told,
    "worry_handed": _worry_handed,
    "worry_signed": _worry_signed,
    "died": _died,
    "death_withdrawn": _death_withdrawn,
    "linked": _linked,
    "merged": _merged,
    "restricted": _restricted,
    **dict.fromkeys(act.HANDLERS, _action),
}


def evolve(state: PersonState | None, entry: Entry) -> PersonState | None:
    """Return the state after one more live entry, its head moved on."""
    after = HANDLERS[entry.kind](state, entry)
    return None if after is None else dataclasses.replace(after, head=entry.seq)


def person_state(entries: Sequence[Entry]) -> PersonState | None:
    """Fold a whole person stream."""
    state = fold(HANDLERS, entries)
    return None if state is None else dataclasses.replace(state, head=entries[-1].seq)
