"""The screens that can be opened from anywhere. A screen joins by having its module."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
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

    @property
    def there(self) -> bool:
        """Tell whether the screen's module is installed."""
        return find_spec(_module(self.target)) is not None

    def make(self) -> BaseScreen:
        """Return the screen, new."""
        return made(self.target)


def _module(target: str) -> str:
    return f"casereview_tui.screens.{target.partition(':')[0]}"


def made(target: str, *args: object) -> BaseScreen:
    """Return a screen, new, from its module:class."""
    kind = getattr(import_module(_module(target)), target.partition(":")[2])
    screen: BaseScreen = kind(*args)
    return screen


def has(target: str) -> bool:
    """Tell whether a screen's module is installed."""
    return find_spec(_module(target)) is not None


CASE = "case:CaseScreen"
"""Made with one argument, the case's id."""
PLACES = (
    Place("l", "Caseload", "every case, filtered and sorted", "caseload:CaseloadScreen"),
    Place("a", "Actions", "mine, the team's, overdue, leeches", "actions:ActionsScreen"),
    Place("g", "Safeguarding", "open worries: who was told, handed over, signed",
          "worry:WorriesScreen"),
    Place("n", "Numbers", "throughput, stay and waits", "numbers:NumbersScreen"),
    Place("r", "Rules", "packs and what each rule finds today", "rules:RulesScreen"),
)  # fmt: skip


def places() -> list[Place]:
    """Return the places whose screens are installed."""
    return [p for p in PLACES if p.there]
