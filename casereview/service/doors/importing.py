"""Importing a file by its layout: read and staged first, then written in one transaction."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from casereview.core.decide.setting import check_date
from casereview.core.entries import Draft, Stream
from casereview.core.pathways import Pathway
from casereview.core.text import safe
from casereview.errors import Refused
from casereview.exchange.formats.survey import STORE_FACTOR, check_regular, check_space
from casereview.exchange.layouts.choosing import layout_for
from casereview.exchange.layouts.layout import Layout
from casereview.exchange.layouts.moments import Clock
from casereview.exchange.loading.reading import Progress, Staged, stage
from casereview.exchange.loading.shapes import loader_for
from casereview.exchange.loading.writer import Writer
from casereview.exchange.plans.journey import Rules
from casereview.exchange.rows.cells import Circumstances
from casereview.service import ids
from casereview.service.access import need_team
from casereview.service.desk import Desk, Rows
from casereview.service.doors.following import refuse_changed, refuse_older
from casereview.service.work import Work
from casereview.store import importing, journal, lookup
from casereview.store.bulk import BulkJournal
from casereview.store.kept_texts import keep_text

Tell = Callable[[str], None]


class _NothingKept(Exception):
    """Carries the answer out of a transaction that is to leave nothing behind."""

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows


@dataclass(frozen=True, slots=True)
class _Order:
    """One import as it was asked for."""

    path: Path
    layout: Layout
    pathway: Pathway
    team: str
    as_of: date
    dry_run: bool
    report: Path


def import_file(
    desk: Desk,
    path: str | Path,
    layout_path: str | Path,
    *,
    team: str,
    dry_run: bool = False,
    on: date | None = None,
    report: str | Path | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Rows:
    """Import a file into a team and return one row.

    The row has accepted, unchanged, rejected, warned (lines), cases (new ones, returns included),
    run (None when nothing was written) and report (path of the CSV of lines not taken or taken with
    a warning, None when there is nothing to say). The same file again changes nothing.

    Args:
        desk: who imports, when.
        path: the file.
        layout_path: what its columns and words mean.
        team: code of the team.
        dry_run: True finds out all of that and writes nothing.
        on: the day that a snapshot shows; None for the layout's own, else today.
        report: where the report goes; None for the user's state folder.
        progress: hears what is being done, how far, and of how much.
        tell: hears sentences for the person at the terminal.

    Raises:
        FileFaults: the layout or the file cannot be read at all; every fault is listed.
        Refused: the layout is for another pathway, or made ids meet a changed file.
        NotAllowed: the role or the team does not fit.
        NotFound: no such team.
    """
    path = Path(path)
    layout = layout_for(path, Path(layout_path), desk.library)
    order = _order(desk, path, layout, team, dry_run=dry_run, on=on, report=report)
    size = check_regular(path)
    folder = _folder(desk)
    check_space(folder, size, STORE_FACTOR, "the store")
    with closing(stage(
        path, layout, _around(desk, order), folder=folder, progress=progress
    )) as staged:  # fmt: skip
        _say(tell, staged)
        try:
            rows = desk.change(lambda work: _write(work, order, staged, progress))
        except _NothingKept as nothing:
            rows = nothing.rows
        return _with_report(rows, staged, order)


def exit_code(row: Mapping[str, Any]) -> int:
    """Return the exit code of an import: 1 when every line was refused, else 0."""
    return 1 if row["rejected"] and not (row["accepted"] or row["unchanged"]) else 0


def _order(
    desk: Desk, path: Path, layout: Layout, team: str, *, dry_run: bool, on: date | None,
    report: str | Path | None,
) -> _Order:  # fmt: skip
    with desk.reading() as work:
        held = work.team(team)
        need_team(work, team, "import into it")
        if held.team.pathway != layout.pathway:
            raise Refused(
                f"The layout {layout.id} is for the pathway {layout.pathway}; "
                f"the team {team} is on {held.team.pathway}.",
                code="other_pathway",
                next="Choose a team of that pathway, or write a layout for this one.",
            )
    as_of = on or layout.as_of or desk.today
    check_date(as_of, desk.today, earliest=None, what="the store")
    pathway = desk.library.pathway(layout.pathway)
    target = Path(report) if report is not None else default_report(path, team, layout.id)
    return _Order(path, layout, pathway, team, as_of, dry_run, target)


def default_report(path: Path, team: str, layout_id: str) -> Path:
    """Return where the report of an import goes when nobody says: the user's state folder."""
    from platformdirs import user_state_path

    mark = hashlib.sha256(str(path.absolute()).encode(errors="surrogateescape")).hexdigest()[:8]
    return user_state_path("casereview", appauthor=False) / "imports" / (
        f"{team}-{layout_id}-{mark}.csv"
    )  # fmt: skip


