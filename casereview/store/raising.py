"""Many actions at once: one new entry on each of many cases, with the rows that it makes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from casereview.core.entries import Draft, Entry, Stream
from casereview.core.records import Action, ActionSpell
from casereview.core.state.actions import Actions, raised
from casereview.store.bulk import BATCH, BulkJournal
from casereview.store.chain import Head, Origin
from casereview.store.project import insert_rows, shape_of, values
from casereview.store.statements import IN_LIST, marks, run

_HEADS = (
    "SELECT c.id, c.head, e.hash FROM cases c JOIN entries e ON e.stream_kind = 'case'"
    " AND e.stream_id = c.id AND e.seq = c.head WHERE c.id IN "
)
_CAUSE = "SELECT case_id FROM actions WHERE cause = ? AND closed_on IS NULL AND case_id IS NOT NULL"


def cases_with_open_cause(connection: Connection, cause: str) -> set[int]:
    """Return the cases that have an open action of a cause."""
    return set(run(connection, _CAUSE, (cause,)).scalars())


def heads_of(connection: Connection, cases: Sequence[int]) -> dict[int, Head]:
    """Return the head of each case's chain."""
    found: dict[int, Head] = {}
    for part in _parts(cases):
        rows = run(connection, f"{_HEADS}({marks(part)})", tuple(part))
        found |= {case: (seq, digest) for case, seq, digest in rows}
    return found


def _parts(cases: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(cases), IN_LIST):
        yield cases[start : start + IN_LIST]


@dataclass(frozen=True, slots=True)
class Line:
    """What differs between the actions of one rule: the case, the action's number, its owner."""

    case: int
    action: int
    owner: str | None
    post: str | None
    needs_accept: bool


def raise_on_cases(
    connection: Connection, model: Draft, lines: Collection[Line], origin: Origin
) -> int:
    """Append one "action_raised" entry like `model` to each case with its rows; return how many.

    The rows are those that folding the entries makes, so that `verify` finds no difference.

    Raises:
        ValueError: two lines are for one case, or the model is of another kind.
    """
    if len({line.case for line in lines}) != len(lines) or model.kind != "action_raised":
        raise ValueError("one raised action a case and call")
    heads = heads_of(connection, sorted(line.case for line in lines))
    actions, spells, moved = [], [], []
    rows = _Rows(model, origin)
    with BulkJournal(connection, origin, batch=min(BATCH, max(1, len(lines)))) as bulk:
        for line in lines:
            body = {
                **model.body, "id": line.action, "owner": line.owner, "post": line.post,
                "needs_accept": line.needs_accept,
            }  # fmt: skip
            entry = (model.kind, model.occurred_on, None, body, model.texts)
            seq = bulk.add(Stream("case", line.case), [entry], after=heads[line.case]).head[0]
            actions.append(rows.action(line))
            spells.append(rows.spell(line, seq))
            moved.append((seq, line.case))
    insert_rows(connection, Action, actions)
    insert_rows(connection, ActionSpell, spells)
    if moved:
        run(connection, "UPDATE cases SET head = ? WHERE id = ?", moved)
    return len(actions)


class _Rows:
    """The rows of one action, folded once; the others differ only in what a line says."""

    def __init__(self, model: Draft, origin: Origin) -> None:
        entry = Entry(
            number=0, stream=model.stream, seq=0, kind=model.kind,
            occurred_on=model.occurred_on, recorded_at=origin.at, recorded_by=origin.by,
            command=origin.command, body=model.body, texts=model.texts,
            said_by=origin.said_by, team=origin.team,
        )  # fmt: skip
        made = raised(Actions(), entry)
        self._action = values(made.actions[0])
        self._spell = values(made.spells[0])
        place = shape_of(Action).columns.index
        self._of_action = (place("id"), place("case_id"), place("needs_owner_accept"))
        place = shape_of(ActionSpell).columns.index
        self._of_spell = (place("action_id"), place("n"), place("owner"), place("post"))

    def action(self, line: Line) -> tuple[Any, ...]:
        row = list(self._action)
        ident, case, accept = self._of_action
        row[ident], row[case], row[accept] = line.action, line.case, int(line.needs_accept)
        return tuple(row)

    def spell(self, line: Line, seq: int) -> tuple[Any, ...]:
        row = list(self._spell)
        action, n, owner, post = self._of_spell
        row[action], row[n], row[owner], row[post] = line.action, seq, line.owner, line.post
        return tuple(row)
