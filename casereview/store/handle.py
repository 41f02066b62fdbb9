"""An open store: the kinds of transaction it hands out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from casereview.errors import StoreError
from casereview.store.engine import bare_engine
from casereview.store.faults import damaged, read_only, translating
from casereview.store.place import reading_mode


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Return what tells a file from another that later takes its name."""
    try:
        facts = None if path is None else path.stat()
    except OSError:
        return (0, 0)
    return None if facts is None else (facts.st_dev, facts.st_ino)


class Store:
    """An open store. Made by `opening.create_store` and `open_store`; a context manager.

    Attributes:
        place: the file or address as people read it, without a password.
        path: the file, None for a PostgreSQL database.
        read_only: True when it was opened only to be read.
        meta: what the store says about itself: id, rehearsal, created, time_zone, schema.
    """

    def __init__(
        self, place: str, path: Path | None, *, writer: Engine | None, reader: Engine
    ) -> None:
        self.place = place
        self.path = path
        self.read_only = writer is None
        self.meta: Mapping[str, str] = {}
        self._writer = writer
        self._reader = reader
        self._watch: Connection | None = None
        self._bare: Engine | None = None
        self._identity = _identity(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def id(self) -> str:
        """The store's own identifier, kept by its backups."""
        return self.meta["id"]

    @property
    def rehearsal(self) -> bool:
        """True when the store holds no real people."""
        return self.meta["rehearsal"] == "1"

    @property
    def time_zone(self) -> str:
        """Name of the time zone of its business dates."""
        return self.meta["time_zone"]

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Hand out one writing transaction: committed at the end, rolled back on any error.

        Raises:
            StoreBusy: another program kept writing for ten seconds; nothing was recorded.
            StoreError: read-only, disk full, or a record that a stored rule refuses.
        """
        if self._writer is None:
            raise read_only(self.place, "it was opened only to be read")
        if _identity(self.path) != self._identity:
            # What is written now would go to the file that was moved aside, and be lost.
            raise StoreError(
                f"{self.place} was replaced by another file since it was opened.",
                code="store_replaced",
                next="Start again; nothing was recorded.",
            )
        with translating(self.place), self._writer.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Hand out one reading transaction: it sees one moment and cannot write."""
        with translating(self.place), self._reader.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def bare(self) -> Iterator[Connection]:
        """Hand out a connection outside transactions, for VACUUM and checkpoints (SQLite only)."""
        if self.path is None:
            raise StoreError(
                "This is done on a file; a PostgreSQL database has its own tools.",
                code="store_server",
                next="Ask whoever runs the database server.",
            )
        if self._bare is None:
            self._bare = bare_engine(self.path, mode=self._mode())
        with translating(self.place), self._bare.connect() as connection:
            yield connection

    def _mode(self) -> str:
        return "rw" if self._writer is not None or self.path is None else reading_mode(self.path)

    def compact(self) -> None:
        """Rewrite the file so that erased text is gone from it and from its log."""
        with self.bare() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def quick_check(self) -> None:
        """Look for damaged pages: 0.06 s for each 115 MB.

        Raises:
            StoreDamaged: the file contradicts itself.
        """
        with self.bare() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if said != "ok":
            raise damaged(self.place, "its pages contradict each other")

    def data_version(self) -> int:
        """Return a number that differs once anything was committed, by this program or another."""
        with translating(self.place):
            if self.path is None:
                with self._reader.connect() as connection:
                    sql = "SELECT coalesce(max(number), 0) FROM entries"
                    return int(connection.exec_driver_sql(sql).scalar_one())
            if self._watch is None:
                # The number means something only on one and the same connection.
                self._bare = self._bare or bare_engine(self.path, mode=self._mode())
                self._watch = self._bare.connect()
            return int(self._watch.exec_driver_sql("PRAGMA data_version").scalar_one())

    def connect(self) -> None:
        """Connect once, so that every setting and the schema are proved before any work."""
        with translating(self.place):
            for engine in (self._writer, self._reader):
                if engine is not None:
                    engine.connect().close()

    def close(self) -> None:
        """Close every connection; closing twice is harmless."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        for engine in (self._writer, self._reader, self._bare):
            if engine is not None:
                engine.dispose()
