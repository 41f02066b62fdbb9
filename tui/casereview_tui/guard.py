"""Enter acts once for a painted case: a held key and a hasty second press confirm nothing."""

from __future__ import annotations

QUIET = 0.3
"""Seconds after a case was painted in which Enter does nothing."""
REPEAT = 0.12
"""Seconds between two Enters below which the second is the keyboard's own repeat (8 Hz or more)."""


class EnterGuard:
    """Tells a meant Enter from one that was on its way. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._opens: float | None = None
        self._last = float("-inf")

    def changed(self) -> None:
        """Shut Enter out: another case is about to be painted."""
        self._opens = None

    def painted(self, now: float) -> None:
        """Start the quiet time: the case is on the screen."""
        if self._opens is None:
            self._opens = now + QUIET

    def other_key(self) -> None:
        """Note that another key came between: the next Enter is no repeat."""
        self._last = float("-inf")

    def closed_window(self, now: float) -> None:
        """Note that a window was closed, perhaps by an Enter that is still held."""
        self._last = now

    def press(self, now: float, *, harmless: bool = False) -> bool:
        """Tell whether this Enter acts. One that decides nothing does not wait the quiet time."""
        repeated = now - self._last < REPEAT
        self._last = now
        if repeated:
            return False
        return harmless or (self._opens is not None and now >= self._opens)
