"""What an export reads: cases, people, reviews and actions as the journal has them on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from casereview.core.entries import Entry
from casereview.core.packs import Pack, Question
from casereview.core.records import Action, ActionSpell
from casereview.core.state.case import CaseState, case_state
from casereview.core.state.fold import VOID, live
from casereview.core.state.person import PersonState, person_state
from casereview.core.state.review import ReviewState, review_state
from casereview.errors import CaseReviewError, Refused
from casereview.exchange.out.allowed import Allowed, by_question
from casereview.exchange.out.events import Event, events
from casereview.exchange.out.names import Names
from casereview.packs.codes import shipped_lists
from casereview.packs.pack_file import load_pack
from casereview.service.actions.action_rows import status_on
from casereview.service.packs_used import pack_of
from casereview.service.work import Work
from casereview.store import journal, lookup
from casereview.store.in_use import people_of_team
from casereview.store.kept_texts import kept_texts
from casereview.store.rebuild import streams_of


@dataclass(frozen=True, slots=True)
class Journey:
    """One case with its person, its events and every entry of its stream."""

    case: CaseState
    person: PersonState
    events: Sequence[Event]
    entries: Sequence[Entry]


@dataclass
class Sources:
    """What there is to export.

    Attributes:
        work: reads.
        names: what things are called.
        allowed: which values may leave.
        team: code of the one team, None for all.
    """

    work: Work
    names: Names
    allowed: Allowed
    team: str | None = None
    _packs: dict[tuple[int | None, str], Pack | None] = field(default_factory=dict)

    def journeys(self) -> Iterator[Journey]:
        """Yield the cases by their number, some hundred read at a time."""
        for found in self._states("case", case_state):
            kept = [(s, e) for s, e in found if self.team in (None, s.case.team)]
            people = self._people({s.case.person_id for s, _ in kept})
            for state, entries in kept:
                happened = tuple(events(live(entries), self.allowed))
                person = people.get(state.case.person_id)
                if person is not None:
                    yield Journey(state, person, happened, entries)

    def people(self) -> Iterator[tuple[PersonState, Sequence[Entry]]]:
        """Yield everybody, of a team everybody who has a case in it."""
        wanted: set[int] | None = None
        if self.team is not None:
            wanted = people_of_team(self.work.connection, self.team)
        for found in self._states("person", person_state):
            for state, entries in found:
                if wanted is None or state.person.id in wanted:
                    yield state, entries

    def reviews(self) -> Iterator[ReviewState]:
        """Yield the reviews by their number."""
        for found in self._states("review", review_state):
            for state, _ in found:
                if self.team in (None, state.review.team):
                    yield state

    def actions(self) -> Iterator[tuple[Action, ActionSpell, str]]:
        """Yield every action raised by the day with its spell and status at its end."""
        on = self.work.desk.on
        for action, spell in lookup.actions_on(self.work.connection, on, team=self.team):
            yield action, spell, status_on(spell, on)

    def pack_of(self, review: int | None, pack_id: str) -> Pack | None:
        """Return the pack that a review was held with, of no review the one in force."""
        key = (review, pack_id)
        if key not in self._packs:
            self._packs[key] = self._find(review, pack_id)
        return self._packs[key]

    def _find(self, review: int | None, pack_id: str) -> Pack | None:
        packs = self.work.desk.library.packs
        try:
            if review is None:
                return packs.get(pack_id)
            found = pack_of(self.work, self.work.review(review).review)
        except Refused:
            return None
        return found if found.id == pack_id else packs.get(pack_id)

    def _people(self, ids: set[int]) -> dict[int, PersonState]:
        found = {}
        held = journal.load_many(self.work.connection, "person", sorted(ids))
        for number, entries in held.items():
            state = person_state(entries) if (entries := self._until(entries)) else None
            if state is not None:
                found[number] = state
        return found

    def _until(self, entries: list[Entry]) -> list[Entry]:
        """Leave out what happened after the day that is asked for; voids always count."""
        as_of = self.work.desk.as_of
        if as_of is None:
            return entries
        kept = [e for e in entries if e.occurred_on <= as_of or e.kind == VOID]
        # What does not exist yet on the day has no state, whatever was dated before it.
        return kept if kept and kept[0].seq == entries[0].seq else []

    def _states(
        self, kind: str, fold: Callable[[Sequence[Entry]], Any]
    ) -> Iterator[list[tuple[Any, list[Entry]]]]:
        connection = self.work.connection
        for ids in streams_of(connection, kind):
            found = []
            for entries in journal.load_many(connection, kind, ids).values():
                kept = self._until(entries)
                state = fold(kept) if kept else None
                if state is not None:
                    found.append((state, kept))
            yield found


def allowed_for(work: Work, *, free: bool) -> Allowed:
    """Return what may leave: what the rules, the store's kept packs and the code lists know."""
    codes = frozenset(c.code for codes in shipped_lists().values() for c in codes.codes)
    return Allowed(work.desk.library.catalogue, questions_known(work), codes, free)


def questions_known(work: Work) -> dict[tuple[str, str], tuple[Question, ...]]:
    """Return every version of every question that the rules or the store know."""
    library = work.desk.library
    packs = list(library.packs.values())
    for _, pack_id, text in kept_texts(work.connection, "pack"):
        try:
            packs.append(load_pack(text, f"{pack_id}.toml", library.facts, shipped=False))
        except CaseReviewError:
            # Its answers leave without their values, as those of an unknown question do.
            continue
    return by_question((p.id, q) for p in packs for q in (*p.questions, *p.waiting_questions))
