"""Cases day to day; their moves are in case_moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casereview.cli import case_moves
from casereview.cli.case_contact import contact
from casereview.cli.export import letter
from casereview.cli.output import say
from casereview.cli.pin import asker
from casereview.cli.session import Rows, day, given_to, optional_day, read, write
from casereview.cli.words import AnyTeam, Born, Case, Login, NhsNumber, Sex, Team, Who, group
from casereview.errors import Usage

if TYPE_CHECKING:
    from casereview.service.desk import Desk

app = group("Cases from referral to their end.")


@app.command()
def refer(
    ctx: typer.Context,
    team: Team,
    person: Annotated[
        str, typer.Option("--person", metavar="LOCAL_ID", help="The person's local id.")
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The name.")] = "",
    born: Born = None,
    nhs_number: NhsNumber = "",
    sex: Sex = "",
    new: Annotated[
        str, typer.Option("--new", metavar="REASON", help="Open a second case, and why.")
    ] = "",
) -> None:
    """Refer somebody to a team; an open case there gets a re-referral instead.

    Example: casereview case refer --team WARD --person 4711 --on 2026-03-02
    """
    from casereview.service.cases import cases

    when = optional_day(born, "--born")
    rows = write(
        ctx,
        lambda desk: cases.refer(
            desk, team=team, person=person, on=day(ctx, desk), name=name, born=when,
            nhs_number=nhs_number, sex=sex, new=new,
        ),
        hide=("earlier", "earlier_team", "earlier_closed_on"),
    )  # fmt: skip
    _say_earlier(rows[0])


def _say_earlier(row: Mapping[str, Any]) -> None:
    """Say that somebody who was referred has been here before, and how a return is recorded."""
    if row.get("earlier") is not None:
        new, old = row["case"], row["earlier"]
        typer.echo(
            f"Note: this person's case {old} in {row['earlier_team']} closed on"
            f" {row['earlier_closed_on']}; {new} is not linked to it. If they came back, end {new}"
            f" with `case leave {new} --exit recorded-in-error` and record"
            f" `case return {old} --on DATE`.",
            err=True,
        )


@app.command()
def allocate(
    ctx: typer.Context,
    case: Case,
    login: Login,
    second: Annotated[bool, typer.Option("--second", help="As the second worker.")] = False,
) -> None:
    """Make somebody the key worker, or the second worker; "nobody" takes the worker away.

    Example: casereview case allocate C12 dr.a --on 2026-03-02
    """
    from casereview.service.cases import cases

    worker = None if login == "nobody" else login
    write(ctx, lambda desk: cases.allocate(desk, case, worker, on=day(ctx, desk), second=second))


@app.command("list")
def list_(
    ctx: typer.Context,
    team: AnyTeam = None,
    worker: Annotated[
        str | None, typer.Option("--worker", metavar="LOGIN", help="This key worker's.")
    ] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="STAGE", help="In this stage.")
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="WHICH",
            help="overdue, no-next-action, waiting, decided, closed or all.",
        ),
    ] = None,
    after: Annotated[
        str, typer.Option("--after", metavar="CASE", help="Go on after this case.")
    ] = "",
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many.")
    ] = None,
) -> None:
    """List the open cases, or those asked for.

    Example: casereview case list --team WARD --only overdue
    """
    from casereview.service import ids
    from casereview.service.cases import showing

    start = ids.number(ids.CASE, after) if after else 0
    read(
        ctx,
        lambda desk: showing.list_cases(
            desk, team=team, worker=worker, stage=stage, only=only, after=start, limit=limit
        ),
        hide=("days_since_referral", "planned_departure_on", "expected_end_on", "initials"),
    )


@app.command()
def show(ctx: typer.Context, case: Case) -> None:
    """Show one case whole: stages, facts, answers, actions, contacts.

    Example: casereview case show C12
    """
    from casereview.service.cases import showing

    read(ctx, lambda desk: showing.show(desk, case))


@app.command()
def why(
    ctx: typer.Context,
    case: Case,
    move: Annotated[
        str | None,
        typer.Option("--move", metavar="STAGE", help="This move (default: the next one)."),
    ] = None,
) -> None:
    """List every requirement of a move: does it hold, who can fix it, the least to do.

    Example: casereview case why C12 --move complete
    """
    from casereview.cli.why import why_text
    from casereview.service.cases import showing

    read(ctx, lambda desk: showing.why(desk, case, move=move), text=why_text, captioned=True)


@app.command("set")
def set_(
    ctx: typer.Context,
    case: Case,
    fact: Annotated[str, typer.Argument(metavar="FACT", help="Name; see `rules facts`.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Value, or unknown.")],
) -> None:
    """Set a fact of a case or of its person from a day on.

    Example: casereview case set C12 destination home --on 2026-03-02
    """
    from casereview.service.cases import cases

    write(ctx, lambda desk: cases.set_fact(desk, case, fact, value, on=day(ctx, desk)))


app.command()(contact)


@app.command()
def delay(
    ctx: typer.Context,
    case: Case,
    reason: Annotated[
        str, typer.Argument(metavar="REASON", help="Reason code, or none to end the delay.")
    ],
    end: Annotated[
        str | None, typer.Option("--end", metavar="DATE", help="The day it ended.")
    ] = None,
) -> None:
    """Start a delay with its reason code, or end the open one with the word none.

    Example: casereview case delay C12 01 --on 2026-03-02
    """
    from casereview.service.cases import cases

    code = None if reason.lower() == "none" else reason
    until = optional_day(end, "--end")
    if code is None and until is not None:
        raise Usage("--end goes with a reason.", next="Say with --on when the open delay ended.")
    write(ctx, lambda desk: cases.delay(desk, case, code, on=day(ctx, desk), end=until))


@app.command()
def note(
    ctx: typer.Context,
    case: Case,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="The note.")],
) -> None:
    """Write a note on a case.

    Example: casereview case note C12 "Spoke to the sister."
    """
    from casereview.service.cases import cases

    write(ctx, lambda desk: cases.note(desk, case, words, on=day(ctx, desk)))


@app.command()
def flag(
    ctx: typer.Context,
    who: Who,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="The worry.")] = "",
    danger_now: Annotated[
        bool, typer.Option("--danger-now", help="Somebody is in danger now.")
    ] = False,
    owner: Annotated[
        str, typer.Option("--owner", metavar="OWNER", help="Post, login or key-worker.")
    ] = "key-worker",
    told: Annotated[str, typer.Option("--told", metavar="WHO", help="Who was told.")] = "",
    handed_to: Annotated[
        str, typer.Option("--handed-to", metavar="WHOM", help="To whom it was handed over.")
    ] = "",
    sign: Annotated[bool, typer.Option("--sign", help="Sign it as the second person.")] = False,
    worry: Annotated[
        str | None, typer.Option("--worry", metavar="W", help="Which worry, if several.")
    ] = None,
    team: AnyTeam = None,
    review: Annotated[
        str | None, typer.Option("--review", metavar="REVIEW", help="Raised in this review.")
    ] = None,
) -> None:
    """Record a safeguarding worry about anybody, then to whom it was handed, then a second sign.

    Example: casereview case flag C12 "Bruise, no account of it" --danger-now --told "duty desk"
    """
    if not (words or told or handed_to or sign):
        raise Usage("The worry is missing.", next="Say it in words; see `case flag --help`.")
    from casereview.service.cases import flagging

    def run(desk: Desk) -> Rows:
        rows: Rows = []
        if words:
            rows = flagging.raise_worry(
                desk, who, words, danger_now=danger_now, owner=owner, told=told, team=team,
                review=review,
            )  # fmt: skip
            if rows[0].get("emergency"):
                say(f"DANGER NOW: {rows[0]['emergency']}")
        elif told:
            rows = flagging.tell(desk, who, told, worry=worry)
        known = worry or (str(rows[0]["worry"]) if rows else None)
        if handed_to:
            rows = flagging.hand_over(_step(desk, 1, first=not rows), who, handed_to, worry=known)
        if sign:
            pin = asker(given_to(ctx))
            rows = flagging.sign(_step(desk, 2, first=not rows), who, worry=known, pin=pin)
        return rows

    write(ctx, run, dated=False)


def _step(desk: Desk, n: int, *, first: bool) -> Desk:
    """Return the desk for a further step of one command; its token follows from the first's."""
    return desk if first else replace(desk.again(), command=f"{desk.command}.{n}")


for _name, _function in case_moves.COMMANDS.items():
    app.command(_name)(_function)
app.command("letter")(letter)
