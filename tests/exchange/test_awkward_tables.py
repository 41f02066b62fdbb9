"""Lists as people keep them: scribbles, sheets that nobody looks at, dates of another country."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from casereview.errors import FileFaults

HEAD = "case_id,person_id,nhs_number,name,dob,referred,started,stage,ended,end_reason,notes"
Take = Callable[..., dict[str, Any]]
Rows = list[list[Any]]


def cells(n: int, **changed: Any) -> list[Any]:
    row: dict[str, Any] = dict.fromkeys(HEAD.split(","), "")
    row |= {"case_id": f"K{n}", "person_id": f"Q{n}", "name": f"Somebody {n}",
            "dob": "02/06/1980", "referred": "02/01/2024", "started": "09/01/2024",
            "stage": "assess"}  # fmt: skip
    row |= changed
    return list(row.values())


def line(n: int, **changed: str) -> str:
    return ",".join(cells(n, **changed))


@pytest.fixture
def desk(make_ward: Any) -> Any:
    return make_ward("2024-12-31T12:00:00+00:00")


@pytest.fixture
def take(desk: Any, tmp_path: Path, layouts: Path) -> Take:
    def run(*lines: str, head: str = HEAD, layout: str = "caseload") -> dict[str, Any]:
        file = tmp_path / "list.csv"
        file.write_text("\r\n".join([head, *lines, ""]), encoding="utf-8", newline="")
        found: dict[str, Any] = desk.take(file, layouts / f"{layout}.toml")
        return found

    return run


@pytest.fixture
def book(desk: Any, tmp_path: Path, layouts: Path) -> Take:
    def run(*, layout: str = "caseload", hidden: str = "", **sheets: Rows) -> dict[str, Any]:
        path = tmp_path / "list.xlsx"
        with xlsxwriter.Workbook(path) as made:
            day = made.add_format({"num_format": "dd/mm/yyyy hh:mm"})
            for name, rows in sheets.items():
                sheet = made.add_worksheet(name)
                for n, row in enumerate(rows):
                    for place, value in enumerate(row):
                        put(sheet, n, place, value, day)
                if name != hidden:
                    sheet.activate()
                    sheet.set_first_sheet()
            if hidden:
                made.get_worksheet_by_name(hidden).hide()
        as_excel_writes(path)
        found: dict[str, Any] = desk.take(path, layouts / f"{layout}.toml")
        return found

    return run


def as_excel_writes(path: Path) -> None:
    """Mark the stored text of a formula as text, also when it has no letters."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(
                name, re.sub(rb"><f>(.*?)</f><v></v>", rb' t="str"><f>\1</f><v></v>', part)
            )


