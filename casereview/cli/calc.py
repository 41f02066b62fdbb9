"""Methods on a plain CSV: the figures, and their drawing on the screen or as SVG."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from casereview.cli.output import check, say
from casereview.cli.session import given_to, show

Many = list[str] | None
Word = str | None


def calc(
    ctx: typer.Context,
    method: Annotated[
        str,
        typer.Argument(
            metavar="METHOD",
            help="spc, survival, waiting-list, rtt, proportion, rate, mean, funnel or compare.",
        ),
    ],
    file: Annotated[str, typer.Argument(metavar="FILE.csv", help="UTF-8 with a heading line.")],
    profile: Annotated[
        Word, typer.Option("--profile", metavar="mdc|nhsr", help="spc, compare: whose rules (mdc).")
    ] = None,
    improvement: Annotated[
        Word,
        typer.Option(
            "--improvement", metavar="WAY", help="spc, compare: increase, decrease or neutral."
        ),
    ] = None,
    target: Annotated[
        Many, typer.Option("--target", metavar="X|FACET=X", help="spc: the figure to reach.")
    ] = None,
    rebase: Annotated[
        Many,
        typer.Option("--rebase", metavar="DATE|FACET=DATE,...", help="spc: new limits from here."),
    ] = None,
    fix_after: Annotated[
        int | None,
        typer.Option("--fix-after", metavar="N", help="spc: limits from the first N points."),
    ] = None,
    no_screen: Annotated[
        bool, typer.Option("--no-screen", help="spc: keep every moving range.")
    ] = False,
    note: Annotated[
        Many,
        typer.Option(
            "--note", metavar="DATE=TEXT", help="spc: a cause that is not the work; why rebased."
        ),
    ] = None,
    not_reportable: Annotated[
        Many,
        typer.Option("--not-reportable", metavar="DATE|FROM:TO", help="spc: shown and not judged."),
    ] = None,
    which: Annotated[
        Word,
        typer.Option(
            "--show", metavar="ROWS", help="survival: km, cif, quantiles, rmst or logrank."
        ),
    ] = None,
    tau: Annotated[
        float | None,
        typer.Option("--tau", metavar="DAYS", help="survival: end of the restricted mean."),
    ] = None,
    target_wait: Annotated[
        float | None,
        typer.Option("--target-wait", metavar="WEEKS", help="waiting-list: longest good wait (4)."),
    ] = None,
    start: Annotated[
        Word, typer.Option("--from", metavar="DATE", help="waiting-list: first day.")
    ] = None,
    end: Annotated[
        Word, typer.Option("--to", metavar="DATE", help="waiting-list: last day.")
    ] = None,
    multiplier: Annotated[
        float | None,
        typer.Option("--multiplier", metavar="N", help="proportion: 1, or 100 for percent."),
    ] = None,
    per: Annotated[
        float | None,
        typer.Option("--per", metavar="N", help="rate, funnel: per so many (1000; 100)."),
    ] = None,
    confidence: Annotated[
        float | None,
        typer.Option("--confidence", metavar="SHARE", help="One confidence instead of two."),
    ] = None,
    statistic: Annotated[
        Word, typer.Option("--statistic", metavar="WORD", help="funnel: proportion or rate.")
    ] = None,
    limits: Annotated[
        bool, typer.Option("--limits", help="funnel: the lines instead of the teams.")
    ] = False,
    change_after: Annotated[
        Word,
        typer.Option(
            "--change-after", metavar="N|DATE", help="compare: a series, changed after N points."
        ),
    ] = None,
) -> None:
    """Work out a method on a CSV; on the screen it draws, `-o FILE.svg` writes the chart.

    Example: casereview calc spc waits.csv --improvement decrease --target 42 -o waits.svg
    """
    options: dict[str, Any] = {
        "profile": profile, "improvement": improvement, "target": target or None,
        "rebase": rebase or None, "fix_after": fix_after, "screen": False if no_screen else None,
        "note": note or None, "not_reportable": not_reportable or None, "show": which, "tau": tau,
        "target_wait": target_wait, "from_on": start, "to_on": end, "multiplier": multiplier,
        "per": per, "confidence": confidence, "statistic": statistic, "limits": limits or None,
        "change_after": change_after,
    }  # fmt: skip
    _run(ctx, method, file, options)


def _run(ctx: typer.Context, method: str, file: str, options: dict[str, Any]) -> None:
    from casereview.cli import files
    from casereview.cli.table import render, screen_width
    from casereview.service import calc as calculating

    given = given_to(ctx)
    check(given)
    rows, about = calculating.calc(method, file, **options)
    if given.format not in ("json", "table"):
        for warning in about["warnings"]:
            say(warning)
    if given.output is not None and given.output.lower().endswith(".svg"):
        path = files.refuse_existing(given.output, yes=given.yes)
        files.write_whole(path, calculating.calc_svg(method, rows, about).encode())
        say(f"Wrote the chart to {given.output}.")
        return
    if given.format != "table":
        shown = rows if given.format == "json" else calculating.flat_rows(rows)
        show(ctx, shown, desk=None, about=about)
        return
    width = screen_width()
    text = calculating.calc_drawing(method, rows, about, width=width)
    if not calculating.draws_all(method, rows, about):
        text += "\n" + render(rows, width=width)
    show(ctx, rows, desk=None, text=lambda _: text, about=about, times=False)
