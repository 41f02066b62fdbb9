"""`report issue` and `report issued`: figures given out, kept as they were, and listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from casereview.cli.asked import asked_by
from casereview.cli.measures_known import asked_of, page
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
    start: Annotated[str | None, option("--from", metavar="DATE", help="First day.")] = None,
    end: Annotated[str | None, option("--to", metavar="DATE", help="Last day.")] = None,
    every: Annotated[
        str | None, option("--every", metavar="PERIOD", help="week, month, quarter, year ...")
    ] = None,
    by: Annotated[str | None, option("--by", metavar="GROUP", help="One group.")] = None,
    wait: Annotated[
        str | None, option("--wait", metavar="WAIT", help="FROM:TO, or a pathway's wait.")
    ] = None,
    unit: Annotated[
        str, option("--unit", metavar="UNIT", help="days, or for waits hours.")
    ] = "days",
    team: AnyTeam = None,
    method: Annotated[
        str | None, option("--method", metavar="METHOD", help="The other reading of a figure.")
    ] = None,
    publish: Annotated[
        str | None, option("--publish", metavar="PRESET", help="hes7 (usual), mhsds5 ... or none.")
    ] = None,
    reason: Annotated[
        str | None, option("--reason", metavar="TEXT", help="Why --publish none.")
    ] = None,
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
    asked = asked_of(
        {"start": start, "end": end, "every": every, "by": by, "wait": wait, "unit": unit,
         "team": team, "method": method}
    )  # fmt: skip
    from casereview.service.issuing import issue as give_out

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
        from casereview.service.issuing import issued_figures, list_issued

        if name is None or "/" not in name:
            return list_issued(desk, name)
        rows, more = issued_figures(desk, name)
        about.update(more)
        return rows

    read(ctx, run, about=about)
