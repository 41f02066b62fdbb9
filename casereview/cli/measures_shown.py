"""A measure as it is shown: its rows, its chart, or the short form of a curve at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import typer

from casereview.cli.session import given_to, read

if TYPE_CHECKING:
    from casereview.service.desk import Desk, Rows


def show_measure(ctx: typer.Context, asked: Mapping[str, Any], *, whole: bool) -> None:
    """Work a measure out and show it; a chart is drawn, the other ways are tables.

    Args:
        ctx: the command.
        asked: what is asked, by the attributes of the service's question.
        whole: True shows the whole definition under it.
    """
    about: dict[str, Any] = {}
    drawn: dict[str, Any] = {}

    def run(desk: Desk) -> Rows:
        from casereview.service.measuring.drawn import DRAWN
        from casereview.service.measuring.stats import answered
        from casereview.service.measuring.wanted import Wanted

        rows, provenance = answered(desk, Wanted(**asked))
        drawn.update(provenance.pop(DRAWN, {}))
        about.update(provenance)
        return rows

    if asked.get("spc") is not None:
        from casereview.cli.charts import read_chart

        read_chart(ctx, run, about=about, recorded=False, whole=whole)
        return
    page = _page(ctx, asked, about)
    read(
        ctx, run, about=about, recorded=False, whole=whole, captioned=page is not None,
        text=page, picture=_picture(asked, about, drawn),
    )  # fmt: skip


def _page(
    ctx: typer.Context, asked: Mapping[str, Any], about: Mapping[str, Any]
) -> Callable[[Rows], str] | None:
    """Return what makes the short form of a survival curve, where people read it on a screen."""
    given = given_to(ctx)
    plain = asked.get("show") is None and not asked["list_cases"]
    if asked["name"] != "survival" or not plain:
        return None
    if given.format != "table" or given.output is not None:
        return None

    def made(rows: Rows) -> str:
        from casereview.cli.curves import curve_page

        return curve_page(rows, about)

    return made


def _picture(
    asked: Mapping[str, Any], about: Mapping[str, Any], drawn: Mapping[str, Any]
) -> Callable[[Rows], str] | None:
    """Return what draws a comparison or a funnel, None for what has no picture."""
    from casereview.cli.charts import change_svg, funnel_svg

    if asked.get("compare"):
        return lambda rows: change_svg(rows, about, drawn)
    if asked.get("funnel"):
        return lambda rows: funnel_svg(rows, about)
    return None
