"""Files that leave the store, and the letter of one case."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casereview.cli import files
from casereview.cli.near import did_you_mean
from casereview.cli.options import Given
from casereview.cli.output import check, say
from casereview.cli.places import default_folder, is_server, place_of
from casereview.cli.session import (
    Rows,
    bare,
    given_to,
    read,
    refuse_read_only,
    refuse_reading_options,
    refuse_writing_options,
    show,
    sitting,
)
from casereview.cli.words import AnyTeam, Case
from casereview.errors import Usage

if TYPE_CHECKING:
    from casereview.service.desk import Desk
    from casereview.service.doors.tables import Order

WORDS = (
    "cases", "events", "actions", "reviews", "answers", "journal", "fhir", "xes", "calendar",
    "archive",
)  # fmt: skip
_DOCUMENTS = {"fhir": ("table", "json"), "xes": ("table",), "calendar": ("table",)}
"""What is no table, and the formats that its file name may seem to ask for."""


def export(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="WHAT", help=f"One of {', '.join(WORDS)}.")] = "",
    team: AnyTeam = None,
    identifiable: Annotated[
        bool, typer.Option("--identifiable", help="Show who people are; recorded.")
    ] = False,
    purpose: Annotated[
        str, typer.Option("--purpose", metavar="TEXT", help="Why the file is made.")
    ] = "",
    key: Annotated[
        str | None, typer.Option("--key", metavar="FILE", help="Key file of the pseudonyms.")
    ] = None,
    fact: Annotated[
        list[str] | None, typer.Option("--fact", metavar="FACT", help="A further fact of cases.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="LOGIN", help="Calendar: only these actions.")
    ] = None,
    weeks: Annotated[
        int | None, typer.Option("--weeks", metavar="N", help="Calendar: how far ahead (8).")
    ] = None,
    archive: Annotated[bool, typer.Option("--archive", help="The same as archive.")] = False,
) -> None:
    """Write cases, events, actions, reviews, answers or the journal; pseudonymised by default.

    Example: casereview export cases --team WARD -o cases.csv
    """
    from casereview.service.doors.tables import Order

    given = given_to(ctx)
    word = _word(what, archive=archive)
    refuse_writing_options(given)
    order = Order(
        word, team, identifiable, purpose, Path(key).expanduser() if key else None,
        tuple(fact or ()),
    )  # fmt: skip
    _refuse_misplaced(given, order, owner, weeks)
    _carry_out(ctx, given, order, owner, weeks)


def _carry_out(
    ctx: typer.Context, given: Given, order: Order, owner: str | None, weeks: int | None
) -> None:
    from casereview.service.doors.tables import ROWS

    if order.what == "archive":
        _archive(ctx, given, order.purpose)
    elif order.what in ROWS:
        _table(ctx, given, order)
    else:
        _document(given, order, owner, weeks)


def _word(what: str, *, archive: bool) -> str:
    word = what or ("archive" if archive else "")
    if word not in WORDS or (archive and word != "archive"):
        hint = did_you_mean(what, WORDS, f"Use one of {', '.join(WORDS)}.")
        raise Usage(f"There is no export {what[:60]!r}.", code="no_such_export", next=hint)
    return word


def _refuse_misplaced(given: Given, order: Order, owner: str | None, weeks: int | None) -> None:
    """Refuse options that have no meaning for what is exported, and files that would be in the way.

    Raises:
        Usage: one of them.
    """
    if order.facts and order.what != "cases":
        raise Usage("--fact is for `export cases`.", next="Leave it out.")
    for value, name in ((owner, "--owner"), (weeks, "--weeks")):
        if value is not None and order.what != "calendar":
            raise Usage(f"{name} is for `export calendar`.", next="Leave it out.")
    _refuse_without_names(order)
    if order.team is not None and order.what == "archive":
        raise Usage("An archive holds the whole store.", next="Leave --team out.")
    if (order.identifiable or order.what == "archive") and given.output is None:
        raise Usage(
            "A file that shows who people are is written to a file, not to the screen.",
            code="output_missing",
            next="Add -o FILE.",
        )
    if order.what in ("archive", "calendar"):
        refuse_reading_options(given)
    key = order.key
    if key is not None and given.output is not None and Path(given.output).expanduser() == key:
        raise Usage("The output would replace the key file.", next="Name another file with -o.")
    if order.what in _DOCUMENTS and given.format not in _DOCUMENTS[order.what]:
        raise Usage(
            f"{order.what} has a format of its own.", next="Leave --format out, or rename the file."
        )


def _refuse_without_names(order: Order) -> None:
    """Refuse to name people where there are none, and a key where there are no pseudonyms.

    Raises:
        Usage: --identifiable or --key has no meaning here.
    """
    if order.what == "calendar" and order.identifiable:
        raise Usage("A calendar names nobody.", next="Leave --identifiable out.")
    named = order.identifiable or order.what in ("archive", "calendar")
    if order.key is not None and named:
        raise Usage("--key makes pseudonyms, and there are none here.", next="Leave it out.")


def _table(ctx: typer.Context, given: Given, order: Order) -> None:
    from casereview.service.doors.exporting import export_rows

    check(given)
    with sitting(given, writing=order.identifiable) as desk:
        rows, about = export_rows(desk, order)
        show(ctx, rows, desk=desk, about=about)
    _warn(order)


def _document(given: Given, order: Order, owner: str | None, weeks: int | None) -> None:
    if given.output is not None:
        files.refuse_existing(given.output, yes=given.yes)
    packed = (given.output or "").lower().endswith(".gz")
    with sitting(given, writing=order.identifiable) as desk:
        content = _made(desk, order, owner, weeks, packed=packed)
    if given.output is None:
        sys.stdout.write(content.decode())
        return
    files.write_whole(files.refuse_existing(given.output, yes=given.yes), content)
    say(f"Wrote {order.what} to {given.output}.")
    _warn(order)


def _made(desk: Desk, order: Order, owner: str | None, weeks: int | None, *, packed: bool) -> bytes:
    from casereview.service.doors import exporting
    from casereview.service.doors.calendar import WEEKS, export_calendar

    if order.what == "calendar":
        ahead = WEEKS if weeks is None else weeks
        return export_calendar(desk, team=order.team, owner=owner, weeks=ahead).encode()
    if order.what == "xes":
        return exporting.export_xes(desk, order, packed=packed)
    return (files.dumps(exporting.export_fhir(desk, order)) + "\n").encode()


def _warn(order: Order) -> None:
    if order.identifiable:
        say("The file shows who people are. Only its owner may read it; the journal says why.")


def _archive(ctx: typer.Context, given: Given, purpose: str) -> None:
    from casereview.service.doors.exporting import export_archive

    output = given.output or ""
    files.refuse_existing(output, yes=given.yes)
    with sitting(given, writing=True) as desk:
        rows = export_archive(desk, output, purpose=purpose)
        # The file is the archive; what is said about it goes to stdout.
        ctx.obj = replace(given, output=None)
        show(ctx, rows, desk=desk, times=False)


def import_archive(ctx: typer.Context, file: str, *, head: str | None = None) -> Rows:
    """Rebuild a new store from an archive at --store, with the same chain heads."""
    from casereview.service import holding
    from casereview.service.doors.exporting import restore_archive

    given = given_to(ctx)
    refuse_reading_options(given)
    refuse_read_only(given)
    check(given)
    place = place_of(given)
    if not is_server(place) and Path(place).parent == default_folder():
        holding.make_folder(default_folder())
    return bare(ctx, restore_archive(place, file, head=head))


def letter(
    ctx: typer.Context,
    case: Case,
    named: Annotated[bool, typer.Option("--named", help="Put the person's own name in.")] = False,
) -> None:
    """Write the letter of a case: why they were kept, why they can go; -o letter.html for a page.

    Example: casereview case letter C12 -o letter.html
    """
    from casereview.exchange.out.letter import letter_html, letter_markdown
    from casereview.service.doors.letter import letter as make

    text = ""
    page = (given_to(ctx).output or "").lower().endswith((".html", ".htm"))

    def run(desk: Desk) -> list[dict[str, Any]]:
        nonlocal text
        found = make(desk, case, named=named)
        text = letter_html(found) if page else letter_markdown(found)
        return [{"case": found.case, "agreed_on": found.agreed_on, "text": letter_markdown(found)}]

    read(ctx, run, text=lambda _: text)
