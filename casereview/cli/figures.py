"""Words of `stats` that hold what people type: put, note, not-reportable, withdraw, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from casereview.cli import measures_options as o
from casereview.cli.options import parse_day
from casereview.cli.session import optional_day, read, write
from casereview.cli.words import AnyTeam, group, option
from casereview.errors import Usage

if TYPE_CHECKING:
    from casereview.service.desk import Desk, Rows

app = group("Figures and causes that people type.")


Series = Annotated[
    str, typer.Argument(metavar="MEASURE", help="A measure, or a series of your own.")
]
PeriodWord = Annotated[
    str,
    typer.Argument(metavar="PERIOD", help="2026-03, 'Q4 2025/26', 2025/26, 2026-W14, A..B ..."),
]
New = Annotated[
    bool, typer.Option("--new", help="A new series, although its name is near another.")
]
Why = Annotated[str | None, option("--reason", metavar="TEXT", help="Why it is typed anew.")]


@app.command()
def put(
    ctx: typer.Context,
    measure: Series,
    period: PeriodWord,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="A number, 12 or 3.5.")],
    source: Annotated[str, option("--source", metavar="TEXT", help="Where it was read.")],
    team: AnyTeam = None,
    by: Annotated[
        str | None, option("--by", metavar="GROUP=VALUE", help="Only this group, sex=female.")
    ] = None,
    column: Annotated[
        str | None, option("--column", metavar="NAME", help="Which figure of the measure.")
    ] = None,
    reason: Why = None,
    new: New = False,
) -> None:
    """Type a figure that the engine cannot know; typed again, it is corrected.

    Example: casereview stats put agency_staff 2026-03 12 --source "staff bank"
    """
    from casereview.service.typed import figures

    write(
        ctx,
        lambda desk: figures.put_figure(
            desk, measure, period, value, source=source, team=team, by=by, column=column,
            reason=reason, new=new,
        ),
        dated=False,
    )  # fmt: skip


@app.command()
def note(
    ctx: typer.Context,
    measure: Series,
    day: Annotated[str, typer.Argument(metavar="DATE", help="When it happened.")],
    words: Annotated[str, typer.Argument(metavar="TEXT", help="What happened.")],
    team: AnyTeam = None,
    new: New = False,
) -> None:
    """Note a cause other than the work; every later chart and table of the measure shows it.

    Example: casereview stats note waits 2026-02-01 "New provider"
    """
    from casereview.service.typed import figures

    on = parse_day(day, "DATE")
    write(
        ctx,
        lambda desk: figures.note_series(desk, measure, on, words, team=team, new=new),
        dated=False,
    )


@app.command("not-reportable")
def not_reportable(
    ctx: typer.Context,
    measure: Series,
    period: PeriodWord,
    reason: Annotated[str, option("--reason", metavar="TEXT", help="Why.")],
    team: AnyTeam = None,
    new: New = False,
) -> None:
    """Mark a period as not reportable: shown as such, left out of limits and comparisons.

    Example: casereview stats not-reportable waits 2026-02 --reason "System out of use"
    """
    from casereview.service.typed import figures

    write(
        ctx,
        lambda desk: figures.mark_not_reportable(
            desk, measure, period, reason=reason, team=team, new=new
        ),
        dated=False,
    )


@app.command()
def withdraw(
    ctx: typer.Context,
    measure: Series,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Its number in `stats figures`.")],
    reason: Annotated[str, option("--reason", metavar="TEXT", help="Why.")],
) -> None:
    """Take back a typed figure, a note or a mark; the journal keeps it.

    Example: casereview stats withdraw waits 3 --reason "Typed for the wrong month"
    """
    from casereview.service.typed import figures

    if not (entry.isascii() and entry.isdigit() and len(entry) < 10):
        raise Usage(
            f"ENTRY: {entry[:60]!r} is no number.",
            code="bad_number",
            next="Give the entry shown by `stats figures`.",
        )
    write(
        ctx,
        lambda desk: figures.withdraw(desk, measure, int(entry), reason=reason),
        dated=False,
    )


@app.command("figures")
def listed(
    ctx: typer.Context,
    measure: Annotated[
        str | None, typer.Argument(metavar="MEASURE", help="Only this one; all when left out.")
    ] = None,
    team: AnyTeam = None,
    every: Annotated[
        str | None, option("--every", metavar="PERIOD", help="As a series: week, month ...")
    ] = None,
    start: o.FirstDay = None,
    end: o.LastDay = None,
    spc: o.Spc = False,
    profile: o.Profile = None,
    improvement: o.Improvement = None,
    target: Annotated[
        str | None, option("--target", metavar="NUMBER", help="The chart's target.")
    ] = None,
    rebase: o.Rebase = None,
    fix_after: o.FixAfter = None,
) -> None:
    """List what was typed, or show one series by period and as a chart.

    Example: casereview stats figures agency_staff --every month --spc
    """
    charting = {
        "profile": profile, "improvement": improvement, "target": target, "rebase": rebase,
        "fix_after": fix_after,
    }  # fmt: skip
    between = (optional_day(start, "--from"), optional_day(end, "--to"))
    _check(measure, every, [*between, *(() if spc else charting.values())], spc=spc)
    about: dict[str, Any] = {}

    def run(desk: Desk) -> Rows:
        from casereview.service.typed.figures import list_figures
        from casereview.service.typed.series import series_by_period

        if every is None or measure is None:
            return list_figures(desk, measure, team=team)
        rows, more = series_by_period(
            desk, measure, every=every, from_on=between[0], to_on=between[1], team=team,
            spc=charting if spc else None,
        )  # fmt: skip
        about.update(more)
        return rows

    if not spc:
        read(ctx, run, about=about)
        return
    from casereview.cli.charts import read_chart

    read_chart(ctx, run, about=about, recorded=True)


def _check(measure: str | None, every: str | None, series: list[Any], *, spc: bool) -> None:
    """Refuse options of a series where none is asked for.

    Raises:
        Usage: one was given without --every, or --every without a name.
    """
    if every is None and (spc or any(series)):
        raise Usage(
            "--from, --to and a chart belong to a series by period.",
            code="no_periods",
            next="Add --every month; options of a chart also need --spc.",
        )
    if every is not None and measure is None:
        raise Usage(
            "--every shows one series.",
            code="no_series",
            next="Name it: `stats figures agency_staff --every month`.",
        )
    if every is not None and not spc and any(v for v in series[2:]):
        raise Usage("An option belongs to a chart.", code="no_chart", next="Add --spc.")
