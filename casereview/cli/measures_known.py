"""`stats NAME --compare-known T1 T2`: the figures that moved, and the entries that moved them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from casereview.cli.measures_options import asked_of
from casereview.cli.options import parse_instant
from casereview.cli.session import given_to, read
from casereview.cli.table import render, screen_width
from casereview.errors import Usage

if TYPE_CHECKING:
    from casereview.service.desk import Desk, Rows

_APART = ("list_cases", "spc", "compare", "funnel", "column", "profile", "improvement", "rebase",
          "fix_after", "note", "publish", "reason", "everything")  # fmt: skip


def show_moved(ctx: typer.Context, name: str) -> None:
    """Show which figures of a measure moved between two states of knowledge, and why.

    Raises:
        Usage: a time is none, or an option that has no meaning here was given.
    """
    if given_to(ctx).known_by is not None:
        raise Usage("--compare-known names both times.", next="Leave --known-by out.")
    for option in _APART:
        if ctx.params.get(option):
            raise Usage(
                f"--compare-known goes without --{option.replace('_', '-')}.",
                code="compare_known",
                next="Leave one of them out.",
            )
    first, second = instants(ctx.params["compare_known"])
    asked = asked_of(ctx.params)
    about: dict[str, Any] = {}

    def run(desk: Desk) -> Rows:
        from casereview.service.measuring.known import compare_known

        rows, more = compare_known(desk, name, first, second, **asked)
        about.update(more)
        return rows

    read(ctx, run, about=about, recorded=False, captioned=True, text=lambda rows: page(rows, about))


def instants(given: tuple[str, str]) -> tuple[datetime, datetime | None]:
    """Return both times; None for the word now.

    Raises:
        Usage: one is no time with a time zone.
    """
    option = "--compare-known"
    last = None if given[1].strip().lower() == "now" else parse_instant(given[1], option)
    return parse_instant(given[0], option), last


def page(rows: Rows, about: Mapping[str, Any]) -> str:
    """Return the moved figures and the entries behind them as text."""
    width = screen_width()
    entries = about.get("entries", [])
    if not rows:
        return "No figure moved.\n"
    behind = render(entries, width=width) if entries else "No entry of a case is behind it.\n"
    return f"Figures that moved\n\n{render(rows, width=width)}\nEntries behind them\n\n{behind}"
