"""Where a command's rows go: the format, stdout or a file, and what is said about them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from casereview.cli import files
from casereview.cli.options import Given
from casereview.cli.table import markdown, plain, render, screen_width, wrapped
from casereview.core.text import safe
from casereview.errors import CaseReviewError, FileFaults, Usage

CAPTION = (
    "definition", "numerator", "denominator", "method", "choices", "leaves_out", "exclusions",
    "source", "conventions", "compared", "quiet_after", "warnings", "notes", "not_reportable",
    "typed", "typed_not_shown",
)  # fmt: skip
"""What of a measure's provenance people read under its table; other formats carry all of it."""


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

    def notes(self) -> dict[str, str]:
        """Return what is said beside the rows, as text."""
        said = {"what": self.what, "as_of": self.as_of, "known_by": self.known_by}
        more = {k: plain(v) for k, v in self.more().items()}
        return {**said, "definition": self.definition, **more}

    def more(self) -> dict[str, Any]:
        """Return what belongs in every format beside the rows and what every command says."""
        said = ("what", "as_of", "known_by", "definition")
        return {k: v for k, v in self.about.items() if k not in said}


def check(given: Given) -> None:
    """Refuse an output that cannot be made before any work is done.

    Raises:
        Usage: a format that needs a file has none, or the file exists.
    """
    if given.format in ("xlsx", "parquet") and given.output is None:
        raise Usage(
            f"The format {given.format} is written to a file.",
            code="output_missing",
            next=f"Add -o FILE.{given.format}.",
        )
    if given.output is not None:
        files.refuse_existing(given.output, yes=given.yes)


def emit(sheet: Sheet, given: Given) -> None:
    """Write what a command has to show to stdout or to the file named with -o.

    Raises:
        Usage: the file cannot be written.
    """
    if given.output is None:
        _to_stdout(_as_text(sheet, given, screen_width()), given.format)
        if given.format == "csv" and sheet.about:
            say(_caption(sheet, screen_width()).rstrip())
        return
    path = files.refuse_existing(given.output, yes=given.yes)
    files.write_whole(path, _as_bytes(sheet, given))
    lines = "1 row" if len(sheet.rows) == 1 else f"{len(sheet.rows)} rows"
    whole = sheet.text is not None and given.format in ("table", "md")
    times = f"as of {sheet.as_of}, known by {sheet.known_by}"
    say(f"Wrote {'the page' if whole else lines} to {given.output} ({times}).")


def _as_bytes(sheet: Sheet, given: Given) -> bytes:
    if given.format == "xlsx":
        return files.to_xlsx(sheet.rows, sheet.notes())
    if given.format == "parquet":
        return files.to_parquet(sheet.rows, sheet.notes())
    return _as_text(sheet, given, 80).encode("utf-8", errors="replace")


def _as_text(sheet: Sheet, given: Given, width: int) -> str:
    if given.format == "json":
        body = {
            "what": sheet.what, "as_of": sheet.as_of, "known_by": sheet.known_by,
            "definition": sheet.definition, **sheet.more(), "rows": [dict(r) for r in sheet.rows],
        }  # fmt: skip
        return files.dumps(body) + "\n"
    if given.format == "csv":
        return files.to_csv(sheet.rows)
    if sheet.text is not None:
        page = safe(sheet.text.rstrip("\n"), lines=True) + "\n"
        return f"{page}\n{_caption(sheet, width)}" if sheet.captioned else page
    table = markdown(sheet.rows) if given.format == "md" else render(sheet.rows, width=width)
    return f"{table}\n{_caption(sheet, width)}" if sheet.times else table


def _caption(sheet: Sheet, width: int) -> str:
    """Return what stands under a table: as of when it is, and how a measure is defined."""
    lines = [f"As of {sheet.as_of}, known by {sheet.known_by}."]
    said = {"definition": sheet.definition, **sheet.more()} if sheet.about else {}
    for name in CAPTION:
        if said.get(name):
            lines += wrapped(f"{name.replace('_', ' ').capitalize()}: {plain(said[name])}", width)
    return "\n".join(lines) + "\n"


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
