"""The sweep: every rule over every open and waiting case."""

from __future__ import annotations

from typing import Annotated

import typer

from casereview.cli.output import say
from casereview.cli.session import read, write
from casereview.cli.words import AnyPack, AnyTeam


def sweep(
    ctx: typer.Context,
    team: AnyTeam = None,
    pack: AnyPack = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count only; nothing is written.")
    ] = False,
    list_cases: Annotated[bool, typer.Option("--list", help="Name the cases as well.")] = False,
) -> None:
    """Run every rule over every open and waiting case: true, false, cannot tell; raise actions.

    Example: casereview sweep --team WARD --dry-run
    """
    from casereview.service import sweeping
    from casereview.service.desk import Desk, Rows

    def run(desk: Desk) -> Rows:
        return sweeping.sweep(desk, team=team, pack=pack, dry_run=dry_run, list_cases=list_cases)

    hide = ("title", "could_not_evaluate")
    rows = read(ctx, run, hide=hide) if dry_run else write(ctx, run, dated=False, hide=hide)
    for row in rows:
        if row.get("could_not_evaluate"):
            say(f"{row['rule']} could not be evaluated: {row['could_not_evaluate']}")
