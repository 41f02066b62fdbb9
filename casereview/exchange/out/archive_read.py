"""Looks an archive over before anything of it is parsed, then reads it line by line."""

from __future__ import annotations

import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from casereview.errors import CaseReviewError
from casereview.exchange.out.archive import FORMAT, HEADS, MANIFEST, META, VERSION
from casereview.exchange.out.archive import part_name as part_of
from casereview.store.whole import COLUMNS

PACKED_MAX = 4 * 2**30
"""Bytes of the file."""
WHOLE_MAX = 32 * 2**30
"""Bytes of all parts unpacked: a million cases have a few."""
RATIO_MAX = 200
"""Unpacked to packed bytes of one part; hashes and salts do not compress to a tenth."""
SMALL = 2**20
"""Bytes below which a part's ratio is not looked at, and the most that a manifest has."""
LINE_MAX = 16 * 2**20
_BLOCK = 2**20
_END_MAX = 22 + 2**16
"""Bytes at the end of a file that hold the end of its directory, a comment included."""
_INTEGERS = frozenset((
    "number", "stream_id", "seq", "occurred_on", "review", "pack_version", "version", "upto",
    "seal", "last",
))  # fmt: skip
_OPTIONAL = frozenset((
    "team", "occurred_at", "said_by", "review", "pack_id", "pack_version", "pack_hash",
    "text_digest",
))  # fmt: skip
_LONE = re.compile("[\ud800-\udfff]")
HEAD_COLUMNS = ("stream_kind", "stream_id", "seq", "hash")
PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {part_of(t): c for t, c in COLUMNS.items()} | {HEADS: HEAD_COLUMNS}
)


class ArchiveFault(CaseReviewError):
    """An archive that is not whole, was changed, or asks too much; nothing was made of it."""

    code = "archive"


def refuse(what: str) -> NoReturn:
    """Raise the refusal of an archive."""
    raise ArchiveFault(
        f"The archive cannot be used: {what}.", next="Fetch another copy; nothing was made of it."
    )


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose parts have the sizes and hashes that its manifest names.

    Attributes:
        packed: the open file.
        manifest: what it says about itself; `store` has META.
    """

    packed: zipfile.ZipFile
    manifest: Mapping[str, Any]

    def rows(self, part: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a part, each value of the type of its column; salts as bytes.

        Raises:
            ArchiveFault: a line is no row of the part.
        """
        columns = PARTS[part]
        for number, text in enumerate(self._lines(part), start=1):
            try:
                found = json.loads(text, parse_constant=_no_constant)
            except (ValueError, RecursionError):
                found = None
            if not isinstance(found, list) or len(found) != len(columns):
                refuse(f"line {number} of {part} is no row")
            if not all(_fits(c, v) for c, v in zip(columns, found, strict=True)):
                refuse(f"line {number} of {part} holds a value of another type")
            yield tuple(
                bytes.fromhex(v) if c == "salt" else v for c, v in zip(columns, found, strict=True)
            )

    def _lines(self, part: str) -> Iterator[bytes]:
        with self.packed.open(part) as file:
            while text := file.readline(LINE_MAX + 1):
                if len(text) > LINE_MAX:
                    refuse(f"a line of {part} is longer than {LINE_MAX:,} bytes")
                yield text


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _fits(column: str, value: Any) -> bool:
    if value is None:
        return column in _OPTIONAL
    if column in _INTEGERS:
        return type(value) is int and abs(value) < 2**63
    if not isinstance(value, str):
        return False
    if column == "salt":
        return len(value) == 32 and all(c in "0123456789abcdef" for c in value)
    # JSON can name halves of characters, which no store can hold.
    return not _LONE.search(value) and (column != "result" or _is_object(value))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text, parse_constant=_no_constant), dict)
    except (ValueError, RecursionError):
        return False


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive after its size, names, ratios, manifest and every hash were looked at.

    Raises:
        ArchiveFault: it is none, was changed, or is larger than any store.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            refuse("it is no plain file")
        if facts.st_size > PACKED_MAX:
            refuse(f"it has more than {PACKED_MAX // 2**30} GB")
        _check_end(path, facts.st_size)
        with zipfile.ZipFile(path) as packed:
            _check_directory(packed)
            manifest = _manifest(packed)
            for name, said in manifest["parts"].items():
                _check_part(packed, name, said)
            yield Archive(packed, manifest)
    except OSError as error:
        refuse(f"it cannot be read ({error.strerror})")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError,
            UnicodeDecodeError):  # fmt: skip
        # RuntimeError is what the library raises for an encrypted part, UnicodeDecodeError for a
        # part whose own name is spoiled.
        refuse("it is no archive, or it was cut short or changed")


def _check_end(path: Path, size: int) -> None:
    """Refuse a long directory before the library reads it whole.

    Source: APPNOTE 6.3, end of central directory record (4.3.16) and its locator (4.3.15).
    """
    with path.open("rb") as file:
        file.seek(max(0, size - _END_MAX))
        end = file.read(_END_MAX)
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < 22:
        refuse("it is no archive, or it was cut short")
    entries = int.from_bytes(end[at + 10 : at + 12], "little")
    directory = int.from_bytes(end[at + 12 : at + 16], "little")
    wide = end[at - 20 : at - 16] == b"PK\x06\x07" and size < 2**31
    if wide or entries != len(PARTS) + 1 or directory > SMALL:
        refuse("its parts are not those of an archive of this version")


def _check_directory(packed: zipfile.ZipFile) -> None:
    infos = packed.infolist()
    if sorted(i.filename for i in infos) != sorted((*PARTS, MANIFEST)):
        refuse("its parts are not those of an archive of this version")
    if sum(i.file_size for i in infos) > WHOLE_MAX:
        refuse(f"it unpacks to more than {WHOLE_MAX // 2**30} GB")
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            refuse(f"{info.filename} is packed in another way")
        limit = SMALL if info.filename == MANIFEST else max(SMALL, RATIO_MAX * info.compress_size)
        if info.file_size > limit:
            refuse(f"{info.filename} unpacks to too much")


def _manifest(packed: zipfile.ZipFile) -> dict[str, Any]:
    try:
        found = json.loads(packed.read(MANIFEST), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        refuse("its manifest cannot be read")
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        refuse("its manifest is not that of an archive")
    if found.get("version") != VERSION:
        refuse("it was written by another version of casereview")
    about, parts = found.get("store"), found.get("parts")
    if not isinstance(about, dict) or not all(isinstance(about.get(k), str) for k in META):
        refuse("its manifest does not say which store it is")
    if not isinstance(parts, dict) or set(parts) != set(PARTS):
        refuse("its manifest does not name every part")
    if not all(isinstance(said, dict) for said in parts.values()):
        refuse("its manifest does not name every part")
    return found


def _check_part(packed: zipfile.ZipFile, name: str, said: Mapping[str, Any]) -> None:
    digest, size, lines = sha256(), 0, 0
    with packed.open(name) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size, lines = size + len(block), lines + block.count(b"\n")
    if (digest.hexdigest(), size, lines) != (
        said.get("sha256"), said.get("bytes"), said.get("lines")
    ):  # fmt: skip
        refuse(f"{name} differs from what its manifest says")