def _folder(desk: Desk) -> Path:
    """Return where temporary files go: beside the store, which may hold what they hold."""
    path = desk.store.path
    return Path(tempfile.gettempdir()) if path is None else path.absolute().parent


def _around(desk: Desk, order: _Order) -> Circumstances:
    with desk.reading() as work:
        users = lookup.users(work.connection)
    logins = frozenset(u["login"] for u in users if u["removed_on"] is None)
    return Circumstances(desk.today, order.as_of, logins)


def _say(tell: Tell | None, staged: Staged) -> None:
    if tell is None:
        return
    if staged.encoding == "cp1252":
        tell("The file is not UTF-8; its letters were read as Windows Western European (cp1252).")
    if not staged.rows:
        empty = {
            "xes": "is a log without traces",
            "hl7": "is a batch without messages",
            "xml": "has none of the elements that are rows",
        }
        what = empty.get(staged.layout.format, "has headings and no rows")
        tell(f"The file {what}; there is nothing to import.")
    if staged.undated:
        formats = Clock(staged.layout.formats, staged.layout.zone).stated
        tell(
            f"Not one date of the file fits the stated format {formats}; "
            f"the first is {staged.undated!r}. State the right format in [time]."
        )


class _Counter:
    """Gives numbers out one by one in a transaction that nobody else writes in."""

    def __init__(self, work: Work, name: str) -> None:
        self._work, self._name = work, name
        self._first = 0
        self._given = 0

    def __call__(self) -> int:
        if not self._given:
            self._first = journal.next_id(self._work.connection, self._name)
        self._given += 1
        return self._first + self._given - 1

    def settle(self) -> None:
        """Tell the store how many were given out."""
        if self._given > 1:
            journal.next_id(self._work.connection, self._name, count=self._given - 1)


def _write(work: Work, order: _Order, staged: Staged, progress: Progress | None) -> Rows:
    layout, desk = order.layout, work.desk
    refuse_changed(work.connection, order.team, layout, staged.survey.hash)
    run_id = journal.next_id(work.connection, "import")
    cases, persons = _Counter(work, "case"), _Counter(work, "person")
    actions = _Counter(work, "action")
    rules = Rules(
        order.team, run_id, layout.source, order.pathway, desk.library.facts, desk.today, cases,
        actions, frozenset(filter(None, (desk.actor, desk.said_by))),
    )  # fmt: skip
    origin = work.origin(order.team)
    with BulkJournal(work.connection, origin) as bulk:
        writer = Writer(work.connection, bulk, origin)
        known = importing.source_known(work.connection, layout.source)
        arguments: dict[str, Any] = {"new_person": persons, "first_time": not known}
        common = (work.connection, rules, writer, staged.findings)
        loader = loader_for(layout, staged.activities, order.as_of, common, arguments)
        loader.load(staged.groups(), lambda n: progress and progress("store", n, staged.rows))
    cases.settle()
    persons.settle()
    actions.settle()
    accepted, unchanged = loader.counts
    accepted, unchanged = accepted + loader.links.fresh, unchanged - loader.links.fresh
    rejected, warned = staged.findings.lines()
    row = {
        "accepted": accepted, "unchanged": unchanged, "rejected": rejected, "warned": warned,
        "cases": loader.tally.cases, "run": ids.out(ids.RUN, run_id), "report": None,
    }  # fmt: skip
    if accepted:
        refuse_older(work.connection, order.team, layout, order.as_of)
    if order.dry_run or not accepted:
        raise _NothingKept([row | {"run": None}])
    _record(work, order, staged, run_id, row)
    return [row]


def _record(work: Work, order: _Order, staged: Staged, run_id: int, row: dict[str, Any]) -> None:
    layout = order.layout
    keep_text(work.connection, layout.hash, "layout", layout.id, layout.version, layout.text)
    pathway = order.pathway
    keep_text(work.connection, pathway.hash, "pathway", pathway.id, pathway.version, pathway.text)
    body = {k: row[k] for k in ("accepted", "unchanged", "rejected", "warned", "cases")}
    body |= {
        "source_hash": staged.survey.hash, "layout_hash": layout.hash, "layout": layout.id,
        "source": layout.source,
    }  # fmt: skip
    if layout.shape == "snapshot":
        body["as_of"] = order.as_of.isoformat()
    work.record([
        Draft(
            Stream("import", run_id), "imported", work.desk.today, body,
            {"file": safe(order.path.name)}, order.team,
        )
    ])  # fmt: skip


def _with_report(rows: Rows, staged: Staged, order: _Order) -> Rows:
    """Write the report where there is something to say."""
    if not staged.findings.any:
        return rows
    try:
        staged.findings.write(order.report)
    except OSError as error:
        raise Refused(
            f"The report could not be written: {error.strerror}. "
            f"{'Nothing' if rows[0]['run'] is None else 'The file'} was imported.",
            code="no_report",
            next="Name another place for the report.",
        ) from error
    return [rows[0] | {"report": str(order.report)}]
