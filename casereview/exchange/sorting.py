"""Sort more tuples than fit in memory: sorted runs in unnamed temporary files, then one merge."""

from __future__ import annotations

import heapq
import marshal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

BLOCK = 2_000
"""Tuples read back at a time from each run."""
RUN = 60_000
RUNS_MAX = 200
"""Runs kept open at once; more are merged into longer ones first."""

Item = tuple[Any, ...]


class Sorter:
    """Takes tuples of plain values in any order and gives them back sorted.

    The files have no name (where the system allows it), so nothing personal is left behind even
    when the program is killed. Tuples must differ before the first part that cannot be compared.

    Args:
        run: tuples held in memory before they are written away.
        folder: where the files go; None for the system's place.
    """

    def __init__(self, run: int = RUN, folder: Path | None = None) -> None:
        self._run = run
        self._folder = folder
        self._held: list[Item] = []
        self._files: list[IO[bytes]] = []
        self.count = 0

    def add(self, item: Item) -> None:
        """Take one tuple of texts, numbers, None and tuples of them."""
        # Named tuples cannot be written away as they are.
        self._held.append(item if type(item) is tuple else tuple(item))
        self.count += 1
        if len(self._held) >= self._run:
            self._spill()

    def _spill(self) -> None:
        self._held.sort()
        self._files.append(self._written(iter(self._held)))
        self._held = []
        if len(self._files) >= RUNS_MAX:
            merged = self._written(heapq.merge(*(_read(f) for f in self._files)))
            self._close_files()
            self._files = [merged]

    def _written(self, items: Iterator[Item]) -> IO[bytes]:
        file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by close()
        block: list[Item] = []
        for item in items:
            block.append(item)
            if len(block) >= BLOCK:
                marshal.dump(block, file)
                block = []
        marshal.dump(block, file)
        marshal.dump(None, file)
        return file

    def __iter__(self) -> Iterator[Item]:
        """Yield everything in order; may be asked for again."""
        self._held.sort()
        if not self._files:
            return iter(list(self._held))
        return heapq.merge(*(_read(f) for f in self._files), iter(list(self._held)))

    def _close_files(self) -> None:
        for file in self._files:
            file.close()
        self._files = []

    def close(self) -> None:
        """Forget everything and give the disk space back."""
        self._close_files()
        self._held = []


def _read(file: IO[bytes]) -> Iterator[Item]:
    file.seek(0)
    while True:
        block = marshal.load(file)  # noqa: S302 - our own unnamed file, written a moment ago
        if block is None:
            return
        yield from block
