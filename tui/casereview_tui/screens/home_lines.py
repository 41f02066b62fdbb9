"""What one line of Home says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from casereview_tui.text import day


@dataclass(frozen=True, slots=True)
class Due:
    """One line of what is due: its key, its words, how much it matters, what the key does."""

    key: str
    words: str
    level: str
    act: Callable[[], Any]


def meeting_words(m: dict[str, Any]) -> str:
    """Return a meeting, its team, and how far it is."""
    words = {"open": "OPEN, go on", "due": "due, not opened yet", "closed": "closed: minutes",
             "abandoned": "abandoned"}[m["status"]]  # fmt: skip
    when = f" of {day(m['on'])}" if m["status"] == "open" else ""
    return f"{m['title']}, {m['team']}{when}: {words}"
