"""The options that every command takes, before or after its name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from casereview.errors import Usage

FORMATS = ("table", "csv", "json", "xlsx", "parquet", "md")
_ENDINGS = {
    ".csv": "csv", ".json": "json", ".xlsx": "xlsx", ".parquet": "parquet", ".md": "md",
}  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Given:
    """What was given beside a command's own options.

    Attributes:
        store: file or PostgreSQL address, None for the environment's or the usual one.
        as_login: who acts, None for the operating-system user.
        said_by: who said it, None for the actor.
        as_of: business date that a reading command answers for, None for today.
        known_by: only what was recorded by then counts, None for everything.
        format: one of FORMATS.
        output: the file to write, None for stdout.
        yes: True when an existing output file may be replaced.
        command: token that makes a retry change nothing, None for a fresh one.
        seen: the version that the person saw, None when not held to one.
        on: the business date of a write, None for today.
        rules: the user's own rules folder, None for the usual one.
        read_only: True when nothing may be recorded.
        bom: True when CSV begins with the mark by which spreadsheets know UTF-8.
        pins: what was typed in this command, by login.
    """

    store: str | None = None
    as_login: str | None = None
    said_by: str | None = None
    as_of: date | None = None
    known_by: datetime | None = None
    format: str = "table"
    output: str | None = None
    yes: bool = False
    command: str | None = None
    seen: int | None = None
    on: date | None = None
    rules: str | None = None
    read_only: bool = False
    bom: bool = False
    pins: dict[str, str] = field(default_factory=dict, repr=False, compare=False)


def parse_day(text: str, option: str) -> date:
    """Return a date written as year-month-day.

    Raises:
        Usage: it is none.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise Usage(
        f"{option}: {text[:60]!r} is no date.",
        code="bad_date",
        next="Write dates as year-month-day, 2026-03-01.",
    )


def parse_instant(text: str, option: str) -> datetime:
    """Return an instant written in ISO with Z or an offset.

    Raises:
        Usage: it is none, or it names no time zone.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        why = "is no time" if found is None else "names no time zone"
        raise Usage(
            f"{option}: {text[:60]!r} {why}.",
            code="bad_time" if found is None else "naive_instant",
            next="Write times with their zone, 2026-03-01T09:00:00Z.",
        )
    return found


def _format(text: str, option: str) -> str:
    from casereview.cli.near import did_you_mean

    if text not in FORMATS:
        raise Usage(
            f"{option}: there is no format {text[:60]!r}.",
            code="no_such_format",
            next=did_you_mean(text, FORMATS, f"Formats: {', '.join(FORMATS)}."),
        )
    return text


def _number(text: str, option: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise Usage(f"{option}: {text[:60]!r} is no version.", next="Give the number shown.")
    return int(text)


def _token(text: str, option: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise Usage(
            f"{option}: {text[:60]!r} is no command token.",
            next="Use up to 64 letters, digits, dots, colons, dashes and underscores.",
        )
    return text


def _word(text: str, option: str) -> str:
    if not text.strip():
        raise Usage(f"{option} is empty.", next="Give a value, or leave the option out.")
    return text


VALUES: Mapping[str, tuple[str, Callable[[str, str], Any]]] = {
    "--store": ("store", _word),
    "--as": ("as_login", _word),
    "--by": ("said_by", _word),
    "--as-of": ("as_of", parse_day),
    "--known-by": ("known_by", parse_instant),
    "--format": ("format", _format),
    "-o": ("output", _word),
    "--output": ("output", _word),
    "--command": ("command", _token),
    "--seen": ("seen", _number),
    "--on": ("on", parse_day),
    "--rules": ("rules", _word),
}
FLAGS: Mapping[str, str] = {"--yes": "yes", "--read-only": "read_only", "--bom": "bom"}
NAMES = (*VALUES, *FLAGS)


def hoist(argv: Sequence[str]) -> tuple[Given, list[str]]:
    """Take the common options out of a command line; everything after `--` stays as it is.

    Raises:
        Usage: a value is missing or cannot be read.
    """
    found: dict[str, Any] = {}
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
            break
        name, joined, value = _split(word)
        if name in own_options(rest):
            rest.append(word)
        elif name in FLAGS and not joined:
            found[FLAGS[name]] = True
        elif name in VALUES:
            field, read = VALUES[name]
            found[field] = read(value if joined else _next(words, name), name)
        else:
            rest.append(word)
    rest = _with_usual_preset(rest)
    token = os.environ.get("CASEREVIEW_COMMAND")
    if token and "command" not in found:
        found["command"] = _token(token, "CASEREVIEW_COMMAND")
    if "format" not in found and "output" in found:
        found["format"] = format_of(found["output"])
    return Given(**found), rest


def _with_usual_preset(words: list[str]) -> list[str]:
    """Give --publish its usual preset where none follows it."""
    if words[:1] not in (["stats"], ["report"]):
        return words
    after = [*words[1:], "-"]
    return [
        "--publish=hes7" if word == "--publish" and following.startswith("-") else word
        for word, following in zip(words, after, strict=True)
    ]


OWN: Mapping[str, tuple[str, ...]] = {"stats": ("--by",), "report": ("--by",)}
"""Options that mean something else after these commands: there --by names groups."""


def own_options(words: Sequence[str]) -> tuple[str, ...]:
    """Return the common options that the command named by the first word has for itself."""
    return OWN.get(words[0], ()) if words else ()


def _split(word: str) -> tuple[str, bool, str]:
    if word.startswith("--"):
        name, joined, value = word.partition("=")
        return name, bool(joined), value
    if word.startswith("-o") and len(word) > 2:
        return "-o", True, word[2:]
    return word, False, ""


def _next(words: Any, name: str) -> str:
    value = next(words, None)
    if value is None:
        raise Usage(f"{name} needs a value.", code="missing_value", next="See --help.")
    return str(value)


def format_of(output: str) -> str:
    """Return the format that a file's ending names, "table" for plain text."""
    _, dot, ending = output.rpartition(".")
    return _ENDINGS.get(f"{dot}{ending}".lower(), "table")


def wants_json(argv: Sequence[str]) -> bool:
    """Tell whether a command line that may be faulty asks for JSON."""
    return "--format=json" in argv or ("--format", "json") in set(pairwise(argv))
