"""`report issue` and `report issued`: figures given out, kept as they were, and listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from casereview.cli import measures_options as o
from casereview.cli.asked import asked_by
from casereview.cli.measures_known import page
from casereview.cli.output import check, say
from casereview.cli.session import (
    given_to,
    read,
    refuse_reading_options,
    show,
    sitting,
)
from casereview.cli.words import AnyTeam, option
from casereview.errors import Usage


def issue(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A measure, throughput, waits ...")],
    start: o.FirstDay = None,
    end: o.LastDay = None,
    every: o.Every = None,
    by: o.OneBy = None,
    wait: o.WaitWord = None,
    unit: o.Unit = "days",
    team: AnyTeam = None,
    method: o.OtherMethod = None,
    publish: o.IssuePublish = None,
    reason: o.Reason = None,
    why: Annotated[
        str | None, option("--why", metavar="TEXT", help="Why figures issued before change.")
    ] = None,
) -> None:
    """Give figures out: as published, kept in the journal; again, with what changed and why.

    Example: casereview report issue throughput --from 2026-01-01 --to 2026-02-28 --every month
    """
    given = given_to(ctx)
    refuse_reading_options(given)
    if given.on is not None or given.seen is not None:
        raise Usage("--on and --seen have no meaning for this command.", next="Leave them out.")
    check(given)
    asked = o.asked_of(
        {"start": start, "end": end, "every": every, "by": by, "wait": wait, "unit": unit,
         "team": team, "method": method}
    )  # fmt: skip
    from casereview.service.reporting.issuing import issue as give_out

    with sitting(given, writing=True) as desk:
        desk.asked = asked_by(ctx)
        rows, about = give_out(desk, name, publish=publish, reason=reason, why=why, **asked)
        show(ctx, rows, desk=desk, about=about)
    _tell(about)


def _tell(about: Mapping[str, Any]) -> None:
    say(f"Issued as {about['issue']}.")
    if about["changed"]:
        say(page(about["changed"], about))


def issued(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A measure, or an issue: throughput/7.")
    ] = None,
) -> None:
    """List what was issued, or show the figures of one issue as they left.

    Example: casereview report issued throughput
    """
    about: dict[str, Any] = {}

    def run(desk: Any) -> list[dict[str, Any]]:
        from casereview.service.reporting.issuing import issued_figures, list_issued

        if name is None or "/" not in name:
            return list_issued(desk, name)
        rows, more = issued_figures(desk, name)
        about.update(more)
        return rows

    read(ctx, run, about=about)
