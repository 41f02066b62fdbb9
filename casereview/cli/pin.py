"""PINs: typed without echo, or read from stdin; never from an option or a setting."""

from __future__ import annotations

import sys
from collections.abc import Callable

from casereview.cli.options import Given


def ask_pin(login: str) -> str:
    """Return a PIN typed without echo, or the next line of stdin where that is no terminal."""
    if sys.stdin is not None and sys.stdin.isatty():
        import getpass

        return getpass.getpass(f"PIN of {login}: ", stream=sys.stderr)
    line = sys.stdin.readline() if sys.stdin is not None else ""
    return line.rstrip("\r\n")


def asker(given: Given) -> Callable[[str], str]:
    """Return what asks for PINs in one command: who sits down and also signs types it once."""

    def ask(login: str) -> str:
        if login not in given.pins:
            given.pins[login] = ask_pin(login)
        return given.pins[login]

    return ask
