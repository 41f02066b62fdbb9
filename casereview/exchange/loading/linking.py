"""Columns of siblings and household: people linked once all rows of a file are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casereview.exchange.findings import Findings
from casereview.exchange.layouts.layout import LinkColumn
from casereview.exchange.loading.writer import Writer
from casereview.exchange.plans.journey import Rules
from casereview.store import importing
from casereview.store.bulk import Line

AT_ONCE = 1_000
"""People whose links are written at a time."""


class Named(NamedTuple):
    """A cell that names others.

    Attributes:
        line: of the file.
        person: number of the person of the row.
        place: which of the layout's columns.
        others: identifiers.
        same: True when the row said nothing new besides.
    """

    line: int
    person: int
    place: int
    others: tuple[str, ...]
    same: bool


class Links:
    """Collects who is related to whom, and records it when everybody is known.

    Attributes:
        fresh: rows that were counted as unchanged and brought a link.
    """

    def __init__(self, columns: Sequence[LinkColumn]) -> None:
        self.fresh = 0
        self._columns = columns
        self._named: list[Named] = []

    def take(self, person: int, rows: Iterable[Any], *, same: bool) -> None:
        """Take the cells of rows of one person that were accepted or are unchanged."""
        for row in rows:
            self._named += [
                Named(row.line, person, a[1], a[2], same) for a in row.more if a[0] == "link"
            ]

    def settle(self, conn: Connection, rules: Rules, writer: Writer, findings: Findings) -> None:
        """Record the links that are new, on both people; report identifiers that nobody has."""
        found = [self._known(conn, rules, place) for place in range(len(self._columns))]
        people = {n.person for n in self._named} | {p for f in found for p in f.values()}
        held = importing.links_of(conn, sorted(people))
        fresh: dict[int, list[Line]] = defaultdict(list)
        for one in self._named:
            column, new = self._columns[one.place], False
            for other in one.others:
                number = found[one.place].get(other)
                if number is None:
                    findings.warn(
                        one.line, column.column, other,
                        f"Nobody is known by this identifier of a {column.of}; no link was made.",
                        "Correct it, or import the file again when they are here.",
                    )  # fmt: skip
                elif number != one.person:
                    new |= _link(one.person, number, column.kind, held, fresh, rules)
            self.fresh += new and one.same
        _write(writer, fresh)

    def _known(self, conn: Connection, rules: Rules, place: int) -> dict[str, int]:
        """Return identifier to person for everybody that a column names."""
        wanted = sorted({o for n in self._named if n.place == place for o in n.others})
        if self._columns[place].of == "case":
            return importing.people_of_cases(conn, rules.team, rules.source, wanted)
        return importing.people(conn, rules.source, wanted)


def _link(
    one: int, other: int, kind: str, held: set[tuple[int, int, str]],
    fresh: dict[int, list[Line]], rules: Rules,
) -> bool:  # fmt: skip
    new = False
    for a, b in ((one, other), (other, one)):
        if (a, b, kind) not in held:
            held.add((a, b, kind))
            fresh[a].append(("linked", rules.on, None, {"other": b, "kind": kind}, {}))
            new = True
    return new


def _write(writer: Writer, fresh: dict[int, list[Line]]) -> None:
    for n, (person, lines) in enumerate(sorted(fresh.items()), 1):
        writer.more_of_person(person, lines)
        if n % AT_ONCE == 0:
            writer.flush()
    writer.flush()
