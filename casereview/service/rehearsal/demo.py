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
from casereview.errors import StoreBusy, StoreError
from casereview.packs.library import Library
from casereview.service.desk import batched
from casereview.service.organisation import setup
from casereview.service.organisation.signing_in import sit_down
from casereview.service.rehearsal.people import Register
from casereview.service.rehearsal.show import show
from casereview.service.rehearsal.world import World
from casereview.service.rehearsal.year import Year
from casereview.store import watching
from casereview.store.files import make_folder, remove_file
from casereview.store.migrate import migrate
from casereview.store.opening import open_store

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
    One that an older version made is brought to this version's schema.

    Args:
        at: its file; None for the user's own.
        now: the instant, aware.
        fresh: True makes it anew, and what was rehearsed in it is gone.
        weeks: length of its history when it is made.
        progress: told weeks done and weeks in all.

    Raises:
        StoreError: the folder cannot hold a store, or what is there is none or is damaged.
    """
    path = at or place()
    today = now.astimezone(ZoneInfo(ZONE)).date()
    if fresh or not path.exists() or not _is_usable(path, now):
        make_folder(path.parent)
        making = path.with_name(f"{path.name}.new")
        remove_file(making)
        try:
            build(making, today=today, weeks=weeks, progress=progress)
        except BaseException:
            remove_file(making)
            raise
        remove_file(path)
        making.rename(path)
    return path


def _is_usable(path: Path, now: datetime) -> bool:
    """Tell whether a demo made before can go on: nothing in it was recorded after an instant.

    Raises:
        StoreError: it cannot be opened; what to do is to make it anew.
    """
    try:
        last = _last_instant(path)
    except StoreBusy:
        raise
    except StoreError as error:
        error.next = "Make it anew with `casereview demo --fresh`; what was tried in it is gone."
        raise
    return last is None or last <= now


def _last_instant(path: Path) -> datetime | None:
    try:
        store = open_store(path, read_only=True)
    except StoreError as error:
        if error.code != "store_older":
            raise
        migrate(path)
        store = open_store(path, read_only=True)
    with store, store.read() as connection:
        return watching.last_instant(connection)


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
