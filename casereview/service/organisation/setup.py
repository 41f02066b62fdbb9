"""Setting a store up: the store itself and its first administrator."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from casereview.core.entries import Draft, Stream
from casereview.packs.library import Library
from casereview.service.desk import Desk, Rows
from casereview.service.organisation.signing_in import operating_system_user
from casereview.service.organisation.users import user_draft
from casereview.service.work import Work
from casereview.store.engine import server_url
from casereview.store.files import remove_file
from casereview.store.opening import Store, create_store


def create(
    place: str | Path,
    *,
    library: Library,
    now: datetime,
    rehearsal: bool = False,
    zone: str = "Europe/London",
) -> Rows:
    """Make a store and make the operating-system user its administrator.

    Raises:
        StoreError: the place cannot hold a store, or holds something already.
    """
    name = operating_system_user()
    beside = _beside(place)
    # Made beside its place and renamed when it is whole: a store without an administrator would
    # let nobody in.
    store: Store = create_store(beside, rehearsal=rehearsal, time_zone=zone, at=now)
    try:
        desk = Desk(store=store, library=library, now=now, actor=_login_of(name))

        def run(work: Work) -> Rows:
            on = desk.today
            work.record([
                Draft(
                    Stream("store", 1), "initialised", on, {"rehearsal": rehearsal, "zone": zone}
                ),
                user_draft(work, on, desk.actor, "administrator", name, [], os_user=name),
            ])  # fmt: skip
            return [{"store": str(place), "rehearsal": rehearsal, "administrator": desk.actor}]

        rows = desk.change(run)
    except BaseException:
        store.close()
        if isinstance(beside, Path):
            remove_file(beside)
        raise
    store.close()
    if isinstance(beside, Path):
        beside.rename(Path(place).expanduser())
    return rows


def _beside(place: str | Path) -> str | Path:
    """Return where a new store is made first; a taken place or a server is used as it is."""
    if server_url(str(place)) is not None:
        return place
    path = Path(place).expanduser()
    if path.exists() or path.is_symlink():
        return str(path)
    beside = path.with_name(f"{path.name}.new")
    if beside.exists():
        remove_file(beside)
    return beside


def _login_of(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)[:31] or "administrator"
