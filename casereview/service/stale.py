"""A person is held to the version that they saw; what followed since is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casereview.core.entries import Entry, Stream
from casereview.core.state.case import CaseState
from casereview.errors import Stale
from casereview.store import journal

if TYPE_CHECKING:
    from casereview.service.work import Work

NAMED = 3
_DETAILS = ("question", "fact", "dest", "how", "to", "reason")


def refuse_stale(
    work: Work, stream: Stream, seen: int | None, head: int, what: str, *, whole: bool = False
) -> None:
    """Refuse a write by somebody who saw an older version; `seen` None is not held to any.

    `whole` holds them to everything on the stream up to `head`, else only to the entry `head`.

    Raises:
        Stale: something followed; it is named, with who recorded it.
    """
    if seen is None or seen >= head:
        return
    followed = [
        e for e in journal.load(work.connection, stream)
        if seen < e.seq <= head and (whole or e.seq == head)
    ]  # fmt: skip
    named = "; ".join(_said(e) for e in followed[-NAMED:])
    more = f" and {len(followed) - NAMED} more before" if len(followed) > NAMED else ""
    raise Stale(
        f"{what} has changed since it was shown: {named}{more}.",
        next="Look at it again; nothing was written and nothing that you typed is lost.",
    )


def refuse_stale_case(work: Work, case: CaseState, seen: int | None) -> None:
    """Refuse a decision or a move by somebody who saw an older version of the whole case.

    Raises:
        Stale: something followed on the case.
    """
    stream = Stream("case", case.case.id)
    refuse_stale(work, stream, seen, case.case.head, "The case", whole=True)


def _said(entry: Entry) -> str:
    """Return what happened in words: kind, what it was about, by whom. Never free text."""
    kind = "taken back" if entry.kind == "voided" else entry.kind.replace("_", " ")
    about = [str(entry.body[k]) for k in _DETAILS if entry.body.get(k)]
    if "value" in entry.body and entry.body["value"] is not None:
        about.append(str(entry.body["value"]))
    return f"{' '.join([kind, *about[:3]])} by {entry.said_by or entry.recorded_by}"
