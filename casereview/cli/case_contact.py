"""Recording a contact."""

from __future__ import annotations

from typing import Annotated

import typer

from casereview.cli.output import say
from casereview.cli.session import Rows, day, write
from casereview.cli.words import Case


def contact(
    ctx: typer.Context,
    case: Case,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="face-to-face, telephone, video ...")
    ],
    attended: Annotated[
        str,
        typer.Option("--attended", metavar="CODE", help="5, 6 attended; 7, 3, 2, 4 not; 0 ahead."),
    ],
    with_whom: Annotated[
        str, typer.Option("--with", metavar="WHOM", help="With whom it was.")
    ] = "",
    new: Annotated[
        bool, typer.Option("--new", help="A kind of its own, however like another it looks.")
    ] = False,
) -> None:
    """Record a contact with its national attendance code.

    Example: casereview case contact C12 --kind telephone --attended 5 --on 2026-03-02
    """
    from casereview.service.cases import cases
    from casereview.service.desk import Desk
    from casereview.service.organisation import kinds

    own: list[str] = []

    def run(desk: Desk) -> Rows:
        on = day(ctx, desk)
        rows = cases.contact(
            desk, case, kind=kind, attended=attended, on=on, with_whom=with_whom, new=new
        )
        own.extend(r["kind"] for r in rows if not kinds.is_listed(r["kind"], on))
        return rows

    write(ctx, run)
    for word in own:
        say(f"Note: {word!r} is not on the list `rules codes {kinds.LIST}`; it was kept as it is.")
