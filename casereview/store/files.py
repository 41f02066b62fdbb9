"""Making the folder of a store, and removing what was left of one that was not finished."""

from __future__ import annotations

from pathlib import Path

from casereview.store.faults import read_only
from casereview.store.place import BESIDE

ELSEWHERE = "Choose a folder that you may write to."


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and those above it; one that is there stays.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise read_only(folder, error.strerror or "it cannot be made", next=ELSEWHERE) from error


def remove_file(path: Path) -> None:
    """Remove a store's file and what SQLite keeps beside it; a no-op where there is none.

    Raises:
        StoreError: the folder is read-only.
    """
    try:
        for end in ("", *BESIDE):
            path.with_name(path.name + end).unlink(missing_ok=True)
    except OSError as error:
        raise read_only(path, error.strerror or "it cannot be removed", next=ELSEWHERE) from error