def put(sheet: Any, n: int, place: int, value: Any, day: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(n, place, value, day)
    elif value == "=":
        sheet.write_formula(n, place, '=IF(A1="","",A1)', None, "")
    else:
        sheet.write(n, place, value)


def counts(row: dict[str, Any]) -> tuple[int, int]:
    return row["accepted"], row["rejected"]


TABLE = [HEAD.split(","), cells(1), cells(2)]


def test_columns_without_a_heading_are_not_read(take: Take) -> None:
    assert counts(take(line(1) + ",,call mum", line(2) + ",,", head=HEAD + ",,")) == (2, 0)
    assert counts(take(line(3) + ",,,one more", head=HEAD + ",,")) == (0, 1)


def test_a_short_line_says_what_may_have_cut_it(desk: Any, take: Take) -> None:
    assert counts(take("K1,Q1,,Ann")) == (0, 1)
    assert "empty cells at the end" in desk.report()[0]["fix"]


@pytest.mark.parametrize("again", [HEAD, HEAD.upper().replace(",", " ,")])
def test_headings_in_the_middle_are_told_as_such(desk: Any, take: Take, again: str) -> None:
    assert counts(take(line(1), again, line(2))) == (2, 1)
    assert desk.report()[0]["reason"] == "This line repeats the headings."


def test_headings_in_the_middle_of_a_sheet_are_told_as_such(desk: Any, book: Take) -> None:
    assert counts(book(list=[*TABLE, TABLE[0]])) == (2, 1)
    assert desk.report()[0]["reason"] == "This line repeats the headings."


def test_a_date_with_its_month_first_casts_doubt_on_the_column(desk: Any, take: Take) -> None:
    assert counts(take(line(1, started="01/25/2024"), line(2, started="01/25/2024 10:00"))) == (
        0,
        2,
    )
    assert all("month first" in r["fix"] for r in desk.report())
    take(line(3, started="45/45/2024"))
    assert "month first" not in desk.report()[0]["fix"]


def test_a_birth_of_two_digits_says_how_they_were_read(desk: Any, take: Take) -> None:
    assert counts(take(line(1, dob="12/03/45"), line(2, dob="12/03/2045"))) == (0, 2)
    short, long = desk.report()
    assert "read as 2045" in short["reason"]
    assert "read as" not in long["reason"]


def test_a_referral_years_before_the_birth_is_refused(desk: Any, take: Take) -> None:
    assert counts(take(line(1, referred="01/01/1950"), line(2, dob="01/12/2024",
                       referred="02/06/2024", started=""))) == (1, 1)  # fmt: skip
    error = desk.report()[0]
    assert (error["line"], error["column"]) == ("2", "dob")
    assert "more than a year after the referral" in error["reason"]


def test_a_list_that_keeps_contradictions_reports_a_birth_after_the_referral(
    desk: Any, take: Take
) -> None:
    head = "Bed,Hospital No,NHS No,Name,DOB,Admitted,Consultant,Named nurse,Medically fit"
    got = take("A1,H1,,Ann,02/06/2023,01/03/2021,,,Y", head=head, layout="ward-list")
    assert (counts(got), got["warned"]) == ((1, 0), 1)
    assert "more than a year after the referral" in desk.report()[0]["reason"]


def test_a_formula_that_says_nothing_is_an_empty_cell(desk: Any, book: Take) -> None:
    rows = [HEAD.split(","), cells(1, ended="=", notes="="), ["="] * 11, cells(2)]
    assert counts(book(list=rows)) == (2, 0)
    assert desk.one("SELECT count(*) FROM cases WHERE closed_on IS NULL") == 2


def test_the_first_sheet_that_is_shown_is_read(desk: Any, book: Take) -> None:
    got = book(old=[HEAD.split(","), cells(9)], list=TABLE, hidden="old")
    assert counts(got) == (2, 0)
    assert desk.sql("SELECT name FROM persons ORDER BY id") == [("Somebody 1",), ("Somebody 2",)]


def test_sheets_that_were_not_read_are_named(desk: Any, book: Take) -> None:
    got = book(North=TABLE, South=[HEAD.split(","), cells(7)], Sheet3=[])
    assert (counts(got), got["warned"]) == ((2, 0), 0)
    (told,) = desk.report()
    assert (told["line"], told["severity"], told["value"]) == ("", "warning", "South")
    assert 'sheet = "South"' in told["fix"]


def test_headings_on_another_sheet_are_found_by_its_name(book: Take) -> None:
    with pytest.raises(FileFaults, match="other sheets.*: list"):
        book(ReadMe=[["How to use this"], ["Ask the team"]], list=TABLE)


def test_headings_far_down_a_sheet_say_where_they_were_looked_for(book: Take) -> None:
    with pytest.raises(FileFaults, match="first 20 rows"):
        book(list=[*[[]] * 25, *TABLE])


def test_a_true_time_of_day_is_read_by_a_layout_of_dates(desk: Any, book: Take) -> None:
    head = ["age", "admit_date", "medicallysafe"]
    rows = [head, [50, datetime(2021, 1, 2, 14, 30), 1], [51, datetime(2021, 1, 3), 0]]
    assert counts(book(list=rows, layout="stranded")) == (2, 0)
