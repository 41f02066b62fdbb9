"""The same question at two states of knowledge: which figures moved, and which entries moved them.

`stats NAME --compare-known T1 T2` answers for one as-of date, once with what was recorded by T1 and
once with what was recorded by T2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from casereview.core.calendar import local_date
from casereview.core.state.fold import VOID
from casereview.errors import Refused, Usage
from casereview.measures.publishing.disclosure import HIDDEN
from casereview.measures.registry import MEASURES
from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.extracting import extracted
from casereview.service.measuring.stats import stats
from casereview.service.past import as_known
from casereview.service.typed.figures import KIND
from casereview.store.in_use import series_in_use
from casereview.store.watching import Line, recorded_between

_WORDS = ("period_from", "period", "at", "wait", "side", "window", "stage", "method", "class",
          "band", "time")  # fmt: skip
_HIDES = ("not_reportable", "figures_withdrawn")
"""What is typed about a series and takes figures out of what is published."""
_BESIDE = ("typed", "source", "gap", "not_reportable")
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A question answered from what was recorded by an instant.

    Attributes:
        at: the instant.
        rows: of the measure.
        about: their provenance.
        listing: the cases behind them.
    """

    at: datetime
    rows: Rows
    about: dict[str, Any]
    listing: Rows


def compare_known(
    desk: Desk, name: str, first: datetime, second: datetime | None = None, **asked: Any
) -> tuple[Rows, dict[str, Any]]:
    """Return the changed figures between two states of knowledge, and the entries behind them.

    An entry is "late" when it was recorded after the day it is about, "takes back" when it voids
    another, else "on its day". No free text is part of it.

    Args:
        desk: its as-of date holds for both.
        name: of the measure.
        first: the earlier instant, aware.
        second: the later one, None for now.
        **asked: options of `stats` that say which rows there are.

    Returns:
        One row for each changed figure with old, new and difference; and the later provenance with
        `entries`.

    Raises:
        NotFound: no such measure, team, wait or milestone.
        Usage: an instant without time zone, or after now; the second is not after the first.
        Refused: the question cannot be asked.
    """
    until = desk.now if second is None else second
    for at in (first, until):
        if at.tzinfo is None:
            raise Usage("The instant has no time zone.", next="Write it like 2026-03-03T09:00:00Z.")
    if until <= first:
        raise Usage(
            "The second time is not after the first.",
            code="period",
            next="Give the earlier time first.",
        )
    before = _state(desk, name, first, asked)
    after = _state(desk, name, until, asked)
    groups = [w.strip().replace("-", "_") for w in str(asked.get("by") or "").split(",") if w]
    rows = changed_figures(name, groups, before.rows, after.rows)
    entries = _entries(desk, name, before, after, _periods(rows)) if rows else []
    return rows, {
        **after.about, "known_by": until, "compared_known": {"from": first, "to": until},
        "entries": entries,
    }  # fmt: skip


def _state(desk: Desk, name: str, at: datetime, asked: Mapping[str, Any]) -> State:
    if at.astimezone(UTC) > desk.now:
        raise Usage("The instant is after now.", next="Give one that has passed.")
    with as_known(replace(desk, known_by=at)) as known, extracted(known) as sharing:
        # The copy holds nothing later, so that it needs no further copies.
        reading = replace(sharing, known_by=None, as_of=desk.on)
        rows, about = stats(reading, name, **asked)
        try:
            listing, _ = stats(reading, name, list_cases=True, **asked)
        except Refused:
            listing = []
    return State(at, rows, {**about, "store": desk.store.id}, listing)


# --- figures


