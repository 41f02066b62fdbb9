"""Who acts, when, on which store, by which rules: every use case starts here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from casereview.core.calendar import local_date
from casereview.errors import Refused
from casereview.packs.library import Library
from casereview.service.asked import Asked, public, refuse_other
from casereview.service.held import Held
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.opening import Store
from casereview.store.tail import Tail

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from casereview.store.relations.extraction import Extraction

Rows = list[dict[str, Any]]
NUMBERS_AT_ONCE = 200


@dataclass
class Batch:
    """One open writing transaction that several commands share.

    Attributes:
        connection: inside the transaction.
        held: what its commands have read and recorded.
        fresh: True when no id of its commands can be in the store yet.
        results: what they answered, kept when the transaction ends.
        broken: True once a command failed in it.
    """

    connection: Connection
    fresh: bool = False
    held: Held = field(default_factory=lambda: Held(tail=Tail(block=NUMBERS_AT_ONCE)))
    results: dict[str, journal.Done] = field(default_factory=dict)
    broken: bool = False


@dataclass
class Desk:
    """One sitting at the engine.

    Attributes:
        store: the open store.
        library: packs, pathways, facts and codes in force.
        now: the instant of this command, aware.
        actor: login of who records.
        said_by: login of who said it, None when the actor did.
        command: id of this command; the same id again changes nothing.
        asked: what that id stands for, None when nobody can give it again.
        as_of: business date that reading answers for; today unless asked otherwise.
        known_by: only what was recorded by this instant counts, None for everything.
        clock: tells the instant of further commands, None when all have that of the first.
        batch: the transaction that its commands share, None when each has its own.
        extraction: what the questions of one command have read for measures, None when each reads
            for itself.
    """

    store: Store
    library: Library
    now: datetime
    actor: str
    said_by: str | None = None
    command: str = field(default_factory=lambda: uuid.uuid4().hex)
    as_of: date | None = None
    known_by: datetime | None = None
    clock: Callable[[], datetime] | None = None
    batch: Batch | None = field(default=None, repr=False)
    extraction: Extraction | None = field(default=None, repr=False)
    asked: Asked | None = None

    @property
    def today(self) -> date:
        """Return the store's local date now."""
        return local_date(self.now, self.store.time_zone)

    @property
    def on(self) -> date:
        """Return the business date that reading answers for."""
        return self.as_of or self.today

    @property
    def rehearsal(self) -> bool:
        """Tell whether this is a rehearsal store."""
        return self.store.rehearsal

    def change(self, run: Callable[[Work], Rows]) -> Rows:
        """Run one command in one transaction; the same command id again returns what it returned.

        The rows of a repeat have None for names and local ids, which the command table never holds.

        Raises:
            Refused: the id was used for another command (code command_reused).
        """
        if self.batch is not None:
            return self._change_in(self.batch, run)
        with self.store.write() as connection:
            done = journal.command_result(connection, self.command)
            if done is not None:
                return self._repeated(done)
            work = Work(connection, self)
            rows = run(work)
            if work.entries or work.appended:
                journal.keep_results(connection, [self._done(rows)])
            return rows

    def _done(self, rows: Rows) -> journal.Done:
        mark = self._mark()
        more = {} if mark is None else {"asked": mark}
        return journal.Done(self.command, self.now, self.actor, {"rows": public(rows), **more})

    def _mark(self) -> dict[str, str] | None:
        asked = self.asked
        return None if asked is None else asked.mark(self.command, self.actor, self.said_by)

    def _repeated(self, done: Mapping[str, Any]) -> Rows:
        refuse_other(done, self._mark(), self.command)
        return list(done["rows"])

    def _change_in(self, batch: Batch, run: Callable[[Work], Rows]) -> Rows:
        if batch.broken:
            raise Refused(
                "An earlier command of this batch failed, so none of it will be kept.",
                code="batch_broken",
                next="Give the commands again, without the one that failed.",
            )
        if self.command in batch.results:
            return self._repeated(batch.results[self.command].result)
        try:
            if not batch.fresh:
                done = journal.command_result(batch.connection, self.command)
                if done is not None:
                    return self._repeated(done)
            work = Work(batch.connection, self, batch.held)
            rows = run(work)
        except BaseException:
            batch.broken = True
            raise
        if work.entries or work.appended:
            batch.results[self.command] = self._done(rows)
        return rows

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Give a work that can only read."""
        if self.batch is not None:
            # States read as of another day are not those that commands start from.
            held = self.batch.held if self.as_of is None else Held()
            yield Work(self.batch.connection, self, held)
            return
        with self.store.read() as connection:
            yield Work(connection, self)

    def again(self, *, actor: str | None = None, said_by: str | None = None) -> Desk:
        """Return the desk for the next command: a fresh id and, with a clock, a fresh instant."""
        return replace(
            self,
            command=uuid.uuid4().hex,
            asked=None,
            now=self.clock() if self.clock else self.now,
            actor=actor or self.actor,
            said_by=said_by if said_by is not None else self.said_by,
        )


@contextmanager
def batched(desk: Desk, *, fresh: bool = False) -> Iterator[Desk]:
    """Give a desk whose commands share one transaction: all of them are kept at the end, or none.

    Each is a command of its own, with its own id. None is acknowledged before the end, so this is
    for work that can be done again. One that is refused takes the whole batch with it. With `fresh`
    the store is not asked whether it knows their ids already.

    Raises:
        Refused: a command failed and its error was not let out (code batch_broken).
    """
    if desk.batch is not None:
        yield desk
        return
    with desk.store.write() as connection:
        batch = Batch(connection, fresh)
        yield replace(desk, batch=batch)
        if batch.broken:
            raise Refused(
                "A command of this batch failed, so none of it is kept.",
                code="batch_broken",
                next="Give the commands again, without the one that failed.",
            )
        journal.keep_results(connection, list(batch.results.values()))
