"""A made-up service to try everything on; nobody in it exists."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated

import typer

from casereview.cli.doors import Bar
from casereview.cli.output import check, say
from casereview.cli.places import clock, library_of, rehearsal_now
from casereview.cli.session import (
    given_to,
    refuse_read_only,
    refuse_reading_options,
    screens_of,
    show,
)
from casereview.errors import Usage


def demo(
    ctx: typer.Context,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make it anew; what was tried in it is gone.")
    ] = False,
) -> None:
    """Open a made-up service: three teams, a year of history, today's meetings due.

    It stands in a file of its own, whatever CASEREVIEW_STORE says. Where stdout is no terminal
    it prints today's ward round held with scripted answers, its minutes and the year's figures.

    Example: casereview demo
    """
    from casereview.service.organisation.signing_in import sit_down
    from casereview.service.rehearsal import demo as world

    given = given_to(ctx)
    refuse_reading_options(given)
    check(given)
    if given.store is not None:
        raise Usage("The demo has a file of its own.", next="Leave --store out.")
    if fresh:
        refuse_read_only(given)
    now, bar = rehearsal_now() or clock(), Bar()
    try:
        place = world.ready(
            now=now, fresh=fresh, progress=lambda done, total: bar("demo", done, total)
        )
    finally:
        bar.close()
    screens = screens_of(ctx)
    if screens is not None and sys.stdin.isatty() and sys.stdout.isatty():
        raise typer.Exit(screens(replace(given, store=str(place))))
    desk = sit_down(
        place,
        library=library_of(given),
        clock=clock,
        as_login=given.as_login,
        rehearsal_now=rehearsal_now(),
    )
    try:
        text = world.show(desk)
        rows = [{"store": str(place), "text": text}]
        show(ctx, rows, desk=desk, text=lambda _: text, times=False)
    finally:
        desk.store.close()
    say(f"Try it: casereview --store {place} case list")
