"""Tidy relations out of a store, for measures: integer days, whole seconds, one row per event.

Everything is as it stood at the end of the as-of date: what is dated later is not there, and what
ended later has not ended. Columns are described in `docs/measures.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl
from sqlalchemy import Connection

from casereview.store.relation_cases import case_relation, read_reopened, with_kept_persons
from casereview.store.relation_events import (
    action_relation,
    milestone_relation,
    spell_relation,
    worker_relation,
)
from casereview.store.relation_groups import with_groups
from casereview.store.relation_more import MORE_SOURCES, people_relation, spells_of_actions
from casereview.store.relation_sql import SOURCES, read_rows
from casereview.store.types import to_day

Frames = dict[str, pl.DataFrame]

RELATIONS = (
    "cases", "reopened", "stage_spells", "milestones", "workers", "attendances", "delays",
    "actions", "action_spells", "reviews", "marks", "facts", "people", "agenda", "answers",
    "decisions",
)  # fmt: skip


@dataclass
class _Reading:
    """What is shared while the relations of one store are read."""

    connection: Connection
    as_of: date
    team: str | None

    @property
    def day(self) -> int:
        return to_day(self.as_of)

    def source(self, name: str) -> pl.DataFrame:
        source = SOURCES.get(name) or MORE_SOURCES[name]
        return read_rows(self.connection, source, as_of=self.as_of, team=self.team)

    @cached_property
    def reopened(self) -> pl.DataFrame:
        return read_reopened(self.connection, as_of=self.as_of, team=self.team)

    @cached_property
    def workers(self) -> pl.DataFrame:
        return worker_relation(self.source("workers"), self.day)

    @cached_property
    def everyone(self) -> pl.DataFrame:
        return with_kept_persons(self.connection, self.source("cases"))

    @cached_property
    def left_out(self) -> pl.Series:
        return self.everyone.filter(pl.col("excluded").is_not_null())["case_id"]

    def kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Leave out the events of excluded cases; the cases themselves stay, with why."""
        if self.left_out.is_empty():
            return frame
        return frame.filter(~pl.col("case_id").is_in(self.left_out.implode()))


def read_relations(
    connection: Connection,
    names: Iterable[str],
    *,
    as_of: date,
    team: str | None = None,
    groups: Iterable[str] = (),
) -> Frames:
    """Return the named relations as Polars frames; `cases` is always among them.

    Args:
        connection: inside a reading transaction; every relation shows one moment.
        names: some of RELATIONS. The column `worker` of `cases` is filled when `workers` is asked.
        as_of: business date; entries on or before it count.
        team: code of the only team whose cases are wanted, None for every team.
        groups: columns of `cases` besides its own: some of `relation_groups.GROUPS`.
    """
    wanted = set(names)
    reading = _Reading(connection, as_of, team)
    workers = reading.workers if "workers" in wanted else None
    cases = case_relation(reading.everyone, reading.reopened, workers, day=reading.day, team=team)
    cases = with_groups(connection, cases, tuple(groups), as_of=as_of, team=team)
    frames = {"cases": cases}
    for name in RELATIONS:
        if name in wanted and name in _MAKERS:
            frames[name] = _MAKERS[name](reading)
    return frames


def _spells(reading: _Reading) -> pl.DataFrame:
    return spell_relation(reading.kept(reading.source("stage_spells")), reading.day)


def _milestones(reading: _Reading) -> pl.DataFrame:
    rows = reading.source("milestones")
    return reading.kept(
        milestone_relation(reading.connection, rows, as_of=reading.as_of, team=reading.team)
    )


def _delays(reading: _Reading) -> pl.DataFrame:
    return reading.kept(still(reading.source("delays"), reading.day))


def _actions(reading: _Reading) -> pl.DataFrame:
    return action_relation(reading.source("actions"), reading.source("action_spells"), reading.day)


def _of_team(frame: pl.DataFrame, reading: _Reading) -> pl.DataFrame:
    if reading.team is None:
        return frame
    own = reading.everyone.filter(pl.col("team") == reading.team)["case_id"]
    return frame.filter(pl.col("case_id").is_in(own.implode()))


def still(spells: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return spells as they stood at the end of a day: what ended later has not ended."""
    before = pl.col("before_day")
    return spells.with_columns(pl.when(before <= day).then(before).alias("before_day"))


_MAKERS: Mapping[str, Callable[[_Reading], pl.DataFrame]] = {
    "reopened": lambda r: r.kept(_of_team(r.reopened, r)),
    "stage_spells": _spells,
    "milestones": _milestones,
    "workers": lambda r: r.kept(r.workers),
    "attendances": lambda r: r.kept(r.source("attendances")),
    "delays": _delays,
    "actions": _actions,
    "reviews": lambda r: r.source("reviews"),
    "action_spells": lambda r: spells_of_actions(r.source("action_spells"), r.day),
    "marks": lambda r: r.kept(r.source("marks")),
    "facts": lambda r: r.kept(still(r.source("facts"), r.day)),
    "people": lambda r: people_relation(r.source("people")),
    "agenda": lambda r: r.kept(r.source("agenda")),
    "answers": lambda r: r.kept(r.source("answers")),
    "decisions": lambda r: r.kept(r.source("decisions")),
}


def write_parquet(frames: Mapping[str, pl.DataFrame], folder: Path) -> dict[str, Path]:
    """Write each relation to its own Parquet file in a folder and return the paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    places = {name: folder / f"{name}.parquet" for name in frames}
    for name, frame in frames.items():
        frame.write_parquet(places[name])
    return places
