"""Reports: the page for a manager, and the headline figures before and since a change."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from casereview.cli import measures_options as o
from casereview.cli.options import parse_day
from casereview.cli.output import check, say
from casereview.cli.report_issue import issue, issued
from casereview.cli.session import (
    given_to,
    optional_day,
    read,
    refuse_writing_options,
    sitting,
)
from casereview.cli.words import AnyTeam, group, option

app = group("A report for managers, and figures as they were issued.")


EveryWord = Annotated[
    str | None, option("--every", metavar="PERIOD", help="Charts by week or month.")
]
Since = Annotated[
    str | None,
    option("--since", metavar="DATE", help="Day of a change: figures before and since."),
]
Baseline = Annotated[
    str | None, option("--baseline", metavar="FROM..TO", help="What --since is held against.")
]


@app.callback(invoke_without_command=True)
def report(
    ctx: typer.Context,
    team: AnyTeam = None,
    start: o.From = None,
    end: o.To = None,
    every: EveryWord = None,
    publish: o.Publish = None,
    reason: o.Reason = None,
    since: Since = None,
    baseline: Baseline = None,
) -> None:
    """Write a report as one HTML file that needs nothing else, to read, to send or to print.

    Example: casereview report -o report.html --team WARD --from 2026-01-01
    """
    options = {
        "team": team, "from_on": start, "to_on": end, "every": every, "publish": publish,
        "reason": reason, "since": since, "baseline": baseline,
    }  # fmt: skip
    if ctx.invoked_subcommand is not None:
        _refuse_early(options, ctx.invoked_subcommand)
        return
    _write_page(ctx, options)


@app.command()
def headline(
    ctx: typer.Context,
    since: Annotated[str, option("--since", metavar="DATE", help="Day of the change.")],
    baseline: Baseline = None,
    end: o.To = None,
    team: AnyTeam = None,
) -> None:
    """Compare stay, throughput, waits and agency staff before and since a change.

    Example: casereview report headline --since 2026-06-01 --baseline 2026-01-01..2026-05-31
    """
    from casereview.service.desk import Desk, Rows
    from casereview.service.reporting.headline import headline as compare

    on, to_on = parse_day(since, "--since"), optional_day(end, "--to")
    against = _baseline(baseline)
    about: dict[str, Any] = {}

    def run(desk: Desk) -> Rows:
        rows, more = compare(desk, since=on, baseline=against, to_on=to_on, team=team)
        about.update(more)
        return rows

    read(ctx, run, about=about, recorded=False)


def _baseline(text: str | None) -> tuple[date, date] | None:
    """Return both dates of FROM..TO.

    Raises:
        Usage: it is written otherwise.
    """
    from casereview.errors import Usage

    if text is None:
        return None
    first, joined, last = text.partition("..")
    if not joined:
        raise Usage(
            f"--baseline: {text[:60]!r} is no stretch of dates.",
            code="bad_baseline",
            next="Write FROM..TO, 2026-01-01..2026-05-31.",
        )
    return parse_day(first, "--baseline"), parse_day(last, "--baseline")


def _refuse_early(options: dict[str, Any], command: str) -> None:
    """Refuse options that stand before a command of the group, where nothing reads them.

    Raises:
        Usage: one was given.
    """
    from casereview.errors import Usage

    if any(v is not None for v in options.values()):
        raise Usage(
            f"Options of {command} come after its name.",
            code="option_place",
            next=f"Write `casereview report {command} ...`; see its --help.",
        )


def _write_page(ctx: typer.Context, options: dict[str, Any]) -> None:
    from casereview.cli import files
    from casereview.errors import Usage

    given = given_to(ctx)
    if given.output is None or given.format != "table":
        raise Usage(
            "A report is written to a file as a page.",
            code="output_missing",
            next="Add -o report.html.",
        )
    refuse_writing_options(given)
    check(given)
    from casereview.report.page import page_html
    from casereview.service.reporting.report import report as build

    asked = {
        **options,
        "from_on": optional_day(options["from_on"], "--from"),
        "to_on": optional_day(options["to_on"], "--to"),
        "since": optional_day(options["since"], "--since"),
        "baseline": _baseline(options["baseline"]),
    }
    with sitting(given, writing=False) as desk:
        text, on = page_html(build(desk, **asked)), desk.on
    path = files.refuse_existing(given.output, yes=given.yes)
    files.write_whole(path, text.encode())
    say(f"Wrote the report to {given.output} (as of {on}).")


app.command()(issue)
app.command()(issued)
