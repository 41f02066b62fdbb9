"""Measures: defined statistics, each with what it counts and leaves out."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from casereview.cli.session import optional_day, read
from casereview.cli.words import AnyTeam, option


def stats(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="throughput, los, waits, delays, reviews ..."),
    ] = None,
    start: Annotated[
        str | None, option("--from", metavar="DATE", help="First day counted.")
    ] = None,
    end: Annotated[str | None, option("--to", metavar="DATE", help="Last day counted.")] = None,
    every: Annotated[
        str | None, option("--every", metavar="PERIOD", help="week, month, quarter, year ...")
    ] = None,
    by: Annotated[
        str | None, option("--by", metavar="GROUP", help="Groups, with commas between.")
    ] = None,
    list_cases: Annotated[
        bool, typer.Option("--list", help="The cases behind the numbers instead.")
    ] = False,
    wait: Annotated[
        str | None, option("--wait", metavar="WAIT", help="FROM:TO, or a pathway's wait.")
    ] = None,
    unit: Annotated[
        str, option("--unit", metavar="UNIT", help="days, or for waits hours.")
    ] = "days",
    team: AnyTeam = None,
    method: Annotated[
        str | None,
        option("--method", metavar="METHOD", help="The other reading of a figure; see `choices`."),
    ] = None,
    target: Annotated[
        str | None, option("--target", metavar="NUMBER", help="Percent, or a chart's target.")
    ] = None,
    capacity: Annotated[
        list[str] | None,
        option("--capacity", metavar="LOGIN=WEIGHT", help="load: agreed weight of a worker."),
    ] = None,
    show: Annotated[
        str | None, option("--show", metavar="ROWS", help="survival: km, cif, quantiles, logrank.")
    ] = None,
    target_wait: Annotated[
        str | None,
        option("--target-wait", metavar="WEEKS", help="waiting-list: longest good wait."),
    ] = None,
    publish: Annotated[
        str | None,
        option("--publish", metavar="PRESET", help="hes7, mhsds5, threshold10 or none."),
    ] = None,
    reason: Annotated[
        str | None, option("--reason", metavar="TEXT", help="Why --publish none.")
    ] = None,
    spc: Annotated[bool, typer.Option("--spc", help="Chart the periods: limits, causes.")] = False,
    compare: Annotated[
        str | None,
        option("--compare", metavar="DATE|PACK", help="Before and after a change, with periods."),
    ] = None,
    funnel: Annotated[
        bool, typer.Option("--funnel", help="Teams as a funnel, with --by team; no league.")
    ] = False,
    column: Annotated[
        str | None,
        option("--column", metavar="NAME", help="The figure that is charted or compared."),
    ] = None,
    profile: Annotated[
        str | None, option("--profile", metavar="NAME", help="mdc or nhsr rules of a chart.")
    ] = None,
    improvement: Annotated[
        str | None,
        option("--improvement", metavar="WAY", help="increase, decrease or neutral."),
    ] = None,
    rebase: Annotated[
        list[str] | None, option("--rebase", metavar="DATE", help="New limits from this period.")
    ] = None,
    fix_after: Annotated[
        str | None, option("--fix-after", metavar="N", help="Limits from the first N periods.")
    ] = None,
    note: Annotated[
        list[str] | None, option("--note", metavar="DATE=TEXT", help="Cause other than the work.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every measure into the folder named with -o.")
    ] = False,
    definition: Annotated[
        bool, typer.Option("--definition", help="The whole definition under the table.")
    ] = False,
    compare_known: Annotated[
        tuple[str, str] | None,
        option("--compare-known", metavar="T1 T2", help="What moved between two times, or now."),
    ] = None,
) -> None:
    """Work out a measure; every output says how it is defined and what it leaves out.

    What people type has words of its own: stats put, note, not-reportable, withdraw, figures.

    Example: casereview stats throughput --from 2026-01-01 --every month --format xlsx -o t.xlsx
    """
    if everything or name is None:
        from casereview.cli.measures_all import write_all

        write_all(ctx, everything=everything)
        return
    if compare_known is not None:
        from casereview.cli.measures_known import show_moved

        show_moved(ctx, name)
        return
    from casereview.cli.charts import read_chart
    from casereview.service import stats as measuring
    from casereview.service.desk import Desk, Rows

    from_on, to_on = optional_day(start, "--from"), optional_day(end, "--to")
    charting: dict[str, Any] = {
        "profile": profile, "improvement": improvement, "rebase": rebase,
        "fix_after": fix_after, "note": note,
    }  # fmt: skip
    comparing = {"profile": profile, "improvement": improvement}
    if spc:
        charting |= {"target": target, "column": column}
        target = None
    else:
        kept = {**comparing, "column": column} if compare else {"column": column} if funnel else {}
        _refuse_without_chart({**charting, "column": column}, besides=kept)
    about: dict[str, Any] = {}

    def run(desk: Desk) -> Rows:
        rows, provenance = measuring.stats(
            desk, name, from_on=from_on, to_on=to_on, every=every, by=by, list_cases=list_cases,
            wait=wait, unit=unit, team=team, method=method, target=target,
            capacity=capacity or (), show=show, target_wait=target_wait, publish=publish,
            reason=reason, spc=charting if spc else None, compare=compare, comparing=comparing,
            funnel=funnel, column=column,
        )  # fmt: skip
        about.update(provenance)
        return rows

    if not spc:
        read(ctx, run, about=about, recorded=False, whole=definition)
        return
    read_chart(ctx, run, about=about, recorded=False, whole=definition)


def _refuse_without_chart(charting: dict[str, Any], *, besides: dict[str, Any]) -> None:
    """Refuse options of a chart where none is asked for; a comparison and a funnel take some.

    Raises:
        Usage: one was given.
    """
    from casereview.errors import Usage

    for word, value in charting.items():
        if value and word not in besides:
            raise Usage(
                f"--{word.replace('_', '-')} belongs to a chart.",
                code="no_chart",
                next="Add --spc, or --compare for a column.",
            )
