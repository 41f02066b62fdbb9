"""A measure's chart: drawn in the terminal above its points, or written as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from casereview.cli.session import Run, given_to, read
from casereview.cli.table import render, screen_width
from casereview.core.text import safe

_BESIDE = ("rebase_group", "outside_limits", "relative_to_mean", "close_to_limits", "point_type",
           "short_group_warning")  # fmt: skip
"""Columns that the drawing's signs and the cause already say; every other format has them."""
_OF_FUNNEL = ("significance",)
"""Words of a funnel's row that do not tell sets of rows apart."""
_HEADS = {"lpl": "lower_limit", "upl": "upper_limit", "special_cause_type": "cause"}

Row = Mapping[str, Any]


def read_chart(
    ctx: typer.Context, run: Run, *, about: Mapping[str, Any], recorded: bool, whole: bool = False
) -> None:
    """Run a command that charts: at a terminal it draws, `-o FILE.svg` writes the picture.

    Args:
        ctx: the command.
        run: reads; it fills `about`.
        about: what is said of the chart.
        recorded: False when `run` looks after --known-by itself.
        whole: True shows the whole definition under it.
    """
    page = given_to(ctx).format == "table"
    read(
        ctx, run, about=about, recorded=recorded, captioned=True, whole=whole,
        text=(lambda rows: chart_page(rows, about)) if page else None,
        picture=lambda rows: chart_svg(rows, about),
    )  # fmt: skip


def chart_page(rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    """Return the drawing of a chart and its points, for the width of the screen."""
    from casereview.report.blocks import drawn

    width = screen_width()
    if not rows:
        return render(rows, width=width)
    # Warnings and notes stand under the page, with the rest of the caption.
    drawing = drawn("spc", rows, {**about, "warnings": (), "notes": ()}, width=width)
    tables = [
        (f"{name}\n" if name else "") + render(_points(part, about), width=width)
        for name, part in _facets(rows)
    ]
    return "\n".join([f"{chart_title(about)}\n{drawing}", *tables])


def chart_svg(rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    """Return the drawing of a chart as SVG, a file of its own.

    Raises:
        Refused: there is nothing to draw.
    """
    return _drawn("spc", rows, about, chart_title(about))


def change_svg(rows: Sequence[Row], about: Mapping[str, Any], drawn: Mapping[str, Any]) -> str:
    """Return a comparison's series with the change marked, as SVG.

    Args:
        rows: of the comparison.
        about: its provenance.
        drawn: `points` of all series, and what else the drawing needs.

    Raises:
        Refused: there is nothing to draw.
    """
    said = {**about, **drawn, "heading": f"{chart_title(about)}, before and after"}
    return _drawn("change", drawn.get("points", ()) if rows else (), said, said["heading"])


def funnel_svg(rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    """Return the groups in their funnels as SVG.

    Raises:
        Refused: there is nothing to draw.
    """
    title = f"Funnel: {chart_title(about)}"
    by = (about.get("by") or [""])[0]
    words = (
        [k for k, v in rows[0].items() if isinstance(v, str) and k not in _OF_FUNNEL]
        if rows
        else []
    )
    said = {**about, "by": by, "sets": [w for w in words if w != by]}
    return _drawn("funnels", rows, said, title)


def _drawn(kind: str, rows: Sequence[Row], about: Mapping[str, Any], title: str) -> str:
    from casereview.errors import Refused
    from casereview.report.charts import draw

    if not rows:
        raise Refused(
            "There is nothing to draw: no case falls under the question.",
            code="nothing_to_chart",
            next="Ask for other dates or another team.",
        )
    return draw(kind, rows, about, title=title).svg


def chart_title(about: Mapping[str, Any]) -> str:
    """Return what is charted: measure, figure, kind of period, team."""
    name = about.get("title") or about.get("series") or about.get("what") or "Series"
    charted = str(about.get("charted") or "").replace("_", " ")
    every = f" by {about['every']}" if about.get("every") else ""
    team = f", team {about['team']}" if about.get("team") else ""
    return f"{name}{f': {charted}' if charted else ''}{every}{team}"


def _facets(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Return the points of each series under its name, "" where there is only one."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(safe(str(row["facet"])), []).append(row)
    return [(name if len(found) > 1 else "", part) for name, part in found.items()]


def _points(rows: Sequence[Row], about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the points under heads that people know; other formats keep the reference's."""
    heads = {**_HEADS, "value": str(about.get("charted") or "value")}
    left_out = {*_BESIDE, "facet"}
    if all(r.get("target") is None for r in rows):
        left_out.add("target")
    if len({*heads.values(), *rows[0]}) < len(heads) + len(rows[0]):
        heads = {}
    return [{heads.get(k, k): v for k, v in r.items() if k not in left_out} for r in rows]
