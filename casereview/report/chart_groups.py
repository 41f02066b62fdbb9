"""Counts side by side: a bar for each figure of each row, with its number and word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casereview.report.svg import Canvas, Scale, label

Row = Mapping[str, Any]
LEFT, RIGHT, TOP = 270, 150, 58
BAR, GAP = 18, 12
SHOWN = 30
"""Rows that one drawing holds; the rest are in the data."""
NAME = 32
"""Letters of a name beside its bars."""
KINDS = ("blue", "grey", "purple")


def draw_groups(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw the bars of each row; `about` has the heading, the name's column and the figures'.

    `about["figures"]` is column to word. A figure that is unknown has no bar and says so.
    """
    figures: Mapping[str, str] = about["figures"]
    shown = list(rows)[:SHOWN]
    each = BAR * len(figures) + GAP
    canvas = Canvas(TOP + each * max(len(shown), 1) + 16)
    canvas.text(16, 24, str(about["heading"]), kind="h")
    left_out = len(rows) - len(shown)
    more = f" {left_out} rows are not drawn." if left_out else ""
    canvas.text(16, 44, f"{about['reads']}{more}", kind="soft")
    most = max((r[k] for r in shown for k in figures if r[k] is not None), default=0)
    x = Scale(0, most or 1, LEFT, canvas.width - RIGHT)
    for n, row in enumerate(shown):
        _one(canvas, TOP + each * n, row, about, x)
    return canvas


def _one(canvas: Canvas, top: float, row: Row, about: Mapping[str, Any], x: Scale) -> None:
    figures: Mapping[str, str] = about["figures"]
    name = str(row[about["name"]])
    short = name if len(name) <= NAME else name[: NAME - 1] + "…"
    canvas.text(LEFT - 12, top + BAR * len(figures) / 2 + 5, short, anchor="end")
    canvas.line(LEFT, top - 2, LEFT, top + BAR * len(figures) + 2, "grid")
    for n, (key, word) in enumerate(figures.items()):
        value, y = row[key], top + BAR * n
        text = "unknown" if value is None else label(value)
        at = LEFT if value is None else x(value)
        if value is not None:
            canvas.bar(
                LEFT, y + 2, at - LEFT, BAR - 4, KINDS[n % len(KINDS)], f"{name}: {text} {word}"
            )
        canvas.text(at + 6, y + 14, f"{text} {word}", kind="soft")
