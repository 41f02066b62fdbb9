"""Formats, files, and what hostile text may not do."""

from __future__ import annotations

import csv
import io
import os
import stat
import zipfile
from datetime import date
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

Program = Any
HOSTILE = "=cmd|'/c calc'!A0\x1b[2J\x1b]52;c;aGk=\x07\u202e[red]x[/red]"


def test_json_names_what_it_is_and_as_of_when(ward: Program) -> None:
    body = ward.ok("case", "list", "--format", "json").json
    assert set(body) == {"what", "as_of", "known_by", "definition", "rows"}
    assert (body["what"], body["as_of"]) == ("case list", "2026-03-03")
    assert body["known_by"] == "2026-03-03T09:00:00Z"
    assert body["definition"]


def test_the_same_reading_twice_gives_the_same_bytes(ward: Program) -> None:
    words = ("case", "why", "C1", "--move", "complete", "--format", "json")
    assert ward(*words).out == ward(*words).out


@pytest.mark.parametrize(
    "words",
    [
        ["case", "why", "C1", "--move", "complete"], ["case", "list"], ["case", "show", "C1"],
        ["doctor"], ["rules", "list"], ["rules", "facts"], ["info"], ["team", "list"],
        ["review", "agenda", "R1"], ["action", "list"],
    ],
)  # fmt: skip
def test_tables_fit_eighty_columns(ward: Program, words: list[str]) -> None:
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1")
    ward.ok("review", "answer", "R1", "C1", "destination_ready", "no")
    out = ward.ok(*words).out
    assert max(len(line) for line in out.splitlines()) <= 80
    reads_a_store = words[0] != "rules"
    assert ("As of 2026-03-03, known by 2026-03-03T09:00:00Z." in out) is reads_a_store


@pytest.mark.parametrize("kind", ["table", "csv", "json", "md"])
def test_hostile_text_never_reaches_the_terminal_raw(ward: Program, kind: str) -> None:
    ward.ok("case", "refer", "--team", "W1", "--person", "9", "--name", HOSTILE, "--on",
            "2026-03-02")  # fmt: skip
    ward.ok("case", "note", "C2", HOSTILE)
    ward.ok("action", "add", "C2", HOSTILE, "--owner", "dr.a", "--due", "2026-03-06")
    for words in (["case", "show", "C2"], ["action", "list"], ["person", "show", "9"]):
        shown = ward.ok(*words, "--format", kind)
        for sign in ("\x1b", "\x07", "\u202e"):
            assert sign not in shown.out


def test_hostile_words_on_the_command_line_never_reach_the_terminal_raw(ward: Program) -> None:
    for words in (["case", "show", HOSTILE], [HOSTILE], ["case", "list", f"--{HOSTILE}"]):
        refused = ward(*words)
        assert refused.code in (1, 2)
        assert "\x1b" not in refused.err
        assert "\u202e" not in refused.err
        assert "\x1b" not in ward(*words, "--format", "json").out


def test_csv_text_can_start_no_formula_and_numbers_stay_numbers(ward: Program) -> None:
    ward.ok("action", "add", "C1", "=1+1", "--owner", "dr.a", "--due", "2026-03-06")
    text = ward.ok("action", "list", "--format", "csv").out
    assert "\r\n" in text
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert (row["text"], row["carried"], row["due_on"]) == ("'=1+1", "0", "2026-03-06")


def test_markdown_shows_markup_as_text(ward: Program) -> None:
    ward.ok("action", "add", "C1", "a|b <b>x</b>", "--owner", "dr.a", "--due", "2026-03-06")
    assert r"a\|b \<b\>x" in ward.ok("action", "list", "--format", "md").out


def test_a_spreadsheet_has_typed_cells_and_a_header_that_stays(ward: Program) -> None:
    ward.ok("action", "add", "C1", "=1+1", "--owner", "dr.a", "--due", "2026-03-06")
    file = ward.folder / "actions.xlsx"
    said = ward.ok("action", "list", "-o", str(file))
    assert said.out == ""
    assert "Wrote 1 row" in said.err
    with zipfile.ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "frozen" in sheet
        assert "sheet2.xml" in " ".join(book.namelist())
    heads, row = CalamineWorkbook.from_path(file).get_sheet_by_name("rows").to_python()
    cells = dict(zip(heads, row, strict=True))
    assert (cells["text"], cells["due on"], cells["carried"]) == ("=1+1", date(2026, 3, 6), 0)


def test_parquet_has_types_and_says_what_it_is(ward: Program) -> None:
    ward.ok("action", "add", "C1", "x", "--owner", "dr.a", "--due", "2026-03-06")
    file = ward.folder / "actions.parquet"
    ward.ok("action", "list", "-o", str(file))
    read = pl.read_parquet(file)
    assert read["due_on"].dtype == pl.Date
    assert pl.read_parquet_metadata(file)["as_of"] == "2026-03-03"


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_binary_formats_need_a_file(ward: Program, kind: str) -> None:
    assert ward("case", "list", "--format", kind).code == 2


def test_a_file_is_private_and_never_replaced_without_yes(ward: Program) -> None:
    file = ward.folder / "list.csv"
    ward.ok("case", "list", "-o", str(file))
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("mine", encoding="utf-8")
    assert ward("case", "list", "-o", str(file)).code == 2
    assert file.read_text(encoding="utf-8") == "mine"
    ward.ok("case", "list", "-o", str(file), "--yes")
    assert file.read_text(encoding="utf-8").startswith("case,")
    assert [p.name for p in ward.folder.iterdir() if p.name.startswith(".")] == []


def test_a_write_is_not_made_when_its_output_cannot_be(ward: Program) -> None:
    file = ward.folder / "there.csv"
    file.write_text("mine", encoding="utf-8")
    refer = ("case", "refer", "--team", "W1", "--person", "9", "--on", "2026-03-02")
    assert ward(*refer, "-o", str(file)).code == 2
    assert len(ward.rows("case", "list")) == 1


@pytest.mark.parametrize("name", ["missing/list.csv", "."])
def test_a_place_that_cannot_be_written_is_refused(ward: Program, name: str) -> None:
    assert ward("case", "list", "-o", str(ward.folder / name)).code == 2


def test_forms_and_minutes_are_pages_when_the_file_is_one(ward: Program) -> None:
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1")
    form, minutes = ward.folder / "form.html", ward.folder / "minutes.html"
    ward.ok("review", "agenda", "R1", "-o", str(form))
    ward.ok("review", "minutes", "R1", "-o", str(minutes))
    assert form.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert minutes.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert ward.ok("review", "minutes", "R1").out.startswith("# ")
    assert "C1" in ward.ok("review", "extract", "R1", "C1").out


def test_an_empty_list_says_so(program: Program) -> None:
    program.ok("init", "--rehearsal")
    assert program.ok("case", "list").out.startswith("(none)")
    assert program.ok("case", "list", "--format", "csv").out == ""
    assert program.rows("case", "list") == []
