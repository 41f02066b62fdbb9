"""Intervals side by side, weekly bands, and before against after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casereview.report.svg import Canvas, Scale, axis, label

Row = Mapping[str, Any]
LEFT, RIGHT, TOP = 190, 210, 60
LINE = 24
SHOWN = 60
"""Rows that one drawing holds; the rest are in the data."""


def name_of(row: Row) -> str:
    """Return what a row of intervals is about."""
    named = next((row[k] for k in ("area", "name", "label", "g") if k in row), None)
    if named is not None:
        return str(named)
    return f"{row['x']} of {label(row['n'])}"


def draw_intervals(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw each figure with its 95% interval."""
    shown = [r for r in rows if r["value"] is not None][:SHOWN]
    lower, upper = ends_of(rows)
    canvas = Canvas(TOP + LINE * (len(shown) + 2))
    statistic = rows[0]["statistic"] if rows else ""
    canvas.text(16, 24, f"{statistic}, with interval", kind="h")
    left_out = len(rows) - len(shown)
    more = f" {left_out} rows are not drawn." if left_out else ""
    canvas.text(16, 44, f"{about['definition']}{more}", kind="soft")
    if not shown:
        return canvas
    values = [r[k] for r in shown for k in ("value", lower, upper) if r[k] is not None]
    x = _across(canvas, values, len(shown))
    for n, row in enumerate(shown):
        text = f"{label(row['value'])} ({label(row[lower])} to {label(row[upper])})"
        _whisker(canvas, TOP + LINE * n + 16, x, row[lower], row["value"], row[upper],
                 name_of(row), text)  # fmt: skip
    return canvas


def ends_of(rows: Sequence[Row]) -> tuple[str, str]:
    """Return the names of the narrower limits of rows of intervals."""
    keys = list(rows[0]) if rows else []
    lower = next((k for k in keys if k.startswith("lower")), "lowercl")
    return lower, lower.replace("lower", "upper")


def _across(canvas: Canvas, values: Sequence[float], n: int) -> Scale:
    found, low, high = axis(values)
    x = Scale(low, high, LEFT, canvas.width - RIGHT)
    bottom = TOP + LINE * n + 8
    for tick in found:
        canvas.line(x(tick), TOP, x(tick), bottom, "grid")
        canvas.text(x(tick), bottom + 16, label(tick), kind="soft", anchor="middle")
    return x


def _whisker(
    canvas: Canvas,
    y: float,
    x: Scale,
    low: float | None,
    value: float,
    high: float | None,
    name: str,
    text: str,
) -> None:
    canvas.text(LEFT - 12, y + 4, name[:28], anchor="end")
    if low is not None and high is not None:
        canvas.line(x(low), y, x(high), y, "whisker")
        for end in (low, high):
            canvas.line(x(end), y - 5, x(end), y + 5, "whisker")
    canvas.mark(x(value), y, "square", f"{name}: {text}")
    canvas.text(canvas.width - RIGHT + 10, y + 4, text, kind="soft")


def draw_bands(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw how many waited how many weeks, each list with its median and 92nd percentile."""
    shown = list(rows)[:12]
    canvas = Canvas(TOP + 110 * len(shown))
    canvas.text(16, 24, "Waits by weekly band", kind="h")
    more = f" {len(rows) - 12} lists are not drawn." if len(rows) > 12 else ""
    canvas.text(
        16, 44, f"Lines: median and 92nd percentile, linear in the band.{more}", kind="soft"
    )
    for n, row in enumerate(shown):
        _one_list(canvas, TOP + 110 * n, row, about["bands"][row["id"]])
    return canvas


def _one_list(canvas: Canvas, top: float, row: Row, bands: Mapping[str, int]) -> None:
    weeks = {int(k): v for k, v in bands.items()}
    last, most = max(weeks) + 1, max([*weeks.values(), 1])
    x = Scale(0, max(last, 18), 64, canvas.width - 24)
    y = Scale(0, most, top + 84, top + 26)
    canvas.text(64, top + 16, f"{row['id']}: {row['total']} people"[:90])
    for week, count in weeks.items():
        tip = f"more than {week} to {week + 1} weeks: {count}"
        canvas.bar(x(week), y(count), x(week + 1) - x(week) - 0.5, y(0) - y(count), "bar", tip)
    for key in ("interp_50", "interp_92"):
        if row[key] is not None:
            canvas.line(x(row[key]), top + 22, x(row[key]), y(0), "target")
            canvas.text(x(row[key]) + 3, top + 30, f"{label(row[key])} weeks", kind="soft")
    for tick in axis([0, x.high], 8)[0]:
        if tick <= x.high:
            canvas.text(x(tick), top + 100, label(tick), kind="soft", anchor="middle")


def changes_of(row: Row) -> list[tuple[str, float, float | None, float | None]]:
    """Return the changes of a comparison that are drawn: name, change, limits."""
    if "rate_ratio" in row:
        low, high = row["ci_exact"]
        ratio = row["rate_ratio"]
        return [] if ratio is None else [("rate ratio, exact", ratio, low, high)]
    if "newcombe_ci" in row:
        return [("difference of shares, Newcombe", row["diff"], *row["newcombe_ci"])]
    if "end_effect" in row:
        end = row["end_effect"]
        return [("at the end of the series", end["difference"], *end["ci_ols"])]
    found = []
    if row["pct_change_mean"] is not None:
        limits = row["pct_change_mean_ci_delta_log"]
        found.append(("mean, percent", row["pct_change_mean"], *limits))
    if row["welch_log"] is not None:
        geometric = row["welch_log"]
        found.append(
            ("geometric mean, percent", geometric["pct_change_geomean"], *geometric["ci"])
        )  # fmt: skip
    return found


def draw_compare(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw the change with its interval against no change, and what may be said of it."""
    found = changes_of(rows[0])
    canvas = Canvas(TOP + LINE * (len(found) + 6))
    canvas.text(16, 24, "Before and after", kind="h")
    if found:
        none = 1.0 if "rate_ratio" in rows[0] else 0.0
        values = [none, *(v for _, *three in found for v in three if v is not None)]
        x = _across(canvas, values, len(found))
        canvas.line(x(none), TOP, x(none), TOP + LINE * len(found) + 8, "mean")
        canvas.text(x(none), TOP - 6, "no change", kind="soft", anchor="middle")
        for n, (name, value, low, high) in enumerate(found):
            text = f"{label(value)} ({label(low) or '?'} to {label(high) or '?'})"
            _whisker(canvas, TOP + LINE * n + 16, x, low, value, high, name, text)
    y = TOP + LINE * (len(found) + 2)
    y += 18 * canvas.paragraph(16, y, about["verdict"]["sentence"])
    canvas.paragraph(16, y, about["spc"])
    return canvas
