"""Spreadsheets: limits before parsing, dates as dates, sheets by name."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from casereview.errors import FileFaults
from casereview.exchange.formats import archives

HEAD = ["case", "what", "when"]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    def make(*rows: list[Any], sheet: str = "log", name: str = "log.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as made:
            day = made.add_format({"num_format": "dd/mm/yyyy hh:mm"})
            found = made.add_worksheet(sheet)
            for n, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, date):
                        found.write_datetime(n, place, value, day)
                    else:
                        found.write(n, place, value)
        return path

    return make


def test_dates_and_numbers_are_read_as_the_text_of_the_layout(
    ward: Any, events: Any, book: Any
) -> None:
    _, layout = events()
    at, on = datetime(2026, 1, 5, 9, 30), datetime(2026, 1, 6)
    third = ["0012", "Referred", "07/01/2026"]
    file = book(["A title"], HEAD, [12, "Referred", at], [12, "Treated", on], third)
    got = ward.take(file, layout)
    assert (got["accepted"], got["cases"]) == (3, 2)
    ids = {i for (i,) in ward.sql("SELECT local_id FROM imported_cases")}
    assert ids == {"12", "0012"}
    assert ward.one("SELECT max(referred_s) FROM cases") == 1767605400
    again = ward.take(file, layout)
    assert again["unchanged"] == 3


def test_lines_of_the_report_are_rows_of_the_sheet(ward: Any, events: Any, book: Any) -> None:
    _, layout = events()
    ward.take(book(["A title"], [], HEAD, ["A", "Referred", "05/01/2026"], [],
                   ["B", "Nonsense", "05/01/2026"]), layout)  # fmt: skip
    assert [r["line"] for r in ward.report()] == ["6"]


def test_a_sheet_is_taken_by_its_name(ward: Any, events: Any, book: Any) -> None:
    _, layout = events()
    text = layout.read_text(encoding="utf-8")
    layout.write_text(text.replace("[file]", '[file]\nsheet = "logg"'), encoding="utf-8")
    with pytest.raises(FileFaults, match="no sheet .logg"):
        ward.take(book(HEAD), layout)


def test_a_cell_far_away_is_refused_before_it_takes_memory(
    ward: Any, events: Any, book: Any, tmp_path: Path
) -> None:
    _, layout = events()
    path = book(HEAD, ["A", "Referred", "05/01/2026"])
    far = tmp_path / "far.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(far, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                part = part.replace(b"</sheetData>", cell)
            new.writestr(entry.filename, part)
    with pytest.raises(FileFaults, match="1,048,576 rows"):
        ward.take(far, layout)


def test_too_many_parts_or_columns_and_other_zips_are_refused(
    ward: Any, events: Any, book: Any, tmp_path: Path
) -> None:
    _, layout = events()
    many, other = tmp_path / "many.xlsx", tmp_path / "other.xlsx"
    with zipfile.ZipFile(many, "w") as made:
        for n in range(archives.ENTRIES_MAX + 1):
            made.writestr(f"{n}.xml", "")
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("a.txt", "hello")
    for file, why in (
        (many, "1,001 parts"), (other, "no spreadsheet"), (book([*HEAD, *["x"] * 300]), "columns"),
    ):  # fmt: skip
        with pytest.raises(FileFaults, match=why):
            ward.take(file, layout)


def test_a_part_that_is_larger_than_the_directory_says_is_refused(
    ward: Any, events: Any, book: Any, tmp_path: Path
) -> None:
    _, layout = events()
    path = book(HEAD, ["A", "Referred", "05/01/2026"])
    content = bytearray(path.read_bytes())
    at = content.rfind(b"xl/worksheets/sheet1.xml") - 46
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    with pytest.raises(FileFaults):
        ward.take(path, layout)
    assert ward.one("SELECT count(*) FROM cases") == 0
