"""Actions: work that somebody owns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from casereview.cli.options import parse_day
from casereview.cli.session import given_to, optional_day, read, write
from casereview.cli.words import ActionId, ActionIds, AnyTeam, OptionalReason, Reason, group
from casereview.errors import Usage

app = group("Work that somebody owns.")
HIDDEN = (
    "post", "doer", "opened_on", "from_on", "first_due_on", "effort", "parked_until", "closed_on",
    "automatic", "version", "leech", "overdue",
)  # fmt: skip
Due = Annotated[str, typer.Option("--due", metavar="DATE", help="When it is due.")]
AnyDue = Annotated[str | None, typer.Option("--due", metavar="DATE", help="When it is due.")]
Owner = Annotated[
    str, typer.Option("--owner", metavar="OWNER", help="Login, post, key-worker or chair.")
]
AnyOwner = Annotated[
    str | None, typer.Option("--owner", metavar="OWNER", help="Login, post, key-worker or chair.")
]
AnyEffort = Annotated[
    str | None, typer.Option("--effort", metavar="SIZE", help="small, medium or large.")
]


@app.command()
def add(
    ctx: typer.Context,
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="Case id; several with commas; - for none.")
    ],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be done.")],
    owner: Owner,
    due: Due,
    effort: Annotated[
        str, typer.Option("--effort", metavar="SIZE", help="small, medium or large.")
    ] = "small",
    doer: Annotated[
        str, typer.Option("--doer", metavar="WHO", help="Outside organisation that does it.")
    ] = "",
    from_on: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="It can be done from then.")
    ] = None,
    team: AnyTeam = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="WHO", help="For a person instead.")
    ] = None,
    review: Annotated[
        str | None, typer.Option("--review", metavar="REVIEW", help="Agreed in this review.")
    ] = None,
) -> None:
    """Add an action for a case, for several, for a person or a team.

    Example: casereview action add C12 "Ring the housing officer" --owner dr.a --due 2026-03-06
    """
    from casereview.service.actions import actions

    cases = [c for c in case.split(",") if c.strip() not in ("", "-")]
    given = given_to(ctx)
    when, start = parse_day(due, "--due"), optional_day(from_on, "--from")
    write(
        ctx,
        lambda desk: actions.add(
            desk, cases, text, owner=owner, due_on=when, effort=effort, doer=doer, from_on=start,
            team=team, person=person, on=given.on, review=review,
        ),
        hide=HIDDEN,
    )  # fmt: skip


@app.command("list")
def list_(
    ctx: typer.Context,
    case: Annotated[
        str | None, typer.Option("--case", metavar="CASE", help="Of this case.")
    ] = None,
    team: AnyTeam = None,
    owner: AnyOwner = None,
    status: Annotated[
        str | None,
        typer.Option("--status", metavar="STATUS", help="open, parked, done or cancelled."),
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only overdue ones.")] = False,
    leeches: Annotated[
        bool, typer.Option("--leeches", help="Only those carried three times.")
    ] = False,
) -> None:
    """List actions, oldest due first.

    Example: casereview action list --team WARD --overdue
    """
    from casereview.service.actions import action_rows

    read(
        ctx,
        lambda desk: action_rows.list_actions(
            desk, case=case, team=team, owner=owner, status=status, overdue=overdue,
            leeches=leeches,
        ),
        hide=HIDDEN,
    )  # fmt: skip


@app.command()
def edit(
    ctx: typer.Context,
    action: ActionId,
    text: Annotated[str | None, typer.Option("--text", metavar="TEXT", help="New wording.")] = None,
    due: AnyDue = None,
    owner: AnyOwner = None,
    doer: Annotated[
        str | None, typer.Option("--doer", metavar="WHO", help="Outside organisation.")
    ] = None,
    effort: AnyEffort = None,
) -> None:
    """Change an action; its identity and its count of carries stay.

    Example: casereview action edit A7 --due 2026-03-10 --owner dr.b
    """
    from casereview.service.actions import actions

    when, seen = optional_day(due, "--due"), given_to(ctx).seen
    write(
        ctx,
        lambda desk: actions.edit(
            desk, action, text=text, due_on=when, owner=owner, doer=doer, effort=effort, seen=seen
        ),
        dated=False,
        versioned=True,
        hide=HIDDEN,
    )


@app.command()
def assign(
    ctx: typer.Context,
    action: ActionId,
    owner: Annotated[str, typer.Argument(metavar="OWNER", help="Login, post or key-worker.")],
) -> None:
    """Give an action to another owner.

    Example: casereview action assign A7 dr.b
    """
    from casereview.service.actions import actions

    seen = given_to(ctx).seen
    write(
        ctx,
        lambda desk: actions.edit(desk, action, owner=owner, seen=seen),
        dated=False,
        versioned=True,
        hide=HIDDEN,
    )


@app.command()
def accept(ctx: typer.Context, action: ActionId) -> None:
    """Accept an action that was given to you while you were absent.

    Example: casereview action accept A7
    """
    from casereview.service.actions import actions

    write(ctx, lambda desk: actions.accept(desk, action), dated=False, hide=HIDDEN)


@app.command()
def park(
    ctx: typer.Context,
    action: ActionId,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Open again from then.")],
    reason: OptionalReason = "",
) -> None:
    """Park an action until a day; from then on it is open again by itself.

    Example: casereview action park A7 --until 2026-04-01 --reason "waits for the panel"
    """
    from casereview.service.actions import actions

    when, seen = parse_day(until, "--until"), given_to(ctx).seen
    write(
        ctx,
        lambda desk: actions.park(desk, action, until=when, reason=reason, seen=seen),
        dated=False,
        versioned=True,
        hide=HIDDEN,
    )


@app.command()
def done(ctx: typer.Context, action: ActionIds, reason: OptionalReason = "") -> None:
    """Mark an action done, or several: all of them or none.

    Example: casereview action done A7 A8 --on 2026-03-05
    """
    _close(ctx, action, done=True, reason=reason)


@app.command()
def cancel(ctx: typer.Context, action: ActionIds, reason: Reason) -> None:
    """Cancel an action, or several, with the reason.

    Example: casereview action cancel A7 --reason "the panel was called off"
    """
    _close(ctx, action, done=False, reason=reason)


def _close(ctx: typer.Context, action: list[str], *, done: bool, reason: str) -> None:
    from casereview.service.actions import action_ends

    given = given_to(ctx)
    write(
        ctx,
        lambda desk: action_ends.close_each(
            desk, action, done=done, reason=reason, on=given.on, seen=given.seen
        ),
        versioned=True,
        hide=HIDDEN,
    )


@app.command()
def sheets(
    ctx: typer.Context,
    team: AnyTeam = None,
    back: Annotated[
        str | None, typer.Option("--read", metavar="FILE", help="Take in a sheet filled in.")
    ] = None,
) -> None:
    """Write a workbook for each owner into the folder of -o, or take one in with --read.

    Example: casereview action sheets --team WARD -o sheets
    """
    from casereview.service.actions import action_sheets

    given = given_to(ctx)
    if back is not None:
        rows = write(ctx, lambda desk: action_sheets.read(desk, Path(back), on=given.on))
        if rows and action_sheets.refused(rows) == len(rows):
            raise typer.Exit(1)
        return
    if team is None or given.output is None:
        raise Usage("Sheets need a team and a folder.", next="Give --team CODE and -o FOLDER.")
    folder = Path(given.output).expanduser()
    # The folder is not a file for the rows, which are shown instead.
    ctx.obj = replace(given, output=None)
    read(ctx, lambda desk: action_sheets.write(desk, team, folder))
