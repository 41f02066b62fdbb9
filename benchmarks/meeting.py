"""How fast the meeting is: key presses and key-to-paint of 80 cases, first paint of 5,000, idling.

    python -m benchmarks.meeting [--cases 80] [--caseload 5000] [--idle 10]

Key to paint is from the key's arrival in the app to the last bytes drawn because of it, with the
screen's own refresh (no help from the test pilot). Budgets: design section 13.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.meeting_data import MEETING, TEAM, build, sit
from casereview.packs.library import Library
from casereview.service.reviews import reviewing
from casereview.service.reviews.minutes import minutes
from casereview_tui.app import CaseReviewApp, settle_memory
from casereview_tui.screens.meeting import MeetingScreen

SETTLE = 0.12
"""Seconds given to a key before its last paint is looked up; far above any budget."""
QUIET = 0.32
Sample = tuple[str, float]


class Watched:
    """An app whose paints and keys are timed."""

    def __init__(self, app: CaseReviewApp) -> None:
        self.app = app
        self.painted = 0.0
        self.samples: list[Sample] = []
        self.used: list[Sample] = []
        self.presses: Counter[str] = Counter()
        display = app._display  # noqa: SLF001 - the one place where bytes are written

        def timed(screen: Any, renderable: Any) -> None:
            display(screen, renderable)
            self.painted = time.perf_counter()

        app._display = timed  # type: ignore[method-assign] # noqa: SLF001 - as above

    async def press(self, key: str, kind: str) -> None:
        """Press a key and note how long it took until the screen stood still."""
        # Textual is read after the product's own packages: they say how often it draws.
        from textual import events

        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(self.app)
        start, busy = time.perf_counter(), time.process_time()
        self.app.post_message(event)
        await asyncio.sleep(SETTLE)
        await self.app.queue.drain()
        self.used.append((kind, (time.process_time() - busy) * 1000))
        self.presses[kind] += 1
        if self.painted > start:
            self.samples.append((kind, (self.painted - start) * 1000))

    async def type(self, words: str) -> None:
        """Put words into the line with the cursor; they are no key presses of the product."""
        line: Any = self.app.focused
        line.value = words
        await asyncio.sleep(0.02)


async def hold(watched: Watched) -> None:
    """Hold the whole meeting: confirm what is on plan, discuss the rest."""
    screen: Any = watched.app.screen
    for _ in range(len(screen.lines)):
        await asyncio.sleep(QUIET)
        card = screen.card
        if card["may_confirm"]:
            await watched.press("enter", "confirm")
        elif card["questions"][0]["kind"] == "choice":
            await watched.press("3", "option")
            await watched.press("t", "open a form")
            await watched.type("Ring the school about next term")
            await watched.press("enter", "save a form")
            await asyncio.sleep(QUIET)
            await watched.press("enter", "accept")
            await watched.press("n", "yes or no")
            await asyncio.sleep(QUIET)
            await watched.press("enter", "next case")
        else:
            for key in ("y", "n", "n", "enter", "n"):
                await watched.press(key, "accept" if key == "enter" else "yes or no")
            await asyncio.sleep(QUIET)
            await watched.press("enter", "next case")


async def windows(watched: Watched) -> None:
    """Open every window that a meeting has for typing, type into it, and leave it again."""
    for _ in range(8):
        for key, what in (
            ("f", "worry"), ("a", "action by hand"), ("m", "note"), ("s", "skip"), ("w", "why"),
        ):  # fmt: skip
            await watched.press(key, f"open {what}")
            if key != "w":
                await watched.press("k", "a letter")
            if key in "fa":
                await watched.press("tab", "next line")
            # Words that were typed are given up by a second Esc.
            while not isinstance(watched.app.screen, MeetingScreen):
                await watched.press("escape", "leave a window")


def spread(samples: list[float]) -> str:
    """Return median, 95th percentile and maximum of milliseconds."""
    ordered = sorted(samples)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"median {statistics.median(ordered):.1f} ms, p95 {p95:.1f} ms, max {ordered[-1]:.1f} ms"


async def meeting(store: Path, library: Library, cases: int, idle: int) -> None:
    """Hold a meeting and print presses, key-to-paint, idle processor and memory."""
    desk = sit(store, library, MEETING, "lead")
    reviewing.open_review(desk.again(), pack="caseload-sweep", team=TEAM, on=desk.today)
    app = CaseReviewApp(desk)
    settle_memory()
    watched = Watched(app)
    async with app.run_test(size=(80, 24)):
        await app.push_screen(MeetingScreen("R2" if _has_last(desk) else "R1"))
        await asyncio.sleep(1)
        await hold(watched)
        await windows(watched)
        held = minutes(desk, app.screen.review)  # type: ignore[attr-defined] # a meeting screen
        print(f"cases {cases}: {held['counts']}")
        print(f"presses {sum(watched.presses.values())} in all, {dict(watched.presses)}")
        print(f"key to paint, all keys: {spread([ms for _, ms in watched.samples])}")
        for kind in watched.presses:
            shown = spread([ms for k, ms in watched.samples if k == kind])
            busy = statistics.median(ms for k, ms in watched.used if k == kind)
            print(f"  {kind}: {shown}; of the processor {busy:.1f} ms")
        start = time.process_time()
        await asyncio.sleep(idle)
        used = time.process_time() - start
        print(f"idle {idle} s: {used:.3f} s of processor = {100 * used / idle:.2f} %")
    await app.queue.drain()
    desk.store.close()
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")


def _has_last(desk: Any) -> bool:
    return any(r["review"] == "R2" for r in reviewing.list_reviews(desk))


def main() -> None:
    """Run every measurement."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=80)
    options.add_argument("--caseload", type=int, default=5000)
    options.add_argument("--idle", type=int, default=10)
    given = options.parse_args()
    library = Library()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "meeting.db"
        build(store, library, size=given.cases, reviewed=round(given.cases * 0.65))
        asyncio.run(meeting(store, library, given.cases, given.idle))
        large = Path(folder) / "caseload.db"
        build(large, library, size=given.caseload, reviewed=0)
        for _ in range(3):
            words = [sys.executable, "-m", "benchmarks.first_paint", str(large)]
            subprocess.run([*words, str(time.time())], check=True)


if __name__ == "__main__":
    main()
