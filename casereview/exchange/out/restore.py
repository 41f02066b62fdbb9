"""A new store from an archive: the same journal and chain heads, every row worked out anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from casereview.core.calendar import time_zone
from casereview.errors import CaseReviewError, StoreExists
from casereview.exchange.out.archive import HEADS, part_name
from casereview.exchange.out.archive_read import Archive, open_archive, refuse
from casereview.packs.pack_file import text_hash
from casereview.store import journal
from casereview.store.invariants import INVARIANTS, breaches
from casereview.store.kept_texts import kept_texts
from casereview.store.opening import create_store
from casereview.store.place import BESIDE, sync_folder_entry
from casereview.store.project import insert_rows, keyed
from casereview.store.rebuild import FOLDS, UNREADABLE, streams_of
from casereview.store.schema import SCHEMA
from casereview.store.seals import last_seal
from casereview.store.verify import verify_chains
from casereview.store.whole import COLUMNS, entries_held, fill, heads, take_id

_BESIDE = frozenset((
    "every pack that a review used is kept", "new numbers lie above those that were given",
))  # fmt: skip
"""Invariants of what an archive holds beside its chains."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was made: lines of the journal, chains, rows, and the last sealed head ("" for none)."""

    path: Path
    entries: int
    chains: int
    rows: int
    head: str


def restore(file: Path, target: Path, *, head: str | None = None) -> Restored:
    """Make a new store from an archive, proved before it takes its place.

    Every hash of every chain and rule file, every seal and every chain's head are recomputed and
    compared, and new numbers must lie above those that were given.

    Args:
        file: the archive.
        target: where the store goes; nothing may be there.
        head: a head printed in minutes, at least 12 digits, that it is held to; None for none.

    Raises:
        StoreExists: something is there.
        StoreError: the place cannot hold a store.
        ArchiveFault: the archive is not whole, was changed, or does not add up.
    """
    if target.exists() or target.is_symlink():
        raise StoreExists(
            f"There is already something at {target}; nothing was changed.",
            next="Name a new file with --store.",
        )
    with open_archive(file) as archive:
        beside = target.with_name(f"{target.name}.{uuid4().hex[:8]}")
        try:
            made = _build(archive, beside, head)
            beside.rename(target)
            sync_folder_entry(target.parent)
        finally:
            for end in ("", *BESIDE):
                beside.with_name(beside.name + end).unlink(missing_ok=True)
    return Restored(target, *made)


def _build(archive: Archive, path: Path, head: str | None) -> tuple[int, int, int, str]:
    about = archive.manifest["store"]
    created = _created(about)
    rehearsal = about["rehearsal"] == "1"
    with create_store(
        path, at=created, rehearsal=rehearsal, time_zone=about["time_zone"]
    ) as store, store.write() as connection:  # fmt: skip
        take_id(connection, about["id"])
        for table in COLUMNS:
            fill(connection, table, archive.rows(part_name(table)))
        _prove(connection, archive, head)
        rows = _fold(connection)
        _prove_beside(connection, about)
        entries, _ = entries_held(connection)
        chains = sum(1 for _ in heads(connection))
        seal = last_seal(connection)
    return entries, chains, rows, "" if seal is None else seal[3]


def _created(about: dict[str, str]) -> datetime:
    """Return when the store was made.

    Raises:
        ArchiveFault: the manifest describes no store that this version can make.
    """
    if not about["schema"].isdecimal() or int(about["schema"]) > SCHEMA:
        refuse("it was written by a newer casereview")
    if about["rehearsal"] not in ("0", "1"):
        refuse("its manifest does not say whether it is a rehearsal")
    try:
        time_zone(about["time_zone"])
        created = datetime.fromisoformat(about["created"])
    except (ValueError, CaseReviewError):
        refuse("its manifest names no time zone or time")
    if created.tzinfo is None:
        refuse("its manifest names no time zone or time")
    return created


def _prove(connection: Connection, archive: Archive, head: str | None) -> None:
    """Recompute the journal and compare its heads with those of the archive.

    Raises:
        ArchiveFault: something differs; the first difference is named.
    """
    problems = verify_chains(connection, since_head=head)
    if problems:
        refuse(f"its journal has {len(problems)} faults, the first at {problems[0]}")
    for found, said in zip_longest(heads(connection), archive.rows(HEADS)):
        if found is None or said is None or tuple(found) != said:
            refuse("its chains do not end where it says")
    seal = last_seal(connection)
    if archive.manifest.get("sealed_head") != (None if seal is None else seal[3]):
        refuse("its last seal is not the one it says")


def _prove_beside(connection: Connection, about: dict[str, str]) -> None:
    """Look at what no chain covers: the rule files, the counters, what the manifest says.

    Raises:
        ArchiveFault: something does not fit the journal.
    """
    for key, name, text in kept_texts(connection):
        if not isinstance(text, str) or text_hash(text) != key:
            refuse(f"the kept text of {name} is not the one that was used")
    for invariant in INVARIANTS:
        if invariant.name in _BESIDE and (found := breaches(connection, invariant.sql)):
            refuse(f"it does not hold that {invariant.name}: {found[0]}")
    began = next(journal.iterate(connection, kinds=["store"]), None)
    told = {"rehearsal": about["rehearsal"] == "1", "zone": about["time_zone"]}
    if began is not None and began.kind == "initialised":
        for key, value in told.items():
            if began.body.get(key) != value:
                refuse(f"its manifest tells another {key} than its journal began with")


def _fold(connection: Connection) -> int:
    """Write the rows that the journal adds up to and return how many.

    Raises:
        ArchiveFault: the chains are whole and their entries are not entries of this version.
    """
    written = 0
    try:
        for kind, fold in FOLDS.items():
            for ids in streams_of(connection, kind):
                rows: dict[type[Any], list[tuple[Any, ...]]] = {}
                for entries in journal.load_many(connection, kind, ids).values():
                    state = fold(entries)
                    records = () if state is None else state.records()
                    for record, row in keyed(records).values():
                        rows.setdefault(record, []).append(row)
                for record, values in rows.items():
                    insert_rows(connection, record, values)
                    written += len(values)
    except UNREADABLE:
        refuse("its entries do not add up to a store of this version")
    return written
