"""Many actions at once: one new entry on each of many cases, with the rows that it makes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casereview.core.entries import Draft, Entry
from casereview.core.records import Action, ActionSpell
from casereview.core.state.actions import Actions, raised
from casereview.store.alike import insert_alike
from casereview.store.bulk import BATCH
from casereview.store.chain import SALT_BYTES, Alike, Head, Origin
from casereview.store.project import shape_of, values
from casereview.store.statements import IN_LIST, marks, run
from casereview.store.tail import reserve

_HEADS = (
    "SELECT c.id, c.head, e.hash FROM cases c JOIN entries e ON e.stream_kind = 'case'"
    " AND e.stream_id = c.id AND e.seq = c.head WHERE c.id IN "
)
_OF_ENTRY = ("number", "stream_id", "seq", "body", "text_digest", "hash")
_OF_ACTION = ("id", "case_id", "needs_owner_accept")
_OF_SPELL = ("action_id", "n", "owner", "post")
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


class Line(NamedTuple):
    """What differs between the actions of one rule: the case, the action's number, its owner."""

    case: int
    action: int
    owner: str | None
    post: str | None
    needs_accept: bool


def raise_on_cases(
    connection: Connection, model: Draft, lines: Sequence[Line], origin: Origin
) -> int:
    """Append one "action_raised" entry like `model` to each case with its rows; return how many.

    The rows are those that folding the entries makes, so that `verify` finds no difference.

    Raises:
        ValueError: two lines are for one case, or the model is of another kind.
    """
    if len({line[0] for line in lines}) != len(lines) or model.kind != "action_raised":
        raise ValueError("one raised action a case and call")
    raised = _Raised(model, origin)
    for start in range(0, len(lines), BATCH):
        raised.write(connection, lines[start : start + BATCH])
    return len(lines)


class _Raised:
    """One action's entry and rows, worked out once; the others differ in what a line says."""

    def __init__(self, model: Draft, origin: Origin) -> None:
        self._model = model
        self._entries = Alike(origin, "case", model.kind, model.occurred_on, model.texts)
        self._bodies: dict[tuple[str | None, str | None, bool], tuple[str, str, str, str]] = {}
        entry = Entry(
            number=0, stream=model.stream, seq=0, kind=model.kind,
            occurred_on=model.occurred_on, recorded_at=origin.at, recorded_by=origin.by,
            command=origin.command, body=model.body, texts=model.texts,
            said_by=origin.said_by, team=origin.team,
        )  # fmt: skip
        made = raised(Actions(), entry)
        self._action = _without(made.actions[0], _OF_ACTION)
        self._spell = _without(made.spells[0], _OF_SPELL)

    def _body(self, line: Line) -> tuple[str, str, str, str]:
        owner = line[2:]
        body = self._bodies.get(owner)
        if body is None:
            said = {"owner": line.owner, "post": line.post, "needs_accept": line.needs_accept}
            rest = {k: v for k, v in self._model.body.items() if k != "id"}
            body = self._bodies[owner] = self._entries.body({**rest, **said}, "id")
        return body

    def write(self, connection: Connection, lines: Sequence[Line]) -> None:
        """Record the action on the cases of some lines."""
        heads = heads_of(connection, [line[0] for line in lines])
        make, keys = self._entries.make, os.urandom(SALT_BYTES * len(lines))
        entries, texts, actions, spells, moved = [], [], [], [], []
        at = 0
        for number, line in zip(reserve(connection, len(lines)), lines, strict=True):
            case, action, owner, post, accept = line
            seq, previous = heads[case]
            seq += 1
            salt = keys[at : at + SALT_BYTES]
            at += SALT_BYTES
            made = make((case, seq), previous, self._body(line), action, salt)
            entries.append((number, case, seq, *made))
            texts.append((number, salt))
            actions.append((action, case, bool(accept)))
            spells.append((action, seq, owner, post))
            moved.append((seq, case))
        insert_alike(connection, "entries", self._entries.common, _OF_ENTRY, entries)
        if self._entries.texts is not None:
            words = {"text": self._entries.texts}
            insert_alike(connection, "entry_text", words, ("number", "salt"), texts)
        insert_alike(connection, "actions", self._action, _OF_ACTION, actions)
        insert_alike(connection, "action_spells", self._spell, _OF_SPELL, spells)
        run(connection, "UPDATE cases SET head = ? WHERE id = ?", moved)


def _without(record: Action | ActionSpell, columns: Sequence[str]) -> dict[str, Any]:
    """Return a record's stored values without those of some columns.

    Flags are true booleans, which SQLite stores as integers and PostgreSQL asks for.
    """
    shape = shape_of(type(record))
    stored = [
        bool(v) if n in shape.flags and v is not None else v for n, v in enumerate(values(record))
    ]
    pairs = zip(shape.columns, stored, strict=True)
    return {name: value for name, value in pairs if name not in columns}
