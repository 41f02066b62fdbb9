"""One command: where its store is, what time it is, who acts, and where its rows go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from casereview.cli.asked import asked_by
from casereview.cli.files import instant
from casereview.cli.options import Given, parse_day
from casereview.cli.output import Sheet, check, emit, say
from casereview.cli.pin import asker
from casereview.cli.places import clock, is_server, library_of, place_of, rehearsal_now
from casereview.errors import Refused, StoreError, Usage

if TYPE_CHECKING:
    from casereview.service.desk import Desk

Rows = list[dict[str, Any]]
Run = Callable[["Desk"], Rows]


def given_to(ctx: typer.Context) -> Given:
    """Return the common options of the command line."""
    return cast("Given", ctx.obj)


def screens_of(ctx: typer.Context) -> Callable[[Given], int] | None:
    """Return what opens the terminal screens, None where there are none."""
    return cast("Callable[[Given], int] | None", ctx.meta.get("casereview.screens"))


def day(ctx: typer.Context, desk: Desk) -> date:
    """Return the business date of a write: --on, else today."""
    return given_to(ctx).on or desk.today


def optional_day(text: str | None, option: str) -> date | None:
    """Return the date of an option that may be left out.

    Raises:
        Usage: it is no date.
    """
    return None if text is None else parse_day(text, option)


# --- people


@contextmanager
def sitting(given: Given, *, writing: bool, sign_in: bool = True) -> Iterator[Desk]:
    """Open the store named by the options and sit down at it; it is closed at the end.

    Without `sign_in` nobody is asked for: the store is only looked at.

    Raises:
        StoreError: there is no store, or it cannot be used.
        Usage: the clock of a real store was to be set.
        NotAllowed: nobody is mapped, or a PIN is wrong.
        Refused: something was to be recorded under --read-only (code read_only).
    """
    if writing:
        refuse_read_only(given)
    place = place_of(given)
    if not is_server(place) and not Path(place).expanduser().exists():
        raise StoreError(
            f"There is no store at {place}.",
            code="store_missing",
            next="Make one with `casereview init`, or look at a made-up service with "
            "`casereview demo`.",
        )
    from casereview.service.organisation.signing_in import sit_down

    desk = sit_down(
        place if is_server(place) else Path(place).expanduser(),
        library=library_of(given),
        clock=clock,
        as_login=given.as_login,
        pin=asker(given),
        said_by=given.said_by,
        command=given.command,
        as_of=given.as_of,
        known_by=given.known_by,
        rehearsal_now=rehearsal_now(),
        # A PIN that is typed wrong is counted, which is a write.
        read_only=not writing and (given.as_login is None or not sign_in),
        sign_in=sign_in,
    )
    try:
        yield desk
    finally:
        desk.store.close()


# --- reading and writing


def read(
    ctx: typer.Context,
    run: Run,
    *,
    hide: Sequence[str] = (),
    text: Callable[[Rows], str] | None = None,
    about: Mapping[str, Any] | None = None,
    recorded: bool = True,
    captioned: bool = False,
    sign_in: bool = True,
    whole: bool = False,
    picture: Callable[[Rows], str] | None = None,
) -> Rows:
    """Run a command that only reads and show its rows.

    Args:
        ctx: the command.
        run: reads.
        hide: keys that tables for people leave out; every other format has them.
        text: makes the document that people read instead of a table.
        about: more that belongs in every format; `run` may still be filling it.
        recorded: False when `run` looks after --known-by itself.
        captioned: True says under `text` as of when it is.
        sign_in: False for what must work also when the record of who asks is damaged.
        whole: True shows the whole definition of a measure also at a terminal.
        picture: makes the drawing that `-o FILE.svg` writes.

    Raises:
        Usage: an option that belongs to writes was given, or a picture where there is none.
    """
    given = given_to(ctx)
    refuse_writing_options(given)
    check(given, drawn=picture is not None)
    with (
        sitting(given, writing=False, sign_in=sign_in) as desk,
        _as_known(desk, wanted=recorded) as known,
    ):
        rows = run(known)
        show(ctx, rows, desk=known, hide=hide, text=text, about=about, captioned=captioned,
             whole=whole, picture=picture)  # fmt: skip
    return rows


@contextmanager
def _as_known(desk: Desk, *, wanted: bool) -> Iterator[Desk]:
    """Give the desk over what was recorded by --known-by, the same desk when it was not given."""
    if desk.known_by is None or not wanted:
        yield desk
        return
    from casereview.service.past import as_known

    with as_known(desk) as known:
        yield known


def write(
    ctx: typer.Context,
    run: Run,
    *,
    dated: bool = True,
    versioned: bool = False,
    hide: Sequence[str] = (),
    text: Callable[[Rows], str] | None = None,
) -> Rows:
    """Run a command that writes and show its rows.

    Args:
        ctx: the command.
        run: writes.
        hide: keys that tables for people leave out.
        text: makes the document that people read instead of a table.
        dated: True when --on has a meaning for it.
        versioned: True when it can be held to the version that was seen.

    Raises:
        Usage: --as-of or --known-by, or another option that has no meaning here.
    """
    given = given_to(ctx)
    refuse_reading_options(given)
    if given.on is not None and not dated:
        raise Usage("--on has no meaning for this command.", next="Leave it out.")
    if given.seen is not None and not versioned:
        raise Usage("--seen has no meaning for this command.", next="Leave it out.")
    check(given)
    with sitting(given, writing=True) as desk:
        desk.asked = asked_by(ctx)
        rows = run(desk)
        show(ctx, rows, desk=desk, hide=hide, text=text, times=False)
    return rows


def refuse_writing_options(given: Given) -> None:
    """Refuse --on and --seen on a command that reads.

    Raises:
        Usage: one of them was given.
    """
    if given.on is not None:
        raise Usage("--on dates a write; this command reads.", next="Use --as-of.")
    if given.seen is not None:
        raise Usage("--seen is for writes; this command reads.", next="Leave it out.")


def refuse_reading_options(given: Given) -> None:
    """Refuse --as-of and --known-by on a write.

    Raises:
        Usage: one of them was given.
    """
    for value, name in ((given.as_of, "--as-of"), (given.known_by, "--known-by")):
        if value is not None:
            raise Usage(
                f"{name} is for reading; this command writes.",
                code="as_of_on_write" if name == "--as-of" else "known_by_on_write",
                next="Use --on to date what happened.",
            )


def refuse_read_only(given: Given) -> None:
    """Refuse a command that records something where --read-only was given.

    Raises:
        Refused: it was given (code read_only).
    """
    if given.read_only:
        raise Refused(
            "This command records something, and --read-only was given. Nothing was done.",
            code="read_only",
            next="Give the command again without --read-only.",
        )


def bare(
    ctx: typer.Context,
    rows: Rows,
    *,
    hide: Sequence[str] = (),
    text: Callable[[Rows], str] | None = None,
) -> Rows:
    """Show the rows of a command that needs no store."""
    show(ctx, rows, desk=None, hide=hide, text=text, times=False)
    return rows


def show(
    ctx: typer.Context,
    rows: Rows,
    *,
    desk: Desk | None,
    hide: Sequence[str] = (),
    text: Callable[[Rows], str] | None = None,
    about: Mapping[str, Any] | None = None,
    times: bool = True,
    captioned: bool = False,
    whole: bool = False,
    picture: Callable[[Rows], str] | None = None,
) -> None:
    """Write the rows in the format asked for; `times` says under a table what it is as of."""
    given = given_to(ctx)
    now = desk.now if desk is not None else rehearsal_now() or clock()
    known = (desk.known_by if desk is not None else None) or now
    on = desk.on if desk is not None else given.as_of or now.date()
    for_people = given.format in ("table", "md")
    shown = [{k: v for k, v in r.items() if k not in hide} for r in rows] if for_people else rows
    sheet = Sheet(
        what=ctx.command_path.removeprefix("casereview ").strip(),
        definition=str((about or {}).get("definition") or _definition(ctx)),
        as_of=on.isoformat(),
        known_by=instant(known),
        rows=shown,
        text=text(rows) if text is not None and for_people else None,
        about=about or {},
        times=times,
        captioned=captioned,
        whole=whole,
        picture=None if picture is None else lambda: picture(rows),
    )
    emit(sheet, given)


def _definition(ctx: typer.Context) -> str:
    first = (ctx.command.help or "").strip().split("\n\n")[0]
    return " ".join(first.split())


def fail_unless(rows: Rows, key: str, sentence: str) -> None:
    """End with exit code 1 and a sentence when a row's key is False.

    Raises:
        typer.Exit: with code 1.
    """
    if any(row.get(key) is False for row in rows):
        say(sentence)
        raise typer.Exit(1)
