"""Sorted items gathered into cases, and cases into people, with flat memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from casereview.core.identity import local_id_key
from casereview.exchange.findings import Findings
from casereview.exchange.rows.event_rows import Event
from casereview.exchange.rows.snapshot_rows import Standing
from casereview.exchange.sorting import Sorter

EVENTS_MAX = 50_000
"""Events of one case; more is no case but a column that was taken for one."""

Bundle = tuple[str, str, list[Any]]
"""Person's identifier, case's identifier, rows in order."""
PersonGroup = tuple[str, list[tuple[str, list[Any]]]]
"""Person's identifier and their cases by start."""


def event_cases(
    items: Iterable[tuple[Any, ...]], findings: Findings, columns: Mapping[str, str]
) -> Iterator[Bundle]:
    """Yield the events of each case by time; report those that name another person."""
    for case, found in groupby(items, itemgetter(0)):
        rows: list[Event] = []
        for item in found:
            if len(rows) >= EVENTS_MAX:
                findings.reject(
                    item[2], columns["id"], case, f"This case has more than {EVENTS_MAX:,} events.",
                    "Check which column holds the identifier of the case.",
                )  # fmt: skip
            else:
                rows.append(Event._make(item))
        who = rows[0].person
        if who is None:
            yield case, case, rows
        else:
            yield who, case, list(_of_one(rows, who, findings, columns.get("person", "")))


def _of_one(rows: list[Event], who: str, findings: Findings, column: str) -> Iterator[Event]:
    for row in rows:
        if row.person == who:
            yield row
        else:
            findings.reject(
                row.line, column, row.person or "",
                f"This case belongs to somebody else on line {rows[0].line}.",
                "Give the case one person, or the events another case.",
            )  # fmt: skip


def snapshot_cases(
    items: Iterable[tuple[Any, ...]], findings: Findings, columns: Mapping[str, str], *,
    several: bool = False,
) -> Iterator[Bundle]:  # fmt: skip
    """Yield the first row of each identifier; report the others.

    Args:
        items: sorted.
        findings: takes what is not taken.
        columns: heading of each role.
        several: True where a case may have several rows; only equal ones are reported then.
    """
    for _, found in groupby(items, itemgetter(0)):
        rows = [Standing._make(item) for item in found]
        first, kept = rows[0], {rows[0].mark: rows[0]}
        for row in rows[1:]:
            if several and row.mark not in kept and row.person == first.person:
                kept[row.mark] = row
                continue
            column = columns.get("id", columns.get("person", ""))
            findings.reject(row.line, column, row.case, *_doubled(row, first))
        yield first.person or first.case, first.case, list(kept.values())


def _doubled(row: Standing, first: Standing) -> tuple[str, str]:
    """Return reason and fix of a row whose identifier another row has."""
    if row.mark == first.mark:
        return f"This line is the same as line {first.line}.", "Nothing, if it was written twice."
    looks = local_id_key(row.case) != local_id_key(first.case)
    how = ", with letters or signs that look the same" if looks else ""
    other = ", ".join(_differing(row, first))
    how += f", and differs in {other}" if other else ", and says the same"
    return (
        f"Line {first.line} has this identifier already{how}.",
        "Give each case its own identifier, and one row.",
    )


def _differing(row: Standing, first: Standing) -> list[str]:
    """Return words for what two rows of one identifier say otherwise."""
    pairs = {
        "person": (row.person, first.person), "date of referral": (row.day, first.day),
        "status": (row.stage or row.via, first.stage or first.via),
        "end": (row.end_day, first.end_day),
        "reason": (row.exit, first.exit),
    }  # fmt: skip
    found = [what for what, (one, other) in pairs.items() if one != other]
    mine, others = ({a[:2] if a[0] in _NAMED else a[:1]: a for a in r.more} for r in (row, first))
    kinds = [k for k in {**others, **mine} if mine.get(k) != others.get(k)]
    return found + [_WORDS.get(k[0], "") or str(k[-1]) for k in kinds]


_NAMED = ("fact", "milestone", "worker")
_WORDS = {"born": "date of birth", "nhs": "NHS number", "died": "date of death"}


def keyed_rows(items: Iterable[tuple[Any, ...]], make: Callable[[Iterable[Any]], Any],
               findings: Findings, column: str = "") -> Iterator[Bundle]:  # fmt: skip
    """Yield rows gathered by their first part; the very same line twice is reported.

    So is a row that names another person than the first; `column` says where it does.

    Rows have person, case, line and mark.
    """
    for _, found in groupby(items, itemgetter(0)):
        rows: dict[int, Any] = {}
        for item in found:
            row = make(item)
            first = next(iter(rows.values()), row)
            if not _same_person(row, first):
                findings.reject(
                    row.line, column, row.person,
                    f"Line {first.line} says that this is the case of somebody else.",
                    "Check both identifiers with the system they are from.",
                )  # fmt: skip
            elif row.mark in rows:
                findings.reject(
                    row.line, "", "", f"This line is the same as line {rows[row.mark].line}.",
                    "Nothing, if it was written twice.",
                )  # fmt: skip
            else:
                rows[row.mark] = row
        first = next(iter(rows.values()))
        yield first.person or first.case, first.case, list(rows.values())


def _same_person(row: Any, first: Any) -> bool:
    """Tell whether two rows of one case name one person: by their identifier or NHS number."""
    if None in (row.person, first.person) or row.person == first.person:
        return True
    numbers = [{a[1] for a in one.more if a[0] == "nhs"} for one in (row, first)]
    return bool(numbers[0] & numbers[1])


def in_chains(people: Iterable[PersonGroup]) -> Iterator[PersonGroup]:
    """Join the rows of each person that follow without a gap into one case each."""
    for person, cases in people:
        chains: list[tuple[str, list[Any]]] = []
        for case, rows in cases:
            before = chains[-1][1][-1].end_day if chains else None
            if before is not None and before == rows[0].day:
                chains[-1][1].extend(rows)
            else:
                chains.append((case, list(rows)))
        yield person, chains


def by_person(
    bundles: Iterator[Bundle],
    start: Callable[[Any], int],
    make: Callable[[Iterable[Any]], Any],
    sorter: Sorter | None,
) -> Iterator[PersonGroup]:
    """Gather cases by person, each person's by start.

    Args:
        bundles: in order of the case's identifier.
        start: what sorts the cases of a person, of the first row.
        make: makes a row again of its plain tuple.
        sorter: sorts cases by person; None when each case is its own person, so that the order
            is already right.
    """
    if sorter is None:
        for person, case, rows in bundles:
            yield person, [(case, rows)]
        return
    for person, case, rows in bundles:
        sorter.add((person, start(rows[0]), case, tuple(map(tuple, rows))))
    for person, found in groupby(sorter, itemgetter(0)):
        yield person, [(case, [make(r) for r in rows]) for _, _, case, rows in found]
