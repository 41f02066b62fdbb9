"""The state of one import run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from casereview.core.entries import Entry
from casereview.core.records import Run
from casereview.core.state.fold import fold, required


@dataclass(frozen=True, slots=True)
class RunState:
    """One import run."""

    run: Run

    def records(self) -> Iterator[Any]:
        """Yield every record to be stored."""
        yield self.run


def _imported(state: RunState | None, entry: Entry) -> RunState:
    del state
    body = entry.body
    counts = {k: body[k] for k in ("accepted", "unchanged", "rejected", "warned", "cases")}
    return RunState(
        Run(
            id=entry.stream.id,
            team=entry.team or "",
            on=entry.occurred_on,
            status="done",
            source_hash=body["source_hash"],
            layout_hash=body["layout_hash"],
            file=entry.texts.get("file"),
            **counts,
        )
    )


def _undone(state: RunState | None, entry: Entry) -> RunState:
    del entry
    held = required(state)
    return RunState(dataclasses.replace(held.run, status="undone"))


RUN_HANDLERS: dict[str, Callable[[RunState | None, Entry], RunState | None]] = {
    "imported": _imported,
    "import_undone": _undone,
}


def run_state(entries: Sequence[Entry]) -> RunState | None:
    """Fold a whole import stream."""
    return fold(RUN_HANDLERS, entries)
