"""The bytes of a file of markup, unpacked and counted before any parser sees them."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from casereview.exchange.formats.lines import Hashing
from casereview.exchange.formats.survey import Survey, unreadable

UNPACKED_MAX = 1024**3
RATIO_MAX = 100
RATIO_FROM = 4 * 1024**2
"""Bytes up to which a file may be packed more tightly."""
TOKEN_MAX = 1_000_000
"""Bytes between two ends of tags; parsers read longer ones again and again."""
_CHUNK = 1 << 16
_GZIP = 31


class Chunks:
    """Reads a file in pieces, unpacking it when it is gzip, and checks that it stays the same.

    Attributes:
        done: bytes of the file read so far.
    """

    def __init__(self, path: Path, found: Survey) -> None:
        self._path = path
        self._found = found
        self._packed = found.head.startswith(b"\x1f\x8b")
        self.done = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the unpacked bytes.

        Raises:
            Unreadable: damaged, too large, packed too tightly, or changed meanwhile.
        """
        with Hashing(io.FileIO(os.fspath(self._path))) as raw:
            pieces = self._unpacked(raw) if self._packed else self._plain(raw)
            total, token = 0, 0
            for piece in pieces:
                self.done = raw.count
                total += len(piece)
                self._check_size(total)
                end = piece.rfind(b">")
                longest = max(map(len, piece.split(b">")))
                token = token + len(piece) if end < 0 else len(piece) - end
                if max(token, longest) > TOKEN_MAX:
                    raise self._refused(
                        f"One comment, tag or text in it has more than {TOKEN_MAX:,} bytes; "
                        f"reading stopped after {total / 1e6:,.1f} MB unpacked."
                    )
                yield piece
            raw.check(self._path, self._found)

    def _check_size(self, total: int) -> None:
        if total > UNPACKED_MAX:
            raise self._refused(f"It has more than {UNPACKED_MAX / 1e6:,.0f} MB when unpacked.")
        if self._packed and total > max(RATIO_FROM, RATIO_MAX * self._found.size):
            raise self._refused(
                f"After {total / 1e6:,.0f} MB unpacked it is more than {RATIO_MAX} times its size; "
                "reading was stopped."
            )

    def _refused(self, what: str) -> Exception:
        return unreadable(self._path.name, what)

    def _plain(self, raw: Hashing) -> Iterator[bytes]:
        while piece := raw.read(_CHUNK):
            yield piece

    def _unpacked(self, raw: Hashing) -> Iterator[bytes]:
        unpack = zlib.decompressobj(_GZIP)
        try:
            while packed := raw.read(_CHUNK):
                while packed:
                    if unpack.eof:
                        unpack = zlib.decompressobj(_GZIP)
                    piece = unpack.decompress(packed, _CHUNK)
                    packed = unpack.unconsumed_tail or unpack.unused_data
                    if piece:
                        yield piece
                    if unpack.eof and not packed.strip(b"\0"):
                        packed = b""
        except zlib.error as error:
            raise self._refused("It is damaged: it cannot be unpacked.") from error
        if not unpack.eof:
            raise self._refused("It is damaged: its end is missing.")


def check_markup(path: Path, found: Survey) -> int:
    """Read a whole file without parsing it and return its unpacked size in bytes.

    Raises:
        Unreadable: a limit is passed.
    """
    return sum(map(len, Chunks(path, found)))
