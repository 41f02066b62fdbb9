"""A series before and after a change: the day marked, both means, the limits of the time before."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from casereview.report.chart_spc import SHAPES
from casereview.report.svg import PARAGRAPH, Canvas, Scale, axis, label

Row = Mapping[str, Any]
PANEL = 250
LEFT, RIGHT, TOP = 64, 144, 56
LINE = 18
SHOWN = 12
"""Series that one drawing holds; the rest are in the data."""
APART = 14


def draw_change(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw each series with the change, and under it what may be said.

    Args:
        rows: points with `series`, `date`, `value`, `side`, `point_type` and its name.
        about: `on`, the day of the change; `heading`; `profile_title`; `series`, by name the
            `lower` and `upper` limit fixed on the time before, None for none, and `says`.
    """
    held = [(name, list(part)) for name, part in groupby(rows, key=lambda r: str(r["series"]))]
    panels = [(name, part, _said(about, name)) for name, part in held[:SHOWN]]
    used = [kind for kind in SHAPES if any(r["point_type"] == kind for r in rows)]
    height = sum(PANEL + LINE * (len(said) + 1) for _, _, said in panels)
    canvas = Canvas(TOP + height + 3 * LINE)
    canvas.text(16, 24, about["heading"], kind="h")
    more = f" {len(held) - SHOWN} series are not drawn." if len(held) > SHOWN else ""
    canvas.text(16, 44, f"{_changed(about)}{more}", kind="soft")
    top: float = TOP
    for name, part, said in panels:
        _panel(canvas, top, name, part, about)
        top += PANEL
        for line in said:
            canvas.text(16, top, line, kind="soft")
            top += LINE
        top += LINE
    _legend(canvas, top, used, about)
    return canvas


def _changed(about: Mapping[str, Any]) -> str:
    pack = f", the first review with {about['pack']}" if about.get("pack") else ""
    return f"The change is on {about['on'].isoformat()}{pack}."


def _said(about: Mapping[str, Any], name: str) -> list[str]:
    says: Sequence[str] = about["series"][name]["says"]
    return [line for sentence in says for line in textwrap.wrap(sentence, PARAGRAPH)]


def _panel(
    canvas: Canvas, top: float, name: str, rows: Sequence[Row], about: Mapping[str, Any]
) -> None:
    on: date = about["on"]
    limits = [about["series"][name][side] for side in ("lower", "upper")]
    days = [_day(r) for r in rows]
    _, low, high = axis([*(r["value"] for r in rows), *(v for v in limits if v is not None)])
    ends = (min(*days, on.toordinal()), max(*days, on.toordinal()))
    x = Scale(*ends, LEFT + 10, canvas.width - RIGHT - 10)
    y = Scale(low, high, top + PANEL - 50, top + 44)
    if len(about["series"]) > 1:
        canvas.text(LEFT, top + 16, name, kind="h")
    for tick in (t for t in axis([low, high])[0] if low <= t <= high):
        canvas.line(LEFT, y(tick), canvas.width - RIGHT, y(tick), "grid")
        canvas.text(LEFT - 8, y(tick) + 4, label(tick), kind="soft", anchor="end")
    for row in rows[:: max(1, -(-len(rows) // 6))]:
        day = row["date"].isoformat()
        canvas.text(x(_day(row)), y.start + 20, day, kind="soft", anchor="middle")
    at = x(on.toordinal())
    canvas.line(at, y.end - 6, at, y.start, "target")
    canvas.text(at, y.end - 10, f"change {on.isoformat()}", kind="soft", anchor="middle")
    _lines(canvas, rows, limits, x, y)
    canvas.path([(x(_day(r)), y(r["value"])) for r in rows], "trace")
    for row in rows:
        shape, meaning = SHAPES[row["point_type"]]
        tip = f"{row['date'].isoformat()}: {label(row['value'])}, {row['side']}, {meaning}"
        canvas.mark(x(_day(row)), y(row["value"]), shape, tip)


def _day(row: Row) -> int:
    return int(row["date"].toordinal())


def _lines(
    canvas: Canvas, rows: Sequence[Row], limits: Sequence[float | None], x: Scale, y: Scale
) -> None:
    """Draw the mean of each side over its own points, and the limits over the whole."""
    said = []
    for side in ("before", "after"):
        part = [r for r in rows if r["side"] == side]
        if part:
            mean = sum(r["value"] for r in part) / len(part)
            canvas.line(x(_day(part[0])) - 8, y(mean), x(_day(part[-1])) + 8, y(mean), "mean")
            said.append((y(mean) + 4, f"mean {side} {label(mean)}"))
    for value, word in zip(limits, ("lower", "upper"), strict=True):
        if value is not None:
            canvas.line(x(_day(rows[0])) - 8, y(value), x(_day(rows[-1])) + 8, y(value), "limit")
            said.append((y(value) + 4, f"{word} {label(value)}"))
    last = 0.0
    for height, words in sorted(said):
        # A label that would lie on the one above it moves down.
        last = max(height, last + APART) if last else height
        canvas.text(canvas.width - RIGHT + 4, round(last, 2), words, kind="soft")


def _legend(canvas: Canvas, y: float, used: Sequence[str], about: Mapping[str, Any]) -> None:
    x = 22.0
    for kind in used:
        shape, meaning = SHAPES[kind]
        canvas.mark(x, y - 4, shape, meaning)
        canvas.text(x + 12, y, meaning)
        x += 36 + 8 * len(meaning)
    rules = (
        f"Limits: three sigma, fixed on the points before the change ({about['profile_title']})."
    )
    canvas.text(16, y + LINE, rules, kind="soft")
