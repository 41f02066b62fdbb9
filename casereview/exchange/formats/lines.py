"""The lines of a file for the csv module, hashed as they pass so that no change goes unseen."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from casereview.core.text import safe
from casereview.exchange.formats.survey import LINE_MAX, Survey, changed, unreadable

RECORD_MAX = 8_000_000
"""Characters of one row over several lines."""
_CHUNK = 1 << 20
_STRAY = re.compile("[\ud800-\udfff]")


class Hashing(io.RawIOBase):
    """Passes bytes on and hashes them, so that what was parsed is what was surveyed."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()
        self.count = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # a narrower buffer
        """Read into a buffer, hashing."""
        n = self._raw.readinto(buffer)
        self.count += n
        self.digest.update(buffer[:n])
        return n

    def check(self, path: Path, found: Survey) -> None:
        """Refuse when what was read to its end is not what was surveyed.

        Raises:
            Unreadable: it grew, shrank, was replaced or rewritten.
        """
        try:
            size = path.stat().st_size
        except OSError:
            size = -1
        if (self.count, self.digest.hexdigest(), size) != (found.size, found.hash, found.size):
            raise changed(safe(path.name))

    def close(self) -> None:
        """Close the file."""
        self._raw.close()
        super().close()


class Lines:
    """The lines of a file for the csv module, with what is wrong with the row being read.

    Attributes:
        number: physical lines read so far.
        size: characters of the row being read.
        mark: equal for rows that are the same, letter by letter.
        flaw: why the row being read cannot be taken, "" when it can.
        done: bytes read so far.
    """

    def __init__(self, path: Path, found: Survey, encoding: str) -> None:
        self.name = safe(path.name)
        self.number = 0
        self.size = 0
        self.mark = 0
        self.flaw = ""
        self._path = path
        self._survey = found
        self._raw = Hashing(io.FileIO(os.fspath(path)))
        errors = "strict" if encoding == "utf-16" else "surrogateescape"
        buffered = io.BufferedReader(self._raw, _CHUNK)
        self._text = io.TextIOWrapper(buffered, encoding=encoding, errors=errors, newline="")

    @property
    def done(self) -> int:
        """Return the bytes read so far."""
        return self._raw.count

    def fresh(self) -> None:
        """Begin a new row."""
        self.size = self.mark = 0
        self.flaw = ""

    def __iter__(self) -> Iterator[str]:
        """Yield the lines with their ends.

        Raises:
            Unreadable: a line or row is no part of a table, or the bytes are no text.
        """
        read = partial(self._text.readline, LINE_MAX)
        try:
            for line in iter(read, ""):
                self.number += 1
                self.size += len(line)
                self.mark = hash((self.mark, line.rstrip("\r\n")))
                if self.size >= LINE_MAX:
                    self._check_length(line)
                if "\x00" in line:
                    self.flaw = "it holds a NUL character"
                elif not line.isascii() and _STRAY.search(line):
                    self.flaw = "it holds bytes that are not text in the stated encoding"
                yield line
        except UnicodeDecodeError as error:
            what = f"The bytes after line {self.number} are no {error.encoding} text."
            raise unreadable(self.name, what, line=self.number + 1) from error

    def _check_length(self, line: str) -> None:
        if len(line) >= LINE_MAX or self.size > RECORD_MAX:
            raise unreadable(
                self.name,
                f"A row here has more than {LINE_MAX:,} characters; a quote may not be closed.",
                line=self.number,
            )

    def check_unchanged(self) -> None:
        """Refuse when what was read is not what was surveyed, or the file has changed since.

        Raises:
            Unreadable: it grew, shrank, was replaced or rewritten.
        """
        while self._text.buffer.read(_CHUNK):
            pass
        self._raw.check(self._path, self._survey)

    def close(self) -> None:
        """Close the file."""
        self._text.close()
