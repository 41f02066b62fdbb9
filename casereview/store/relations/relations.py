"""Tidy relations out of a store, for measures: integer days, whole seconds, one row per event.

Everything is as it stood at the end of the as-of date: what is dated later is not there, and what
ended later has not ended. Columns are described in `docs/measures.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
from sqlalchemy import Connection

from casereview.store.relations.extraction import MAKERS, Extraction, Frames

__all__ = ["RELATIONS", "Extraction", "Frames", "read_relations", "write_parquet"]

RELATIONS = ("cases", *MAKERS)


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
    extraction = Extraction()
    return extraction.frames(connection, names, as_of=as_of, team=team, groups=groups)


def write_parquet(frames: Mapping[str, pl.DataFrame], folder: Path) -> dict[str, Path]:
    """Write each relation to its own Parquet file in a folder and return the paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    places = {name: folder / f"{name}.parquet" for name in frames}
    for name, frame in frames.items():
        frame.write_parquet(places[name])
    return places
