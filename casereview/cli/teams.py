"""Teams: their pathway, posts and the calendar of their meetings."""

from __future__ import annotations

from typing import Annotated

import typer

from casereview.cli.options import parse_day
from casereview.cli.session import optional_day, read, write
from casereview.cli.words import OptionalReason, group
from casereview.errors import Usage

app = group("Teams, posts and meetings.")
Code = Annotated[str, typer.Argument(metavar="CODE", help="Team code, such as WARD.")]


@app.command()
def add(
    ctx: typer.Context,
    code: Code,
    pathway: Annotated[
        str,
        typer.Option("--pathway", metavar="P", help="ward, childrens, recovery or reablement."),
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The team's name.")] = "",
    division: Annotated[
        str,
        typer.Option(
            "--division",
            metavar="DIVISION",
            help="Bank holidays: england-and-wales, scotland or northern-ireland.",
        ),
    ] = "england-and-wales",
    meets: Annotated[
        list[str] | None,
        typer.Option("--meets", metavar="[PACK=]DAYS", help="tue,fri; may be repeated by pack."),
    ] = None,
    bank_holidays: Annotated[
        str,
        typer.Option("--bank-holidays", metavar="HOW", help="meet, skip, or pack for the pack's."),
    ] = "pack",
) -> None:
    """Add a team; one that exists takes the meeting days given.

    Example: casereview team add WARD --pathway ward --meets tue,fri
    """
    from casereview.service.organisation import teams

    write(
        ctx,
        lambda desk: teams.add_team(
            desk, code, pathway=pathway, name=name, division=division, meets=meets or (),
            bank_holidays=bank_holidays,
        ),
        dated=False,
    )  # fmt: skip


@app.command()
def post(
    ctx: typer.Context,
    code: Code,
    filled: Annotated[str, typer.Argument(metavar="POST=LOGIN", help="consultant=dr.a")],
    from_on: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="From this day on.")
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="A post of its own, however like another it looks.")
    ] = False,
) -> None:
    """Say who fills a post of a team.

    Example: casereview team post WARD consultant=dr.a --from 2026-03-02
    """
    from casereview.service.organisation import teams

    name, sign, login = filled.partition("=")
    if not sign or not name or not login:
        raise Usage(f"{filled[:60]!r} is no POST=LOGIN.", next="Write consultant=dr.a.")
    start = optional_day(from_on, "--from")
    write(
        ctx,
        lambda desk: teams.fill_post(desk, code, name, login, from_on=start, new=new),
        dated=False,
    )


@app.command()
def meeting(
    ctx: typer.Context,
    code: Code,
    on: Annotated[str, typer.Argument(metavar="DATE", help="The day of the meeting.")],
    move: Annotated[
        str | None, typer.Option("--move", metavar="DATE", help="Hold it on this day instead.")
    ] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="Do not hold it.")] = False,
    reason: OptionalReason = "",
    pack: Annotated[
        str, typer.Option("--pack", metavar="PACK", help="Only this pack's meeting.")
    ] = "",
) -> None:
    """Move or cancel one meeting; the actions due there move with it.

    Example: casereview team meeting WARD 2026-03-06 --move 2026-03-05 --reason "audit day"
    """
    from casereview.service.organisation import teams

    if (move is None) is not cancel:
        raise Usage("Give either --move DATE or --cancel.", next="See `team meeting --help`.")
    day, to = parse_day(on, "DATE"), optional_day(move, "--move")
    write(
        ctx,
        lambda desk: teams.change_meeting(desk, code, day, move_to=to, reason=reason, pack=pack),
        dated=False,
    )


@app.command()
def emergency(
    ctx: typer.Context,
    code: Code,
    words: Annotated[str, typer.Argument(metavar="TEXT", help="Whom to ring, in one line.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Take the line back.")] = False,
) -> None:
    """Say what the team does when somebody is in danger now; a worry with danger now shows it.

    Example: casereview team emergency WARD "Ring security on 2222, then the duty desk on 4100"
    """
    from casereview.service.organisation import teams

    if clear is bool(words):
        raise Usage("Give either TEXT or --clear.", next="See `team emergency --help`.")
    write(ctx, lambda desk: teams.set_emergency(desk, code, None if clear else words), dated=False)


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List every team with its pathway, meeting days, posts and emergency line.

    Example: casereview team list
    """
    from casereview.service.organisation import teams

    read(ctx, teams.list_teams)
