"""A measure before and after a dated change: `stats NAME --every week --compare DATE`.

What is compared follows from the figure: events as rates, shares as shares, means and medians from
the days of single cases; every other figure as a series.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casereview.core.calendar import add_days
from casereview.core.periods import Period
from casereview.core.text import safe
from casereview.errors import NotFound, Refused, Usage
from casereview.measures.methods.spc_profiles import Profile, profile_named
from casereview.service.calculating import options
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.answer import Answer
from casereview.service.measuring.beside import Beside
from casereview.service.measuring.drawn import DRAWN, drawn_series
from casereview.service.measuring.sides import Listed, Sides, said_of
from casereview.service.measuring.spc import WHOLE, column_of
from casereview.service.near import nearest
from casereview.store.in_use import first_review_with

Key = tuple[Any, ...]


def compared(
    desk: Desk, found: Answer, change: str, given: Mapping[str, Any]
) -> tuple[Rows, dict[str, Any]]:
    """Return one row for each series: both sides, the change, its interval, what may be said.

    Args:
        desk: whose store it is.
        found: the question, with periods, and what it reads.
        change: a date, or a pack: then the day of its first review.
        given: column, profile and improvement.

    Raises:
        Usage: no periods, no such column.
        Refused: the change lies outside the dates, or the pack was never used.
    """
    asked = found.asked
    if asked.every is None:
        raise Usage(
            "A comparison needs periods, for the chart.",
            code="no_periods",
            next="Add --every week or --every month.",
        )
    on, pack = _day_of_change(desk, change)
    periods = found.ask.periods
    start, end = periods[0].from_on, periods[-1].last_on
    if not start < on <= end:
        raise Refused(
            f"The change on {on.isoformat()} does not lie between {start.isoformat()} and "
            f"{end.isoformat()}.",
            code="change_outside",
            next="Give --from before it and --to after it.",
        )
    rows, _ = found.rows(asked.every)
    column = column_of(rows, asked, given.get("column"))
    halves = found.over((Period(start, on), Period(on, add_days(end, 1))))
    rules = profile_named(str(given.get("profile") or "mdc"))
    improvement = str(given.get("improvement") or asked.measure.improvement)
    options.one_of(improvement, ("increase", "decrease", "neutral"), "--improvement")
    made, said, drawn = _rows(found, halves, rows, on, column, rules, improvement)
    return made, {
        "charted": column, "profile": rules.id, "profile_title": rules.title,
        "improvement": improvement,
        "compared": {"on": on, "pack": pack, "days_before": halves.ask.periods[0].days,
                     "days_after": halves.ask.periods[1].days},
        "warnings": [*said, *Beside(asked, found.ask, found.said).marked()],
        DRAWN: {"on": on, "pack": pack, **drawn},
    }  # fmt: skip


def _rows(
    found: Answer,
    halves: Answer,
    rows: Rows,
    on: date,
    column: str,
    rules: Profile,
    improvement: str,
) -> tuple[Rows, list[str], dict[str, Any]]:
    names = _names(rows, found)
    series = _series(rows, names, column, found, on)
    sides, listed = _halves(halves, names), Listed(halves, names)
    made: Rows = []
    warned: dict[str, None] = {}
    drawn: dict[str, Any] = {"points": [], "series": {}}
    for key, points in series.items():
        before, after = sides.get(key, ({}, {}))
        held = Sides(found.asked, column, dict(zip(names, key, strict=True)), before, after)
        one = said_of(held, points, on, listed, rules=rules, improvement=improvement)
        made.append(dict(zip(names, key, strict=True)) | one.row())
        warned |= dict.fromkeys(one.warnings)
        name = " / ".join(str(k or "nobody") for k in key) or WHOLE
        marks, limits = drawn_series(name, points, on, rules=rules, improvement=improvement)
        drawn["points"] += marks
        drawn["series"][name] = {**limits, "says": (one.verdict.sentence, one.spc)}
    return made, list(warned), drawn


def _names(rows: Rows, found: Answer) -> list[str]:
    """Return the columns that tell series apart: groups, and words such as wait and side."""
    named = {*found.asked.by, "period"}
    first: Mapping[str, Any] = rows[0] if rows else {}
    return [
        *found.asked.by,
        *(c for c, v in first.items() if isinstance(v, str) and c not in named),
    ]


def _series(
    rows: Rows, names: list[str], column: str, found: Answer, on: date
) -> dict[Key, list[tuple[date, float]]]:
    """Return the whole periods of each series; the one in which the change lies is on no side."""
    ask, beside = found.ask, Beside(found.asked, found.ask, found.said)
    whole = {
        p.from_on
        for p in ask.periods
        if not p.partial and p.last_on <= ask.as_of and not p.from_on < on <= p.last_on
    }
    series: dict[Key, list[tuple[date, float]]] = {}
    for row in rows:
        held = series.setdefault(tuple(row[n] for n in names), [])
        good = row["period_from"] in whole and beside.reason(row) is None
        if good and row[column] is not None:
            held.append((row["period_from"], float(row[column])))
    return series


def _halves(halves: Answer, names: list[str]) -> dict[Key, tuple[dict[str, Any], dict[str, Any]]]:
    """Return the measure's row of each side, exactly up to the day before and from the day on."""
    rows, _ = halves.rows("week")
    first = halves.ask.periods[0].from_on
    found: dict[Key, tuple[dict[str, Any], dict[str, Any]]] = {}
    for row in rows:
        before, after = found.setdefault(tuple(row[n] for n in names), ({}, {}))
        (before if row["period_from"] == first else after).update(row)
    return found


# --- when


def _day_of_change(desk: Desk, change: str) -> tuple[date, str | None]:
    word = change.strip()
    try:
        return date.fromisoformat(word), None
    except ValueError:
        pass
    packs = desk.library.pack_ids()
    if word not in packs:
        near = nearest(word, packs)
        raise NotFound(
            f"--compare: {safe(word[:60])!r} is no date and no pack.",
            code="unknown_change",
            next=(f"Did you mean {near}? " if near else "")
            + "Write the date as 2026-03-02, or a pack that is in use.",
        )
    with desk.reading() as work:
        first = first_review_with(work.connection, word)
    if first is None:
        raise Refused(
            f"No review has used {word} yet, so there is no day on which it began.",
            code="pack_unused",
            next="Give the date of the change.",
        )
    return first, word
