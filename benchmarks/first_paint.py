"""From the program's start until Home shows what is due: one start, as the console command does it.

    python -m benchmarks.first_paint STORE BEGAN

BEGAN is the time, in seconds since 1970, at which the process was asked for; `meeting` gives it.
"""

from __future__ import annotations

import gc

gc.set_threshold(100_000, 50, 100)  # as the console command does before it imports anything

import asyncio  # noqa: E402 - after the line above
import os  # noqa: E402 - as above
import sys  # noqa: E402 - as above
import time  # noqa: E402 - as above
from datetime import UTC, datetime  # noqa: E402 - as above
from pathlib import Path  # noqa: E402 - as above
from typing import Any  # noqa: E402 - as above

from casereview.packs.library import Library  # noqa: E402 - as above
from casereview.service.organisation.signing_in import sit_down  # noqa: E402 - as above
from casereview_tui.app import CaseReviewApp, settle_memory  # noqa: E402 - as above

MEETING = datetime(2026, 3, 4, 9, tzinfo=UTC)


async def first_paint(store: Path, began: float) -> None:
    """Print seconds until Home shows what is due, until it shows the caseload, and of processor."""
    desk = sit_down(store, library=Library(), clock=lambda: MEETING, as_login="lead")
    app = CaseReviewApp(desk)
    settle_memory()
    async with app.run_test(size=(80, 24)):
        screen: Any = app.screen
        while getattr(screen, "view", None) is None:
            await asyncio.sleep(0.002)
            screen = app.screen
        due = time.time() - began
        while screen.health is None:  # noqa: ASYNC110 - nothing tells when it was read
            await asyncio.sleep(0.002)
        whole = time.time() - began
        used = os.times()
        cases = sum(team["open"] for team in screen.health)
    await app.queue.drain()
    desk.store.close()
    print(
        f"first paint, {cases} cases: due {due:.2f} s, caseload too {whole:.2f} s,"
        f" of the processor {used.user + used.system:.2f} s"
    )


if __name__ == "__main__":
    asyncio.run(first_paint(Path(sys.argv[1]), float(sys.argv[2])))
