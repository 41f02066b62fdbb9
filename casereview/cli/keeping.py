"""Commands that make, check, copy and restore the store itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casereview.cli.output import check, say
from casereview.cli.places import (
    clock,
    default_folder,
    is_server,
    library_of,
    place_of,
    rehearsal_now,
)
from casereview.cli.session import (
    bare,
    fail_unless,
    given_to,
    read,
    refuse_read_only,
    refuse_reading_options,
    write,
)
from casereview.errors import StoreDamaged, StoreError, Usage

if TYPE_CHECKING:
    from casereview.service.desk import Desk

Rows = list[dict[str, Any]]

File = Annotated[str, typer.Argument(metavar="FILE", help="The file.")]


def init(
    ctx: typer.Context,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="A store without real people, to practise on.")
    ] = False,
    zone: Annotated[
        str, typer.Option("--zone", metavar="ZONE", help="Time zone of its dates.")
    ] = "Europe/London",
) -> None:
    """Make a store; you become its administrator.

    Example: casereview init --rehearsal --store practice.db
    """
    from casereview.core.calendar import time_zone
    from casereview.service import holding
    from casereview.service.organisation import setup

    given = given_to(ctx)
    refuse_reading_options(given)
    refuse_read_only(given)
    check(given)
    time_zone(zone)
    set_to = rehearsal_now()
    if set_to is not None and not rehearsal:
        raise Usage(
            "CASEREVIEW_NOW sets the clock of rehearsal stores only; this would be a real store.",
            code="clock_of_real_store",
            next="Unset CASEREVIEW_NOW, or add --rehearsal.",
        )
    place = place_of(given)
    if not is_server(place) and Path(place).parent == default_folder():
        holding.make_folder(default_folder())
    rows = setup.create(
        place if is_server(place) else Path(place).expanduser(),
        library=library_of(given),
        now=set_to or clock(),
        rehearsal=rehearsal,
        zone=zone,
    )
    bare(ctx, rows)


def info(ctx: typer.Context) -> None:
    """Show what the store is: place, size, database library, schema, counts, last backup.

    Example: casereview info --format json
    """
    from casereview.service import holding

    read(ctx, holding.info, sign_in=False)


def verify(
    ctx: typer.Context,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="DIGITS", help="A head printed in minutes, to hold it to."),
    ] = None,
) -> None:
    """Recompute every chain and every row from the journal; exit 1 when anything differs.

    Example: casereview verify
    """
    from casereview.service import checking

    rows = _looked(ctx, lambda desk: checking.verify(desk, since_head=head))
    fail_unless(
        rows,
        "ok",
        "A check is not right; its line says what. Keep this store as it is, and restore a backup"
        " beside it: --store names another file.",
    )


def doctor(ctx: typer.Context) -> None:
    """Check what must always hold, and what is stuck or missing; exit 1 when anything is wrong.

    Example: casereview doctor
    """
    from casereview.service import checking

    rows = _looked(ctx, checking.doctor)
    fail_unless(rows, "ok", "Something needs looking at; each line says what to do.")


def _looked(ctx: typer.Context, look: Callable[[Desk], Rows]) -> Rows:
    """Show what a look at the store finds; one that is too damaged to be opened is a finding."""
    from casereview.service import checking

    try:
        return read(ctx, look, hide=("count",), sign_in=False)
    except StoreDamaged as error:
        return bare(ctx, checking.unreadable(error), hide=("count",))


def backup(ctx: typer.Context, file: File) -> None:
    """Copy the store while it is in use, then open the copy and prove it.

    Example: casereview backup /media/stick/casereview-2026-03-02.db
    """
    from casereview.service import holding

    try:
        write(ctx, lambda desk: holding.backup(desk, file), dated=False)
    except StoreError as error:
        if error.code != "store_read_only":
            raise
        # A store that only reads gets no mark of its backup, and can be copied all the same.
        read(ctx, lambda desk: holding.backup(desk, file))


def restore(
    ctx: typer.Context,
    file: File,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move a store that is there aside; says where.")
    ] = False,
) -> None:
    """Put a proved backup in the store's place; an existing store is refused unless --replace.

    Example: casereview restore casereview-2026-03-02.db --replace
    """
    from casereview.service import holding

    given = given_to(ctx)
    refuse_reading_options(given)
    refuse_read_only(given)
    check(given)
    target = _file_of(place_of(given))
    if target.parent == default_folder():
        holding.make_folder(default_folder())
    rows = bare(ctx, holding.restore(Path(file).expanduser(), target, replace=replace))
    if rows[0]["moved_aside"]:
        say(
            f"What was recorded after the backup is only in {rows[0]['moved_aside']}:"
            " look at it with --store, and keep it until it is recorded anew."
        )


def migrate(ctx: typer.Context) -> None:
    """Bring an older store to this version's schema; a backup is made first.

    Example: casereview migrate
    """
    from casereview.service import holding

    given = given_to(ctx)
    refuse_reading_options(given)
    refuse_read_only(given)
    check(given)
    place = place_of(given)
    bare(ctx, holding.migrate(place if is_server(place) else Path(place).expanduser()))


def _file_of(place: str) -> Path:
    if is_server(place):
        raise StoreError(
            "A database on a server is not restored from a file.",
            code="store_server",
            next="Use the database's own tools, or name a file with --store.",
        )
    return Path(place).expanduser()
