"""Moving cases: forward, out, to another team, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from casereview.cli.session import day, given_to, write
from casereview.cli.words import Case, OptionalReason, Reason
from casereview.errors import Usage

Override = Annotated[
    str | None,
    typer.Option(
        "--override", metavar="REASON", help="Go past unmet requirements (never safeguarding)."
    ),
]


def move(
    ctx: typer.Context,
    case: Case,
    stage: Annotated[
        str, typer.Argument(metavar="STAGE", help="assess, stabilise, recover or complete.")
    ],
    override: Override = None,
) -> None:
    """Move a case to a stage; a refusal names every unmet requirement.

    Example: casereview case move C12 stabilise --on 2026-03-02
    """
    from casereview.service.cases import moving

    seen = given_to(ctx).seen
    write(
        ctx,
        lambda desk: moving.move(
            desk, case, stage, on=day(ctx, desk), override=override, seen=seen
        ),
        versioned=True,
    )


def leave(
    ctx: typer.Context,
    case: Case,
    code: Annotated[
        str,
        typer.Option("--exit", metavar="CODE", help="Why it ended; see `rules codes`."),
    ],
    override: Override = None,
) -> None:
    """End a case otherwise than by completing it, with a coded reason.

    Example: casereview case leave C12 --exit against-advice --on 2026-03-02
    """
    from casereview.service.cases import moving

    seen = given_to(ctx).seen
    write(
        ctx,
        lambda desk: moving.leave(
            desk, case, code, on=day(ctx, desk), override=override, seen=seen
        ),
        versioned=True,
    )


def transfer(
    ctx: typer.Context,
    case: Case,
    team: Annotated[str, typer.Option("--team", metavar="CODE", help="Team code.")] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take the offer back; needs --reason.")
    ] = False,
    reason: OptionalReason = "",
) -> None:
    """Offer a case to another team; it stays yours until they accept.

    With --withdraw --reason WHY the offer is taken back, and the case can be offered again.

    Example: casereview case transfer C12 --team RECOVERY --on 2026-03-02
    """
    from casereview.service.cases import moving, offers

    if withdraw and team:
        raise Usage("--withdraw takes back the offer that stands.", next="Leave --team out.")
    if not withdraw and not team:
        raise Usage("Missing --team.", next="Name the team that it is offered to.")
    _reason_belongs(reason, withdraw, "--withdraw")
    if withdraw:
        write(ctx, lambda desk: offers.withdraw(desk, case, reason=reason, on=day(ctx, desk)))
    else:
        write(ctx, lambda desk: moving.transfer(desk, case, team=team, on=day(ctx, desk)))


def accept(
    ctx: typer.Context,
    case: Case,
    decline: Annotated[
        bool, typer.Option("--decline", help="Say no to the offer; needs --reason.")
    ] = False,
    reason: OptionalReason = "",
) -> None:
    """Accept a case that another team offered; it goes on here as a linked case.

    With --decline --reason WHY it stays with the team that offered it.

    Example: casereview case accept C12
    """
    from casereview.service.cases import moving, offers

    _reason_belongs(reason, decline, "--decline")
    if decline:
        write(ctx, lambda desk: offers.decline(desk, case, reason=reason, on=day(ctx, desk)))
    else:
        write(ctx, lambda desk: moving.accept(desk, case, on=day(ctx, desk)))


def _reason_belongs(reason: str, given: bool, option: str) -> None:
    if reason and not given:
        raise Usage(f"--reason belongs to {option}.", next=f"Leave it out, or give {option}.")


def come_back(ctx: typer.Context, case: Case) -> None:
    """Record the return of somebody whose case has ended, as a new linked case.

    Example: casereview case return C12 --on 2026-03-02
    """
    from casereview.service.cases import moving

    write(ctx, lambda desk: moving.come_back(desk, case, on=day(ctx, desk)))


def reopen(ctx: typer.Context, case: Case, reason: Reason) -> None:
    """Open a case again that ended by mistake, with the actions that its end closed.

    Example: casereview case reopen C12 --reason "wrong case closed"
    """
    from casereview.service.cases import moving

    write(ctx, lambda desk: moving.reopen(desk, case, reason=reason, on=given_to(ctx).on))


COMMANDS: Mapping[str, Callable[..., None]] = {
    "move": move,
    "leave": leave,
    "transfer": transfer,
    "accept": accept,
    "return": come_back,
    "reopen": reopen,
}
