"""What a review puts on paper: the agenda and its form, the minutes, one case's extract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import typer

from casereview.cli.session import Rows, given_to, read
from casereview.cli.words import Case, Review

if TYPE_CHECKING:
    from casereview.service.desk import Desk

HIDDEN = ("facts", "lane_words", "drawn", "late", "stage")


def _as_page(ctx: typer.Context) -> bool:
    """Tell whether the output file is a page for a browser or printer."""
    return (given_to(ctx).output or "").lower().endswith((".html", ".htm"))


def agenda(ctx: typer.Context, review: Review) -> None:
    """List the agenda in its order: lane, blockers, effort; -o form.html makes a form to print.

    Example: casereview review agenda R3 -o form.html
    """
    from casereview.service.reviews import minutes, reviewing

    page = ""

    def run(desk: Desk) -> Rows:
        nonlocal page
        rows = reviewing.agenda(desk, review)
        if _as_page(ctx):
            from casereview.report.minutes import form_html

            page = form_html(minutes.form(desk, review))
        return rows

    read(ctx, run, hide=HIDDEN, text=(lambda _: page) if _as_page(ctx) else None)


def minutes_of(ctx: typer.Context, review: Review) -> None:
    """Write the minutes of a review as Markdown, or as a page with -o minutes.html.

    Example: casereview review minutes R3 -o minutes.md
    """
    from casereview.report.minutes import minutes_html, minutes_markdown
    from casereview.service.reviews import minutes

    def text(rows: Rows) -> str:
        return minutes_html(rows[0]) if _as_page(ctx) else minutes_markdown(rows[0])

    read(ctx, lambda desk: [minutes.minutes(desk, review)], text=text)


def extract(ctx: typer.Context, review: Review, case: Case) -> None:
    """Write one case's part of a review as plain text, to paste into the main record.

    Example: casereview review extract R3 C12
    """
    from casereview.service.reviews import minutes

    read(
        ctx,
        lambda desk: [
            {"review": review, "case": case, "text": minutes.extract(desk, review, case)}
        ],
        text=lambda rows: str(rows[0]["text"]),
    )


COMMANDS: Mapping[str, Callable[..., None]] = {
    "agenda": agenda,
    "minutes": minutes_of,
    "extract": extract,
}
