"""Teams beside each other: only as a funnel, in the order of the alphabet, never as a league."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casereview.errors import Refused, Usage
from casereview.measures.methods import funnel as fun
from casereview.measures.publishing.shapes import SHAPES
from casereview.service.measuring.publish import STAFF
from casereview.service.measuring.question import Question
from casereview.service.near import nearest

Row = dict[str, Any]
Rows = list[Row]
LINES = "Inner lines (2s) hold 95%, outer lines (3s) 99.8% of teams that do not differ (baseline)."


def funnelled(rows: Rows, asked: Question, column: str | None) -> tuple[Rows, Row]:
    """Return each group with its share, the limits at its size, and whether it lies outside.

    Args:
        rows: of the measure, one for each group and set, without periods.
        asked: the question; it must be by one group that is not staff.
        column: a percentage of the measure, None for the usual one.

    Raises:
        Usage: no group, or periods; no such share.
        Refused: the group is staff; or nobody, or everybody, has it.
    """
    _check(asked)
    name = _column(asked, column)
    part, wholes = SHAPES[asked.name].percents[name]
    by = asked.by[0]
    words = [c for c, v in rows[0].items() if isinstance(v, str) and c != by] if rows else []
    sets: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        sets.setdefault(tuple(row[w] for w in words), []).append(row)
    found: Rows = []
    lines: Rows = []
    without = []
    said: dict[str, None] = {LINES: None}
    for key, held in sets.items():
        lead = dict(zip(words, key, strict=True))
        if all(r[part] is None for r in held):
            without.append(f"{' / '.join(map(str, key))}: no target is set.")
            continue
        units = [_unit(r, by, part, wholes) for r in held]
        average = _pooled(units)
        if average is None:
            about = " / ".join(map(str, key)) or asked.name
            without.append(f"{about}: nobody or everybody has it, so there is no funnel.")
            continue
        found += [lead | _judged(u, by, average) for u in units]
        counted = [u for u in units if u.den]
        said |= dict.fromkeys(fun.said_of(counted))
        drawn = fun.limit_rows(counted, rates=False, per=100)
        lines += [lead | dict(line) for line in drawn]
    if rows and not found:
        raise Refused(
            f"There is no funnel of {name}. {' '.join(without)}",
            code="no_funnel",
            next="Give a longer period, or show the counts alone.",
        )
    return found, {
        "charted": name, "statistic": "proportion", "per": 100, "limits_method": "Wilson",
        "limits": lines, "warnings": [*said, *without],
    }  # fmt: skip


def _check(asked: Question) -> None:
    if asked.every is not None:
        raise Usage("A funnel shows one period.", code="funnel_periods", next="Leave --every out.")
    if len(asked.by) != 1:
        raise Usage("A funnel needs one group.", code="funnel_group", next="Add --by team.")
    if asked.by[0] in STAFF:
        raise Refused(
            "Single members of staff are not set beside each other.",
            code="funnel_staff",
            next="Use --by team.",
        )


def _column(asked: Question, column: str | None) -> str:
    shape = SHAPES.get(asked.name)
    known = list(shape.percents) if shape is not None else []
    usual = asked.measure.charted
    wanted = column or (usual if usual in known else known[0] if known else "")
    if wanted not in known:
        near = nearest(wanted, known) if wanted else None
        have = f"It has {', '.join(known)}." if known else "Use returns, attendance or waits."
        raise Usage(
            f"{asked.name} has no share {wanted[:60]!r}." if wanted
            else f"{asked.name} has no shares.",
            code="unknown_column",
            next=(f"Did you mean {near}? " if near else "") + have,
        )  # fmt: skip
    return wanted


def _unit(row: Mapping[str, Any], by: str, part: str, wholes: tuple[str, ...]) -> fun.Unit:
    return fun.Unit(row[by], row[part] or 0, sum(row[w] or 0 for w in wholes))


def _pooled(units: list[fun.Unit]) -> float | None:
    num, den = sum(u.num for u in units), sum(u.den for u in units)
    return num / den if 0 < num < den else None


def _judged(unit: fun.Unit, by: str, average: float) -> Row:
    row: Row = {by: unit.area, "num": unit.num, "den": unit.den, "baseline": average * 100}
    if not unit.den:
        return row | dict.fromkeys(
            ("percent", "lower_2s", "upper_2s", "lower_3s", "upper_3s", "significance")
        )
    two, three = (fun.proportion_limits(average, unit.den, c) for c in (0.95, 0.998))
    return row | {
        "percent": 100 * unit.num / unit.den,
        "lower_2s": two[0] * 100, "upper_2s": two[1] * 100,
        "lower_3s": three[0] * 100, "upper_3s": three[1] * 100,
        "significance": fun.significance(unit, average, rates=False),
    }  # fmt: skip
