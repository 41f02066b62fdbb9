"""SPC charts: one panel a facet, special causes in colour, shape and words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from casereview.measures.methods.spc_icons import ASSURANCE_WORDS, VARIATION_WORDS
from casereview.report.svg import PARAGRAPH, Canvas, Scale, axis, label

Row = Mapping[str, Any]
PANEL = 250
LEFT, RIGHT, TOP = 64, 104, 66
APART = 14
"""Height of a line of words: labels nearer than that would lie on each other."""
SHAPES = {
    "common_cause": ("circle", "common cause"),
    "special_cause_improvement": ("square", "improvement"),
    "special_cause_concern": ("triangle", "concern"),
    "special_cause_neutral_high": ("diamond", "special cause, higher"),
    "special_cause_neutral_low": ("diamond", "special cause, lower"),
    "not_reportable": ("hollow", "not reportable"),
}


def draw_spc(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw the facets under each other, then what the shapes mean and the notes."""
    facets = [(name, list(part)) for name, part in groupby(rows, key=lambda r: r["facet"])]
    notes = about.get("notes") or []
    lines = [_note_lines(n, note) for n, note in enumerate(notes, 1)]
    used = [kind for kind in SHAPES if any(r["point_type"] == kind for r in rows)]
    height = len(facets) * PANEL + TOP // 2 + 22 * (2 + sum(map(len, lines)))
    canvas = Canvas(height)
    for n, (name, part) in enumerate(facets):
        _panel(canvas, n * PANEL + 8, str(name), part, about)
    y = len(facets) * PANEL + 28
    _legend(canvas, y, used)
    rules = f"Rules: {about.get('profile_title', '')}. Lines: mean, and limits of three sigma."
    canvas.text(LEFT, y + 22, rules, kind="soft")
    for n, line in enumerate((text for part in lines for text in part), 2):
        canvas.text(LEFT, y + 22 * n, line, kind="soft")
    return canvas


def _note_lines(n: int, note: Row) -> list[str]:
    """Return a note with its number, on as many lines as it needs."""
    return textwrap.wrap(f"{n}: {note['date']} {note['text']}", PARAGRAPH)


def icon_words(about: Mapping[str, Any], facet: str) -> str:
    """Return both icons of a facet in words."""
    said = []
    for icon in about.get("icons") or []:
        if icon["facet"] == facet:
            known = VARIATION_WORDS if icon["type"] == "variation" else ASSURANCE_WORDS
            said.append(f"{icon['type'].capitalize()}: {known[icon['icon']]}.")
    return " ".join(said)


def _panel(
    canvas: Canvas, top: float, name: str, rows: Sequence[Row], about: Mapping[str, Any]
) -> None:
    x, y = _scales(rows, top)
    canvas.text(LEFT, top + 16, name if name != "no facet" else "SPC chart (XmR)", kind="h")
    canvas.text(LEFT, top + 36, icon_words(about, name), kind="soft")
    for tick in (t for t in axis([y.low, y.high])[0] if y.low <= t <= y.high):
        canvas.line(LEFT, y(tick), canvas.width - RIGHT, y(tick), "grid")
        canvas.text(LEFT - 8, y(tick) + 4, label(tick), kind="soft", anchor="end")
    _dates(canvas, rows, x, y.start + 22)
    _notes(canvas, about.get("notes") or [], x, y)
    _lines(canvas, rows, x, y)
    judged = [r for r in rows if r["point_type"] != "not_reportable"]
    canvas.path([(x(_day(r)), y(r["value"])) for r in judged], "trace")
    for row in rows:
        shape, meaning = SHAPES[row["point_type"]]
        cause = row["special_cause_type"]
        said = meaning if cause in ("Common Cause", "Not reportable") else f"{meaning}: {cause}"
        tip = f"{row['date']}: {label(row['value'])}, {said}"
        canvas.mark(x(_day(row)), y(row["value"]), shape, tip)


def _day(row: Row) -> int:
    return int(row["date"].toordinal())


def _scales(rows: Sequence[Row], top: float) -> tuple[Scale, Scale]:
    days = [_day(r) for r in rows]
    values = [
        r[key] for r in rows for key in ("value", "lpl", "upl", "target") if r[key] is not None
    ]
    _, low, high = axis(values)
    return (
        Scale(min(days), max(days), LEFT + 10, Canvas(0).width - RIGHT - 10),
        Scale(low, high, top + PANEL - 40, top + 56),
    )


def _dates(canvas: Canvas, rows: Sequence[Row], x: Scale, y: float) -> None:
    step = max(1, -(-len(rows) // 6))
    for row in rows[::step]:
        canvas.text(x(_day(row)), y, row["date"].isoformat(), kind="soft", anchor="middle")


def _notes(canvas: Canvas, notes: Sequence[Row], x: Scale, y: Scale) -> None:
    for n, note in enumerate(notes, 1):
        on: date = note["date"]
        if x.low <= on.toordinal() <= x.high:
            at = x(on.toordinal())
            canvas.line(at, y.end, at, y.start, "note")
            canvas.text(at + 3, y.end + 10, str(n), kind="soft")


def _lines(canvas: Canvas, rows: Sequence[Row], x: Scale, y: Scale) -> None:
    judged = [r for r in rows if r["rebase_group"] is not None]
    parts = [list(part) for _, part in groupby(judged, key=lambda r: r["rebase_group"])]
    said: list[tuple[float, str]] = []
    for n, part in enumerate(parts):
        start = x(_day(part[0])) - 8
        end = x(_day(part[-1])) + 8
        last = n == len(parts) - 1
        for key, kind, word in (("mean", "mean", "mean"), ("upl", "limit", "upper"),
                                ("lpl", "limit", "lower")):  # fmt: skip
            value = part[-1][key]
            if value is None:
                continue
            canvas.line(start, y(value), end, y(value), kind)
            if last:
                said.append((y(value) + 4, f"{word} {label(value)}"))
    target = rows[-1]["target"]
    if target is not None:
        canvas.line(LEFT, y(target), canvas.width - RIGHT, y(target), "target")
        said.append((y(target) + 4, f"target {label(target)}"))
    for at, words in _spread(said):
        canvas.text(canvas.width - RIGHT + 4, at, words, kind="soft")


def _spread(said: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return labels from the top down, each moved below the one before where they would meet."""
    found: list[tuple[float, str]] = []
    for at, words in sorted(said):
        least = found[-1][0] + APART if found else at
        found.append((round(max(at, least), 2), words))
    return found


def _legend(canvas: Canvas, y: float, used: Sequence[str]) -> None:
    x = LEFT + 6
    for kind in used:
        shape, meaning = SHAPES[kind]
        canvas.mark(x, y - 4, shape, meaning)
        canvas.text(x + 12, y, meaning)
        x += 36 + 8 * len(meaning)
