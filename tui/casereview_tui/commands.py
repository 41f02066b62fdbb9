"""The command palette: every command of the screen in front, and every screen, by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from casereview_tui.keys import COMMON, spoken
from casereview_tui.places import PLACES, Place
from casereview_tui.screens.base import BaseScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from casereview_tui.app import CaseReviewApp


def _go(app: CaseReviewApp, place: Place) -> None:
    app.push_screen(place.make())


class CaseCommands(Provider):
    """Lists bindings with their words, and the places to go."""

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        screen = self.screen
        app = cast("CaseReviewApp", self.app)
        if isinstance(screen, BaseScreen):
            for one in screen.offered([*screen.own_bindings(), *COMMON]):
                if isinstance(one, Binding) and one.description:
                    words = one.description[:1].upper() + one.description[1:]
                    yield words, spoken(one.key), partial(screen.run_action, one.action)
        if app.held_desk is not None:
            for place in PLACES:
                yield f"Go to {place.name}", place.words, partial(_go, app, place)

    async def discover(self) -> Hits:
        """Yield every command before anything is typed."""
        for words, more, act in self._commands():
            yield DiscoveryHit(words, act, help=more)

    async def search(self, query: str) -> Hits:
        """Yield the commands that fit what was typed."""
        matcher = self.matcher(query)
        for words, more, act in self._commands():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, matcher.highlight(words), act, help=more)
