"""One command at work: states loaded, entries recorded, rows written, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from casereview.core import machine, requirements
from casereview.core.decide.setting import Setting
from casereview.core.entries import Draft, Entry, Stream
from casereview.core.facts import Value
from casereview.core.pathways import Move, Pathway
from casereview.core.requirements import Why
from casereview.core.state import case, person, review
from casereview.core.state.case import CaseState, case_state
from casereview.core.state.figures import series_state
from casereview.core.state.fold import VOID
from casereview.core.state.person import PersonState, person_state
from casereview.core.state.review import ReviewState, review_state
from casereview.core.state.run import run_state
from casereview.core.state.team import TeamState, team_state
from casereview.core.state.user import UserState, user_state
from casereview.errors import NotFound
from casereview.service.held import Held, State
from casereview.service.near import nearest
from casereview.service.organisation.calendar import next_meeting, working_days_after
from casereview.store import journal, lookup
from casereview.store.chain import Origin
from casereview.store.project import write_state
from casereview.store.rebuild import UNREADABLE, unreadable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from casereview.service.desk import Desk

_FOLDS: dict[str, Callable[[Sequence[Entry]], State | None]] = {
    "case": case_state, "person": person_state, "review": review_state,
    "team": team_state, "user": user_state, "import": run_state,
    "figures": series_state,
}  # fmt: skip
_EVOLVES: dict[str, Callable[[Any, Entry], State | None]] = {
    "case": case.evolve, "person": person.evolve, "review": review.evolve,
}  # fmt: skip


@dataclass
class Work:
    """The hands of one command.

    Attributes:
        connection: inside the command's transaction.
        desk: who does it, when, by which rules.
        appended: True when entries were added past `record`, in bulk.
        held: what it knows; the commands of a batch share it.
        entries: what it has recorded.
    """

    connection: Connection
    desk: Desk
    held: Held = field(default_factory=Held)
    entries: list[Entry] = field(default_factory=list)
    appended: bool = False

    # --- loading

    def state(self, stream: Stream) -> State | None:
        """Return the present state of a stream, None when there is none."""
        states = self.held.states
        if stream not in states:
            found = journal.load(self.connection, stream)
            # Who belongs to the service and how it is set up is asked as of now.
            found = self._until(found) if stream.kind in ("case", "person") else found
            try:
                states[stream] = _FOLDS[stream.kind](found) if found else None
            except UNREADABLE as error:
                raise unreadable(stream) from error
        return states[stream]

    def _number(self, kind: str, name: str) -> int | None:
        """Return the stream number of a team or user, which never changes, None for none."""
        numbers = self.held.numbers
        if (kind, name) not in numbers:
            every = lookup.team_numbers if kind == "team" else lookup.user_numbers
            numbers |= {(kind, n): i for n, i in every(self.connection).items()}
        return numbers.get((kind, name))

    def _nearest(self, kind: str, name: str) -> str | None:
        return nearest(name, [n for k, n in self.held.numbers if k == kind])

    def _until(self, entries: list[Entry]) -> list[Entry]:
        """Leave out what happened after the day that reading answers for; voids always count."""
        as_of = self.desk.as_of
        if as_of is None:
            return entries
        return [e for e in entries if e.occurred_on <= as_of or e.kind == VOID]

    def case(self, case_id: int) -> CaseState:
        """Return a case.

        Raises:
            NotFound: there is no such case.
        """
        state = self.state(Stream("case", case_id))
        if not isinstance(state, CaseState):
            raise NotFound(
                f"There is no case C{case_id}.", next="See `case list` for the open cases."
            )
        return state

    def person(self, person_id: int) -> PersonState:
        """Return a person.

        Raises:
            NotFound: there is no such person.
        """
        state = self.state(Stream("person", person_id))
        if not isinstance(state, PersonState):
            raise NotFound(f"There is no person P{person_id}.", next="See `case list`.")
        return state

    def review(self, review_id: int) -> ReviewState:
        """Return a review.

        Raises:
            NotFound: there is no such review.
        """
        state = self.state(Stream("review", review_id))
        if not isinstance(state, ReviewState):
            raise NotFound(f"There is no review R{review_id}.", next="See `review list`.")
        return state

    def team(self, code: str) -> TeamState:
        """Return a team by its code.

        Raises:
            NotFound: there is no such team; the nearest is named.
        """
        number = self._number("team", code)
        if number is None:
            near = self._nearest("team", code)
            raise NotFound(
                f"There is no team {code!r}.",
                next=f"Did you mean {near}?" if near else "Add it with `team add`.",
            )
        state = self.state(Stream("team", number))
        if not isinstance(state, TeamState):
            raise NotFound(f"There is no team {code!r}.", next="Run `casereview verify`.")
        return state

    def user(self, login: str) -> UserState:
        """Return a user by login.

        Raises:
            NotFound: there is no such user; the nearest is named.
        """
        number = self._number("user", login)
        if number is None:
            near = self._nearest("user", login)
            raise NotFound(
                f"There is no user {login!r}.",
                next=f"Did you mean {near}?" if near else "Add one with `user add`.",
            )
        state = self.state(Stream("user", number))
        if not isinstance(state, UserState):
            raise NotFound(f"There is no user {login!r}.", next="Run `casereview verify`.")
        return state

    def knows_user(self, login: str) -> bool:
        """Tell whether a login exists and has not been removed."""
        number = self._number("user", login)
        state = self.state(Stream("user", number)) if number is not None else None
        return isinstance(state, UserState) and state.user.removed_on is None

    # --- recording

    def record(self, drafts: Iterable[Draft]) -> list[Entry]:
        """Append entries to the journal and bring the rows of their streams up to date."""
        wanted = list(drafts)
        if not wanted:
            return []
        before = {d.stream: self.state(d.stream) for d in wanted if d.stream.kind in _FOLDS}
        recorded = journal.append(
            self.connection,
            wanted,
            at=self.desk.now,
            by=self.desk.actor,
            said_by=self.desk.said_by,
            command=self.desk.command,
            tail=self.held.tail,
        )
        self.entries += recorded
        for stream, old in before.items():
            fresh = [e for e in recorded if e.stream == stream]
            new = self.held.states[stream] = self._after(stream, old, fresh)
            write_state(self.connection, old, new)
        return recorded

    def _after(self, stream: Stream, old: State | None, fresh: Sequence[Entry]) -> State | None:
        evolve = _EVOLVES.get(stream.kind)
        if evolve is None or any(e.kind == VOID for e in fresh):
            return _FOLDS[stream.kind](journal.load(self.connection, stream))
        for entry in fresh:
            old = evolve(old, entry)
        return old

    def forget(self, streams: Iterable[Stream]) -> None:
        """Load streams anew when they are next asked for; bulk paths write past what is held."""
        self.held.forget(streams)

    def origin(self, team: str) -> Origin:
        """Return what all entries of this command have in common, for bulk paths."""
        desk = self.desk
        return Origin(
            at=desk.now, by=desk.actor, command=desk.command, said_by=desk.said_by, team=team
        )

    # --- circumstances

    def pathway(self, team: TeamState) -> Pathway:
        """Return the pathway of a team."""
        return self.desk.library.pathway(team.team.pathway)

    def setting(
        self,
        team: TeamState,
        on: date,
        *,
        review: ReviewState | None = None,
    ) -> Setting:
        """Return the circumstances that deciding needs."""
        desk = self.desk
        return Setting(
            on=on,
            today=desk.today,
            now=desk.now,
            actor=desk.actor,
            speaker=desk.said_by or desk.actor,
            role=self.user(desk.said_by or desk.actor).user.role,
            team=team,
            pathway=self.pathway(team),
            next_meeting=lambda pack, after: next_meeting(desk.library, team, pack, after),
            working_days=lambda start, n: working_days_after(team, start, n),
            new_id=lambda name: journal.next_id(self.connection, name),
            known_user=self.knows_user,
            review=review.review.id if review else None,
            chair=review.review.chair if review else None,
        )

    def facts(self, case_id: int, names: Iterable[str], on: date) -> dict[str, Value]:
        """Return facts of one case at the end of a day."""
        from casereview.service.cases.facts import facts_of

        return facts_of(self.connection, self.desk.library, case_id, names, on)

    def why(self, case: CaseState, dest: str, on: date) -> Why:
        """Return every requirement of the move to a stage as it stands at the end of a day.

        Raises:
            Refused: the pathway has no such move.
        """
        library = self.desk.library
        pathway = library.pathway(case.case.pathway)
        move = machine.declared(pathway, case.case.stage, dest)
        live = case.decision()
        agreed = (
            live is not None
            and (live.status, live.dest) == ("agreed", dest)
            and live.agreed_on is not None
            and live.agreed_on <= on
        )
        return requirements.why(
            pathway,
            move,
            self._facts_read(case, move, on),
            condition_of=library.condition,
            catalogue=library.catalogue,
            on=on,
            decision_agreed=agreed,
        )

    def _facts_read(self, case: CaseState, move: Move, on: date) -> dict[str, Value]:
        """Return the facts that a move reads on a day; a guard that is shut by now stays shut.

        Otherwise dating a way out before the day of a worry would lead past it.
        """
        condition_of = self.desk.library.condition
        names = requirements.facts_read(move, condition_of)
        facts = self.facts(case.case.id, names, on)
        if self.desk.as_of is None and on < self.desk.today:
            guards = [condition_of(r.when) for r in move.requires if r.guards]
            read = {n for guard in guards for n in guard.names}
            now = self.facts(case.case.id, read, self.desk.today)
            if any(guard.evaluate(now) is not True for guard in guards):
                facts |= now
        return facts
