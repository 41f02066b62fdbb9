"""Rebuild every row from the journal and compare: any difference is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, type_coerce
from sqlalchemy.types import NULLTYPE

from casereview.core.entries import Entry, Stream
from casereview.core.state.case import case_state
from casereview.core.state.figures import series_state
from casereview.core.state.person import person_state
from casereview.core.state.review import review_state
from casereview.core.state.run import run_state
from casereview.core.state.team import team_state
from casereview.core.state.user import user_state
from casereview.errors import StoreDamaged
from casereview.store import journal
from casereview.store.engine import bare_engine
from casereview.store.faults import translating
from casereview.store.place import reading_mode
from casereview.store.project import keyed, replace_rows, shape_of
from casereview.store.rows import TABLES
from casereview.store.schema import SCHEMA

FOLDS: dict[str, Callable[[Sequence[Entry]], Any]] = {
    "case": case_state, "person": person_state, "review": review_state,
    "team": team_state, "user": user_state, "import": run_state,
    "figures": series_state,
}  # fmt: skip
CHUNK = 500
UNREADABLE = (
    StoreDamaged, LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
"""What folding an entry raises that was changed behind the journal's back."""
Place = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that the journal does not account for.

    `what` is "changed", "missing" (the journal has it, the table has not) or "extra"; or the
    journal of a whole stream is not readable, and `table` is its kind.
    """

    table: str
    key: tuple[Any, ...]
    what: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = f" in {', '.join(self.columns)}" if self.columns else ""
        return f"{self.table} {'/'.join(map(str, self.key))} is {self.what}{named}."


def unreadable(stream: Stream) -> StoreDamaged:
    """Say that a stream's entries add up to nothing."""
    return StoreDamaged(
        f"The journal of {stream.kind} {stream.id} cannot be read.",
        next="Run `casereview verify`, and restore the last backup.",
    )


def streams_of(connection: Connection, kind: str) -> Iterator[list[int]]:
    """Yield the ids of every stream of a kind, ascending, some hundred at a time."""
    last = 0
    while True:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT stream_id FROM entries"  # noqa: S608 - numbers and our own words
            f" WHERE stream_kind = '{kind}' AND stream_id > {last} ORDER BY stream_id LIMIT {CHUNK}"
        ).all()
        found = [r[0] for r in rows]
        if found:
            yield found
            last = found[-1]
        if len(found) < CHUNK:
            return


def expected_rows(
    connection: Connection, kind: str, ids: Sequence[int]
) -> dict[Place, tuple[type[Any], tuple[Any, ...]]]:
    """Return the rows that some streams of one kind add up to."""
    rows: dict[Place, tuple[type[Any], tuple[Any, ...]]] = {}
    for entries in journal.load_many(connection, kind, ids).values():
        state = FOLDS[kind](entries)
        if state is not None:
            rows |= keyed(state.records())
    return rows


def _readable(
    connection: Connection, kind: str, ids: Sequence[int]
) -> tuple[dict[Place, tuple[type[Any], tuple[Any, ...]]], list[int]]:
    """Return the rows that streams of one kind add up to, and the streams that cannot be read."""
    try:
        return expected_rows(connection, kind, ids), []
    except UNREADABLE:
        if len(ids) == 1:
            return {}, list(ids)
    rows: dict[Place, tuple[type[Any], tuple[Any, ...]]] = {}
    bad: list[int] = []
    for one in ids:
        found, spoiled = _readable(connection, kind, [one])
        rows |= found
        bad += spoiled
    return rows, bad


def _spoiled(kind: str, ids: Sequence[int]) -> Iterator[Difference]:
    for one in ids:
        yield Difference(kind, (one,), "not readable in the journal")


_OWNER = {
    "cases": ("case", "id"), "persons": ("person", "id"), "worries": ("person", "person_id"),
    "reviews": ("review", "id"), "runs": ("import", "id"), "teams": ("team", "id"),
    "users": ("user", "id"), "agenda_items": ("review", "review_id"),
}  # fmt: skip


def _kind_of(columns: Sequence[str]) -> tuple[str, str] | None:
    for column, kind in (("case_id", "case"), ("person_id", "person"), ("review_id", "review")):
        if column in columns:
            return kind, column
    return None


_SMALL = {
    "teams", "team_meetings", "meeting_changes", "posts", "users", "memberships", "runs",
    "series", "typed_figures", "series_notes", "not_reportable", "issued_figures",
}  # fmt: skip


def _small_tables() -> list[type[Any]]:
    return [
        r for r in TABLES
        if shape_of(r).name in _SMALL
    ]  # fmt: skip


def _table_rows(
    connection: Connection, record: type[Any], where: Any = None
) -> dict[Place, tuple[type[Any], tuple[Any, ...]]]:
    shape = shape_of(record)
    # As they lie there: a damaged date has no value of its type.
    query = select(*(type_coerce(shape.table.c[c], NULLTYPE) for c in shape.columns))
    if where is not None:
        query = query.where(where)
    rows = {}
    for row in connection.execute(query).all():
        stored = tuple(row)
        rows[shape.name, tuple(stored[i] for i in shape.key)] = (record, stored)
    return rows


