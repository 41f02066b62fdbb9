"""Users: who may record, in which role, with which PIN."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from casereview.cli.pin import ask_pin
from casereview.cli.session import read, write
from casereview.cli.words import Login, group
from casereview.errors import Usage

app = group("Users, their roles and PINs.")


@app.command()
def add(
    ctx: typer.Context,
    login: Login,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The user's name.")],
    role: Annotated[
        str,
        typer.Option(
            "--role",
            metavar="ROLE",
            help="clinician, team-lead, manager, auditor or administrator.",
        ),
    ],
    team: Annotated[
        list[str] | None, typer.Option("--team", metavar="CODE", help="Team; may be repeated.")
    ] = None,
    os_user: Annotated[
        str | None,
        typer.Option("--os-user", metavar="NAME", help="Their name on this computer."),
    ] = None,
) -> None:
    """Add a user; one that exists joins the team and takes the role.

    Example: casereview user add dr.a --name "Dr A" --role clinician --team WARD
    """
    from casereview.service.organisation import users

    write(
        ctx,
        lambda desk: users.add_user(
            desk, login, name=name, role=role, teams=team or (), os_user=os_user
        ),
        dated=False,
    )


@app.command()
def pin(ctx: typer.Context, login: Login) -> None:
    """Set a user's PIN, typed without echo or read as one line from stdin.

    Example: casereview user pin dr.a
    """
    from casereview.service.desk import Desk, Rows
    from casereview.service.organisation import pins

    def run(desk: Desk) -> Rows:
        return pins.set_pin(desk, login, _new_pin(login))

    write(ctx, run, dated=False)


def _new_pin(login: str) -> str:
    first = ask_pin(f"{login} (new)")
    if sys.stdin is not None and sys.stdin.isatty() and ask_pin(f"{login} (again)") != first:
        raise Usage("The two PINs differ.", code="pins_differ", next="Give the command again.")
    return first


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List every user with role, teams and whether a PIN is set.

    Example: casereview user list
    """
    from casereview.service.organisation import users

    read(ctx, users.list_users)


@app.command()
def remove(ctx: typer.Context, login: Login) -> None:
    """Remove a user; what they recorded stays, their open work is to be given to others.

    Example: casereview user remove dr.a
    """
    from casereview.service.organisation import users

    write(ctx, lambda desk: users.remove_user(desk, login), dated=False)
