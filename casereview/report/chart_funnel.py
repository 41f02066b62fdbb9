"""Teams by their size in the funnel around the pooled figure; never in an order of merit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casereview.report.svg import Canvas, Scale, axis, label

Row = Mapping[str, Any]
HEIGHT = 420
LEFT, RIGHT = 64, 90
LINE = 24
NAME_WIDTH = 60
"""How near to each other two names would meet."""
NAMED = 12
"""Teams up to which every one has its name; of more only those outside the lines have."""
_SHAPES = {"Low": "square", "High": "triangle", "Not": "circle"}


def draw_funnel(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw teams in one funnel, or its lines alone where the rows are no teams.

    Args:
        rows: `area`, `num`, `den` and `significance` of each team.
        about: `limits`, `baseline`, `per` and `statistic`.
    """
    canvas = Canvas(HEIGHT)
    _panel(canvas, 0, rows, {**about, "heading": f"Funnel: {about['statistic']}"})
    return canvas


def draw_funnels(rows: Sequence[Row], about: Mapping[str, Any]) -> Canvas:
    """Draw a funnel for each set of rows, under each other.

    Args:
        rows: of all sets, each with its own `baseline`.
        about: `by`, the column of the teams; `sets`, the columns that tell sets apart; `limits`,
            which repeat those columns; `per`, `title` and `charted`.
    """
    by, sets = about["by"], about["sets"]
    held: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        held.setdefault(tuple(row[c] for c in sets), []).append(
            {**row, "area": row[by] or "nobody"}
        )
    canvas = Canvas(HEIGHT * max(len(held), 1))
    for n, (key, part) in enumerate(held.items()):
        named = ", ".join(str(k) for k in key)
        figure = f"{about['title']}: {about['charted'].replace('_', ' ')}"
        heading = f"{figure}{f' ({named})' if named else ''}, by {by.replace('_', ' ')}"
        lines = [r for r in about["limits"] if tuple(r[c] for c in sets) == key]
        set_about = {
            "limits": lines, "baseline": part[0]["baseline"], "per": about["per"],
            "heading": heading,
        }  # fmt: skip
        _panel(canvas, HEIGHT * n, part, set_about)
    return canvas


def _panel(canvas: Canvas, top: float, rows: Sequence[Row], about: Mapping[str, Any]) -> None:
    per, base = about["per"], about["baseline"]
    sizes = [(_size(r), r) for r in about["limits"]]
    # With the funnel's lines as rows there are no teams to place.
    named = [r for r in rows if "area" in r]
    teams = [(r["den"], r["num"] / r["den"] * per, r) for r in named if r["den"]]
    right = max(t[0] for t in teams) * 1.05 if teams else max(s for s, _ in sizes)
    inside = [(s, r) for s, r in sizes if s <= right]
    found, low, high = axis([0.0, base * 2, *(v for _, v, _ in teams)])
    end = canvas.width - RIGHT
    x, y = Scale(0, right, LEFT, end), Scale(low, high, top + 356, top + 60)
    canvas.text(LEFT, top + 24, about["heading"], kind="h")
    said = "Inner lines 95%, outer lines 99.8% around the pooled figure."
    empty = len(named) - len(teams)
    more = f" {empty} without anybody counted are not drawn." if empty else ""
    canvas.text(LEFT, top + 44, f"{said}{more}", kind="soft")
    for tick in found:
        canvas.line(LEFT, y(tick), end, y(tick), "grid")
        canvas.text(LEFT - 8, y(tick) + 4, label(tick), kind="soft", anchor="end")
    canvas.line(LEFT, y(base), end, y(base), "mean")
    canvas.text(end + 6, y(base) + 4, f"all {label(base)}", kind="soft")
    for key, kind in (("2s", "limit"), ("3s", "limit2")):
        for side in ("lower", "upper"):
            points = [(s, r[f"{side}_{key}_limit"]) for s, r in inside]
            canvas.path([(x(s), y(v)) for s, v in points if low <= v <= high], f"trace {kind}")
    _teams(canvas, teams, x, y)
    for tick in axis([0, right])[0]:
        if tick <= right:
            canvas.text(x(tick), top + 376, label(tick), kind="soft", anchor="middle")
    canvas.text(end, top + 392, "counted out of", kind="soft", anchor="end")
    legend = "Grey circle: as expected. Blue square: low. Orange triangle: high."
    canvas.text(LEFT, top + 404, legend)


def _teams(canvas: Canvas, teams: Sequence[tuple[float, float, Row]], x: Scale, y: Scale) -> None:
    """Draw each team with its name; of many only those outside the lines are named."""
    said: list[tuple[float, float]] = []
    for size, value, row in sorted(teams, key=lambda t: (t[0], str(t[2]["area"]))):
        shape = _SHAPES[row["significance"].split()[0]]
        tip = f"{row['area']}: {label(value)}, {row['significance']}"
        canvas.mark(x(size), y(value), shape, tip)
        if shape == "circle" and len(teams) > NAMED:
            continue
        at, height = x(size) + 8, y(value) - 6
        # A name that would lie on one to its left goes below its own mark.
        if any(at - a < NAME_WIDTH and abs(height - h) < LINE / 2 for a, h in said):
            height = y(value) + 18
        said.append((at, height))
        canvas.text(at, height, str(row["area"])[:20], kind="soft")


def _size(row: Row) -> float:
    """Return where on the axis of sizes a point of the funnel's lines lies."""
    if "Population" in row:
        return float(row["Population"])
    return float(row["lower_2s_population_1_year"])
