"""The screens that can be opened from anywhere; each is imported when it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casereview_tui.screens.base import BaseScreen


@dataclass(frozen=True, slots=True)
class Place:
    """A screen by its key on Home and its name in the command palette.

    `target` is module:class below `casereview_tui.screens`; the class is made without arguments.
    """

    key: str
    name: str
    words: str
    target: str

    def make(self) -> BaseScreen:
        """Return the screen, new."""
        return made(self.target)


def made(target: str, *args: object) -> BaseScreen:
    """Return a screen, new, from its module:class."""
    module, _, name = target.partition(":")
    kind = getattr(import_module(f"casereview_tui.screens.{module}"), name)
    screen: BaseScreen = kind(*args)
    return screen


CASE = "case:CaseScreen"
"""Made with the case's id, and the panel to begin with where it is not the timeline."""
PLACES = (
    Place("l", "Caseload", "every case, filtered and sorted", "caseload:CaseloadScreen"),
    Place("a", "Actions", "mine, the team's, overdue, leeches", "actions:ActionsScreen"),
    Place("g", "Safeguarding", "open worries: who was told, handed over, signed",
          "worry:WorriesScreen"),
    Place("n", "Numbers", "throughput, stay and waits", "numbers:NumbersScreen"),
    Place("r", "Rules", "packs and what each rule finds today", "rules:RulesScreen"),
)  # fmt: skip
