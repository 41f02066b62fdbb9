"""Relations that several questions share: each is read from the store once.

Nothing of it outlives what it was made for: one command makes one, and no second one sees it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from types import MappingProxyType

import polars as pl
from sqlalchemy import Connection

from casereview.store.opening import Store
from casereview.store.relations.cases import (
    case_relation,
    key_workers,
    read_reopened,
    with_kept_persons,
)
from casereview.store.relations.events import (
    action_relation,
    milestone_relation,
    spell_relation,
    worker_relation,
)
from casereview.store.relations.groups import GROUPS, with_groups
from casereview.store.relations.more import MORE_SOURCES, people_relation, spells_of_actions
from casereview.store.relations.sql import SOURCES, WORD, read_rows
from casereview.store.types import to_day
from casereview.store.watching import last_number

Frames = dict[str, pl.DataFrame]

MOST_BYTES = 500_000_000
"""What is held between two questions; beyond it what was not asked for longest is let go."""


class Held:
    """Frames that were read, those asked for last at the end."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        """Hold nothing yet; `most` is the size in bytes that `let_go` leaves."""
        self._frames: OrderedDict[str, pl.DataFrame] = OrderedDict()
        self._most = most

    def once(self, name: str, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Return a frame by name; it is made when it is not held."""
        if name not in self._frames:
            self._frames[name] = make()
        self._frames.move_to_end(name)
        return self._frames[name]

    def clear(self) -> None:
        """Forget everything."""
        self._frames.clear()

    def let_go(self) -> None:
        """Forget what was not asked for longest until the rest is small enough."""
        sizes = {name: frame.estimated_size() for name, frame in self._frames.items()}
        whole = sum(sizes.values())
        while whole > self._most:
            name, _ = self._frames.popitem(last=False)
            whole -= sizes[name]


