"""Confirming an override: which wait, what each went past, and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from casereview.service.reviews import overrides
from casereview_tui.keys import Hint
from casereview_tui.screens.base import BaseScreen
from casereview_tui.screens.dialogs import Choice
from casereview_tui.screens.forms import Pick, Row
from casereview_tui.text import day

KEY, WORDS = "b", "an override that waits to be confirmed: confirm it"
NONE = "No override waits to be confirmed here."
YES = "y"


class Overriding(BaseScreen):
    """A screen of a review on which overrides can be confirmed."""

    review: str

    async def ask_override(self, confirm: Callable[[str], Awaitable[None]]) -> None:
        """Ask which override is confirmed, of open cases and of those already closed.

        Args:
            confirm: saves it, with the case chosen; not called when nothing is confirmed.
        """
        waiting = await self.read(lambda desk: overrides.to_confirm(desk, self.review))

        def picked(case: str | None) -> None:
            if case is None:
                return

            async def answered(key: str | None) -> None:
                if key == YES:
                    await confirm(case)

            self.app.push_screen(asking_window(case, waiting), answered)

        found = cases_of(waiting)
        if not found:
            self.say(NONE, "due")
        elif len(found) == 1:
            picked(found[0])
        else:
            self.app.push_screen(which_window(waiting), picked)


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
