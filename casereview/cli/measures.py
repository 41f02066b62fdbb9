"""Measures: defined statistics, each with what it counts and leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from casereview.cli import measures_options as o
from casereview.cli.words import AnyTeam

_CHART = ("profile", "improvement", "rebase", "fix_after", "note")
"""Options of a chart over the periods."""
_CHART_TOO = ("target", "column")
"""Options that mean the chart's where there is one."""
_COMPARING = ("profile", "improvement")
_WAYS = ("list_cases", "publish", "reason", "compare", "funnel", "column")


def stats(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="throughput, los, waits, delays, reviews ..."),
    ] = None,
    start: o.From = None,
    end: o.To = None,
    every: o.Every = None,
    by: o.By = None,
    list_cases: o.ListCases = False,
    wait: o.WaitWord = None,
    unit: o.Unit = "days",
    team: AnyTeam = None,
    method: o.Method = None,
    target: o.Target = None,
    capacity: o.Capacity = None,
    show: o.Show = None,
    target_wait: o.TargetWait = None,
    publish: o.Publish = None,
    reason: o.Reason = None,
    spc: o.Spc = False,
    compare: o.Compare = None,
    funnel: o.Funnel = False,
    column: o.Column = None,
    profile: o.Profile = None,
    improvement: o.Improvement = None,
    rebase: o.Rebase = None,
    fix_after: o.FixAfter = None,
    note: o.Note = None,
    everything: o.Everything = False,
    definition: o.WholeDefinition = False,
    compare_known: o.CompareKnown = None,
) -> None:
    """Work out a measure; every output says how it is defined and what it leaves out.

    What people type has words of its own: stats put, note, not-reportable, withdraw, figures.

    Example: casereview stats throughput --from 2026-01-01 --every month --format xlsx -o t.xlsx
    """
    if everything or name is None:
        from casereview.cli.measures_all import write_all

        write_all(ctx, everything=everything)
    elif compare_known is not None:
        from casereview.cli.measures_known import show_moved

        show_moved(ctx, name)
    else:
        from casereview.cli.measures_shown import show_measure

        given = {
            "start": start, "end": end, "every": every, "by": by, "list_cases": list_cases,
            "wait": wait, "unit": unit, "team": team, "method": method, "target": target,
            "capacity": capacity, "show": show, "target_wait": target_wait, "publish": publish,
            "reason": reason, "spc": spc, "compare": compare, "funnel": funnel, "column": column,
            "profile": profile, "improvement": improvement, "rebase": rebase,
            "fix_after": fix_after, "note": note,
        }  # fmt: skip
        show_measure(ctx, _asked(name, given), whole=definition)


def _asked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked, by the attributes of the service's question.

    Raises:
        Usage: a date is none, or an option of a chart stands without one.
    """
    rows = o.asked_of(given)
    ways = {k: given[k] for k in _WAYS}
    chart = {k: given[k] for k in _CHART}
    if given["spc"]:
        chart |= {k: given[k] for k in _CHART_TOO}
        return {**rows, **ways, "name": name, "spc": chart, "target": None, "column": None}
    kept = (*_COMPARING, "column") if given["compare"] else ("column",) if given["funnel"] else ()
    _refuse_without_chart({**chart, "column": given["column"]}, besides=kept)
    return {**rows, **ways, "name": name, "comparing": {k: given[k] for k in _COMPARING}}


def _refuse_without_chart(charting: Mapping[str, Any], *, besides: tuple[str, ...]) -> None:
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
