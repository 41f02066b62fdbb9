"""Files of other programs: taken in by a layout that says what their columns mean."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from casereview.cli.output import say
from casereview.cli.session import bare, given_to, write
from casereview.cli.words import Team
from casereview.errors import Usage

SHOWN = 10
"""Lines not taken that are shown before a question."""
STEP = 5
"""Hundredths between two lines of a progress bar, so that a slow terminal is not flooded."""


class Bar:
    """A progress bar on stderr: only on a terminal, gone when the work is done."""

    def __init__(self) -> None:
        self._on = sys.stderr is not None and sys.stderr.isatty()
        self._shown: tuple[str, int] | None = None

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show how far something is, at most every few hundredths."""
        if not self._on:
            return
        share = 100 if total <= 0 else min(100, 100 * done // total)
        now = (what, share // STEP)
        if now != self._shown:
            self._shown = now
            filled = share // STEP
            bar = f"[{'#' * filled}{'.' * (100 // STEP - filled)}]"
            sys.stderr.write(f"\r{what:<8} {bar} {share:3d}%")
            sys.stderr.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            sys.stderr.write("\r" + " " * 40 + "\r")
            sys.stderr.flush()


def import_file(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file to take in.")] = "",
    layout: Annotated[
        str, typer.Option("--layout", metavar="LAYOUT", help="What its columns and words mean.")
    ] = "",
    team: Team = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Find out everything, write nothing.")
    ] = False,
    report: Annotated[
        str | None,
        typer.Option("--report", metavar="FILE", help="Where the lines not taken are listed."),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option("--archive", metavar="FILE", help="Rebuild a new store from an archive."),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="DIGITS", help="Hold the archive to a printed head."),
    ] = None,
    guess: Annotated[
        bool, typer.Option("--guess", help="Propose a layout for the file; import nothing.")
    ] = False,
    undo: Annotated[
        str | None, typer.Option("--undo", metavar="RUN", help="Take back an import, such as I3.")
    ] = None,
) -> None:
    """Take a file in by its layout; the same file again changes nothing.

    At a terminal what would happen is shown first and asked about; --yes goes on without.

    Example: casereview import adt.csv --layout adt.toml --team WARD --dry-run
    """
    if archive is not None or head is not None:
        _rebuild(ctx, archive, head, more=bool(file or layout or team or dry_run or report))
        return
    more = bool(layout or team or dry_run or report)
    if undo is not None or guess:
        _beside(ctx, file, undo, guess=guess, more=more)
        return
    _complain_of_missing(file, layout, team)
    from casereview.service.desk import Desk, Rows
    from casereview.service.doors import importing

    given, bar = given_to(ctx), Bar()

    def once(desk: Desk, *, dry: bool) -> Rows:
        try:
            return importing.import_file(
                desk, file, layout, team=team, dry_run=dry, on=given.on, report=report,
                progress=bar, tell=say,
            )  # fmt: skip
        finally:
            bar.close()

    def run(desk: Desk) -> Rows:
        if not dry_run and not given.yes and _at_terminal():
            would = once(desk, dry=True)
            if not would[0]["accepted"] or not _agreed(would[0]):
                return would
        return once(desk, dry=dry_run)

    code = importing.exit_code(write(ctx, run)[0])
    if code:
        raise typer.Exit(code)


def _rebuild(ctx: typer.Context, archive: str | None, head: str | None, *, more: bool) -> None:
    from casereview.cli.export import import_archive

    if archive is None:
        raise Usage("--head is for --archive.", next="Leave it out.")
    if more:
        raise Usage("An archive is imported by itself.", next="Give only --archive and --store.")
    import_archive(ctx, archive, head=head)


def _at_terminal() -> bool:
    return all(s is not None and s.isatty() for s in (sys.stdin, sys.stderr))


def _agreed(would: Mapping[str, Any]) -> bool:
    """Show what an import would do and ask whether to go on."""
    for line in preview(would):
        say(line)
    sys.stderr.write("Import it? [y/N] ")
    sys.stderr.flush()
    yes = sys.stdin.readline().strip().casefold() in ("y", "yes")
    if not yes:
        say("Nothing was imported.")
    return yes


def preview(would: Mapping[str, Any]) -> list[str]:
    """Return what a dry run found, in a few lines."""
    counts = (
        f"{would['accepted']} lines would be taken ({would['cases']} new cases), "
        f"{would['unchanged']} are here already, {would['rejected']} would be refused, "
        f"{would['warned']} have a warning."
    )
    lines = [counts]
    if would["report"] is None:
        return lines
    with Path(would["report"]).open(encoding="utf-8-sig", newline="") as file:
        # What concerns the file and no line of it is told too.
        found = csv.DictReader(file)
        refused = (row for row in found if row["severity"] == "error" or not row["line"])
        for row in islice(refused, SHOWN):
            place = f"line {row['line']}" if row["line"] else "the file"
            lines.append(f"  {place} {row['column']}: {row['reason']}".rstrip())
    return [*lines, f"Everything is told in {would['report']}."]


def _complain_of_missing(file: str, layout: str, team: str) -> None:
    for given_text, name in ((file, "FILE"), (layout, "--layout"), (team, "--team")):
        if not given_text:
            raise Usage(f"Missing {name}.", next="See `casereview import --help`.")


def _beside(
    ctx: typer.Context, file: str, undo: str | None, *, guess: bool, more: bool
) -> None:  # fmt: skip
    """Do what an import command does beside importing."""
    if undo is not None:
        _undo(ctx, undo, more=bool(file or guess or more))
    else:
        _guess(ctx, file, more=more)


def _undo(ctx: typer.Context, run_id: str, *, more: bool) -> None:
    from casereview.service.doors import unimporting

    if more:
        raise Usage("--undo takes back a whole run.", next="Give only --undo and its id.")
    write(ctx, lambda desk: unimporting.undo_run(desk, run_id), dated=False)


def _guess(ctx: typer.Context, file: str, *, more: bool) -> None:
    from casereview.exchange.layouts.guessing import propose

    if not file:
        raise Usage("Missing FILE.", next="See `casereview import --help`.")
    if more:
        raise Usage("--guess imports nothing.", next="Give only FILE and --guess.")
    proposal = propose(Path(file))
    bare(ctx, [{"file": Path(file).name, "layout": proposal}], text=lambda _: proposal)
    say("This is a proposal: read every line, change it, save it, and try it with --dry-run.")
