"""People: who a service user is."""

from __future__ import annotations

from typing import Annotated

import typer

from casereview.cli.output import say
from casereview.cli.session import day, optional_day, read, write
from casereview.cli.words import Born, NhsNumber, OptionalReason, Sex, Who, group
from casereview.errors import Usage

app = group("Service users: who they are, seen by all their cases.")
Other = Annotated[str, typer.Argument(metavar="OTHER", help="The other person.")]


@app.command()
def show(ctx: typer.Context, who: Who) -> None:
    """Show one person: identity, facts, worries and cases.

    Example: casereview person show P5
    """
    from casereview.service.cases import people

    read(ctx, lambda desk: people.show(desk, who))


@app.command("set")
def set_(
    ctx: typer.Context,
    who: Who,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The name.")] = "",
    born: Born = None,
    nhs_number: NhsNumber = "",
    sex: Sex = "",
    restricted: Annotated[
        bool | None,
        typer.Option("--restricted/--not-restricted", help="Show this person as a number only."),
    ] = None,
) -> None:
    """Correct who somebody is; the former record stays in the journal.

    Example: casereview person set P5 --born 1990-02-28
    """
    from casereview.service.cases import people

    when = optional_day(born, "--born")
    write(
        ctx,
        lambda desk: people.correct(
            desk, who, name=name, born=when, nhs_number=nhs_number, sex=sex, restricted=restricted
        ),
        dated=False,
    )


@app.command()
def died(
    ctx: typer.Context,
    who: Who,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back a death recorded by mistake.")
    ] = False,
    reason: OptionalReason = "",
) -> None:
    """Record a death: open cases end, contact and follow-up actions are cancelled.

    With --withdraw --reason WHY a death that was recorded by mistake is taken back; each case that
    it ended is then opened again with `case reopen`.

    Example: casereview person died P5 --on 2026-03-02
    """
    from casereview.service.cases import dying

    if reason and not withdraw:
        raise Usage("--reason belongs to --withdraw.", next="Leave it out, or give --withdraw.")
    if not withdraw:
        write(ctx, lambda desk: dying.died(desk, who, on=day(ctx, desk)))
        return
    rows = write(ctx, lambda desk: dying.withdraw(desk, who, reason=reason), dated=False)
    ended = [row["case"] for row in rows if row.get("case") is not None]
    if ended:
        say(
            f"The death had ended {', '.join(ended)}. Open each again with"
            f" `case reopen {ended[0]} --reason WHY`."
        )


@app.command()
def link(
    ctx: typer.Context,
    who: Who,
    other: Other,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="sibling, parent, household ...")
    ] = "household",
) -> None:
    """Link two people of one household or family.

    Example: casereview person link P5 P6 --kind sibling
    """
    from casereview.service.cases import people

    write(ctx, lambda desk: people.link(desk, who, other, kind), dated=False)


@app.command()
def merge(
    ctx: typer.Context,
    duplicate: Annotated[str, typer.Argument(metavar="DUPLICATE", help="The record to give up.")],
    into: Annotated[str, typer.Argument(metavar="KEPT", help="The record that stays.")],
) -> None:
    """Say that a record is a duplicate: its ids lead to the kept one from now on.

    Example: casereview person merge P6 P5
    """
    from casereview.service.cases import merging

    write(ctx, lambda desk: merging.merge(desk, duplicate, into), dated=False)


@app.command()
def split(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The record that was merged.")],
) -> None:
    """Take a merge back: the record stands for itself again.

    Example: casereview person split P6
    """
    from casereview.service.cases import merging

    write(ctx, lambda desk: merging.split(desk, person), dated=False)
