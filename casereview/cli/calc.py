"""Methods on a plain CSV: the figures, and their drawing on the screen or as SVG."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from casereview.cli.output import check, say, wants_picture
from casereview.cli.session import given_to, show


def _option(name: str, metavar: str, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=text)


_METHODS = "spc, survival, waiting-list, rtt, proportion, rate, mean, funnel or compare."
Method = Annotated[str, typer.Argument(metavar="METHOD", help=_METHODS)]
File = Annotated[str, typer.Argument(metavar="FILE.csv", help="UTF-8 with a heading line.")]
Word = str | None
Many = list[str] | None
Number = float | None

Profile = Annotated[Word, _option("--profile", "mdc|nhsr", "spc, compare: whose rules (mdc).")]
Improvement = Annotated[
    Word, _option("--improvement", "WAY", "spc, compare: increase, decrease or neutral.")
]
Target = Annotated[Many, _option("--target", "X|FACET=X", "spc: the figure to reach.")]
Rebase = Annotated[
    Many, _option("--rebase", "DATE|FACET=DATE,...", "spc: new limits from here.")
]  # fmt: skip
FixAfter = Annotated[int | None, _option("--fix-after", "N", "spc: limits from the first N.")]
NoScreen = Annotated[bool, typer.Option("--no-screen", help="spc: keep every moving range.")]
Note = Annotated[
    Many, _option("--note", "DATE=TEXT", "spc: a cause that is not the work; why rebased.")
]  # fmt: skip
NotReportable = Annotated[
    Many, _option("--not-reportable", "DATE|FROM:TO", "spc: shown and not judged.")
]  # fmt: skip
Show = Annotated[
    Word, _option("--show", "ROWS", "survival: km, cif, quantiles, rmst or logrank.")
]  # fmt: skip
Tau = Annotated[Number, _option("--tau", "DAYS", "survival: end of the restricted mean.")]
TargetWait = Annotated[
    Number, _option("--target-wait", "WEEKS", "waiting-list: longest good wait (4).")
]  # fmt: skip
From = Annotated[Word, _option("--from", "DATE", "waiting-list: first day.")]
To = Annotated[Word, _option("--to", "DATE", "waiting-list: last day.")]
Multiplier = Annotated[
    Number, _option("--multiplier", "N", "proportion: 1, or 100 for percent.")
]  # fmt: skip
Per = Annotated[Number, _option("--per", "N", "rate, funnel: per so many (1000; 100).")]
Confidence = Annotated[Number, _option("--confidence", "SHARE", "One confidence, not two.")]
Statistic = Annotated[Word, _option("--statistic", "WORD", "funnel: proportion or rate.")]
Limits = Annotated[bool, typer.Option("--limits", help="funnel: the lines, not the teams.")]
ChangeAfter = Annotated[
    Word, _option("--change-after", "N|DATE", "compare: a series, changed after N points.")
]  # fmt: skip


def calc(
    ctx: typer.Context,
    method: Method,
    file: File,
    profile: Profile = None,
    improvement: Improvement = None,
    target: Target = None,
    rebase: Rebase = None,
    fix_after: FixAfter = None,
    no_screen: NoScreen = False,
    note: Note = None,
    not_reportable: NotReportable = None,
    which: Show = None,
    tau: Tau = None,
    target_wait: TargetWait = None,
    start: From = None,
    end: To = None,
    multiplier: Multiplier = None,
    per: Per = None,
    confidence: Confidence = None,
    statistic: Statistic = None,
    limits: Limits = False,
    change_after: ChangeAfter = None,
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
    from casereview.service.calculating import calc as calculating

    given = given_to(ctx)
    check(given, drawn=True)
    rows, about = calculating.calc(method, file, **options)
    if given.format not in ("json", "table"):
        for warning in about["warnings"]:
            say(warning)
    if given.output is not None and wants_picture(given):
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
