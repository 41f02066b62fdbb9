"""Rules for people who read and write them."""

from __future__ import annotations

from typing import Annotated

import typer

from casereview.cli.output import check
from casereview.cli.places import library_of
from casereview.cli.session import bare, fail_unless, given_to, read
from casereview.cli.words import group
from casereview.errors import Usage

app = group("Packs and pathways: what is asked, what follows, what is required.")
RuleId = Annotated[str, typer.Argument(metavar="ID", help="Pack or pathway; see `rules list`.")]


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the packs and pathways in force, and your own files that were refused.

    Example: casereview rules list
    """
    from casereview.service import rules

    check(given_to(ctx))
    bare(
        ctx,
        rules.list_rules(library_of(given_to(ctx))),
        hide=("hash", "questions", "rules", "shipped"),
    )


@app.command()
def show(
    ctx: typer.Context,
    rule_id: RuleId,
    diagram: Annotated[
        bool, typer.Option("--diagram", help="A pathway as a Mermaid diagram.")
    ] = False,
) -> None:
    """Show a pack's questions and rules, or a pathway's moves and requirements.

    Example: casereview rules show ward --diagram
    """
    from casereview.service import rules

    check(given_to(ctx))
    library = library_of(given_to(ctx))
    if diagram:
        drawn = rules.diagram(library, rule_id)
        bare(ctx, [{"pathway": rule_id, "mermaid": drawn}], text=lambda _: drawn)
    else:
        bare(ctx, rules.show(library, rule_id))


@app.command("check")
def check_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Your own pack or pathway.")],
) -> None:
    """Check a rule file of your own: every fault at once, with its line and the nearest name.

    Example: casereview rules check my-round.toml
    """
    from casereview.service import rules

    check(given_to(ctx))
    bare(ctx, rules.check_file(library_of(given_to(ctx)), file))


@app.command("test")
def run_tests(
    ctx: typer.Context,
    pack: Annotated[
        str | None, typer.Argument(metavar="[PACK]", help="One pack (default: all).")
    ] = None,
) -> None:
    """Run the examples of a pack, or of all packs; exit 1 when one fails.

    Example: casereview rules test ward-round
    """
    from casereview.service import rules

    check(given_to(ctx))
    rows = bare(ctx, rules.run_tests(library_of(given_to(ctx)), pack))
    fail_unless(rows, "ok", "An example does not come out as its pack says.")


@app.command()
def explain(
    ctx: typer.Context,
    rule: Annotated[
        str, typer.Argument(metavar="PACK[/RULE]", help="A sweep rule, or a whole pack.")
    ],
    case: Annotated[
        str | None, typer.Option("--case", metavar="CASE", help="What of it holds there.")
    ] = None,
) -> None:
    """Explain a sweep rule in English, and for one case what of it holds; or all of a pack.

    Example: casereview rules explain ward-round/no-expected-date --case C12
    """
    from casereview.service import rules

    if "/" not in rule:
        if case is not None:
            raise Usage(
                f"{rule[:60]!r} names no rule, and --case looks at one.",
                next="Write ward-round/no-expected-date.",
            )
        check(given_to(ctx))
        bare(ctx, rules.explain_pack(library_of(given_to(ctx)), rule))
        return
    read(ctx, lambda desk: rules.explain(desk, rule, case))


@app.command()
def codes(
    ctx: typer.Context,
    list_id: Annotated[
        str | None, typer.Argument(metavar="[LIST]", help="One list (default: which there are).")
    ] = None,
) -> None:
    """List the code lists, or the codes of one: delay reasons, exits, attendance, contact kinds.

    --on DATE leaves only the codes that may be used on that day.

    Example: casereview rules codes delay-mental-health --on 2026-03-02
    """
    from casereview.service import code_rows

    given = given_to(ctx)
    check(given)
    library = library_of(given)
    if list_id is None:
        bare(
            ctx,
            code_rows.lists(library, given.on),
            hide=("source", "version", "own_codes", "divisions"),
        )
    else:
        bare(ctx, code_rows.codes(library, list_id, given.on), hide=("list", "group"))


@app.command()
def facts(
    ctx: typer.Context,
    settable: Annotated[
        bool, typer.Option("--settable", help="Only those that `case set` takes.")
    ] = False,
) -> None:
    """List every fact that rules may name: type, values, what it means, where it comes from.

    Example: casereview rules facts --settable
    """
    from casereview.service.cases import facts as catalogue

    check(given_to(ctx))
    library = library_of(given_to(ctx))
    rows = catalogue.catalogue_rows(library, settable=True if settable else None)
    hide = ("unit", "may_be_unknown", "changes", "effort", "fixer", "source", "of", "settable")
    bare(ctx, rows, hide=hide if settable else (*hide, "values"))
