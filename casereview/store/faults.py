"""Turns what a database says into a sentence: what happened, and what to do next."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import exc

from casereview.errors import StoreBusy, StoreDamaged, StoreError, StoreRefused

# Primary result codes of SQLite. Source: sqlite3.h, "Result Codes".
BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL = 5, 6, 8, 10, 11, 13
CANTOPEN, PROTOCOL, CONSTRAINT, NOTADB = 14, 15, 19, 26
IOERR_SHMSIZE = 4874
"""The shared memory beside a write-ahead log could not grow: in practice a full disk."""

NO_TEXT = -1
"""Not SQLite's: the driver gives no code for a text column that cannot be decoded."""
LITTLE = 65_536
"""Bytes: with less than this free, a disk is full; the index of a log alone takes 32 KiB."""

# The same for messages, because a driver need not give the code.
_WORDS = (
    ("is locked", BUSY),
    ("locking protocol", PROTOCOL),
    ("readonly", READONLY),
    ("disk is full", FULL),
    ("malformed", CORRUPT),
    ("not a database", NOTADB),
    ("unable to open", CANTOPEN),
    ("disk i/o error", IOERR),
    ("could not decode", NO_TEXT),
)


def not_a_store(place: object, why: str) -> StoreError:
    """Say that a file is something else."""
    return StoreError(
        f"{place} is not a casereview store: {why}.",
        code="not_a_store",
        next="Check the name given with --store, or make a store with `casereview init`.",
    )


def read_only(place: object, why: str, *, next: str = "") -> StoreError:  # noqa: A002 - as the errors name it
    """Say that nothing can be recorded here; `next` "" is the step for a store that is there."""
    return StoreRefused(
        f"Nothing can be recorded in {place}: {why}.",
        code="store_read_only",
        next=next or "Ask for write permission, or copy the store with `casereview backup`.",
    )


def damaged(place: object, what: str) -> StoreDamaged:
    """Say that a file is damaged."""
    return StoreDamaged(
        f"The store {place} is damaged: {what}.",
        next="Keep this file, and put the last backup in its place with "
        "`casereview restore FILE --replace`.",
    )


def busy(place: object) -> StoreBusy:
    """Say that somebody else is writing."""
    return StoreBusy(
        f"Another program is using {place}; nothing was recorded.", next="Try again in a moment."
    )


def full(place: object) -> StoreError:
    """Say that the disk is full."""
    return StoreRefused(
        f"The disk that holds {place} is full; nothing of this command was recorded.",
        code="store_full",
        next="Free some space and give the command again.",
    )


def unreachable(place: object, why: str, next_step: str) -> StoreError:
    """Say that a store exists and cannot be used from here."""
    return StoreError(f"{place} {why}.", code="store_unreachable", next=next_step)


def _drive(place: object) -> StoreError:
    """Say why a drive failed: SQLite calls it so too when a full disk has no room for its index."""
    folder = Path(str(place)).parent
    if folder.is_dir() and shutil.disk_usage(folder).free < LITTLE:
        return full(place)
    return unreachable(
        place,
        "is on a drive that failed to read or write",
        "Check the drive, then run `casereview verify`.",
    )


_SQLITE: dict[int, Callable[[object], StoreError]] = {
    BUSY: busy,
    LOCKED: busy,
    PROTOCOL: busy,
    FULL: full,
    IOERR_SHMSIZE: full,
    READONLY: lambda place: read_only(place, "the file or its folder is read-only"),
    NOTADB: lambda place: not_a_store(place, "the file has another format"),
    NO_TEXT: lambda place: damaged(place, "bytes stand where text belongs"),
    CORRUPT: lambda place: damaged(place, "its pages contradict each other"),
    CANTOPEN: lambda place: unreachable(
        place,
        "or a file beside it cannot be opened",
        "Check that the folder exists and that you may use it.",
    ),
    IOERR: _drive,
}


def _sqlite(place: object, code: int, said: str) -> StoreError | None:
    """Return the error for a SQLite result code, None when it is no fault of the file."""
    make = _SQLITE.get(code) or _SQLITE.get(code & 0xFF)
    if make is not None:
        return make(place)
    return refused_record(said) if code & 0xFF == CONSTRAINT else None


def refused_record(said: str) -> StoreError:
    """Say that a stored rule (a unique key, an append-only table) refused a record."""
    # The first line names the rule; later lines of some databases quote the values.
    return StoreError(f"The store refused a record: {said.splitlines()[0]}.", code="store_conflict")


def _postgres(place: object, state: str | None, said: str) -> StoreError | None:
    """Return the error for a PostgreSQL state code, None when it is none of these."""
    # The unique key of streams: somebody else recorded in the same stream first.
    if state in ("40001", "40P01", "55P03", "57014") or "uq_entries_stream_seq" in said:
        return busy(place)
    if state is None or state.startswith(("08", "57P", "28", "3D")):
        return unreachable(
            place,
            "cannot be reached",
            "Check the address, and that the server is running and knows you.",
        )
    if state == "25006":
        return read_only(place, "this connection only reads")
    if state.startswith("53"):
        return full(place)
    return refused_record(said) if state.startswith(("23", "P0001")) else None


def _code(error: BaseException) -> int | None:
    """Return the SQLite result code of a driver's error."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code
    text = str(error).lower()
    return next((number for word, number in _WORDS if word in text), None)


def translate(error: exc.SQLAlchemyError, place: object) -> StoreError:
    """Return the error that a user can act on."""
    found: StoreError | None = None
    if isinstance(error, exc.TimeoutError):
        # The pool of the one writing connection: another thread of this program is writing.
        return busy(place)
    if isinstance(error, exc.DBAPIError) and error.orig is not None:
        original = error.orig
        if hasattr(original, "sqlstate"):
            found = _postgres(place, original.sqlstate, str(original))
        elif (code := _code(original)) is not None:
            found = _sqlite(place, code, str(original))
        if found is None and isinstance(error, exc.IntegrityError):
            found = refused_record(str(original))
    return found or StoreError(f"The store {place} could not do that ({type(error).__name__}).")


@contextmanager
def translating(place: object) -> Iterator[None]:
    """Raise StoreError or one of its kinds for every database error inside the block."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise translate(error, place) from error
