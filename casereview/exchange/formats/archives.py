"""The zip file that a spreadsheet is: its limits are checked before anything is unpacked."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from casereview.exchange.formats.survey import unreadable

UNPACKED_MAX = 50 * 1024**2
"""Bytes of all parts together."""
RATIO_MAX = 100
RATIO_FROM = 1024**2
"""Bytes up to which a part may be packed more tightly."""
ENTRIES_MAX = 1_000
_CHUNK = 1 << 16
_DTD = tuple(
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY")
    for code in ("ascii", "utf-16-le", "utf-16-be")
)  # fmt: skip


class Parts:
    """The parts of a spreadsheet that passed every limit.

    Args:
        path: the file.

    Raises:
        Unreadable: it is damaged, protected, too large when unpacked, or holds a DTD.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            with zipfile.ZipFile(path) as archive:
                self._check(archive.infolist())
                self._texts = {
                    i.filename: self._whole(archive, i)
                    for i in archive.infolist()
                    if i.filename.endswith((".xml", ".rels"))
                }
                self.names = frozenset(i.filename for i in archive.infolist())
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError,
                ValueError) as error:  # fmt: skip
            raise unreadable(
                path.name,
                "This spreadsheet is damaged or was cut short: it is no whole zip file. Get it "
                "again, or save it again.",
            ) from error

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > ENTRIES_MAX:
            what = f"It has {len(entries):,} parts; at most {ENTRIES_MAX:,} are read."
            raise unreadable(self._name, what)
        total = sum(i.file_size for i in entries)
        if total > UNPACKED_MAX:
            raise unreadable(
                self._name,
                f"Unpacked it would have {total / 1e6:,.0f} MB; at most "
                f"{UNPACKED_MAX / 1e6:,.0f} MB are read. Save it as CSV.",
            )
        for entry in entries:
            if entry.flag_bits & 1:
                raise unreadable(self._name, "It is protected by a password. Save it without one.")
            packed = max(entry.compress_size, 1)
            if entry.file_size > RATIO_FROM and entry.file_size / packed > RATIO_MAX:
                raise unreadable(
                    self._name,
                    f"A part of it unpacks to {entry.file_size / packed:,.0f} times its size; at "
                    f"most {RATIO_MAX} times is read.",
                )

    def _whole(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
        """Unpack a part, counting, for the directory may lie about its size."""
        found = bytearray()
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK):
                found += chunk
                if len(found) > entry.file_size:
                    what = "A part of it is larger than the zip file says."
                    raise unreadable(self._name, what)
        if any(word in found for word in _DTD):
            raise unreadable(
                self._name,
                "A part of it has a document type (DTD) or entities, which are never read.",
            )
        return bytes(found)

    def text(self, name: str) -> bytes:
        """Return a part of XML, b"" when there is none of that name."""
        return self._texts.get(name, b"")


_CELL = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,4})([0-9]{1,8})[\"'][^>]*>(?<!/>)(?!\s*</(?:\w+:)?c>)"
)
"""A cell that holds something; formatted ones without a value reach as far as the sheet does."""
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\bt=[\"']e[\"'])[^>]*?\br=[\"']([A-Z]{1,4})([0-9]{1,8})"
)
_FROM_1904 = re.compile(rb"\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']")
_EMPTY_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,4})([0-9]{1,8})[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


_STORED_TEXT = re.compile(rb"<[^>]*\bt=[\"']str[\"'][^>]*>.*<(?:\w+:)?v\b", re.DOTALL)
"""A formula whose stored value is a text, also the text of no letters that IF(..., "") gives."""


def column_number(letters: bytes) -> int:
    """Return the 0-based place of a column: A is 0."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def extent(sheet: bytes) -> tuple[int, int]:
    """Return how many rows and columns the cells of an XLSX sheet reach over."""
    rows = columns = 0
    for found in _CELL.finditer(sheet):
        rows = max(rows, int(found[2]))
        columns = max(columns, column_number(found[1]) + 1)
    return rows, columns


def empty_formulas(sheet: bytes) -> dict[int, set[int]]:
    """Return 1-based row to 0-based columns of formulas that have no stored value."""
    found: dict[int, set[int]] = {}
    for cell in _EMPTY_FORMULA.finditer(sheet) if b"<f" in sheet or b":f" in sheet else ():
        if not _STORED_TEXT.match(cell[0]):
            found.setdefault(int(cell[2]), set()).add(column_number(cell[1]))
    return found


def error_cells(sheet: bytes) -> dict[int, set[int]]:
    """Return 1-based row to 0-based columns of cells whose formula went wrong, such as #REF!."""
    found: dict[int, set[int]] = {}
    for cell in _ERROR_CELL.finditer(sheet):
        found.setdefault(int(cell[2]), set()).add(column_number(cell[1]))
    return found


def counts_from_1904(workbook: bytes) -> bool:
    """Tell whether the day numbers of a workbook begin in 1904."""
    return _FROM_1904.search(workbook) is not None


def repeated_too_often(content: bytes, rows_max: int, columns_max: int) -> bool:
    """Tell whether an ODS sheet repeats filled cells or rows beyond a limit."""
    for found in re.finditer(rb"<table:table-cell\b[^>]*>", content):
        again = re.search(rb"number-columns-repeated=\"(\d{1,12})\"", found[0])
        if again and int(again[1]) > columns_max and b"value-type=" in found[0]:
            return True
    starts = re.finditer(rb"<table:table-row\b[^>]*?number-rows-repeated=\"(\d{1,12})\"", content)
    for found in starts:
        end = content.find(b"</table:table-row>", found.end())
        filled = b"value-type=" in content[found.end() : end]
        if int(found[1]) > rows_max and filled:
            return True
    return False
