"""Taking an import back: exactly what one run recorded, while nothing later rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from casereview.core.entries import Draft, Stream
from casereview.core.state.fold import VOID, live
from casereview.core.state.run import RunState
from casereview.errors import NotFound, Refused
from casereview.service import ids
from casereview.service.access import need_team
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work
from casereview.store import importing, journal, lookup

AT_ONCE = 500
"""Streams whose states are held at a time."""
Written = tuple[str, int, list[int]]


def undo_run(desk: Desk, run_id: str) -> Rows:
    """Take back one import run: its entries are voided, and the rows built again without them.

    The same file can be imported again afterwards.

    Raises:
        NotFound: there is no such run.
        Refused: it was taken back already, or something later rests on it (it is named).
        NotAllowed: the role or the team does not fit.
    """
    number = ids.number(ids.RUN, run_id)
    stream = Stream("import", number)

    def change(work: Work) -> Rows:
        state = work.state(stream)
        if not isinstance(state, RunState):
            last = ids.out(ids.RUN, lookup.last_import(work.connection))
            raise NotFound(
                f"There is no import {run_id}.",
                next=f"The last one is {last}." if last else "Nothing was imported yet.",
            )
        team = state.run.team
        need_team(work, team, "take back its imports")
        if state.run.status == "undone":
            raise Refused(f"The import {run_id} was taken back already.", code="undone")
        command = journal.load(work.connection, stream)[0].command
        written = list(importing.of_command(work.connection, command))
        _refuse_followed(work, command, run_id)
        _refuse_leaning(work, written, run_id)
        _void(work, written, command, team)
        work.record([Draft(stream, "import_undone", desk.today, {}, {}, team)])
        cases = [one for kind, one, seqs in written if kind == "case" and seqs[0] == 1]
        entries = sum(len(seqs) for _, _, seqs in written)
        return [{"run": ids.out(ids.RUN, number), "cases": len(cases), "entries": entries}]

    return desk.change(change)


def _void(work: Work, written: Sequence[Written], command: str, team: str) -> None:
    # Cases first: a person's rows go only when no case needs them.
    rest = iter(sorted(written, key=lambda w: (w[0], w[1])))
    while part := list(islice(rest, AT_ONCE)):
        streams = [Stream(kind, one) for kind, one, _ in part]
        work.record(
            Draft(stream, VOID, work.desk.today, {"entries": seqs, "command": command}, {}, team)
            for stream, (_, _, seqs) in zip(streams, part, strict=True)
        )
        work.forget(streams)


def _refuse_followed(work: Work, command: str, run_id: str) -> None:
    for kind, one in importing.grown_since(work.connection, command):
        entries = journal.load(work.connection, Stream(kind, one))
        last = max(e.seq for e in entries if e.command == command)
        later = next((e for e in live(entries) if e.seq > last), None)
        if later is not None:
            letter = ids.CASE if kind == "case" else ids.PERSON
            raise Refused(
                f"Since the import {run_id}, {later.kind.replace('_', ' ')} was recorded on "
                f"{ids.out(letter, one)} by {later.recorded_by} (entry {later.seq}).",
                code="followed",
                next="Take that back first, or correct what the import did by hand.",
            )


def _refuse_leaning(work: Work, written: Sequence[Written], run_id: str) -> None:
    made = [(kind, one) for kind, one, seqs in written if seqs[0] == 1]
    cases = [one for kind, one in made if kind == "case"]
    people = [one for kind, one in made if kind == "person"]
    found = importing.leaning_on(work.connection, cases, people, set(cases))
    if found is not None:
        raise Refused(
            f"Since the import {run_id}, {found} has come to rest on what it brought.",
            code="followed",
            next="Take that back first, or correct what the import did by hand.",
        )
