"""Ending several actions at once: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from casereview.errors import Usage
from casereview.service import ids
from casereview.service.actions.actions import close
from casereview.service.desk import Desk, Rows, batched


def close_each(
    desk: Desk,
    actions: Sequence[str],
    *,
    done: bool,
    reason: str = "",
    on: date | None = None,
    seen: int | None = None,
) -> Rows:
    """Mark actions done, or cancel them with one reason; one named twice counts once.

    The ids of the further ones follow from the command's, so that it can be sent again whole.

    Raises:
        Refused: one of them has ended already, or a cancelling has no reason; none is changed then.
        Usage: a version was named for more than one.
    """
    named = [f"A{n}" for n in dict.fromkeys(ids.number(ids.ACTION, a) for a in actions)]
    if len(named) > 1 and seen is not None:
        raise Usage("--seen is the version of one action.", next="Name one, or leave it out.")
    if len(named) == 1:
        return close(desk, named[0], done=done, reason=reason, on=on, seen=seen)
    rows: Rows = []
    with batched(desk) as batch:
        for n, action in enumerate(named):
            each = replace(batch, command=f"{desk.command}.{n}") if n else batch
            rows += close(each, action, done=done, reason=reason, on=on)
    return rows
