"""Survival curves, cumulative incidence and the length of a queue over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casereview.report.svg import Canvas, Scale, axis, label

Row = Mapping[str, Any]
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 76, 56
HEIGHT = 360
STROKES = ("s-blue", "s-orange", "s-grey", "s-purple", "s-ink")


def draw_survival(_rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw the share still open with its interval, and below it the share ended in each way."""
    causes = list(about.get("causes") or [])
    canvas = Canvas(HEIGHT * (2 if causes else 1))
    steps = about["km"]
    x = Scale(0, max(s["time"] for s in steps) or 1, LEFT, canvas.width - RIGHT)
    y = Scale(0, 1, HEIGHT - BOTTOM, TOP)
    canvas.text(LEFT, 24, "Share still open (Kaplan-Meier)", kind="h")
    canvas.text(LEFT, 44, _median_words(about), kind="soft")
    _frame(canvas, x, y, "days")
    held = [s for s in steps if s["lower_loglog"] is not None]
    upper = _stairs([(s["time"], s["upper_loglog"]) for s in held], x, y, start=1.0)
    lower = _stairs([(s["time"], s["lower_loglog"]) for s in held], x, y, start=1.0)
    canvas.path([*upper, *reversed(lower)], "band", close=True)
    canvas.path(_stairs([(s["time"], s["surv"]) for s in steps], x, y, start=1.0), "s-blue")
    if causes:
        _incidence(canvas, about["cif"], causes, x)
    return canvas


def _median_words(about: Mapping[str, Any]) -> str:
    found = about["quantiles_loglog"]
    parts = zip(*(found[c] for c in ("p", "q", "lower", "upper")), strict=True)
    median = next(((q, low, high) for p, q, low, high in parts if p == 0.5), (None, None, None))
    if median[0] is None:
        return f"{about['n']} cases, {about['open']} still open; fewer than half have ended."
    ends = " to ".join("not reached" if v is None else label(v) for v in median[1:])
    return (
        f"{about['n']} cases, {about['open']} still open; median {label(median[0])} days "
        f"(95% interval {ends})."
    )


def _incidence(canvas: Canvas, steps: Sequence[Row], causes: Sequence[str], x: Scale) -> None:
    top = HEIGHT
    y = Scale(0, 1, top + HEIGHT - BOTTOM, top + TOP)
    canvas.text(LEFT, top + 24, "Share ended in each way (Aalen-Johansen)", kind="h")
    _frame(canvas, x, y, "days")
    at, line = LEFT, 40
    for n, cause in enumerate(causes):
        stroke = STROKES[n % len(STROKES)]
        points = [(s["time"], s[f"cif_{cause}"]) for s in steps]
        canvas.path(_stairs(points, x, y, start=0.0), stroke)
        words = f"{cause} {points[-1][1]:.0%}"
        width = 56 + 7 * len(words)
        if at + width > canvas.width and at > LEFT:
            at, line = LEFT, line + 18
        canvas.line(at, top + line, at + 26, top + line, stroke)
        canvas.text(at + 32, top + line + 4, words)
        at += width


def _frame(canvas: Canvas, x: Scale, y: Scale, unit: str) -> None:
    for share in (0, 0.25, 0.5, 0.75, 1):
        canvas.line(LEFT, y(share), canvas.width - RIGHT, y(share), "grid")
        canvas.text(LEFT - 8, y(share) + 4, f"{share:.0%}", kind="soft", anchor="end")
    _days(canvas, x, y.start, unit)


def _days(canvas: Canvas, x: Scale, bottom: float, unit: str) -> None:
    for tick in axis([x.low, x.high], 8)[0]:
        if tick <= x.high:
            canvas.text(x(tick), bottom + 18, label(tick), kind="soft", anchor="middle")
    canvas.text(canvas.width - RIGHT, bottom + 38, unit, kind="soft", anchor="end")


def _stairs(
    points: Sequence[tuple[float, float]], x: Scale, y: Scale, *, start: float
) -> list[tuple[float, float]]:
    found, level = [(x(0), y(start))], start
    for time, value in points:
        found += [(x(time), y(level)), (x(time), y(value))]
        level = value
    return found


def draw_queue(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw how many wait day by day, with the target queue."""
    canvas = Canvas(HEIGHT)
    stats = about["wl_stats"]
    target = stats["target_queue_size"]
    sizes = [r["queue_size"] for r in rows]
    _, low, high = axis([0, *sizes, *([target] if target is not None else [])])
    days = [r["dates"].toordinal() for r in rows]
    x = Scale(days[0], days[-1], LEFT, canvas.width - RIGHT)
    y = Scale(low, high, HEIGHT - BOTTOM, TOP)
    canvas.text(LEFT, 24, "People waiting", kind="h")
    canvas.paragraph(LEFT, 44, queue_words(about))
    for tick in (t for t in axis([low, high])[0] if low <= t <= high):
        canvas.line(LEFT, y(tick), canvas.width - RIGHT, y(tick), "grid")
        canvas.text(LEFT - 8, y(tick) + 4, label(tick), kind="soft", anchor="end")
    for row in rows[:: max(1, -(-len(rows) // 6))]:
        at = x(row["dates"].toordinal())
        canvas.text(at, y.start + 18, row["dates"].isoformat(), kind="soft", anchor="middle")
    points = [(x(d), y(n)) for d, n in zip(days, sizes, strict=True)]
    canvas.path([(points[0][0], y(0)), *points, (points[-1][0], y(0))], "band", close=True)
    canvas.path(points, "s-blue")
    if target is not None:
        canvas.line(LEFT, y(target), canvas.width - RIGHT, y(target), "target")
        words = f"target queue {label(target)}"
        canvas.text(canvas.width - RIGHT, y(target) - 5, words, kind="soft", anchor="end")
    return canvas


def queue_words(about: Mapping[str, Any]) -> str:
    """Return the figures of a list in a line."""
    stats = about["wl_stats"]
    said = [f"{stats['queue_size']} waiting at the end"]
    for key, words in (
        ("mean_wait", "mean wait {} weeks"), ("load", "load {}"), ("pressure", "pressure {}"),
    ):  # fmt: skip
        if stats[key] is not None:
            said.append(words.format(label(stats[key])))
    if about["clearance_weeks"] is not None:
        said.append(f"clears in {label(about['clearance_weeks'])} weeks")
    return "; ".join(said) + "."
