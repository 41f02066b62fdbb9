"""What an import asks the store: which cases, people and events it already holds, many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casereview.store.chain import Head
from casereview.store.statements import IN_LIST, marks, run
from casereview.store.types import from_day


class Identity(NamedTuple):
    """Who a person is: texts by name, born (ISO date), nhs, sex; None where unknown."""

    texts: dict[str, str | None]
    died: bool


class Held(NamedTuple):
    """A case of a person: number, days since 1970-01-01; `closed` is None while it is open."""

    case: int
    referred: int
    closed: int | None


def _many(
    conn: Connection, sql: str, before: tuple[Any, ...], wanted: Sequence[Any],
    after: tuple[Any, ...] = (),
) -> Iterator[Any]:  # fmt: skip
    """Run a statement with one {} for a list, a few hundred values at a time."""
    for start in range(0, len(wanted), IN_LIST):
        part = tuple(wanted[start : start + IN_LIST])
        yield from run(conn, sql.format(marks(part)), (*before, *part, *after))


def source_known(conn: Connection, source: str) -> bool:
    """Tell whether anybody has an identifier of a source."""
    sql = "SELECT 1 FROM person_ids WHERE source = ? LIMIT 1"
    return run(conn, sql, (source,)).first() is not None


def imported(
    conn: Connection, team: str, source: str, local_ids: Sequence[str]
) -> dict[str, list[tuple[int, str]]]:
    """Return local id to (case, events taken) of the cases imported before, oldest first."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    sql = (
        "SELECT local_id, case_id, events FROM imported_cases "
        "WHERE source = ? AND local_id IN ({}) AND team = ? ORDER BY case_id"
    )
    for local_id, case, events in _many(conn, sql, (source,), local_ids, (team,)):
        found[local_id].append((case, events))
    return found


def made_elsewhere(conn: Connection, team: str, source: str, prefix: str) -> bool:
    """Tell whether a team has cases of a source whose ids were made from another file."""
    sql = (
        "SELECT 1 FROM imported_cases WHERE source = ? AND team = ? "
        "AND substr(local_id, 1, ?) <> ? LIMIT 1"
    )
    return run(conn, sql, (source, team, len(prefix), prefix)).first() is not None


def runs_of(conn: Connection, team: str) -> list[int]:
    """Return the imports into a team that were not taken back, oldest first."""
    sql = "SELECT id FROM runs WHERE team = ? AND status = 'done' ORDER BY id"
    return [row[0] for row in run(conn, sql, (team,))]


def people(conn: Connection, source: str, local_ids: Sequence[str]) -> dict[str, int]:
    """Return local id to the person who has it in a source, following merges."""
    sql = (
        "SELECT i.local_id, coalesce(p.merged_into, p.id) FROM person_ids i "
        "JOIN persons p ON p.id = i.person_id WHERE i.source = ? AND i.local_id IN ({})"
    )
    found = dict(_pairs(_many(conn, sql, (source,), local_ids)))
    while moved := _merged(conn, found.values()):
        found = {key: moved.get(one, one) for key, one in found.items()}
    return found


