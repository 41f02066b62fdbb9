"""Measures: defined statistics, each with what it counts and leaves out."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from casereview.cli.session import optional_day, read
from casereview.cli.words import AnyTeam


def stats(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="throughput, los, waits, stages, returns or caseload."),
    ],
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day counted.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Last day counted.")
    ] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="PERIOD", help="week, month, quarter, year ..."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="GROUP", help="Groups, with commas between.")
    ] = None,
    list_cases: Annotated[
        bool, typer.Option("--list", help="The cases behind the numbers instead.")
    ] = False,
    wait: Annotated[
        str | None, typer.Option("--wait", metavar="WAIT", help="FROM:TO, or a pathway's wait.")
    ] = None,
    unit: Annotated[
        str, typer.Option("--unit", metavar="UNIT", help="days, or for waits hours.")
    ] = "days",
    team: AnyTeam = None,
) -> None:
    """Work out a measure; every output says how it is defined and what it leaves out.

    Example: casereview stats throughput --from 2026-01-01 --every month --format xlsx -o t.xlsx
    """
    from casereview.service import stats as measuring
    from casereview.service.desk import Desk, Rows

    from_on, to_on = optional_day(start, "--from"), optional_day(end, "--to")
    about: dict[str, Any] = {}

    def run(desk: Desk) -> Rows:
        rows, provenance = measuring.stats(
            desk, name, from_on=from_on, to_on=to_on, every=every, by=by, list_cases=list_cases,
            wait=wait, unit=unit, team=team,
        )  # fmt: skip
        about.update(provenance)
        return rows

    read(ctx, run, about=about, recorded=False)
