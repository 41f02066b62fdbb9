"""A file as it comes: what it is, whether it stays the same while it is read, and its lines."""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from casereview.errors import Fault, FileFaults, Usage

BYTES_MAX = 4 * 1024**3
LINE_MAX = 4_000_000
"""Characters of one line; more is no table."""
RECORD_MAX = 8_000_000
"""Characters of one row over several lines."""
SPILL_FACTOR = 3
STORE_FACTOR = 16
"""Bytes needed beside the store for each byte of the file: rows, journal, and its log."""

_CHUNK = 1 << 20
_NULS_SHARE = 0.2
_STRAY = re.compile("[\ud800-\udfff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


class Unreadable(FileFaults):
    """A file that cannot be read at all."""

    code = "unreadable_file"


def unreadable(
    name: str, what: str, *, line: int | None = None, near: str | None = None
) -> Unreadable:
    """Return the error for one fault of a whole file."""
    return Unreadable(f"{name} was not imported", [Fault(name, "", what, line=line, nearest=near)])


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first reading says about a file.

    Attributes:
        size: bytes.
        hash: SHA-256 of the content, 64 hex digits.
        mark: encoding that its first bytes name, "" for none.
        utf8: True when all of it is UTF-8.
    """

    size: int
    hash: str
    mark: str
    utf8: bool


def check_regular(path: Path) -> int:
    """Return the size of a regular file.

    Raises:
        Unreadable: it is not there, is a folder or a device, empty, or too large.
    """
    name = path.name
    try:
        facts = path.stat()
    except OSError as error:
        raise unreadable(
            name, f"The file cannot be read: {error.strerror or 'unknown'}."
        ) from error
    except ValueError as error:
        raise unreadable(name, "This is no file name.") from error
    if not stat.S_ISREG(facts.st_mode):
        raise unreadable(name, "This is not a file but a folder, a device or a pipe.")
    if facts.st_size == 0:
        raise unreadable(name, "The file is empty.")
    if facts.st_size > BYTES_MAX:
        raise unreadable(
            name, f"The file has {facts.st_size:,} bytes; at most {BYTES_MAX:,} are read."
        )
    return facts.st_size


def check_space(folder: Path, size: int, factor: int, what: str) -> None:
    """Refuse when a disk has too little room.

    Raises:
        Usage: code no_space.
    """
    free = shutil.disk_usage(folder).free
    need = size * factor
    if need > free:
        raise Usage(
            f"Importing this file needs about {need / 1e6:,.0f} MB free for {what}; "
            f"{free / 1e6:,.0f} MB are.",
            code="no_space",
            next="Free some space, or import the file in parts.",
        )


def survey(path: Path) -> Survey:
    """Read a file once: its hash, and which encodings it can be.

    Raises:
        Unreadable: it cannot be read.
    """
    size = check_regular(path)
    digest, total, utf8 = hashlib.sha256(), 0, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    head = b""
    try:
        with path.open("rb") as file:
            for chunk in iter(partial(file.read, _CHUNK), b""):
                head = head or chunk[:4096]
                digest.update(chunk)
                total += len(chunk)
                if total > size:
                    break
                utf8 = utf8 and _decodes(decoder, chunk)
    except OSError as error:
        raise unreadable(path.name, f"The file cannot be read: {error.strerror}.") from error
    if total != size:
        raise changed(path.name)
    mark = next((name for bom, name in _BOMS if head.startswith(bom)), "")
    _check_text(path.name, head, mark)
    return Survey(size, digest.hexdigest(), mark, utf8 and _decodes(decoder, b"", final=True))


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _check_text(name: str, head: bytes, mark: str) -> None:
    if mark != "utf-16" and head.count(0) > _NULS_SHARE * len(head):
        raise unreadable(
            name,
            "This is not UTF-8 text; it looks like UTF-16 without its mark. Save it as CSV UTF-8.",
        )
    for start, what in ((b"PK\x03\x04", "a spreadsheet or zip file"), (b"\xd0\xcf\x11\xe0", "an "
                        "old or password-protected spreadsheet"), (b"\x1f\x8b", "a gzip file")):  # fmt: skip
        if head.startswith(start):
            raise unreadable(name, f"This is {what}; read are CSV files. Save it as CSV UTF-8.")


def changed(name: str) -> Unreadable:
    """Return the refusal of a file that did not stay the same."""
    return unreadable(
        name,
        "The file changed while it was read; nothing was imported. Import it when it is complete.",
    )


def choose_encoding(path: Path, found: Survey, stated: Sequence[str]) -> str:
    """Return the encoding to read with.

    The file's own mark decides; without one the first stated encoding that fits. cp1252 is taken
    only when nothing beyond ASCII is valid UTF-8, so a file pasted together is never half garbled.

    Raises:
        Unreadable: the layout does not state what the file is.
    """
    if found.mark:
        if found.mark not in stated:
            raise unreadable(
                path.name,
                f"The file is {found.mark} and the layout states {', '.join(stated)}.",
            )
        return found.mark
    plain = [e for e in stated if e != "utf-16"]
    if not plain:
        raise unreadable(path.name, "The layout states utf-16, but the file lacks its mark.")
    if plain[0] == "utf-8-sig" and not found.utf8 and "cp1252" in plain:
        return "utf-8-sig" if _mixed(path) else "cp1252"
    return plain[0]


def _mixed(path: Path) -> bool:
    """Tell whether some line beyond ASCII is valid UTF-8."""
    with path.open("rb") as file:
        for line in iter(partial(file.readline, LINE_MAX), b""):
            if not line.isascii():
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                return True
    return False


class _Hashing(io.RawIOBase):
    """Passes bytes on and hashes them, so that what was parsed is what was surveyed."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # a narrower buffer
        n = self._raw.readinto(buffer)
        self.count += n
        self.digest.update(buffer[:n])
        return n

    def close(self) -> None:
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
        self.name = path.name
        self.number = 0
        self.size = 0
        self.mark = 0
        self.flaw = ""
        self._path = path
        self._survey = found
        self._raw = _Hashing(io.FileIO(os.fspath(path)))
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
        try:
            size = self._path.stat().st_size
        except OSError:
            size = -1
        same = (self._raw.count, self._raw.digest.hexdigest(), size) == (
            self._survey.size, self._survey.hash, self._survey.size
        )  # fmt: skip
        if not same:
            raise changed(self.name)

    def close(self) -> None:
        """Close the file."""
        self._text.close()
