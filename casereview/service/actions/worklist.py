"""Actions as a list to work through: mine, the team's, late, stuck, parked, to accept; undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from casereview.core.entries import Draft, Entry
from casereview.core.records import Action, ActionSpell
from casereview.core.state.fold import VOID, live
from casereview.errors import Refused
from casereview.service import ids
from casereview.service.access import need_team
from casereview.service.actions.action_rows import row_of
from casereview.service.cases.caseload import named
from casereview.service.desk import Desk, Rows
from casereview.service.home import my_teams
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.open_actions import open_actions

Row = dict[str, Any]
BOARDS: Mapping[str, str] = MappingProxyType(
    {
        "mine": "Mine",
        "team": "The team's",
        "overdue": "Overdue",
        "leeches": "Leeches: carried three times",
        "parked": "Parked",
        "accept": "Given to me, to accept",
    }
)
"""Name of a board to its title. Mine and to accept are the person's own; the rest the teams'."""


def _open(row: Row) -> bool:
    return bool(row["status"] == "open")


_KEEPS: Mapping[str, Callable[[Row], bool]] = MappingProxyType(
    {
        "mine": _open,
        "team": _open,
        "overdue": lambda r: bool(r["overdue"]),
        "leeches": lambda r: bool(r["leech"]),
        "parked": lambda r: r["status"] == "parked",
        "accept": lambda r: r["status"] in ("open", "parked") and r["needs_accept"],
    }
)


def board(desk: Desk, name: str, *, case: str | None = None) -> dict[str, Any]:
    """Return the actions of one board, oldest due first, and how many each board has.

    Keys: rows (as `action list` prints them, with needs_accept, team and how the person is named),
    counts by board. With `case` only the actions of that case, whoever owns them.

    Raises:
        Refused: there is no such board.
    """
    if name not in BOARDS:
        raise Refused(f"{name!r} is no list.", code="bad_choice", next=", ".join(BOARDS))
    with desk.reading() as work:
        held = _held(work, case)
        own = case is not None
        kept = {
            b: [
                r for r in held
                if _KEEPS[b](r) and (own or b not in ("mine", "accept") or r["owner"] == desk.actor)
            ]
            for b in BOARDS
        }  # fmt: skip
    people = named(desk, [r["case"] for r in kept[name] if r["case"]])
    return {
        "rows": [{**people.get(r["case"], {}), **r} for r in kept[name]],
        "counts": {b: len(rows) for b, rows in kept.items()},
    }


def _held(work: Work, case: str | None) -> Rows:
    on = work.desk.on
    if case is not None:
        number = ids.number(ids.CASE, case)
        work.case(number)
        return _rows(work, open_actions(work.connection, on, case=number))
    mine = work.desk.actor
    return _rows(work, open_actions(work.connection, on, teams=my_teams(work), owner=mine))


def _rows(work: Work, held: Iterable[tuple[Action, ActionSpell]]) -> Rows:
    return [
        {
            **row_of(action, spell, work.desk.on),
            "team": action.team,
            "needs_accept": action.needs_owner_accept,
        }
        for action, spell in held
    ]


def take_back(desk: Desk, command: str) -> Rows:
    """Undo one command that changed actions: its entries are voided, nothing is rewritten.

    Raises:
        Refused: it is somebody else's, changed more than actions, was undone already, or something
            followed on the same case.
        NotAllowed: the person does not belong to the team.
    """

    def run(work: Work) -> Rows:
        entries = _entries(work, command)
        for stream in sorted({e.stream for e in entries}):
            own = [e for e in entries if e.stream == stream]
            _check_last(journal.load(work.connection, stream), own)
            team = own[0].team
            if team is not None:
                need_team(work, team, "undo in it")
            body = {"entries": [e.seq for e in own], "command": command}
            work.record([Draft(stream, VOID, desk.today, body, {}, team)])
        return [{"undone": entries[0].kind, "action": ids.out(ids.ACTION, entries[0].body["id"])}]

    return desk.change(run)


def _entries(work: Work, command: str) -> list[Entry]:
    found = journal.by_command(work.connection, command)
    if not found:
        raise Refused("Nothing is left to undo.", code="nothing_to_undo", next="")
    if found[0].recorded_by != work.desk.actor:
        raise Refused(
            f"{found[0].recorded_by} recorded it.",
            code="not_yours",
            next="Ask them to undo it, or change the action again.",
        )
    if any(not e.kind.startswith("action_") for e in found):
        raise Refused(
            "More than an action was changed.",
            code="not_an_action",
            next="Correct it on the case.",
        )
    return found


def _check_last(stream: list[Entry], own: list[Entry]) -> None:
    held = [e for e in live(stream) if e.seq >= own[0].seq]
    if not held or held[0].seq != own[0].seq:
        raise Refused("It was undone already.", code="nothing_to_undo", next="")
    later = next((e for e in held if e.seq > own[-1].seq), None)
    if later is not None:
        raise Refused(
            f"Since then {later.kind.replace('_', ' ')} was recorded by {later.recorded_by}.",
            code="followed",
            next="Change the action again instead.",
        )
