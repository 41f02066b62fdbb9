"""Every command by its first word; a module is imported when its word is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Branch:
    """One first word.

    Attributes:
        module: under casereview.cli.
        name: the function of a single command, "app" for a group.
        help: one line for the list of commands.
        words: second words that are commands of their own, beside what else may follow.
        words_in: module under casereview.cli whose group has these words.
    """

    module: str
    name: str
    help: str
    words: tuple[str, ...] = ()
    words_in: str = ""


BRANCHES: Mapping[str, Branch] = {
    "init": Branch("keeping", "init", "Make a store and become its administrator."),
    "demo": Branch("demo", "demo", "A made-up service to try everything on."),
    "user": Branch("users", "app", "Users, their roles and PINs: add, pin, list, remove."),
    "team": Branch("teams", "app", "Teams: add, post, meeting, emergency, list."),
    "person": Branch("people", "app", "People: show, set, died, merge, split, link."),
    "case": Branch("case", "app", "Cases from referral to their end."),
    "review": Branch("review", "app", "Ward rounds and caseload meetings."),
    "action": Branch("actions", "app", "Work that somebody owns: add, list, edit, done ..."),
    "sweep": Branch("sweep", "sweep", "Run every rule over every open and waiting case."),
    "rules": Branch("rules", "app", "Packs and pathways: list, show, check, test, explain, facts."),
    "import": Branch("doors", "import_file", "Take a file in by its layout."),
    "export": Branch("export", "export", "Write files that leave, pseudonymised."),
    "stats": Branch(
        "measures", "stats", "Throughput, waits and other measures.",
        words=("put", "note", "not-reportable", "withdraw", "figures"), words_in="figures",
    ),
    "report": Branch("report", "app", "A page of figures for managers."),
    "calc": Branch("calc", "calc", "A method on a file of numbers: spc, survival ..."),
    "info": Branch("keeping", "info", "What the store is and where."),
    "verify": Branch("keeping", "verify", "Recompute the store from its journal."),
    "doctor": Branch("keeping", "doctor", "Look for what is stuck or missing."),
    "backup": Branch("keeping", "backup", "Copy the store and prove the copy."),
    "restore": Branch("keeping", "restore", "Put a backup in the store's place."),
    "migrate": Branch("keeping", "migrate", "Bring an older store to this version."),
}  # fmt: skip
"""Every first word, in the order of the help."""


def command_for(branch: Branch, words: Sequence[str]) -> Any:
    """Return what a first word and those after it call: a command, or a group for a second word."""
    if words and words[0] in branch.words:
        return command_of(Branch(branch.words_in, "app", branch.help))
    return command_of(branch)


def command_of(branch: Branch) -> Any:
    """Return the command or group of a first word, importing its module.

    A group always has several commands, so that its words are never swallowed.
    """
    import typer
    from typer.main import get_command

    found = getattr(import_module(f"casereview.cli.{branch.module}"), branch.name)
    if isinstance(found, typer.Typer):
        return get_command(found)
    single = typer.Typer(
        rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False
    )
    single.command()(found)
    return get_command(single)


HEAD = """\
Usage: casereview [OPTIONS] COMMAND [ARGS]...

Every review ends in a decision or in an action that someone owns.
Without a command the screens open; with --read-only they only show.
"""
TAIL = """\
Options, before or after any command:
  --store FILE     store file or PostgreSQL address (else CASEREVIEW_STORE)
  --as LOGIN       who acts; a real store asks for that user's PIN
  --by LOGIN       who said it, when somebody else records it
  --on DATE        the day on which what is recorded happened (default today)
  --as-of DATE     read the records as they were at the end of that day
  --known-by TIME  read only what was recorded by then
  --format FORMAT  table, csv, json, xlsx, parquet or md
  -o FILE          write to a file that only you may read
  --bom            CSV begins with the mark by which Excel knows UTF-8
  --yes            replace the file named with -o
  --command ID     token of a command; the same token again changes nothing
  --seen N         refuse the write when the record changed since version N
  --rules FOLDER   your own rules: reviews/*.toml and pathways/*.toml
  --read-only      record nothing: the screens only show, a command that writes
                   is refused
  --version        print the version
  --help           this text; also after any command

Exit codes: 0 done, 1 refused or failed, 2 not understood or unreadable,
3 the store is busy: try again.

Example: casereview case refer --team WARD --person 4711 --on 2026-03-02
"""


def overview() -> str:
    """Return the help of the whole program; nothing heavy is imported for it."""
    listed = "\n".join(f"  {word:<9} {branch.help}" for word, branch in BRANCHES.items())
    return f"{HEAD}\nCommands:\n{listed}\n\n{TAIL}"
