"""A file before it is read: what it is, how large, in which encoding, whether there is room."""

from __future__ import annotations

import codecs
import hashlib
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from casereview.core.text import safe
from casereview.errors import Fault, FileFaults, Usage

BYTES_MAX = 4 * 1024**3
LINE_MAX = 4_000_000
"""Characters of one line; more is no table."""
SPILL_FACTOR = 3
STORE_FACTOR = 16
"""Bytes needed beside the store for each byte of the file: rows, journal, and its log."""

_CHUNK = 1 << 20
_NULS_SHARE = 0.2
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(FileFaults):
    """A file that cannot be read at all."""

    code = "unreadable_file"


def unreadable(
    name: str, what: str, *, line: int | None = None, near: str | None = None
) -> Unreadable:
    """Return the error for one fault of a whole file."""
    return not_imported([Fault(safe(name), "", what, line=line, nearest=near)])


def not_imported(faults: Sequence[Fault]) -> Unreadable:
    """Return the error for all faults of a whole file."""
    return Unreadable(f"{faults[0].file} was not imported", faults)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first reading says about a file.

    Attributes:
        size: bytes.
        hash: SHA-256 of the content, 64 hex digits.
        mark: encoding that its first bytes name, "" for none.
        utf8: True when all of it is UTF-8.
        head: its first bytes.
    """

    size: int
    hash: str
    mark: str
    utf8: bool
    head: bytes = b""


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
    utf8 = utf8 and _decodes(decoder, b"", final=True)
    return Survey(size, digest.hexdigest(), mark, utf8, head)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def check_text(name: str, found: Survey) -> None:
    """Refuse what cannot be text in a stated encoding.

    Raises:
        Unreadable: it is UTF-32, UTF-16 without its mark, or nothing but NULs.
    """
    nuls = found.head.count(0)
    if found.mark == "utf-32" or (found.mark != "utf-16" and nuls > 0.7 * len(found.head)):
        what = (
            "holds hardly anything but NUL characters"
            if nuls > 0.8 * len(found.head)
            else ("is UTF-32 text" if found.mark else "looks like UTF-32 text")
        )
        raise unreadable(name, f"This file {what}, which is not read. Save it as CSV UTF-8.")
    if found.mark != "utf-16" and found.head.count(0) > _NULS_SHARE * len(found.head):
        raise unreadable(
            name,
            "This is not UTF-8 text; it looks like UTF-16 without its mark. Save it as CSV UTF-8.",
        )


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
