"""Reviews: opened, held, closed; what is decided in them is in review_decisions."""

from __future__ import annotations

from typing import Annotated

import typer

from casereview.cli import review_decisions, review_papers
from casereview.cli.session import day, given_to, optional_day, read, refuse_reading_options, write
from casereview.cli.words import AnyPack, AnyTeam, Case, Pack, Reason, Review, Team, group
from casereview.errors import Usage

app = group("Ward rounds and caseload meetings.")
Question = Annotated[
    str, typer.Argument(metavar="QUESTION", help="Question id; see `rules show PACK`.")
]
Value = Annotated[
    str,
    typer.Argument(
        metavar="VALUE", help="yes, no, cannot-tell, does-not-apply, or what the question takes."
    ),
]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="A note, or why not.")]


@app.command("open")
def open_(
    ctx: typer.Context,
    pack: Pack,
    team: Team,
    worker: Annotated[
        str | None,
        typer.Option("--worker", metavar="LOGIN", help="Only this key worker's cases."),
    ] = None,
    paper: Annotated[bool, typer.Option("--paper", help="Held on paper, entered later.")] = False,
) -> None:
    """Open a review; its agenda is made and frozen.

    Example: casereview review open --pack ward-round --team WARD --on 2026-03-03
    """
    from casereview.service.reviews import reviewing

    write(
        ctx,
        lambda desk: reviewing.open_review(
            desk, pack=pack, team=team, on=day(ctx, desk), worker=worker, paper=paper
        ),
    )


@app.command("list")
def list_(
    ctx: typer.Context,
    team: AnyTeam = None,
    status: Annotated[
        str | None,
        typer.Option("--status", metavar="STATUS", help="open, closed or abandoned."),
    ] = None,
) -> None:
    """List reviews, newest first.

    Example: casereview review list --team WARD --status open
    """
    from casereview.service.reviews import reviewing

    read(ctx, lambda desk: reviewing.list_reviews(desk, team=team, status=status))


@app.command()
def prepare(
    ctx: typer.Context,
    case: Case,
    question: Question,
    value: Value,
    pack: Pack,
    note: Note = "",
) -> None:
    """Prepare an answer before the meeting; it counts when the meeting confirms it.

    Example: casereview review prepare C12 destination_ready no --pack ward-round
    """
    from casereview.core.decide.judging import Given
    from casereview.service.reviews import answering

    write(
        ctx,
        lambda desk: answering.prepare(desk, case, pack, question, Given(value, note)),
        dated=False,
    )


@app.command()
def attend(
    ctx: typer.Context,
    review: Review,
    who: Annotated[str, typer.Argument(metavar="LOGIN", help="Login, or a guest's name.")],
    status: Annotated[
        str, typer.Argument(metavar="STATUS", help="present, late, absent or guest.")
    ],
) -> None:
    """Record who is there; a late or absent worker's cases move to the end of their lane.

    Example: casereview review attend R3 dr.a late
    """
    from casereview.service.reviews import attending

    write(ctx, lambda desk: attending.attend(desk, review, who, status), dated=False)


@app.command()
def answer(
    ctx: typer.Context,
    review: Review,
    case: Case,
    question: Question,
    value: Value,
    note: Note = "",
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="The action in your words.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="OWNER", help="Login, post or key-worker.")
    ] = None,
    due: Annotated[
        str | None, typer.Option("--due", metavar="DATE", help="When the action is due.")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Prepared; to be confirmed.")] = False,
    paper: Annotated[bool, typer.Option("--paper", help="Entered from the printed form.")] = False,
    keep_action: Annotated[
        bool, typer.Option("--keep-action", help="Leave the action of this question open.")
    ] = False,
) -> None:
    """Answer a question about a case; an answer that does not pass makes or carries its action.

    Example: casereview review answer R3 C12 destination_ready no --owner dr.a
    """
    from casereview.core.decide.judging import Given
    from casereview.service.reviews import answering

    told = Given(
        value, note, text=text, owner=owner, due_on=optional_day(due, "--due"), drafted=draft,
        paper=paper, keep_action=keep_action,
    )  # fmt: skip
    seen = given_to(ctx).seen
    write(
        ctx,
        lambda desk: answering.answer(desk, review, case, question, told, seen=seen),
        dated=False,
        versioned=True,
    )


@app.command()
def confirm(
    ctx: typer.Context,
    review: Review,
    case: Case,
    prepared: Annotated[
        bool, typer.Option("--prepared", help="Confirm the answers prepared for it instead.")
    ] = False,
    override: Annotated[
        bool, typer.Option("--override", help="Confirm its overrides; a closed case needs no word.")
    ] = False,
) -> None:
    """Confirm a case that is on plan, the answers prepared for it, or its override.

    Example: casereview review confirm R3 C12
    """
    from casereview.service.reviews import answering, confirming

    if prepared and override:
        raise Usage("--prepared and --override are two things.", next="Give them one by one.")
    if override:
        write(ctx, lambda desk: confirming.confirm_override(desk, review, case), dated=False)
    elif prepared:
        write(ctx, lambda desk: answering.take_drafts(desk, review, case), dated=False)
    else:
        write(ctx, lambda desk: confirming.confirm(desk, review, case), dated=False)


@app.command()
def skip(ctx: typer.Context, review: Review, case: Case, reason: Reason) -> None:
    """Skip a case with a reason; it comes first next time.

    Example: casereview review skip R3 C12 --reason "the patient is at court"
    """
    from casereview.service.reviews import answering

    write(ctx, lambda desk: answering.skip(desk, review, case, reason), dated=False)


@app.command()
def undo(ctx: typer.Context, review: Review) -> None:
    """Take back the last command of a review, as many times as wanted.

    Example: casereview review undo R3
    """
    from casereview.service.reviews import closing

    write(ctx, lambda desk: closing.undo(desk, review), dated=False)


@app.command()
def close(ctx: typer.Context, review: Review) -> None:
    """Close a review: what was not reached is recorded, the journal is sealed.

    Example: casereview review close R3
    """
    from casereview.service.reviews import closing

    write(ctx, lambda desk: closing.close(desk, review), dated=False, hide=("journal_head",))


@app.command()
def abandon(ctx: typer.Context, review: Review, reason: Reason) -> None:
    """Abandon a review that was opened by mistake.

    Example: casereview review abandon R3 --reason "wrong team"
    """
    from casereview.service.reviews import closing

    write(ctx, lambda desk: closing.abandon(desk, review, reason), dated=False)


@app.command()
def run(
    ctx: typer.Context,
    review: Annotated[str | None, typer.Argument(metavar="[REVIEW]", help="An open one.")] = None,
    pack: AnyPack = None,
    team: AnyTeam = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Line by line: screen readers, pipes, SSH.")
    ] = False,
) -> None:
    """Hold a review line by line; resumes an open one, else opens one.

    Example: casereview review run --plain --pack ward-round --team WARD
    """
    if not plain:
        raise Usage("The review runs line by line with --plain.", next="Add --plain.")
    if review is None and (pack is None or team is None):
        raise Usage("Which review is missing.", next="Name REVIEW, or --pack and --team.")
    given = given_to(ctx)
    refuse_reading_options(given)
    from casereview.cli import plain as by_lines
    from casereview.cli.session import sitting

    with sitting(given, writing=True) as desk:
        by_lines.hold(desk, review, pack=pack, team=team, on=given.on or desk.today)


for _name, _function in {**review_decisions.COMMANDS, **review_papers.COMMANDS}.items():
    app.command(_name)(_function)
