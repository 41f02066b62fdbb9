"""The same list as XLSX, ODS and XLS: real files, made here byte by byte where nobody writes them.

WRITE_EXPECTED=1 writes them anew under fixtures/imports, where the fuzz begins with them.
"""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

from casereview.errors import FileFaults

FILES = Path(__file__).resolve().parents[2] / "fixtures" / "imports"
Cell = str | int | float | date
ZERO = date(1899, 12, 30)
ROWS: tuple[Sequence[Cell], ...] = (
    ("Ward list",),
    ("Printed", date(2024, 3, 1)),
    ("Bed", "Hospital No", "NHS No", "Name", "DOB", "Admitted", "Consultant", "Named nurse",
     "Medically fit"),
    ("A1", "H1001", 9990000026, "Test Person One", date(1980, 6, 2), date(2024, 1, 2),
     "Dr Example", "Nurse Example", "Y"),
    ("A2", 1002, "999 000 0034", "Test Pérson Two", "3/6/1951", date(2024, 2, 15), "Dr Example",
     "", "N"),
    ("A3", "0012", "", "", "", "20/02/2024", "", "Nurse Example", ""),
    ("A4",),
)  # fmt: skip


def serial(day: date) -> int:
    return (day - ZERO).days


def xlsx(path: Path, rows: Sequence[Sequence[Cell]]) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        sheet, day = book.add_worksheet("list"), book.add_format({"num_format": "dd/mm/yyyy"})
        for n, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(n, place, datetime.combine(value, time()), day)
                else:
                    sheet.write(n, place, value)


def ods_cell(value: Cell) -> str:
    if isinstance(value, date):
        said = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        said = f'office:value-type="float" office:value="{value}"'
    else:
        said = 'office:value-type="string"' if value else ""
    words = f"<text:p>{escape(str(value))}</text:p>" if value != "" else ""
    return f"<table:table-cell {said}>{words}</table:table-cell>"


def ods(path: Path, rows: Sequence[Sequence[Cell]]) -> None:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    lines = "".join(
        f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="list">{lines}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(zipfile.ZipInfo("mimetype"), kind)
        for name, text in (("content.xml", content), ("META-INF/manifest.xml", manifest)):
            made.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)


def record(kind: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack("<HH", kind, len(body)) + body


def biff(rows: Sequence[Sequence[Cell]]) -> bytes:
    """The stream of a workbook in BIFF8. Source: [MS-XLS] 2.4."""
    texts = list(dict.fromkeys(v for row in rows for v in row if isinstance(v, str)))
    words = b"".join(
        struct.pack("<HB", len(t), 1) + t.encode("utf-16-le") for t in texts
    )  # fmt: skip
    general, day = (struct.pack("<HHHBBHIIH", 0, fmt, 0, 0, 0, 0, 0, 0, 0)[:20] for fmt in (0, 14))
    head = [
        record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 1996, 0, 6)),
        record(0x0042, struct.pack("<H", 1200)), record(0x0022, struct.pack("<H", 0)),
        record(0x00E0, general), record(0x00E0, day),
    ]  # fmt: skip
    tail = [
        record(0x00FC, struct.pack("<II", len(texts), len(texts)), words), record(0x000A),
    ]  # fmt: skip
    name = struct.pack("<BB", 4, 0) + b"list"
    at = sum(map(len, head + tail)) + 4 + 6 + len(name)
    sheet = [record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0x0DBB, 1996, 0, 6))]
    wide = max(map(len, rows))
    sheet.append(record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, wide, 0)))
    for n, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, str):
                cell = struct.pack("<HHHI", n, place, 0, texts.index(value))
                sheet.append(record(0x00FD, cell))
            else:
                dated = isinstance(value, date)
                number = float(serial(value)) if isinstance(value, date) else float(value)
                sheet.append(record(0x0203, struct.pack("<HHHd", n, place, int(dated), number)))
    bound = record(0x0085, struct.pack("<IH", at, 0), name)
    return b"".join([*head, bound, *tail, *sheet, record(0x000A)])


