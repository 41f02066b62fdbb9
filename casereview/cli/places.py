"""Where things are when nobody says: the store, the rules folder, the clock."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casereview.cli.options import Given, parse_instant

if TYPE_CHECKING:
    from casereview.packs.library import Library


def default_folder() -> Path:
    """Return the user's data folder for stores."""
    import platformdirs

    return Path(platformdirs.user_data_dir("casereview", appauthor=False))


def place_of(given: Given) -> str:
    """Return the store's file or address: --store, CASEREVIEW_STORE, else the user's own."""
    named = given.store or os.environ.get("CASEREVIEW_STORE")
    return named or str(default_folder() / "casereview.db")


def is_server(place: str) -> bool:
    """Tell whether a place is a database address and no file."""
    return place.startswith(("postgres://", "postgresql://", "postgresql+"))


def library_of(given: Given) -> Library:
    """Return the rules in force: those that ship, with the user's own in front.

    Raises:
        Usage: the folder named with --rules is not there.
    """
    from casereview.packs.library import Library

    if given.rules is not None:
        return Library(Path(given.rules).expanduser())
    import platformdirs

    own = Path(platformdirs.user_config_dir("casereview", appauthor=False)) / "rules"
    return Library(own if own.is_dir() else None)


def clock() -> datetime:
    """Return the time now, aware."""
    return datetime.now(UTC)


def rehearsal_now() -> datetime | None:
    """Return the time that CASEREVIEW_NOW sets for rehearsal stores, None when it sets none.

    Raises:
        Usage: it is no time, or names no time zone.
    """
    text = os.environ.get("CASEREVIEW_NOW")
    return parse_instant(text, "CASEREVIEW_NOW") if text else None
