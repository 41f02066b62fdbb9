"""Files of other programs: taken in by a layout that says what their columns mean."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from casereview.cli.output import say
from casereview.cli.session import given_to, write
from casereview.cli.words import Team
from casereview.errors import Usage

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
) -> None:
    """Take a file in by its layout; the same file again changes nothing.

    Example: casereview import adt.csv --layout adt.toml --team WARD --dry-run
    """
    if archive is not None or head is not None:
        _rebuild(ctx, archive, head, more=bool(file or layout or team or dry_run or report))
        return
    for given_text, name in ((file, "FILE"), (layout, "--layout"), (team, "--team")):
        if not given_text:
            raise Usage(f"Missing {name}.", next="See `casereview import --help`.")
    from casereview.service import importing
    from casereview.service.desk import Desk, Rows

    given, bar = given_to(ctx), Bar()

    def run(desk: Desk) -> Rows:
        try:
            return importing.import_file(
                desk, file, layout, team=team, dry_run=dry_run, on=given.on, report=report,
                progress=bar, tell=say,
            )  # fmt: skip
        finally:
            bar.close()

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
