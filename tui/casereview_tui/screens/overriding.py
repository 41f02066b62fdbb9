"""Confirming an override: which wait, what each went past, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casereview_tui.keys import Hint
from casereview_tui.screens.dialogs import Choice
from casereview_tui.screens.forms import Pick, Row
from casereview_tui.text import day

KEY, WORDS = "b", "an override that waits to be confirmed: confirm it"
NONE = "No override waits to be confirmed here."
YES = "y"


def cases_of(waiting: Sequence[dict[str, Any]]) -> list[str]:
    """Return the cases whose overrides wait, each once."""
    return list(dict.fromkeys(o["case"] for o in waiting))


def which_window(waiting: Sequence[dict[str, Any]]) -> Pick:
    """Return a window that gives one of the cases."""
    rows = [Row(case, _line(case, waiting)) for case in cases_of(waiting)]
    return Pick("Which override?", rows)


def asking_window(case: str, waiting: Sequence[dict[str, Any]]) -> Choice:
    """Return a window that says a case's overrides whole and gives YES when they are confirmed."""
    said = [_line(case, waiting)]
    for o in (o for o in waiting if o["case"] == case):
        past = o["requirements"].replace(" ", ", ")
        said.append(f"Not met: {past}.")
        said.append(f"{o['by']}, {day(o['on'])}: {o['reason'] or 'no reason is kept'}")
    return Choice("Confirm the override?", said, [Hint(YES, "confirm it")], safe="leave it")


def _line(case: str, waiting: Sequence[dict[str, Any]]) -> str:
    first = next(o for o in waiting if o["case"] == case)
    state = "" if first["open"] else ", closed"
    return f"{case} {first['person']}, {first['stage']}{state}"