def _pairs(rows: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
    return (tuple(row) for row in rows)


def _merged(conn: Connection, numbers: Any) -> dict[int, int]:
    sql = "SELECT id, merged_into FROM persons WHERE id IN ({}) AND merged_into IS NOT NULL"
    return dict(_pairs(_many(conn, sql, (), sorted(set(numbers)))))


def identities(conn: Connection, numbers: Sequence[int]) -> dict[int, Identity]:
    """Return who some people are."""
    sql = "SELECT id, name, born_on, nhs_number, sex, died_on FROM persons WHERE id IN ({})"
    return {
        row[0]: Identity(
            {
                "name": row[1],
                "born": None if row[2] is None else from_day(row[2]).isoformat(),
                "nhs": row[3],
                "sex": row[4],
            },
            row[5] is not None,
        )
        for row in _many(conn, sql, (), numbers)
    }


def person_facts(
    conn: Connection, numbers: Sequence[int]
) -> dict[int, dict[str, str | int | None]]:
    """Return person to the facts of theirs that hold now, as stored."""
    sql = (
        "SELECT person_id, fact, text, number FROM person_facts "
        "WHERE person_id IN ({}) AND before_on IS NULL ORDER BY n"
    )
    found: dict[int, dict[str, str | int | None]] = defaultdict(dict)
    for person, fact, text, number in _many(conn, sql, (), numbers):
        found[person][fact] = number if text is None else text
    return found


def people_with_nhs(conn: Connection, numbers: Sequence[str]) -> dict[str, int]:
    """Return NHS number to the person who has it and was not merged away."""
    sql = "SELECT nhs_number, id FROM persons WHERE nhs_number IN ({}) AND merged_into IS NULL"
    return dict(_pairs(_many(conn, sql, (), numbers)))


def identified(conn: Connection, source: str, numbers: Sequence[int]) -> set[int]:
    """Return those of some people who have an identifier in a source."""
    sql = "SELECT person_id FROM person_ids WHERE source = ? AND person_id IN ({})"
    return {row[0] for row in _many(conn, sql, (source,), numbers)}


def cases_of(conn: Connection, team: str, numbers: Sequence[int]) -> dict[int, list[Held]]:
    """Return person to their cases in a team, oldest first."""
    sql = (
        "SELECT person_id, id, referred_on, closed_on FROM cases "
        "WHERE person_id IN ({}) AND team = ? ORDER BY referred_on, id"
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for person, case, referred, closed in _many(conn, sql, (), numbers, (team,)):
        found[person].append(Held(case, referred, closed))
    return found


def people_of_cases(
    conn: Connection, team: str, source: str, local_ids: Sequence[str]
) -> dict[str, int]:
    """Return local id of a case to the person whose case it is, the latest case's."""
    cases = {key: found[-1][0] for key, found in imported(conn, team, source, local_ids).items()}
    sql = "SELECT id, person_id FROM cases WHERE id IN ({})"
    owners: dict[int, int] = dict(_pairs(_many(conn, sql, (), sorted(set(cases.values())))))
    moved: dict[int, int] = _merged(conn, owners.values())
    found = {key: owners[case] for key, case in cases.items() if case in owners}
    return {key: moved.get(one, one) for key, one in found.items()}


def links_of(conn: Connection, numbers: Sequence[int]) -> set[tuple[int, int, str]]:
    """Return person, other and kind of the links that some people have."""
    sql = "SELECT person_id, other_id, kind FROM person_links WHERE person_id IN ({})"
    return {(row[0], row[1], row[2]) for row in _many(conn, sql, (), numbers)}


def heads(conn: Connection, kind: str, numbers: Sequence[int]) -> dict[int, Head]:
    """Return stream number to sequence number and hash of its last entry."""
    sql = (
        "SELECT e.stream_id, e.seq, e.hash FROM entries e "
        "WHERE e.stream_kind = ? AND e.stream_id IN ({}) AND e.seq = (SELECT max(x.seq) "
        "FROM entries x WHERE x.stream_kind = e.stream_kind AND x.stream_id = e.stream_id)"
    )
    return {row[0]: (row[1], row[2]) for row in _many(conn, sql, (kind,), numbers)}


def of_command(conn: Connection, command: str) -> Iterator[tuple[str, int, list[int]]]:
    """Yield the streams of people and cases that a command wrote to, with its entries' numbers."""
    rows = run(
        conn,
        "SELECT stream_kind, stream_id, seq FROM entries WHERE command = ? "
        "AND stream_kind IN ('case', 'person') ORDER BY stream_kind, stream_id, seq",
        (command,),
    )
    for (kind, one), found in groupby(rows, lambda r: (r[0], r[1])):
        yield kind, one, [row[2] for row in found]


def grown_since(conn: Connection, command: str) -> list[tuple[str, int]]:
    """Return the streams of people and cases to which anything was added after a command."""
    sql = (
        "SELECT DISTINCT e.stream_kind, e.stream_id FROM entries e JOIN (SELECT stream_kind, "
        "stream_id, max(seq) AS last FROM entries WHERE command = ? AND stream_kind IN "
        "('case', 'person') GROUP BY stream_kind, stream_id) m ON m.stream_kind = e.stream_kind "
        "AND m.stream_id = e.stream_id AND e.seq > m.last ORDER BY e.stream_kind, e.stream_id"
    )
    return [(row[0], row[1]) for row in run(conn, sql, (command,))]


_LEANS = (
    (
        "SELECT case_id, review_id FROM agenda_items WHERE case_id IN ({}) ORDER BY 1, 2",
        "the review R{1}",
    ),
    (
        "SELECT linked_case_id, id FROM cases WHERE linked_case_id IN ({}) ORDER BY 1, 2",
        "the case C{1}",
    ),
    (
        "SELECT about_case_id, id FROM actions WHERE about_case_id IN ({}) ORDER BY 1, 2",
        "the action A{1}",
    ),
)


def leaning_on(
    conn: Connection, cases: Sequence[int], people: Sequence[int], gone: set[int]
) -> str | None:
    """Say what would be left without its case or person if some were taken back, None for nothing.

    Args:
        conn: the store.
        cases: cases that would be gone.
        people: people who would be gone.
        gone: all cases that the same undo takes back.
    """
    for sql, words in _LEANS:
        for row in _many(conn, sql, (), cases):
            if not (words.startswith("the case") and row[1] in gone):
                return words.format(*row)
    for _, case in _many(
        conn, "SELECT person_id, id FROM cases WHERE person_id IN ({}) ORDER BY 1, 2", (), people
    ):
        if case not in gone:
            return f"the case C{case}"
    return None