def changed_figures(name: str, groups: Iterable[str], before: Rows, after: Rows) -> Rows:
    """Return one row for each figure that differs: what it is about, figure, old, new, difference.

    Args:
        name: of the measure.
        groups: columns that are groups.
        before: rows as known earlier.
        after: rows of the same question as known later.
    """
    ranks = MEASURES[name].ranks if name in MEASURES else {}
    named = list(dict.fromkeys((*_WORDS[:3], *groups, *ranks, *_WORDS[3:])))
    old, new = _keyed(before, named), _keyed(after, named)
    made: Rows = []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key, {}), new.get(key, {})
        shown = {k: v for k, v in (now or was).items() if k in named}
        made += [
            {**shown, "figure": column, "old": was.get(column), "new": now.get(column),
             "difference": _difference(was.get(column), now.get(column))}
            for column in dict.fromkeys((*was, *now))
            if column not in named and not column.startswith(_BESIDE)
            and was.get(column) != now.get(column)
            and not (not was and not now[column])
        ]  # fmt: skip
    return made


def _keyed(rows: Rows, named: Iterable[str]) -> dict[Key, dict[str, Any]]:
    """Return rows by what they are about; rows alike in it by their order as well."""
    seen: Counter[Key] = Counter()
    found: dict[Key, dict[str, Any]] = {}
    words = list(named)
    for row in rows:
        key = tuple(str(row[w]) if w in row else "" for w in words)
        found[(*key, seen[key])] = row
        seen[key] += 1
    return found


def _difference(old: Any, new: Any) -> Any:
    if HIDDEN in (old, new):
        return HIDDEN
    if isinstance(old, int | float) and isinstance(new, int | float):
        gap = round(new - old, 9)
        return int(gap) if float(gap).is_integer() else gap
    return None


def _periods(rows: Rows) -> set[date] | None:
    """Return the first days of the periods with a changed figure, None when rows name none."""
    found = {r["period_from"] for r in rows if "period_from" in r}
    return found or None


# --- entries


def _entries(
    desk: Desk, name: str, before: State, after: State, periods: set[date] | None
) -> list[dict[str, Any]]:
    cases, people = _moved(before.listing, after.listing, periods)
    with desk.store.read() as connection:
        span = (before.at, after.at)
        found = recorded_between(connection, "case", sorted(cases), *span)
        found += recorded_between(connection, "person", sorted(people), *span)
        number = series_in_use(connection).get(name)
        about = recorded_between(connection, KIND, [number] if number else [], *span)
        found += [line for line in about if line.kind in _HIDES]
    lines = (_line(desk, line, people) for line in sorted(found, key=lambda e: e.number))
    return [line for line in lines if line is not None]


def _moved(
    before: Rows, after: Rows, periods: set[date] | None
) -> tuple[set[int], dict[int, set[int]]]:
    """Return the cases whose lines in the listing differ, and their people with their cases."""
    old, new = ({str(list(r.items())): r for r in rows} for rows in (before, after))
    cases: set[int] = set()
    people: dict[int, set[int]] = {}
    for text in old.keys() ^ new.keys():
        row = old.get(text) or new[text]
        if periods is not None and row.get("period_from", next(iter(periods))) not in periods:
            continue
        mine = {ids.number(ids.CASE, v) for k, v in row.items() if v and _is(k, "case")}
        cases |= mine
        for key, value in row.items():
            if value and _is(key, "person"):
                people.setdefault(ids.number(ids.PERSON, value), set()).update(mine)
    return cases, people


def _is(key: str, word: str) -> bool:
    return key == word or key.endswith(f"_{word}")


def _line(desk: Desk, line: Line, people: Mapping[int, set[int]]) -> dict[str, Any] | None:
    """Return an entry as a row, None for one about a day after the as-of date."""
    told_on = local_date(line.recorded_at, desk.store.time_zone)
    if line.kind != VOID and line.occurred_on > desk.on:
        return None
    how = "late" if line.occurred_on < told_on else "on its day"
    cases = {line.id} if line.stream == "case" else people.get(line.id, set())
    if line.stream == KIND:
        cases = set()
    return {
        "entry": line.number, "kind": line.kind, "how": "takes back" if line.kind == VOID else how,
        "occurred_on": line.occurred_on, "recorded_at": line.recorded_at,
        "case": ", ".join(str(ids.out(ids.CASE, c)) for c in sorted(cases)) or None,
    }  # fmt: skip
