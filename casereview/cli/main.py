"""From the words typed to an exit code: nothing leaves as a traceback."""

from __future__ import annotations

import hashlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from casereview.cli.near import did_you_mean
from casereview.cli.options import NAMES, Given, hoist, wants_json
from casereview.cli.output import say, tell
from casereview.errors import CaseReviewError, Usage

Screens = Callable[[Given], int]
INTERRUPTED, PIPE_CLOSED = 130, 141
"""128 and the number of the signal. Source: POSIX shells."""


def run(argv: Sequence[str], *, screens: Screens | None = None) -> int:
    """Run one command line and return its exit code.

    Args:
        argv: the words after the program's name.
        screens: opens the terminal screens, None where there are none.
    """
    words = list(argv)
    _steady_streams()
    return guarded(lambda: _run(words, screens), json=wants_json(words))


def guarded(work: Callable[[], int], *, json: bool) -> int:
    """Do some work and return its exit code; whatever it raises becomes a sentence and a code."""
    try:
        code = work()
        sys.stdout.flush()
    except CaseReviewError as error:
        return _told(error, json=json)
    except KeyboardInterrupt:
        say("Stopped. What was acknowledged is kept.")
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:  # noqa: BLE001 - the boundary of the program: one line, no traceback
        say(_unexpected(error))
        return 1
    return code


def _told(error: CaseReviewError, *, json: bool) -> int:
    try:
        return tell(error, json=json)
    except BrokenPipeError:
        return _reader_left()


def _reader_left() -> int:
    # Whatever Python still flushes at its end must find somebody who takes it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED


def _steady_streams() -> None:
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _unexpected(error: BaseException) -> str:
    """Return one line with an id that is the same for the same fault, and no stored text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f"{os.sep}casereview" in f.filename] or frames
    last = ours[-1]
    seed = f"{type(error).__name__}:{Path(last.filename).name}:{last.name}:{last.lineno}"
    found = hashlib.sha256(seed.encode()).hexdigest()[:8]
    return (
        f"Something went wrong that should not have (error {found}: {type(error).__name__} in "
        f"{Path(last.filename).stem}, line {last.lineno}). What was acknowledged before is kept; "
        "please report the error's id."
    )


def _run(words: list[str], screens: Screens | None) -> int:
    given, rest = hoist(words)
    if not rest:
        on_screen = sys.stdin.isatty() and sys.stdout.isatty()
        if screens is not None and on_screen:
            return screens(given)
        if screens is not None:
            say("The screens open in a terminal, and this is none; these are the commands.")
        return _overview()
    first = rest[0]
    if first == "--version":
        return _version()
    if first in ("--help", "-h", "help"):
        return _overview()
    from casereview.cli.tree import BRANCHES, command_for

    known = BRANCHES
    if first not in known:
        raise _unknown(first, known)
    return _invoke(command_for(known[first], rest[1:]), first, rest[1:], given, screens)


def _overview() -> int:
    from casereview.cli.tree import overview

    sys.stdout.write(overview())
    return 0


def _version() -> int:
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("casereview")
    except PackageNotFoundError:
        found = "(not installed)"
    sys.stdout.write(f"casereview {found}\n")
    return 0


def _unknown(word: str, known: Sequence[str] | Any, path: str = "casereview") -> Usage:
    if word.startswith("-"):
        hint = did_you_mean(word, (*known, *NAMES, "--help"), f"See `{path} --help`.")
        return Usage(f"There is no option {word[:60]}.", code="no_such_option", next=hint)
    hint = did_you_mean(word, known, f"See `{path} --help`.")
    return Usage(f"There is no command {word[:60]!r}.", code="no_such_command", next=hint)


def _invoke(
    command: Any, first: str, args: list[str], given: Given, screens: Screens | None
) -> int:
    import typer

    from casereview.cli.once import refuse_twice

    refuse_twice(command, args)
    # What is wrong with the words typed; its class is not public in every version of Typer.
    usage_error: Any = typer.BadParameter.__mro__[1]
    try:
        with command.make_context(f"casereview {first}", args, obj=given) as ctx:
            ctx.meta["casereview.screens"] = screens
            command.invoke(ctx)
    except typer.Exit as ended:
        return int(ended.exit_code)
    except usage_error as error:
        raise _explained(error, args) from error
    return 0


def _explained(error: Any, args: Sequence[str]) -> Usage:
    """Return the refusal of words that the parser does not know, with the nearest that it does."""
    ctx = error.ctx
    path = ctx.command_path if ctx is not None else "casereview"
    known = getattr(ctx.command, "commands", {}) if ctx is not None else {}
    if type(error).__name__ == "NoArgsIsHelpError" or (known and "Missing command" in str(error)):
        return Usage(
            f"A command is missing after `{path}`.",
            code="missing_command",
            next=f"There are {', '.join(known)}; see `{path} --help`.",
        )
    missing = _missing_options(ctx, args) if type(error).__name__ == "MissingParameter" else []
    if len(missing) > 1:
        return Usage(f"Missing options: {', '.join(missing)}.", next=f"See `{path} --help`.")
    options = [o for p in ctx.command.params for o in p.opts] if ctx is not None else []
    option = getattr(error, "option_name", None)
    if option is not None and "No such option" in str(error):
        found = _unknown(option, [o for o in options if o.startswith("-")], path)
        found.next += " Text that starts with a dash goes after `--`."
        return found
    if known and "No such command" in str(error):
        return _unknown(str(error).split("'")[1], list(known), path)
    sentence = " ".join(error.format_message().split())
    return Usage(sentence, next=f"See `{path} --help`.")


def _missing_options(ctx: Any, args: Sequence[str]) -> list[str]:
    """Return every option that a command needs and the line has not: not only the first."""
    given = {word.split("=")[0] for word in args}
    wanted = ctx.command.params if ctx is not None else []
    return [
        p.opts[0]
        for p in wanted
        if p.required and p.param_type_name == "option" and given.isdisjoint(p.opts)
    ]