@dataclass
class _Reading:
    """One question's reading: what is not held is read through its connection."""

    connection: Connection
    as_of: date
    team: str | None
    held: Held

    @property
    def day(self) -> int:
        return to_day(self.as_of)

    def source(self, name: str) -> pl.DataFrame:
        source = SOURCES.get(name) or MORE_SOURCES[name]
        return read_rows(self.connection, source, as_of=self.as_of, team=self.team)

    @cached_property
    def everyone(self) -> pl.DataFrame:
        return with_kept_persons(self.connection, self.source("cases"))

    @property
    def reopened(self) -> pl.DataFrame:
        return self.held.once(
            "every reopened",
            lambda: read_reopened(self.connection, as_of=self.as_of, team=self.team),
        )

    @property
    def workers(self) -> pl.DataFrame:
        return self.held.once(
            "every worker", lambda: worker_relation(self.source("workers"), self.day)
        )

    @property
    def spells_of_actions(self) -> pl.DataFrame:
        return self.held.once("every action spell", lambda: self.source("action_spells"))

    @property
    def cases(self) -> pl.DataFrame:
        def make() -> pl.DataFrame:
            # Noted while everyone is at hand: a later question need not read them again for it.
            _ = self.left_out
            return case_relation(self.everyone, self.reopened, day=self.day, team=self.team)

        return self.held.once("cases", make)

    @property
    def left_out(self) -> pl.Series:
        marked = pl.col("excluded").is_not_null()
        return self.held.once(
            "left out", lambda: self.everyone.filter(marked).select("case_id")
        )["case_id"]  # fmt: skip

    def kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Leave out the events of excluded cases; the cases themselves stay, with why."""
        if self.left_out.is_empty():
            return frame
        return frame.filter(~pl.col("case_id").is_in(self.left_out.implode()))

    def of_team(self, frame: pl.DataFrame) -> pl.DataFrame:
        if self.team is None:
            return frame
        return frame.filter(pl.col("case_id").is_in(self.cases["case_id"].implode()))

    def grouped(self, groups: Iterable[str], *, workers: bool) -> pl.DataFrame:
        """Return the cases with their key worker, None unless asked for, and their groups."""
        cases = self.cases
        named = set(groups)
        columns = [self._group(cases, g) for g in GROUPS if g in named]
        if not workers:
            cases = cases.with_columns(pl.lit(None, WORD).alias("worker"))
        else:
            columns.insert(0, self._worker(cases))
        return cases.hstack([c.to_series() for c in columns])

    def _worker(self, cases: pl.DataFrame) -> pl.DataFrame:
        return self.held.once("worker", lambda: key_workers(cases, self.workers, self.day))

    def _group(self, cases: pl.DataFrame, group: str) -> pl.DataFrame:
        def make() -> pl.DataFrame:
            found = with_groups(
                self.connection, cases, (group,), as_of=self.as_of, team=self.team
            )  # fmt: skip
            return found.select(group)

        return self.held.once(f"by {group}", make)


class Extraction:
    """The relations of one store, each read when a question first needs it.

    Every question reads inside a transaction of its own. What another read before is used again
    only while the as-of date and the team are the same and nothing was recorded since, so that all
    relations of one question show one moment.
    """

    def __init__(self, store: Store | None = None, *, most_bytes: int = MOST_BYTES) -> None:
        """Read nothing yet.

        Args:
            store: whose relations these are, None when whoever holds it knows.
            most_bytes: what is held between two questions.
        """
        self.store = store
        self._held = Held(most_bytes)
        self._asked: tuple[date, str | None, int] | None = None

    def frames(
        self,
        connection: Connection,
        names: Iterable[str],
        *,
        as_of: date,
        team: str | None = None,
        groups: Iterable[str] = (),
    ) -> Frames:
        """Return the named relations; the arguments are those of `relations.read_relations`."""
        asked = (as_of, team, last_number(connection))
        if asked != self._asked:
            self._held.clear()
            self._asked = asked
        reading = _Reading(connection, as_of, team, self._held)
        wanted = set(names)
        found = {"cases": reading.grouped(groups, workers="workers" in wanted)}
        for name, make in MAKERS.items():
            if name in wanted:
                found[name] = self._held.once(name, partial(make, reading))
        self._held.let_go()
        return found


def still(spells: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return spells as they stood at the end of a day: what ended later has not ended."""
    before = pl.col("before_day")
    return spells.with_columns(pl.when(before <= day).then(before).alias("before_day"))


def _milestones(reading: _Reading) -> pl.DataFrame:
    rows = reading.source("milestones")
    return reading.kept(
        milestone_relation(reading.connection, rows, as_of=reading.as_of, team=reading.team)
    )


def _actions(reading: _Reading) -> pl.DataFrame:
    return action_relation(reading.source("actions"), reading.spells_of_actions, reading.day)


MAKERS: Mapping[str, Callable[[_Reading], pl.DataFrame]] = MappingProxyType(
    {
        "reopened": lambda r: r.kept(r.of_team(r.reopened)),
        "stage_spells": lambda r: spell_relation(r.kept(r.source("stage_spells")), r.day),
        "milestones": _milestones,
        "workers": lambda r: r.kept(r.workers),
        "attendances": lambda r: r.kept(r.source("attendances")),
        "delays": lambda r: r.kept(still(r.source("delays"), r.day)),
        "actions": _actions,
        "action_spells": lambda r: spells_of_actions(r.spells_of_actions, r.day),
        "reviews": lambda r: r.source("reviews"),
        "marks": lambda r: r.kept(r.source("marks")),
        "facts": lambda r: r.kept(still(r.source("facts"), r.day)),
        "people": lambda r: people_relation(r.source("people")),
        "agenda": lambda r: r.kept(r.source("agenda")),
        "answers": lambda r: r.kept(r.source("answers")),
        "decisions": lambda r: r.kept(r.source("decisions")),
    }
)
"""How each relation besides the cases is made."""
