"""Every standard measure at once, with what a manifest says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from casereview.errors import Refused, StoreBusy
from casereview.measures.publishing.disclosure import among_others
from casereview.measures.registry import MEASURES
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.extracting import extracted
from casereview.service.measuring.stats import stats
from casereview.service.measuring.versions import definition_version, definitions_version
from casereview.service.past import as_known
from casereview.store.seals import last_seal, seal_by
from casereview.store.watching import last_recorded

FORMAT, VERSION = "casereview-stats", 1
_ATTEMPTS = 3
_NOT_PUBLISHED = frozenset({"not_published", "staff_published", "groups_published"})


@dataclass(frozen=True, slots=True)
class Everything:
    """Every measure of one question.

    Attributes:
        measures: name, rows and provenance of each, in the order of the documentation.
        manifest: question, both times, store, head of the journal, versions, what was left out.
    """

    measures: tuple[tuple[str, Rows, dict[str, Any]], ...]
    manifest: dict[str, Any]


def all_measures(
    desk: Desk,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    every: str | None = None,
    team: str | None = None,
    publish: str | None = None,
    reason: str | None = None,
) -> Everything:
    """Work out every measure from one state of the store; the same state gives the same bytes.

    `known_by` is the instant of the last entry that counts, so that nothing depends on when this
    runs. A measure that a disclosure preset does not let out is named in the manifest.

    Args:
        desk: reading.
        from_on: first date, None for the first on which anything happened.
        to_on: last date, None for the as-of date.
        every: week, month, quarter, year or financial-year; None for one row for the whole.
        team: only this team's cases.
        publish: disclosure preset, None for the team's own view.
        reason: why figures are published without disclosure control.

    Raises:
        NotFound: no such team.
        Usage: no such period or preset.
        Refused: the period ends before it starts, or there are too many.
        NotAllowed: the actor may not publish identifiable figures.
        StoreBusy: somebody recorded something each time while this was worked out.
    """
    asked = {
        "from_on": from_on, "to_on": to_on, "every": every, "team": team,
        "publish": among_others(publish), "reason": reason,
    }  # fmt: skip
    if desk.known_by is not None:
        with as_known(desk) as known:
            return _collected(desk, replace(known, known_by=None), asked)
    return _steady(desk, lambda: _collected(desk, desk, asked))


def _steady(desk: Desk, work: Callable[[], Everything]) -> Everything:
    """Work until nothing was recorded meanwhile, so that all measures tell of one state."""
    for _ in range(_ATTEMPTS):
        before = _head(desk)
        found = work()
        if _head(desk) == before:
            return found
    raise StoreBusy(
        "Somebody recorded something while the measures were worked out.",
        next="Try again, or give --known-by with a time that has passed.",
    )


def _head(desk: Desk) -> tuple[int, datetime, str] | None:
    with desk.store.read() as connection:
        return last_recorded(connection, desk.known_by)


def _collected(desk: Desk, reading: Desk, asked: dict[str, Any]) -> Everything:
    head = _head(desk)
    until = head[1] if head else None
    with desk.store.read() as connection:
        seal = (
            last_seal(connection) if desk.known_by is None else seal_by(connection, desk.known_by)
        )
    sealed = (
        None if seal is None else dict(zip(("number", "at", "upto", "head"), seal, strict=True))
    )
    same = {"known_by": until, "store": desk.store.id, "sealed": sealed}
    with extracted(reading) as sharing:
        made, left_out = _each(sharing, asked)
    measures = tuple(
        (name, rows, {**about, **same, "version": definition_version(name)})
        for name, rows, about in made
    )
    manifest = {
        "format": FORMAT, "version": VERSION, "definitions": definitions_version(),
        "as_of": desk.on, "known_by": until,
        "question": {
            "from": asked["from_on"], "to": asked["to_on"], "every": asked["every"],
            "team": asked["team"], "publish": asked["publish"],
        },
        "store": desk.store.id, "time_zone": desk.store.time_zone,
        "journal": {"entries_to": head[0] if head else 0, "hash": head[2] if head else None},
        "sealed": sealed, "left_out": left_out,
    }  # fmt: skip
    return Everything(measures, manifest)


def _each(
    desk: Desk, asked: dict[str, Any]
) -> tuple[list[tuple[str, Rows, dict[str, Any]]], list[dict[str, str]]]:
    """Return name, rows and provenance of each measure, and those that may not be published."""
    made, left_out = [], []
    for name in MEASURES:
        try:
            made.append((name, *stats(desk, name, **asked)))
        except Refused as error:
            if error.code not in _NOT_PUBLISHED:
                raise
            left_out.append({"measure": name, "why": str(error)})
    return made, left_out
