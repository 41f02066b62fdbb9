"""The rehearsal service: three teams and a year of history, made by the engine's own commands.

Nobody in it exists. It stands in a file of its own, and today's meetings are due in it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from casereview.core.calendar import add_days
from casereview.packs.library import Library
from casereview.service import setup
from casereview.service.demo_people import Register
from casereview.service.demo_show import show
from casereview.service.demo_world import World
from casereview.service.demo_year import Year
from casereview.service.desk import batched, sit_down
from casereview.store import watching
from casereview.store.opening import open_store
from casereview.store.place import BESIDE

__all__ = ["build", "place", "ready", "show"]

Progress = Callable[[int, int], None]
SEED, WEEKS, ZONE = 2026, 52, "Europe/London"
WEEKS_AT_ONCE = 4
"""Weeks that share one transaction: waiting for the disk after each command would take minutes."""


def place() -> Path:
    """Return the demo's own file in the user's data folder; no setting moves it."""
    import platformdirs

    return Path(platformdirs.user_data_dir("casereview", appauthor=False)) / "casereview-demo.db"


def ready(
    at: Path | None = None,
    *,
    now: datetime,
    fresh: bool = False,
    weeks: int = WEEKS,
    progress: Progress | None = None,
) -> Path:
    """Return the demo's file, made first where there is none.

    It is also made anew when something in it was recorded after `now`: the clock was set back.

    Args:
        at: its file; None for the user's own.
        now: the instant, aware.
        fresh: True makes it anew, and what was rehearsed in it is gone.
        weeks: length of its history when it is made.
        progress: told weeks done and weeks in all.

    Raises:
        StoreError: the folder cannot hold a store.
    """
    path = at or place()
    today = now.astimezone(ZoneInfo(ZONE)).date()
    if fresh or not path.exists() or _is_ahead(path, now):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        making = path.with_name(f"{path.name}.new")
        _remove(making)
        build(making, today=today, weeks=weeks, progress=progress)
        _remove(path)
        making.rename(path)
    return path


def _remove(path: Path) -> None:
    for end in ("", *BESIDE):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _is_ahead(path: Path, now: datetime) -> bool:
    """Tell whether a store holds anything recorded after an instant."""
    with open_store(path, read_only=True) as store, store.read() as connection:
        last = watching.last_instant(connection)
    return last is not None and last > now


def build(
    at: Path,
    *,
    today: date,
    seed: int = SEED,
    weeks: int = WEEKS,
    progress: Progress | None = None,
    library: Library | None = None,
) -> Path:
    """Make the rehearsal service in a file that does not exist yet, and return the file.

    The same seed and day give the same journal. Nothing is recorded on `today` itself: the
    meetings of that day are due.

    Args:
        at: the file.
        today: the day that it is made for.
        seed: of the dice.
        weeks: length of its history.
        progress: told weeks done and weeks in all.
        library: the rules; None for those that ship.

    Raises:
        StoreError: something is there, or the place cannot hold a store.
    """
    rules = library or Library()
    first = add_days(today, -7 * weeks)
    opened = datetime.combine(first, time(7), ZoneInfo(ZONE)).astimezone(UTC)
    setup.create(at, library=rules, now=opened, rehearsal=True, zone=ZONE)
    desk = sit_down(at, library=rules, clock=lambda: opened, rehearsal_now=opened)
    rng = Random(seed)  # noqa: S311 - dice for a rehearsal, no secret
    try:
        _live(World(desk, rng, today, first, Register(rng)), weeks, progress)
    finally:
        desk.store.close()
    return at


def _live(world: World, weeks: int, progress: Progress | None) -> None:
    desk, first = world.desk, world.day
    year = Year(world, desk.actor)
    for start in range(0, weeks, WEEKS_AT_ONCE):
        upto = min(start + WEEKS_AT_ONCE, weeks)
        with batched(desk, fresh=True) as together:
            world.desk = together
            if start == 0:
                year.begin()
            for n in range(7 * start, 7 * upto):
                year.live(add_days(first, n))
        if progress is not None:
            progress(upto, weeks)