def _compare(expected: Any, stored: Any, *, extra: bool = True) -> Iterator[Difference]:
    for place, (record, row) in expected.items():
        if place not in stored:
            yield Difference(place[0], place[1], "missing")
        elif stored[place][1] != row:
            columns = tuple(
                c
                for c, a, b in zip(shape_of(record).columns, row, stored[place][1], strict=True)
                if a != b
            )
            yield Difference(place[0], place[1], "changed", columns)
    for place in stored:
        if extra and place not in expected:
            yield Difference(place[0], place[1], "extra")


def _owned(kind: str) -> list[tuple[type[Any], str]]:
    """Return the tables whose rows belong to streams of a kind, with the column that says whose."""
    found = []
    for record in TABLES:
        shape = shape_of(record)
        if shape.name in ("actions", "action_spells"):
            continue
        owner = _OWNER.get(shape.name) or _kind_of(shape.columns)
        if owner is not None and owner[0] == kind and record not in _small_tables():
            found.append((record, owner[1]))
    return found


def refuse_differing(path: Path) -> None:
    """Refuse the file of a store whose rows are not what its journal adds up to.

    One of an older schema is not compared: its rows are as that schema had them.

    Raises:
        StoreDamaged: the first difference is named.
    """
    engine = bare_engine(path, mode=reading_mode(path))
    try:
        with translating(path), engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != SCHEMA:
                return
            first = next(compare_rows(connection), None)
    finally:
        engine.dispose()
    if first is not None:
        raise StoreDamaged(
            f"The rows of {path} are not what its journal says, the first: {first}",
            next="Use another backup. The journal of this one is whole: `export archive` from it"
            " and `import --archive` into a new store make the rows anew.",
        )


def compare_rows(connection: Connection) -> Iterator[Difference]:
    """Yield every row that differs from what the journal adds up to.

    A stream that cannot be read is named, and its own rows are left out of the comparison.
    """
    actions: dict[Place, Any] = {}
    whole = True
    for kind in ("person", "case", "review"):
        bad = yield from _compare_kind(connection, kind, actions)
        whole = whole and not bad
    small: dict[Place, Any] = {}
    all_small = True
    for kind in ("team", "user", "import", "figures"):
        for ids in streams_of(connection, kind):
            found, bad = _readable(connection, kind, ids)
            small |= found
            all_small = all_small and not bad
            yield from _spoiled(kind, bad)
    for place in [p for p in small if p[0] in ("actions", "action_spells")]:
        actions[place] = small.pop(place)
    stored: dict[Place, Any] = {}
    for record in _small_tables():
        stored |= _table_rows(connection, record)
    # Whose rows these are does not show in each of them, so none is called extra then.
    yield from _compare(small, stored, extra=all_small)
    held: dict[Place, Any] = {}
    for record in TABLES:
        if shape_of(record).name in ("actions", "action_spells"):
            held |= _table_rows(connection, record)
    yield from _compare(actions, held, extra=whole and all_small)


def _compare_kind(
    connection: Connection, kind: str, actions: dict[Place, Any]
) -> Generator[Difference, None, list[int]]:
    last, unread = -1, list[int]()
    for ids in streams_of(connection, kind):
        expected, bad = _readable(connection, kind, ids)
        yield from _spoiled(kind, bad)
        unread += bad
        for place in [p for p in expected if p[0] in ("actions", "action_spells")]:
            actions[place] = expected.pop(place)
        stored: dict[Place, Any] = {}
        for record, column in _owned(kind):
            owner = shape_of(record).table.c[column]
            here = (owner > last) & (owner <= ids[-1]) & owner.not_in(bad)
            stored |= _table_rows(connection, record, here)
        last = ids[-1]
        yield from _compare(expected, stored)
    for record, column in _owned(kind):
        owner = shape_of(record).table.c[column]
        nobodys = (owner > last) | (owner < 0) | owner.is_(None)
        yield from _compare({}, _table_rows(connection, record, nobodys))
    return unread


def write_again(
    connection: Connection, kind: str, ids: Sequence[int], tables: Collection[str]
) -> None:
    """Write the rows of some tables anew from the journal of streams of one kind.

    A stream that cannot be read keeps the rows it has; `compare_rows` names it.
    """
    for start in range(0, len(ids), CHUNK):
        rows: defaultdict[type[Any], list[tuple[Any, ...]]] = defaultdict(list)
        found, _ = _readable(connection, kind, ids[start : start + CHUNK])
        for (table, _), (record, row) in found.items():
            if table in tables:
                rows[record].append(row)
        for record, values in rows.items():
            replace_rows(connection, record, values)
