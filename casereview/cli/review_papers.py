"""What a review leaves on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import typer

from casereview.cli.session import read
from casereview.cli.words import Review


def agenda(ctx: typer.Context, review: Review) -> None:
    """List the agenda in its order: lane, blockers, effort, how far it is.

    Example: casereview review agenda R3
    """
    from casereview.service import reviewing

    hide = ("facts", "lane_words", "drawn", "late", "stage")
    read(ctx, lambda desk: reviewing.agenda(desk, review), hide=hide)


COMMANDS: Mapping[str, Callable[..., None]] = {"agenda": agenda}
