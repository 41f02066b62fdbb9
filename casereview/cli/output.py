"""Where a command's rows go: the format, stdout or a file, and what is said about them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from casereview.cli import files
from casereview.cli.caption import caption
from casereview.cli.cells import plain
from casereview.cli.options import Given
from casereview.cli.table import markdown, render, screen_width
from casereview.core.text import safe
from casereview.errors import CaseReviewError, FileFaults, Usage

PICTURE = ".svg"
"""Ending of a file that holds a drawing."""
MARK = "\ufeff"
"""The byte order mark, by which Excel knows a CSV as UTF-8."""
BESIDE = ".about.json"
"""What is put behind the name of a measure's CSV for the file that says what it is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a command has to show.

    Attributes:
        what: the command, "case list".
        definition: what its rows are, one sentence.
        as_of: ISO date that it answers for.
        known_by: ISO instant up to which recorded things count.
        rows: one mapping a line, keys in their order.
        text: a whole document that people read instead of the rows, None for none.
        about: more that belongs in every format, such as numerator and exclusions.
        times: False leaves out the line under a table that says as of when it is.
        captioned: True puts that line under `text` as well.
        whole: True puts the whole definition of a measure under its table also at a terminal.
        picture: makes the drawing, None where there is none.
    """

    what: str
    definition: str
    as_of: str
    known_by: str
    rows: Sequence[Mapping[str, Any]]
    text: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    times: bool = True
    captioned: bool = False
    whole: bool = False
    picture: Callable[[], str] | None = None

    def notes(self) -> dict[str, str]:
        """Return what is said beside the rows, as text."""
        said = {"what": self.what, "as_of": self.as_of, "known_by": self.known_by}
        more = {k: plain(v) for k, v in self.more().items()}
        return {**said, "definition": self.definition, **more}

    def more(self) -> dict[str, Any]:
        """Return what belongs in every format beside the rows and what every command says."""
        said = ("what", "as_of", "known_by", "definition")
        return {k: v for k, v in self.about.items() if k not in said}


def check(given: Given, *, drawn: bool = False) -> None:
    """Refuse an output that cannot be made before any work is done.

    Args:
        given: the common options.
        drawn: True where a picture can be made.

    Raises:
        Usage: a format that needs a file has none, the file exists, or a picture was asked for
            where there is none.
    """
    if not drawn and wants_picture(given):
        raise Usage(
            "There is no picture of this.",
            code="no_picture",
            next="To a measure add --spc or --compare DATE, both with --every month, or --by team "
            "--funnel; use `calc`; or name another ending.",
        )
    if given.format in ("xlsx", "parquet") and given.output is None:
        raise Usage(
            f"The format {given.format} is written to a file.",
            code="output_missing",
            next=f"Add -o FILE.{given.format}.",
        )
    if given.bom and given.format != "csv":
        raise Usage("--bom belongs to CSV.", next="Add --format csv, or name a file .csv.")
    if given.output is not None:
        files.refuse_existing(given.output, yes=given.yes)


def wants_picture(given: Given) -> bool:
    """Tell whether the output file is to hold a drawing."""
    return given.output is not None and given.output.lower().endswith(PICTURE)


def emit(sheet: Sheet, given: Given) -> None:
    """Write what a command has to show to stdout or to the file named with -o.

    Raises:
        Usage: the file cannot be written.
    """
    if given.output is None:
        _to_stdout(_as_text(sheet, given, screen_width()), given.format)
        if given.format == "csv" and sheet.about:
            say(_caption(sheet, screen_width(), short=False).rstrip())
        return
    path = files.refuse_existing(given.output, yes=given.yes)
    if sheet.picture is not None and wants_picture(given):
        files.write_whole(path, sheet.picture().encode())
        say(f"Wrote the chart to {given.output}.")
        return
    beside = _about_file(sheet, given)
    files.write_whole(path, _as_bytes(sheet, given))
    if beside is not None:
        files.write_whole(beside, f"{files.dumps(_said(sheet))}\n".encode())
    lines = "1 row" if len(sheet.rows) == 1 else f"{len(sheet.rows)} rows"
    whole = sheet.text is not None and given.format in ("table", "md")
    times = f"as of {sheet.as_of}, known by {sheet.known_by}"
    more = f", and what they are to {beside.name}" if beside is not None else ""
    say(f"Wrote {'the page' if whole else lines} to {given.output}{more} ({times}).")


def _about_file(sheet: Sheet, given: Given) -> Path | None:
    """Return the file beside a measure's CSV that says what it is: CSV itself has no place for it.

    Raises:
        Usage: it is there already and --yes was not given.
    """
    if given.format != "csv" or "measure" not in sheet.about:
        return None
    return files.refuse_existing(f"{given.output}{BESIDE}", yes=given.yes)


def _as_bytes(sheet: Sheet, given: Given) -> bytes:
    if given.format == "xlsx":
        return files.to_xlsx(sheet.rows, sheet.notes())
    if given.format == "parquet":
        return files.to_parquet(sheet.rows, sheet.notes())
    return _as_text(sheet, given, 80).encode("utf-8", errors="replace")


def _as_text(sheet: Sheet, given: Given, width: int) -> str:
    if given.format == "json":
        return files.dumps({**_said(sheet), "rows": [dict(r) for r in sheet.rows]}) + "\n"
    if given.format == "csv":
        return (MARK if given.bom else "") + files.to_csv(sheet.rows)
    # A file and Markdown travel alone: they carry the whole definition.
    short = given.output is None and given.format == "table" and not sheet.whole
    if sheet.text is not None:
        page = safe(sheet.text.rstrip("\n"), lines=True) + "\n"
        return f"{page}\n{_caption(sheet, width, short=short)}" if sheet.captioned else page
    table = markdown(sheet.rows) if given.format == "md" else render(sheet.rows, width=width)
    return f"{table}\n{_caption(sheet, width, short=short)}" if sheet.times else table


def _said(sheet: Sheet) -> dict[str, Any]:
    """Return what JSON says beside the rows."""
    return {
        "what": sheet.what, "as_of": sheet.as_of, "known_by": sheet.known_by,
        "definition": sheet.definition, **sheet.more(),
    }  # fmt: skip


def _caption(sheet: Sheet, width: int, *, short: bool) -> str:
    said: dict[str, Any] = {"as_of": sheet.as_of, "known_by": sheet.known_by}
    if sheet.about:
        said = {"definition": sheet.definition, **sheet.more(), **said}
    return caption(said, width=width, short=short)


def _to_stdout(text: str, kind: str) -> None:
    out = sys.stdout
    if kind == "csv" and hasattr(out, "reconfigure"):
        # The line ends of CSV are its own on every system.
        out.reconfigure(newline="")
    out.write(text)
    out.flush()


def say(text: str, *, to: TextIO | None = None) -> None:
    """Say a sentence on stderr; outside text in it cannot steer the terminal."""
    stream = to or sys.stderr
    stream.write(safe(text, lines=True) + "\n")
    stream.flush()


def tell(error: CaseReviewError, *, json: bool) -> int:
    """Say why something was refused, every unmet requirement on its own line; return the exit code.

    In JSON the whole error goes to stdout, where scripts read.
    """
    if json:
        _to_stdout(files.dumps({"error": error.as_json()}) + "\n", "json")
        return error.exit_code
    rows = [] if isinstance(error, FileFaults) else error.as_json()["requirements"]
    say(_without(error.message, rows))
    for row in rows:
        say(f"  - {_requirement(row)}")
    if error.next:
        say(error.next)
    return error.exit_code


def _without(message: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a message up to where it begins to repeat the requirements listed below it."""
    sentences = (str(row.get("sentence") or "") for row in rows)
    starts = [at for s in sentences if s and (at := message.find(s)) > 0]
    return message[: min(starts)].rstrip() if starts else message


def _requirement(row: Mapping[str, Any]) -> str:
    sentence = str(row.get("sentence") or row.get("requirement") or "")
    said = []
    if row.get("holds") is None and row.get("missing"):
        said.append(f"cannot tell: {', '.join(row['missing'])}")
    if row.get("fixer"):
        said.append(f"{row['fixer']}, {row.get('effort', 'effort unknown')}")
    return f"{sentence} ({'; '.join(said)})" if said else sentence
