"""What is decided in a review: proposed, countersigned, declined, dissented from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from casereview.cli.pin import asker
from casereview.cli.session import given_to, optional_day, write
from casereview.cli.words import Case, Review
from casereview.errors import Usage


def decide(
    ctx: typer.Context,
    review: Review,
    case: Case,
    effective: Annotated[
        str | None, typer.Option("--effective", metavar="DATE", help="When it shall happen.")
    ] = None,
    move: Annotated[
        str | None, typer.Option("--move", metavar="STAGE", help="The stage, if not proposed.")
    ] = None,
    decline: Annotated[
        str | None, typer.Option("--decline", metavar="REASON", help="Decline it, and why.")
    ] = None,
    look_again: Annotated[
        str | None,
        typer.Option("--look-again", metavar="DATE", help="When declined: look again on."),
    ] = None,
    action: Annotated[
        str | None, typer.Option("--action", metavar="TEXT", help="When declined: what to do.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="OWNER", help="When declined: who does it.")
    ] = None,
) -> None:
    """Agree that a case may move, or decline what the answers propose.

    Example: casereview review decide R3 C12 --effective 2026-03-12
    """
    from casereview.service.reviews import deciding

    seen = given_to(ctx).seen
    when = optional_day(effective, "--effective")
    again = optional_day(look_again, "--look-again")
    if decline is None:
        if any(v is not None for v in (again, action, owner)):
            raise Usage(
                "--look-again, --action and --owner go with --decline.",
                next="Add --decline REASON, or leave them out.",
            )
        write(
            ctx,
            lambda desk: deciding.decide(
                desk, review, case, effective_on=when, dest=move, seen=seen
            ),
            dated=False,
            versioned=True,
        )
        return
    write(
        ctx,
        lambda desk: deciding.decline(
            desk, review, case, decline, look_again_on=again, action=action, owner=owner
        ),
        dated=False,
    )


def countersign(ctx: typer.Context, review: Review, case: Case) -> None:
    """Sign a decision as the second person; a real store asks for your PIN.

    Example: casereview --as dr.b review countersign R3 C12
    """
    from casereview.service.reviews import deciding

    given = given_to(ctx)
    write(
        ctx,
        lambda desk: deciding.countersign(desk, review, case, pin=asker(given), seen=given.seen),
        dated=False,
        versioned=True,
    )


def dissent(
    ctx: typer.Context,
    review: Review,
    case: Case,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What you object to.")] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Withdraw your own dissent.")
    ] = False,
) -> None:
    """Record dissent; a decision then needs a countersigner who did not dissent.

    Example: casereview --by dr.b review dissent R3 C12 "too soon"
    """
    from casereview.service.reviews import deciding

    if withdraw:
        write(ctx, lambda desk: deciding.withdraw_dissent(desk, review, case), dated=False)
    else:
        write(ctx, lambda desk: deciding.dissent(desk, review, case, words), dated=False)


COMMANDS: Mapping[str, Callable[..., None]] = {
    "decide": decide,
    "countersign": countersign,
    "dissent": dissent,
}
