"""What is kept of a command: an id that comes again repeats only the very same one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.errors import Refused

PRIVATE = frozenset({"person", "name", "text", "source", "minutes", "note", "local_id", "initials"})
_KEPT = 4
"""Hex digits kept of the digest. So few because the words may hold a name or a note that is to be
erased one day: nobody can work them out from 16 bits, and a wrong command still passes for the
right one only once in 65,536 times, and then only one of the same name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for.

    Attributes:
        name: the command, such as "case note".
        words: everything that makes it another command, in one canonical text; not how its answer
            is shown.
    """

    name: str
    words: str

    def mark(self, command: str, *people: str | None) -> dict[str, str]:
        """Return what is kept with a command id: the name, and a few digits of a digest.

        `people` are who records it and who said it: the same words of somebody else are another
        command.
        """
        told = "\0".join([command, self.name, *(p or "" for p in people), self.words])
        return {"name": self.name, "digest": hashlib.sha256(told.encode()).hexdigest()[:_KEPT]}


def refuse_other(done: Mapping[str, Any], mark: Mapping[str, str] | None, command: str) -> None:
    """Refuse a command whose id was used for another one; what is not known passes.

    Args:
        done: what the store keeps of the command that was done under the id.
        mark: `Asked.mark` of the present one, None when it is not known.
        command: the id.

    Raises:
        Refused: code command_reused.
    """
    held = done.get("asked")
    if held is None or mark is None or held == mark:
        return
    before = f"`{held['name']}`"
    if held["name"] == mark["name"]:
        before += " with other words, or by somebody else"
    raise Refused(
        f"The command id {command!r} was used already for {before}. Nothing was done now.",
        code="command_reused",
        next="Give this command an id of its own with --command (or CASEREVIEW_COMMAND), or none."
        " Only the very same command may be sent again under its id.",
    )


def public(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that a command answered as they are kept: None for names and local ids."""
    kept = [{k: None if k in PRIVATE else v for k, v in row.items()} for row in rows]
    return [
        {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()} for row in kept
    ]
