"""Lines in, lines out: how a line-by-line review speaks and listens."""

from __future__ import annotations

import sys
from typing import Any

from casereview.core.text import safe
from casereview.errors import CaseReviewError

HELP = """\
y yes, n no, x cannot tell, v does not apply (with a reason), or the text that is asked for.
s skip this case with a reason. Enter: leave the question; on an on-plan case: confirm.
c decide. w what is still required. p take the prepared answers. u undo. q end. ? this text.
After an answer that makes an action: Enter accepts it, e TEXT changes the words, o OWNER the
owner, d DATE the date, - takes the answer back."""


class InputEnded(Exception):
    """Stdin has ended: the review stays open."""


class Left(Exception):
    """The person asked to end."""


class Elsewhere(Exception):
    """The case on the floor has changed: look at the agenda again."""


def say(text: str = "") -> None:
    """Write one line; what is stored can steer no terminal."""
    sys.stdout.write(safe(text, lines=True) + "\n")
    sys.stdout.flush()


def ask(prompt: str) -> str:
    """Write a prompt and return the next line of stdin, trimmed."""
    sys.stdout.write(safe(prompt, lines=True) + " ")
    sys.stdout.flush()
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise InputEnded
    if not sys.stdin.isatty():
        say()
    return line.strip()


def refused(error: CaseReviewError) -> None:
    """Say why something was refused, with every unmet requirement; the meeting goes on."""
    say(f"REFUSED: {error.message}")
    for row in error.as_json()["requirements"]:
        say(f"  - {row.get('sentence') or row.get('requirement')}")
    if error.next:
        say(error.next)


def answered(row: dict[str, Any]) -> str:
    """Return what recording an answer brought, as one line."""
    said = [f"Recorded: {row['value']}."]
    if row["action"]:
        said.append(f"Action {row['action']}, carried {row['carried']}.")
    if row["leech"]:
        said.append("Carried three times: it needs a new owner, a new approach or an end.")
    if row["closed"]:
        said.append(f"Closed {', '.join(row['closed'])}.")
    if row["proposes"]:
        said.append(f"The answers propose: {row['proposes']}. c decides.")
    return " ".join(said)
