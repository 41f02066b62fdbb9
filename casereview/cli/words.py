"""The arguments and options that many commands share."""

from __future__ import annotations

from typing import Annotated, Any

import typer

Case = Annotated[str, typer.Argument(metavar="CASE", help="Case id, such as C12.")]
Review = Annotated[str, typer.Argument(metavar="REVIEW", help="Review id, such as R3.")]
ActionId = Annotated[str, typer.Argument(metavar="ACTION", help="Action id, such as A7.")]
ActionIds = Annotated[
    list[str], typer.Argument(metavar="ACTION", help="Action ids, such as A7 A8.")
]
Who = Annotated[
    str, typer.Argument(metavar="WHO", help="Person id (P5), local id, or a case id (C12).")
]
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The user's login.")]
Team = Annotated[str, typer.Option("--team", metavar="CODE", help="Team code.")]
AnyTeam = Annotated[
    str | None, typer.Option("--team", metavar="CODE", help="Team code; all teams when left out.")
]
Pack = Annotated[str, typer.Option("--pack", metavar="PACK", help="Pack, such as ward-round.")]
AnyPack = Annotated[str | None, typer.Option("--pack", metavar="PACK", help="Only this pack.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
OptionalReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
Born = Annotated[str | None, typer.Option("--born", metavar="DATE", help="Date of birth.")]
NhsNumber = Annotated[
    str, typer.Option("--nhs-number", metavar="NUMBER", help="NHS number, 10 digits.")
]
Sex = Annotated[str, typer.Option("--sex", metavar="WORD", help="Sex as recorded.")]


def option(*names: str, metavar: str, help: str) -> Any:  # noqa: A002 - Typer's own word
    """Return an option of one command, as it is written in an annotation."""
    return typer.Option(*names, metavar=metavar, help=help)


def group(text: str) -> typer.Typer:
    """Return an empty group of commands with plain help and no traceback of its own."""
    return typer.Typer(
        help=text, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False
    )
