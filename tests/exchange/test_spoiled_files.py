"""Siblings of the seventy-two malformed files: the same traps with other values and elsewhere."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from casereview.errors import FileFaults

HEAD = "case_id,person_id,nhs_number,name,dob,referred,started,stage,ended,end_reason,notes"
XML_SHEET = "urn:schemas-microsoft-com:office:spreadsheet"
CLOCK = "2024-12-31T12:00:00+00:00"
Take = Callable[..., dict[str, Any]]


def line(n: int, **cells: str) -> str:
    """Return a row; identifiers and dates fit unless a cell says otherwise."""
    row = dict.fromkeys(HEAD.split(","), "") | {
        "case_id": f"C{n:03d}", "person_id": f"P{n:03d}", "name": f"Person {n}",
        "dob": "02/06/1980", "referred": "02/01/2024", "started": "09/01/2024", "stage": "assess",
    }  # fmt: skip
    return ",".join({**row, **cells}.values())


def text(*lines: str, head: str = HEAD) -> str:
    return "\n".join([head, *lines, ""])


@pytest.fixture
def spoiled(make_ward: Any) -> Any:
    return make_ward(now=CLOCK)


@pytest.fixture
def take(spoiled: Any, tmp_path: Path, layouts: Path) -> Take:
    def run(content: str | bytes, name: str = "list.csv", layout: str = "caseload") -> Any:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return spoiled.take(file, layouts / f"{layout}.toml")

    return run


LINES = [
    ("zero width", [line(1, case_id="C\u200b001")], "case_id", "zero width space"),
    ("override", [line(1, person_id="\u202eP1")], "person_id", "right-to-left override"),
    ("lost letter", [line(1, person_id="P\ufffd1")], "person_id", "a letter that was lost"),
    ("dash", [line(1, case_id="C-1"), line(2, case_id="C\u20131")], "case_id", "look the same"),
    ("two spaces", [line(1, case_id="A 1"), line(2, case_id="A  1")], "case_id", "already"),
    ("says the same", [line(1), line(1, name="Person 1 ")], "case_id", "says the same"),
    ("differs", [line(1), line(1, stage="recover")], "case_id", "differs in status"),
    ("year", [line(1, started="2024")], "started", "stated format"),
    ("year of birth", [line(1, dob="1980")], "dob", "stated format"),
    ("two digits of a year", [line(1, started="09/01/0024")], "started", "125 years ago"),
    ("last day", [line(1, started="31/12/9999")], "started", "stands for no date"),
    ("born later", [line(1, dob="10/01/2024")], "dob", "after the date 'started'"),
    ("born after the end", [line(1, dob="02/02/2024", started="", stage="complete",
      ended="01/02/2024", end_reason="planned")], "dob", "'ended'"),
    ("end before start", [line(1, stage="complete", ended="08/01/2024", end_reason="planned")],
     "ended", "before the start"),
    ("end an hour early", [line(1, started="09/01/2024 14:00", stage="complete",
      ended="09/01/2024 13:00", end_reason="planned")], "ended", "before the start"),
    ("NUL in few cells", ["C001,P\x00"], "", "NUL"),
    ("one cell", ["Total"], "", "1 cell;"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "column", "reason"), [p[1:] for p in LINES], ids=[p[0] for p in LINES]
)
def test_the_last_line_is_refused_by_column_and_reason(
    spoiled: Any, take: Take, lines: list[str], column: str, reason: str
) -> None:
    got = take(text(*lines))
    assert (got["accepted"], got["rejected"]) == (len(lines) - 1, 1)
    error = next(r for r in spoiled.report() if r["severity"] == "error")
    assert (error["line"], error["column"]) == (str(len(lines) + 1), column)
    assert reason in error["reason"]
    assert spoiled.problems() == []


WARNED = [
    ("scientific", [line(1, case_id="1.2E+05")], "case_id", "spreadsheet"),
    ("point nought", [line(1, person_id="12.0")], "person_id", "spreadsheet"),
    ("comma nought", [line(1, case_id='"1,0"')], "case_id", "spreadsheet"),
    ("sign of an error", [line(1, case_id="#REF!")], "case_id", "formula that went wrong"),
    ("person spelt otherwise", [line(1), line(2, person_id="p001")], "person_id", "'P001'"),
    ("note twice encoded", [line(1, notes="caf\u00c3\u00a9")], "notes", "encoded twice"),
    ("name lost a letter", [line(1, name="Jos\ufffd")], "name", "A letter was lost"),
    ("note with controls", [line(1, notes="a\u202eb")], "notes", "replaced"),
]


@pytest.mark.parametrize(
    ("lines", "column", "reason"), [p[1:] for p in WARNED], ids=[p[0] for p in WARNED]
)
def test_what_is_only_odd_is_taken_and_said(
    spoiled: Any, take: Take, lines: list[str], column: str, reason: str
) -> None:
    got = take(text(*lines))
    assert (got["accepted"], got["rejected"]) == (len(lines), 0)
    found = [r for r in spoiled.report() if r["column"] == column]
    assert any(reason in r["reason"] and r["severity"] == "warning" for r in found)


@pytest.mark.parametrize("name", ["JO\u00c3O Reis", "\u00c2ngela", "LOUREN\u00c7\u00c3O"])
def test_portuguese_names_are_not_taken_for_garbled_ones(take: Take, name: str) -> None:
    assert take(text(line(1, name=name)))["warned"] == 0


@pytest.mark.parametrize("case", ["1E5", "12.5", "0012", "NA", "C.0", "#1"])
def test_odd_identifiers_that_no_spreadsheet_made_are_left_alone(take: Take, case: str) -> None:
    assert take(text(line(1, case_id=case)))["warned"] == 0


@pytest.mark.parametrize(
    "when",
    ["1-4-2024", "01 Apr 24", "1 Sept 2024", "01-Sept-24", "2024/04/01", "April 1, 2024",
     "01/Apr/2024", "2024-04-01 09:30", "01/04/2024 9:30:15", "2024-04-01T09:30:15.123Z"],
)  # fmt: skip
def test_dates_that_can_mean_one_day_only_are_read(take: Take, when: str) -> None:
    assert take(text(line(1, started=f'"{when}"')))["accepted"] == 1


@pytest.mark.parametrize("end", ["31/12/9999 00:00", "31-Dec-9999", "9999-12-31T00:00:00"])
def test_the_last_day_of_all_means_no_end(spoiled: Any, take: Take, end: str) -> None:
    assert take(text(line(1, ended=end)))["accepted"] == 1
    assert spoiled.sql("SELECT closed_on FROM cases") == [(None,)]


REFUSED = [
    ("quotes in two rows", text(line(1), line(2, name='"Ann'), line(3, name='Ann"'), line(4)),
     "list.csv", ["line 3", "1 line later"]),
    ("quotes three rows apart", text(line(1, notes='"x'), line(2), line(3), line(4, notes='x"')),
     "list.csv", ["line 2", "3 lines later"]),
    ("quotes in other columns", text(line(1, name='"Ann'), line(2), line(3, person_id='P003"')),
     "list.csv", ["line 2", "2 lines later"]),
    ("open heading", text(line(1), head='"' + HEAD), "list.csv", ["in the headings, on line 1"]),
    ("bars", text(line(1)).replace(",", "|"), "list.csv", [":1:", "a bar"]),
    ("UTF-32", text(line(1)).encode("utf-32"), "list.csv", ["UTF-32"]),
    ("UTF-32 without mark", text(line(1)).encode("utf-32-be"), "list.csv", ["UTF-32"]),
    ("NULs", b"\x00" * 90, "list.csv", ["NUL"]),
    ("gzip", gzip.compress(text(line(1)).encode()), "list.csv", ["gzip", "Unpack"]),
    ("gzip of a spreadsheet", gzip.compress(b"PK\x03\x04"), "list.xlsx", ["gzip", "Unpack"]),
    ("picture", b"\x89PNG\r\n\x1a\n\x00", "list.csv", ["PNG"]),
    ("RTF", b"{\\rtf1 hello}", "list.csv", ["RTF"]),
    ("web page after a comment", "<!-- x --><html></html>", "list.xls", ["HTML"]),
    ("XHTML", '<?xml version="1.0"?>\n<html></html>', "list.xls", ["HTML"]),
    ("XML spreadsheet", f"<?xml version='1.0'?><Workbook xmlns='{XML_SHEET}'/>", "list.xls",
     ["written as XML"]),
    ("no log", "<foo/>", "log.xes", ["no XES", "<foo>"]),
    ("a log inside", "<foo><log><trace/></log></foo>", "log.xes", ["no XES"]),
    ("a log in a comment", "<foo><!-- <log> --></foo>", "log.xes", ["no XES"]),
    ("no log, packed", gzip.compress(b"<foo/>"), "log.xes.gz", ["no XES"]),
    ("words", "hello", "log.xes", ["no XES"]), ("words", "hello", "adt.hl7", ["no HL7"]),
    ("a text in JSON", '"hello"', "list.json", ["JSON"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "parts"), [p[1:] for p in REFUSED], ids=[p[0] for p in REFUSED]
)
def test_the_file_is_refused_whole_with_its_reason(
    spoiled: Any, take: Take, content: str | bytes, name: str, parts: list[str]
) -> None:
    with pytest.raises(FileFaults) as caught:
        take(content, name)
    assert caught.value.exit_code == 2
    assert all(part in str(caught.value) for part in parts)
    assert spoiled.one("SELECT count(*) FROM cases") == 0


def test_another_heading_of_the_layout_is_not_offered_for_a_missing_one(take: Take) -> None:
    with pytest.raises(FileFaults) as caught:
        take(text(line(1), head=HEAD.replace("stage", "Stage name")))
    assert {f.key: f.nearest for f in caught.value.faults if f.key} == {"stage": "Stage name"}


HEADS = [
    HEAD.replace("notes", '"notes"') + ',"more\nwords"',
    HEAD.replace("stage", "\u200bstage") + ",x",
    '"' + HEAD.replace(",", '","') + '",x',
]


@pytest.mark.parametrize("head", HEADS)
def test_headings_in_quotes_over_lines_and_with_hidden_signs_are_found(
    take: Take, head: str
) -> None:
    assert take(text(line(1) + ",x", line(2) + ",y", head=head))["accepted"] == 2


def test_a_note_over_lines_with_commas_is_one_note(spoiled: Any, take: Take) -> None:
    note = '"seen, by, A\nplan: b, c, d\nend"'
    assert take(text(line(1, notes=note), line(2)))["accepted"] == 2
    assert spoiled.one("SELECT words FROM notes") == note.strip('"')


def test_separators_are_those_that_a_message_names(spoiled: Any, take: Take) -> None:
    pv1 = "PV1|1|I|WARD1^B1^1" + "|" * 16 + "V1"
    message = "MSH|^~\\&|PAS|RZZ|WARD|RZZ|20240102101500||ADT^A01|1|P|2.4"
    who = "PID|1||H1^^^RZZ^MR||O\\T\\N\\F\\X^ANN||19800601|F"
    plain = f"{message}\rEVN|A01|20240102101500\r{who}\r{pv1}\r"
    other = plain.translate(str.maketrans("|^", "$%"))
    assert take(other, "adt.hl7")["accepted"] == 1
    assert spoiled.sql("SELECT name FROM persons") == [("ANN O&N$X",)]
    assert spoiled.sql("SELECT text FROM case_facts WHERE fact = 'bed'") == [("WARD1-B1-1",)]


def test_answers_that_contradict_each_other_are_refused(spoiled: Any, take: Take) -> None:
    take(text(line(1)))
    head = "case_id,review_date,q1,q2,q3"
    rows = ["C001,05/02/2024,Yes,No,No", "C001,05/02/2024,No,No,No"]
    got = take(text(*rows, head=head), "answers.csv")
    assert (got["accepted"], got["rejected"]) == (1, 1)
    assert "Line 2 answers this question" in spoiled.report()[0]["reason"]


ROW = ["C001", "P001", "", "Ann", "", "02/01/2024", "09/01/2024", "assess", "", "", ""]


@pytest.fixture
def book(spoiled: Any, tmp_path: Path, layouts: Path) -> Any:
    def run(change: Callable[[Any, Any], None], **options: Any) -> dict[str, Any]:
        path = tmp_path / "list.xlsx"
        with xlsxwriter.Workbook(path, options) as made:
            sheet = made.add_worksheet()
            sheet.write_row(0, 0, HEAD.split(","))
            sheet.write_row(1, 0, ROW)
            change(made, sheet)
        found: dict[str, Any] = spoiled.take(path, layouts / "caseload.toml")
        return found

    return run


@pytest.mark.parametrize(("place", "heading"), [(6, "started"), (8, "ended"), (10, "notes")])
def test_a_formula_that_went_wrong_is_no_empty_cell(
    spoiled: Any, book: Any, place: int, heading: str
) -> None:
    got = book(lambda _, sheet: sheet.write_formula(1, place, "=1/0", value="#DIV/0!"))
    assert (got["accepted"], got["rejected"]) == (0, 1)
    error = spoiled.report()[0]
    assert (error["line"], error["column"]) == ("2", heading)
    assert "went wrong" in error["reason"]


def test_formatted_cells_without_values_do_not_make_a_sheet_large(book: Any) -> None:
    def change(made: Any, sheet: Any) -> None:
        sheet.write_blank(1_048_575, 16_383, None, made.add_format({"bold": True}))

    assert book(change)["accepted"] == 1


def test_day_numbers_count_from_1904_where_the_workbook_does(spoiled: Any, book: Any) -> None:
    got = book(lambda _, sheet: sheet.write_number(1, 6, 43_838), date_1904=True)
    assert got["accepted"] == 1
    day = spoiled.one("SELECT \"on\" FROM milestones WHERE name = 'started'")
    assert date(1970, 1, 1) + timedelta(days=day) == date(2024, 1, 9)


def test_answers_come_as_a_spreadsheet_too(
    spoiled: Any, take: Take, tmp_path: Path, layouts: Path
) -> None:
    take(text(line(1)))
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["case_id", "review_date", "q1", "q2", "q3"])
        sheet.write_row(1, 0, ["C001", "05/02/2024", 1, "no", "N/K"])
    assert spoiled.take(path, layouts / "caseload.toml")["accepted"] == 1
