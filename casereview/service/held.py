"""What one transaction knows: states, stream numbers, the journal's end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from casereview.core.entries import Stream
from casereview.core.state.case import CaseState
from casereview.core.state.figures import SeriesState
from casereview.core.state.person import PersonState
from casereview.core.state.review import ReviewState
from casereview.core.state.run import RunState
from casereview.core.state.team import TeamState
from casereview.core.state.user import UserState
from casereview.store.tail import Tail

State = CaseState | PersonState | ReviewState | TeamState | UserState | RunState | SeriesState


@dataclass
class Held:
    """What a transaction has read and recorded so far.

    Attributes:
        states: present state by stream, None for a stream without entries.
        numbers: stream number by kind and name, of teams and users.
        tail: the journal's end, None to ask for it each time.
    """

    states: dict[Stream, State | None] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    tail: Tail | None = None

    def forget(self, streams: Iterable[Stream]) -> None:
        """Forget streams, and where the journal ends: something writes past what is known here."""
        for stream in streams:
            self.states.pop(stream, None)
        if self.tail is not None:
            self.tail = Tail(block=self.tail.block)
