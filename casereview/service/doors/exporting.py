"""Files that leave: pseudonymised unless somebody who may says why not, and then it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from casereview.core.calendar import time_zone
from casereview.errors import CaseReviewError, StoreError, Usage
from casereview.exchange.out.archive import write_archive
from casereview.exchange.out.fhir import BundleWriter
from casereview.exchange.out.fhir_check import faults
from casereview.exchange.out.names import Names, export_key
from casereview.exchange.out.restore import restore
from casereview.exchange.out.rows import Maker
from casereview.exchange.out.xes import xes, xes_bytes
from casereview.packs.library import Library
from casereview.packs.posts import posts_wanted
from casereview.service.access import refuse_removed
from casereview.service.desk import Desk, Rows
from casereview.service.doors.rights import record_export
from casereview.service.doors.sources import Sources, allowed_for
from casereview.service.doors.tables import ROWS, Order
from casereview.service.past import as_known
from casereview.service.work import Work
from casereview.store.engine import server_url

LEFT_OUT = (
    "names, logins, local ids, NHS numbers, dates of birth, addresses, free text; it is still "
    "personal data"
)


def export_rows(desk: Desk, order: Order) -> tuple[Rows, dict[str, Any]]:
    """Return the rows of a table and what belongs beside them in every format.

    Raises:
        NotAllowed: the role may not export identifiable data.
        NotFound: no such team.
        Refused: no purpose, no usable key file, no such fact or one of free text.
    """
    with _sources(desk, order) as (work, sources):
        maker = Maker(sources.names, sources.allowed, work.desk.on)
        rows = list(ROWS[order.what](work, sources, maker, order))
    marking = "IDENTIFIABLE" if order.identifiable else "pseudonymised"
    about = {"marking": marking, "purpose": order.purpose or None}
    if not order.identifiable:
        about["leaves_out"] = LEFT_OUT
    return rows, {k: v for k, v in about.items() if v}


def export_fhir(desk: Desk, order: Order) -> dict[str, Any]:
    """Return a FHIR R4 Bundle of cases, actions, answers, worries and the journal about them.

    Raises:
        NotAllowed, NotFound, Refused: as `export_rows`.
        CaseReviewError: what is stored cannot be said in valid FHIR (code fhir_invalid).
    """
    with _sources(desk, order) as (work, sources):
        waits = frozenset(p.id for p in desk.library.pathways.values() if p.waits)
        writer = BundleWriter(sources.names, sources.allowed, work.desk.on, waits, sources.pack_of)
        _fill(writer, sources)
        bundle = writer.bundle(at=desk.now, purpose=order.purpose)
    wrong = faults(bundle)
    if wrong:
        raise CaseReviewError(
            f"What is stored cannot be said in valid FHIR: {wrong[0]}",
            code="fhir_invalid",
            next="Export cases and events as CSV, and correct that case.",
        )
    return bundle


def _fill(writer: BundleWriter, sources: Sources) -> None:
    people: dict[int, dict[str, str]] = {}
    cases: dict[int, dict[str, Any]] = {}
    for journey in sources.journeys():
        case, person = journey.case, journey.person
        focus = writer.case(case, person)
        people[person.person.id] = writer.person(person)
        cases[case.case.id] = {"focus": focus, "for": people[person.person.id]}
        writer.answers(case, person)
        writer.provenance(journey.entries, focus)
    for person, entries in sources.people():
        reference = people[person.person.id] = writer.person(person)
        for worry in person.worries:
            writer.worry(worry, person)
        writer.provenance(entries, reference)
    for action, spell, status in sources.actions():
        about = dict(cases.get(action.case_id or action.about_case_id or 0, {}))
        if not about and action.person_id in people:
            about = {"for": people[action.person_id]}
        writer.action(action, spell, status, about)


def export_xes(desk: Desk, order: Order, *, packed: bool = False) -> bytes:
    """Return the history of cases as an XES log, gzipped when asked for.

    Raises:
        NotAllowed, NotFound, Refused: as `export_rows`.
    """
    with _sources(desk, order) as (_, sources):
        traces = (
            (j.case.case.id, j.case.case.team, j.case.case.pathway, j.events)
            for j in sources.journeys()
        )
        zone = time_zone(desk.store.time_zone)
        lines = xes(traces, sources.names, zone, purpose=order.purpose)
        return xes_bytes(lines, packed=packed)


# --- who, why, under which names


@contextmanager
def _sources(desk: Desk, order: Order) -> Iterator[tuple[Work, Sources]]:
    """Give what an export reads, after its right, purpose and key were looked at.

    An identifiable export is in the journal before anything of it is read.
    """
    _check(desk, order.team)
    key = None
    if order.identifiable:
        record_export(desk, order.what, order.purpose, team=order.team)
    else:
        key = export_key(order.key)
    names = Names(key, desk.store.id)
    with as_known(desk) as known, known.reading() as work:
        allowed = allowed_for(work, free=order.identifiable)
        allowed = replace(allowed, posts=_posts_named(desk.library))
        yield work, Sources(work, names, allowed, order.team)


def _posts_named(library: Library) -> frozenset[str]:
    """Return the posts that packs and pathways name; any other is a team's own word."""
    found = {"key-worker", "chair", "follow-up"}
    for pathway in library.pathways.values():
        found |= posts_wanted(library, pathway.id)
        found |= {r.fixer for move in pathway.moves for r in move.requires}
    return frozenset(found)


def _check(desk: Desk, team: str | None) -> None:
    with desk.reading() as work:
        refuse_removed(work.user(desk.actor))
        if team is not None:
            work.team(team)


# --- the whole store


def export_archive(desk: Desk, file: str | Path, *, purpose: str) -> Rows:
    """Write the whole store into an archive and return what is in it.

    It holds everything, names and free text included, so it needs the role and a purpose and is in
    the journal, and therefore in the archive itself.

    Raises:
        NotAllowed, Refused: the role or the purpose.
        Usage: the file cannot be written.
    """
    record_export(desk, "archive", purpose)
    path = Path(file).expanduser()
    manifest = write_archive(desk.store, path, at=desk.now)
    parts = manifest["parts"]
    return [{
        "file": str(path), "entries": parts["entries.jsonl"]["lines"],
        "chains": parts["heads.jsonl"]["lines"], "sealed_head": manifest["sealed_head"],
        "size_bytes": path.stat().st_size, "marking": "IDENTIFIABLE",
    }]  # fmt: skip


def restore_archive(place: str | Path, file: str | Path, *, head: str | None = None) -> Rows:
    """Rebuild a new store from an archive, with the same chain heads; return what it holds.

    Args:
        place: file of the store; nothing may be there.
        file: the archive.
        head: a head printed in minutes that it is held to, None for none.

    Raises:
        StoreError: something is there, or it is an address and no file.
        ArchiveFault: the archive is not whole, was changed or does not add up.
        Usage: there is no such archive.
    """
    if server_url(str(place)) is not None:
        raise StoreError(
            "An archive is rebuilt into a file, not into a database on a server.",
            code="store_server",
            next="Name a file with --store.",
        )
    source = Path(file).expanduser()
    if not source.exists():
        raise Usage(f"There is no file {file}.", code="no_such_file", next="Check the name.")
    made = restore(source, Path(place).expanduser().absolute(), head=head)
    return [{
        "store": str(made.path), "entries": made.entries, "chains": made.chains,
        "rows": made.rows, "sealed_head": made.head or None,
    }]  # fmt: skip
