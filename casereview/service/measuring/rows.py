"""Rows of measures as front ends read them: dates, outward ids, None for an unknown group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casereview.core.periods import Every, period_title
from casereview.measures.ask import Ask, date_of
from casereview.measures.registry import Measure
from casereview.service import ids
from casereview.store.relations.groups import AGE_BANDS

Row = dict[str, Any]
NAMED = ("quarter", "year", "financial-year")
"""Kinds of period that have a name of their own beside their first day."""
_AGES = tuple(AGE_BANDS.values())
_OUTWARD = {"person_id": ids.PERSON, "action_id": ids.ACTION, "review_id": ids.REVIEW}


def measured_rows(
    found: Iterable[Row],
    columns: Mapping[str, str],
    measure: Measure,
    ask: Ask,
    *,
    every: Every | None,
) -> list[Row]:
    """Return rows in order: period, groups, then the measure's own columns.

    `period_from` is there when periods were asked for, or the measure always names it; quarters and
    years have their name in `period`, 'Q4 2014/15'.
    """
    waits = [w.label for w in ask.waits]
    ranks = {**measure.ranks, "age_band": _AGES, **({"wait": waits} if waits else {})}
    names = [_in_unit(c, ask) for c in columns]
    ordered = sorted(found, key=lambda row: _place(row, ask, ranks, names))
    return [_measured(row, names, measure, ask, every=every) for row in ordered]


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


def _measured(
    row: Row, names: list[str], measure: Measure, ask: Ask, *, every: Every | None
) -> Row:  # fmt: skip
    period = row["period"]
    made: Row = _named(ask, period, every)
    if measure.dated and not made:
        made["period_from"] = ask.periods[period].from_on
    if measure.at_end:
        made["at"] = date_of(ask.end(period))
    made |= {g: row[g] or None for g in ask.by}
    return made | {n: _value(row, n) for n in names if n not in made and _known(row, n)}


def _named(ask: Ask, period: int, every: Every | None) -> Row:
    if every is None:
        return {}
    found = ask.periods[period]
    made: Row = {"period_from": found.from_on}
    return made | {"period": period_title(found, every)} if every in NAMED else made


def _known(row: Row, name: str) -> bool:
    return name in row or f"{name.removesuffix('_on')}_day" in row


def _value(row: Row, name: str) -> Any:
    if name in row:
        return row[name]
    day = row[f"{name.removesuffix('_on')}_day"]
    return None if day is None else date_of(day)


def collected_rows(found: Iterable[Row], ask: Ask, *, every: Every | None) -> list[Row]:
    """Return rows that are in order already: period, groups, then what they hold."""
    rows = []
    for row in found:
        made: Row = _named(ask, row["period"], every)
        made |= {g: row[g] or None for g in ask.by}
        rows.append(made | {k: v for k, v in row.items() if k != "period" and k not in made})
    return rows


def listed_rows(found: Iterable[Row], ask: Ask, *, every: Every | None) -> list[Row]:
    """Return the cases behind the numbers: what each counts as, case, person, dates."""
    return [_listed(row, ask, every=every) for row in sorted(found, key=_listing_place)]


def _listing_place(row: Row) -> tuple[Any, ...]:
    window = str(row.get("window", ""))
    # Equal in all of these, rows still have one order, so that a second file is the same file.
    return (row["period"], window, row["counted"], row["case_id"] or 0, str(list(row.values())))


def _listed(row: Row, ask: Ask, *, every: Every | None) -> Row:
    made: Row = _named(ask, row["period"], every)
    for name, value in row.items():
        if name == "period":
            continue
        if name in ask.by:
            made[name] = value or None
        elif name in _OUTWARD:
            made[name.removesuffix("_id")] = (
                None if value is None else ids.out(_OUTWARD[name], value)
            )
        elif name.endswith("case_id"):
            made[name.removesuffix("_id")] = ids.out(ids.CASE, value)
        elif name.endswith("_day"):
            made[f"{name.removesuffix('_day')}_on"] = None if value is None else date_of(value)
        else:
            made[name] = value
    return made
