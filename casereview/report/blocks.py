"""Drawings for the terminal in block characters; a letter or sign stands beside every colour-word.

No line is wider than asked for. Nothing here is coloured: the signs say it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from casereview.core.text import safe
from casereview.report.blocks_lines import area, spread, whisker
from casereview.report.chart_bars import changes_of, ends_of, name_of
from casereview.report.chart_curves import queue_words
from casereview.report.chart_spc import SHAPES, icon_words
from casereview.report.svg import label

Row = Mapping[str, Any]
HEIGHT = 11
ROWS = 40
"""Lines of intervals, teams or lists that one drawing holds."""
SIGNS = {
    "common_cause": "●",
    "special_cause_improvement": "■",
    "special_cause_concern": "▲",
    "special_cause_neutral_high": "◆",
    "special_cause_neutral_low": "◆",
    "not_reportable": "○",
}


def drawn(kind: str, rows: Sequence[Row], about: Mapping[str, Any], *, width: int = 80) -> str:
    """Return a drawing as lines of text.

    Args:
        kind: a key of BLOCKS.
        rows: of the calculation.
        about: its provenance.
        width: places of a line, 40 or more.
    """
    room = max(width, 40)
    said = [f"! {safe(str(w))}" for w in about.get("warnings") or []]
    body = [*BLOCKS[kind](rows, about, room), *said]
    return "\n".join(part for line in body for part in _fit(line, room)).rstrip() + "\n"


def _fit(line: str, room: int) -> list[str]:
    """Break words that are too long for the screen; a drawn line is never longer."""
    if len(line) <= room:
        return [line]
    return textwrap.wrap(line, room, subsequent_indent="  ")


def _spc(rows: Sequence[Row], about: Mapping[str, Any], width: int) -> list[str]:
    lines: list[str] = []
    chances = {c["facet"]: c["says"] for c in about["chance"]}
    for facet, part in groupby(rows, key=lambda r: str(r["facet"])):
        points = list(part)[-(width - 12) :]
        lines += [
            "SPC chart (XmR)" if facet == "no facet" else safe(facet),
            icon_words(about, facet),
            *_panel(points),
            f"{'':11}{points[0]['date'].isoformat()} to {points[-1]['date'].isoformat()}",
            chances[facet],
            "",
        ]
    notes = [f"{n['date'].isoformat()}: {safe(n['text'])}" for n in about["notes"]]
    used = [k for k in SIGNS if any(r["point_type"] == k for r in rows)]
    signs = "  ".join(f"{SIGNS[k]} {SHAPES[k][1]}" for k in used)
    drawn_lines = "── mean  ┄┄ limits" + ("  ══ target" if rows[0]["target"] is not None else "")
    return [*lines, signs, drawn_lines, *notes, f"Rules: {about['profile_title']}."]


def _panel(points: Sequence[Row]) -> list[str]:
    values = [
        p[key] for p in points for key in ("value", "mean", "lpl", "upl", "target")
        if p[key] is not None
    ]  # fmt: skip
    low, high = min(values), max(values)
    grid = [[" "] * len(points) for _ in range(HEIGHT)]
    for n, point in enumerate(points):
        for key, sign in (("lpl", "┄"), ("upl", "┄"), ("mean", "─"), ("target", "═")):
            if point[key] is not None:
                grid[spread(point[key], low, high, HEIGHT)][n] = sign
        grid[spread(point["value"], low, high, HEIGHT)][n] = SIGNS[point["point_type"]]
    lines = []
    for level in reversed(range(HEIGHT)):
        value = low + (high - low) * level / (HEIGHT - 1)
        marked = level % 5 == 0 and (high > low or level == HEIGHT // 2)
        lead = label(value) if marked else ""
        lines.append(f"{lead:>10}┤{''.join(grid[level])}")
    return lines


def _survival(_rows: Sequence[Row], about: Mapping[str, Any], width: int) -> list[str]:
    steps = about["km"]
    last = steps[-1]["time"]
    room = width - 12
    shares = [_level(steps, last * (n + 0.5) / room) for n in range(room)]
    found = about["quantiles_loglog"]
    quantiles = [
        f"{p:.0%} had ended by day {label(q)} (95% {label(low) or '?'} to {label(high) or '?'})"
        if q is not None
        else f"{p:.0%} had not ended"
        for p, q, low, high in zip(*(found[c] for c in ("p", "q", "lower", "upper")), strict=True)
    ]
    ends = [
        f"{c}: {about['cif'][-1][f'cif_{c}']:.0%} by day {label(last)}" for c in about["causes"]
    ]
    test = about.get("logrank")
    ranks = []
    if test is not None and test["p"] is not None:
        ranks = [f"Log-rank between {', '.join(map(safe, test['groups']))}: p = {test['p']:.3g}"]
    head = f"Share still open (Kaplan-Meier), {about['n']} cases, {about['open']} still open"
    return [
        head,
        *area(shares, 0, 1, HEIGHT, "{:.0%}"),
        _days(last, room),
        *quantiles,
        *ends,
        *ranks,
    ]


def _days(last: float, room: int) -> str:
    end = f"day {label(last)}"
    return f"{'':11}0{end:>{max(room - 1, 1)}}"


def _level(steps: Sequence[Row], time: float) -> float:
    found = 1.0
    for step in steps:
        if step["time"] > time:
            break
        found = step["surv"]
    return found


def _queue(rows: Sequence[Row], about: Mapping[str, Any], width: int) -> list[str]:
    room = min(width - 12, len(rows))
    # The longest queue of each stretch, so that no peak is lost.
    sizes = [
        max(r["queue_size"] for r in rows[n * len(rows) // room : (n + 1) * len(rows) // room])
        for n in range(room)
    ]
    stats = about["wl_stats"]
    wanted = stats["target_queue_size"]
    span = f"{rows[0]['dates'].isoformat()} to {rows[-1]['dates'].isoformat()}"
    more = [f"Target queue {label(wanted)}."] if wanted is not None else []
    for key, name in (("relief_capacity", "Relief"), ("target_capacity", "Target")):
        if stats[key] is not None:
            more.append(f"{name} capacity {label(stats[key])} people a week.")
    return [
        "People waiting", *area(sizes, 0, max([*sizes, 1]), HEIGHT, "{:,.0f}"),
        f"{'':11}{span}", queue_words(about), *more,
    ]  # fmt: skip


def _bands(rows: Sequence[Row], about: Mapping[str, Any], width: int) -> list[str]:
    lines = ["Waits by weekly band: each sign is a week, its height the people in it"]
    for row in rows[:ROWS]:
        weeks = {int(k): v for k, v in about["bands"][row["id"]].items()}
        counts = [weeks.get(n, 0) for n in range(min(max(weeks) + 1, width - 12))]
        shown = area(counts, 0, max([*counts, 1]), 1, "")[0][11:]
        figures = ", ".join(
            f"p{p} {label(row[f'interp_{p}']) or '?'}" for p in (50, 92, 95)
        )  # fmt: skip
        people = (
            f"  {row['total']} people; weeks {figures}; {row['within_18']} within 18, "
            f"{row['over_52']} over 52"
        )
        lines += [safe(str(row["id"]))[: width - 2], f"  {shown}", people]
    return lines


def _intervals(rows: Sequence[Row], about: Mapping[str, Any], width: int) -> list[str]:
    lower, upper = ends_of(rows)
    shown = [r for r in rows if r["value"] is not None][:ROWS]
    values = [r[k] for r in shown for k in ("value", lower, upper) if r[k] is not None]
    lines = [str(about["definition"])]
    if not values:
        return lines
    room = width - 16 - 30
    for row in shown:
        bar = whisker(row[lower], row["value"], row[upper], min(values), max(values), room)
        text = f"{label(row['value'])} ({label(row[lower]) or '?'} to {label(row[upper]) or '?'})"
        lines.append(f"{safe(name_of(row))[:15]:<15} {bar} {text}")
    return lines


def _funnel(rows: Sequence[Row], about: Mapping[str, Any], width: int) -> list[str]:
    lines = [f"Teams against the pooled figure of {label(about['baseline'])}, {about['statistic']}"]
    per = about["per"]
    for row in [r for r in rows if "area" in r][:ROWS]:
        value = label(row["num"] / row["den"] * per)
        sign = {"Low": "■", "High": "▲"}.get(row["significance"].split()[0], "●")
        name = safe(row["area"])[: width - 44]
        lines.append(f"{sign} {name:<20} {value:>9}  of {label(row['den'])}: {row['significance']}")
    return lines


def _compare(rows: Sequence[Row], about: Mapping[str, Any], width: int) -> list[str]:
    found = changes_of(rows[0])
    none = 1.0 if "rate_ratio" in rows[0] else 0.0
    lines = [safe(about["verdict"]["sentence"]), safe(about["spc"])]
    values = [none, *(v for _, *three in found for v in three if v is not None)]
    for name, value, low, high in found:
        bar = whisker(low, value, high, min(values), max(values), width - 2, mark=none)
        lines += [
            f"{name}: {label(value)} ({label(low) or '?'} to {label(high) or '?'})",
            f"  {bar}",
        ]
    return [*lines, "│ no change  ● estimate  ├ ┤ 95% interval"] if found else lines


BLOCKS: Mapping[str, Callable[[Sequence[Row], Mapping[str, Any], int], list[str]]] = (
    MappingProxyType(
        {
            "spc": _spc, "survival": _survival, "queue": _queue, "bands": _bands,
            "intervals": _intervals, "funnel": _funnel, "compare": _compare,
        }
    )
)  # fmt: skip
