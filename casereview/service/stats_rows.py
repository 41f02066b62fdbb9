"""Rows of measures as front ends read them: dates, outward ids, None for an unknown group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casereview.measures.ask import Ask, date_of
from casereview.measures.registry import Measure
from casereview.service import ids

Row = dict[str, Any]


def measured_rows(
    found: Iterable[Row], columns: Mapping[str, str], measure: Measure, ask: Ask, *, timed: bool
) -> list[Row]:
    """Return rows in order: period, groups, then the measure's own columns.

    `period_from` is there when periods were asked for, or the measure always names it.
    """
    waits = [w.label for w in ask.waits]
    ranks = {**measure.ranks, **({"wait": waits} if waits else {})}
    names = [_in_unit(c, ask) for c in columns]
    ordered = sorted(found, key=lambda row: _place(row, ask, ranks, names))
    return [_measured(row, names, measure, ask, timed=timed) for row in ordered]


def _in_unit(column: str, ask: Ask) -> str:
    return column.replace("_days", "_hours") if ask.unit == "hours" else column


def _place(row: Row, ask: Ask, ranks: Mapping[str, Any], names: list[str]) -> tuple[Any, ...]:
    words = [n for n in names if n in ranks]
    ranked = [ranks[n].index(row[n]) if row[n] in ranks[n] else -1 for n in words]
    groups = [_rank(row[g], ranks.get(g)) for g in ask.by]
    return (row["period"], *groups, *ranked)


def _rank(value: str, ranks: Any) -> tuple[int, str]:
    # Nobody, "", stands after every name.
    if ranks is not None and value in ranks:
        return (ranks.index(value), value)
    return (1_000 if value else 1_001, value)


def _measured(row: Row, names: list[str], measure: Measure, ask: Ask, *, timed: bool) -> Row:
    made: Row = {}
    period = row["period"]
    if timed or measure.dated:
        made["period_from"] = ask.periods[period].from_on
    if measure.at_end:
        made["at"] = date_of(ask.ends[period])
    made |= {g: row[g] or None for g in ask.by}
    return made | {n: row[n] for n in names if n in row and n not in made}


def listed_rows(found: Iterable[Row], ask: Ask, *, timed: bool) -> list[Row]:
    """Return the cases behind the numbers: what each counts as, case, person, dates."""
    ordered = sorted(
        found, key=lambda r: (r["period"], str(r.get("window", "")), r["counted"], r["case_id"])
    )
    return [_listed(row, ask, timed=timed) for row in ordered]


def _listed(row: Row, ask: Ask, *, timed: bool) -> Row:
    made: Row = {"period_from": ask.periods[row["period"]].from_on} if timed else {}
    for name, value in row.items():
        if name == "period":
            continue
        if name in ask.by:
            made[name] = value or None
        elif name == "person_id":
            made["person"] = ids.out(ids.PERSON, value)
        elif name.endswith("case_id"):
            made[name.removesuffix("_id")] = ids.out(ids.CASE, value)
        elif name.endswith("_day"):
            made[f"{name.removesuffix('_day')}_on"] = None if value is None else date_of(value)
        else:
            made[name] = value
    return made