def xls(path: Path, rows: Sequence[Sequence[Cell]]) -> None:
    """Write the stream into a compound file. Source: [MS-CFB] 2.2 to 2.6."""
    size, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    stream = biff(rows)
    # Shorter streams would live in a stream of their own.
    stream += bytes(max(4096, -(-len(stream) // size) * size) - len(stream))
    sectors = len(stream) // size
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE,
        9, 6, bytes(6), 0, 1, 1, 0, 4096, end, 0, end, 0,
    ) + struct.pack("<109I", 0, *[free] * 108)  # fmt: skip
    chain = [*range(3, 2 + sectors), end]
    table = [0xFFFFFFFD, end, *chain, *[free] * (size // 4 - 2 - sectors)]

    def entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16sIQQIQ", text, len(text), kind, 1, free, free, child, bytes(16), 0, 0, 0,
            start, length,
        )  # fmt: skip

    empty = struct.pack("<64sHBBIII36sIQ", b"", 0, 0, 0, free, free, free, bytes(36), 0, 0)
    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream))
    path.write_bytes(
        header + struct.pack(f"<{size // 4}I", *table) + folder + empty[:128] * 2 + stream
    )


WRITERS: dict[str, Callable[[Path, Sequence[Sequence[Cell]]], None]] = {
    "xlsx": xlsx, "ods": ods, "xls": xls,
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_the_same_rows_are_read_from_every_kind_of_spreadsheet(
    make_ward: Any, layouts: Path, kind: str, tmp_path: Path
) -> None:
    file = tmp_path / f"ward-list.{kind}"
    WRITERS[kind](file, ROWS)
    if os.environ.get("WRITE_EXPECTED"):
        WRITERS[kind](FILES / file.name, ROWS)
    ward = make_ward()
    got = ward.take(file, layouts / "ward-list.toml")
    assert (got["accepted"], got["rejected"], got["cases"]) == (3, 1, 3)
    assert ward.report()[-1]["line"] == "7"
    people = ward.sql("SELECT name, nhs_number, born_on FROM persons ORDER BY id")
    epoch = date(1970, 1, 1)
    assert sorted(people, key=str) == sorted([
        ("Test Person One", "9990000026", (date(1980, 6, 2) - epoch).days),
        ("Test Pérson Two", "9990000034", (date(1951, 6, 3) - epoch).days),
        (None, None, None),
    ], key=str)  # fmt: skip
    days = dict(ward.sql("SELECT i.local_id, c.referred_on FROM imported_cases i JOIN cases c "
                         "ON c.id = i.case_id"))  # fmt: skip
    assert days == {
        "H1001": (date(2024, 1, 2) - epoch).days, "1002": (date(2024, 2, 15) - epoch).days,
        "0012": (date(2024, 2, 20) - epoch).days,
    }  # fmt: skip
    assert ward.problems() == []


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_a_list_of_one_kind_is_the_same_list_as_another(
    make_ward: Any, layouts: Path, kind: str
) -> None:
    ward, layout = make_ward(), layouts / "ward-list.toml"
    ward.take(FILES / "ward-list.xlsx", layout)
    got = ward.take(FILES / f"ward-list.{kind}", layout)
    assert (got["accepted"], got["unchanged"], got["rejected"]) == (0, 3, 1)


def torn_tag(path: Path) -> None:
    """Tear the last tag of an ODS in a sound zip file: its reader would never come back."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["content.xml"] = parts["content.xml"].replace(b"</table:table>", b"</ta<le:table>")
    with zipfile.ZipFile(path, "w") as made:
        for name, part in parts.items():
            made.writestr(name, part)


def begins_after_its_end(path: Path) -> None:
    """Let the sheet of an XLS begin far below its last row: its reader asks for a terabyte."""
    content = bytearray(path.read_bytes())
    size = struct.pack("<HHIIHH", 0x0200, 14, 0, len(ROWS), 0, max(map(len, ROWS)))
    content[content.index(size) + 7] = 0x0A
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(("kind", "spoil"), [("ods", torn_tag), ("xls", begins_after_its_end)])
def test_what_breaks_the_reader_is_refused_in_time(
    make_ward: Any, layouts: Path, kind: str, spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    file = tmp_path / f"list.{kind}"
    WRITERS[kind](file, ROWS)
    spoil(file)
    with pytest.raises(FileFaults, match=r"cannot be read|damaged inside"):
        make_ward().take(file, layouts / "ward-list.toml")


@pytest.mark.parametrize("part", [
    "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml",
    "xl/worksheets/sheet1.xml", "[Content_Types].xml",
])  # fmt: skip
def test_an_encoding_that_nobody_knows_is_refused_or_does_not_matter(
    make_ward: Any, layouts: Path, tmp_path: Path, part: str
) -> None:
    spoiled = tmp_path / "list.xlsx"
    with (
        zipfile.ZipFile(FILES / "ward-list.xlsx") as whole,
        zipfile.ZipFile(spoiled, "w") as made,
    ):
        for name in whole.namelist():
            content = whole.read(name)
            if name == part:
                assert b'encoding="UTF-8"' in content
                content = content.replace(b'encoding="UTF-8"', b'encoding="xl"', 1)
            made.writestr(name, content)
    with suppress(FileFaults):
        assert make_ward().take(spoiled, layouts / "ward-list.toml")["accepted"] == 3
