"""Files that cannot be read, or of which only some lines can: told in sentences."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import CaseReviewError, FileFaults, NotAllowed, NotFound, Refused
from casereview.exchange.formats.survey import Unreadable
from casereview.service.doors.importing import exit_code
from casereview.service.organisation import teams, users

LINE = "A,Referred,05/01/2026 09:30"


def test_a_wrong_delimiter_is_named(ward: Any, events: Any) -> None:
    file, layout = events(LINE.replace(",", ";"), head="case;what;when")
    with pytest.raises(Unreadable, match="separated by a semicolon, but the layout says comma"):
        ward.take(file, layout)
    assert ward.one("SELECT count(*) FROM cases") == 0


def test_every_missing_column_is_named_with_the_nearest_heading(ward: Any, events: Any) -> None:
    file, layout = events("A,Referred,05/01/2026", head="kase,what,wen")
    with pytest.raises(FileFaults) as caught:
        ward.take(file, layout)
    named = {f.key: f.nearest for f in caught.value.faults if f.key}
    assert named == {"case": "kase", "when": "wen"}
    assert "kase, what, wen" in str(caught.value)


def test_headings_are_found_whatever_their_case_blanks_and_mark(ward: Any, events: Any) -> None:
    file, layout = events("A,Referred,05/01/2026,,", head="\ufeff Case ,WHAT,\u00a0when,,")
    assert ward.take(file, layout)["accepted"] == 1


def test_headings_further_down_are_found_and_the_fix_is_told(ward: Any, events: Any) -> None:
    file, layout = events("case,what,when", LINE, head="A report of 2026")
    with pytest.raises(Unreadable, match="on line 2: set skip = 1"):
        ward.take(file, layout)


def test_a_file_without_headings_is_refused_without_quoting_its_data(
    ward: Any, events: Any
) -> None:
    file, layout = events(LINE, head="A,Ann Example,05/01/2026")
    with pytest.raises(Unreadable, match="no heading line") as caught:
        ward.take(file, layout)
    assert "Ann" not in str(caught.value)


def test_a_column_that_is_there_twice_is_refused(ward: Any, events: Any) -> None:
    file, layout = events("A,Referred,05/01/2026,x", head="case,what,when,What")
    with pytest.raises(Unreadable, match="is there 2 times"):
        ward.take(file, layout)


def test_a_date_that_does_not_fit_is_refused_with_its_line(ward: Any, events: Any) -> None:
    got = ward.take(*events(LINE, "B,Referred,13/25/2026", "C,Referred,31/02/2026 10:00"))
    assert (got["accepted"], got["rejected"]) == (1, 2)
    rows = ward.report()
    assert [(r["line"], r["column"], r["value"]) for r in rows] == [
        ("3", "when", "13/25/2026"), ("4", "when", "31/02/2026 10:00"),
    ]  # fmt: skip
    assert all("dd/mm/yyyy HH:MM or dd/mm/yyyy" in r["reason"] for r in rows)
    assert exit_code(got) == 0


def test_a_file_without_one_date_that_fits_is_refused_whole(ward: Any, events: Any) -> None:
    heard: list[str] = []
    got = ward.take(*events("A,Referred,2026-01-05"), tell=heard.append)
    assert (got["accepted"], got["rejected"], got["run"]) == (0, 1, None)
    assert exit_code(got) == 1
    assert "'2026-01-05'" in heard[0]
    assert ward.one("SELECT count(*) FROM cases") == 0


@pytest.mark.parametrize("when", ["read", "after"])
def test_a_file_that_grows_while_it_is_read_is_refused(ward: Any, events: Any, when: str) -> None:
    count = 12_000 if when == "read" else 1
    file, layout = events(*(f"A{n},Referred,05/01/2026" for n in range(count)))
    grown: list[int] = []

    def grow(what: str, done: int, total: int) -> None:
        if what == "read" and not grown and (when == "read" or done == total):
            grown.append(1)
            with file.open("a", encoding="utf-8") as out:
                out.write(LINE + "\n")

    with pytest.raises(Unreadable, match="changed while it was read"):
        ward.take(file, layout, progress=grow)
    assert grown
    assert ward.one("SELECT count(*) FROM cases") == 0


def test_a_file_that_is_rewritten_in_place_is_refused(ward: Any, events: Any) -> None:
    file, layout = events(*(f"A{n:05d},Referred,05/01/2026" for n in range(60_000)))

    def rewrite(what: str, done: int, total: int) -> None:
        del total
        if what == "read" and 0 < done < file.stat().st_size:
            with file.open("r+b") as out:
                out.seek(-20, os.SEEK_END)
                out.write(b"X")

    with pytest.raises(Unreadable, match="changed while it was read"):
        ward.take(file, layout, progress=rewrite)


def test_an_unclosed_quote_refuses_the_file_and_names_the_line(ward: Any, events: Any) -> None:
    file, layout = events(LINE, 'B,"Referred,05/01/2026', LINE, LINE)
    with pytest.raises(Unreadable, match="line 3"):
        ward.take(file, layout)
    file, layout = events(LINE, 'B,"Referred,05/01/2026', "C,Blood", 'D,x","05/01/2026')
    with pytest.raises(Unreadable, match="line 3"):
        ward.take(file, layout)


def test_lines_that_cannot_be_read_are_refused_one_by_one(
    ward: Any, events: Any, tmp_path: Path
) -> None:
    file, layout = events()
    raw = [
        b"case,what,when", LINE.encode(), b"B,Ref\x00erred,05/01/2026", b"C\xff,Referred,5/1/2026",
        b"D,Referred", b"E,Referred,05/01/2026,x,y", b'F,"Ref"erred,05/01/2026',
        b"G," + b"x" * 40_000 + b",05/01/2026", b",Referred,05/01/2026", b"", b",,",
        b"H,Referred,05/01/2026,,",
    ]  # fmt: skip
    file.write_bytes(b"\r\n".join(raw))
    got = ward.take(file, layout)
    assert (got["accepted"], got["rejected"]) == (2, 7)
    assert [row["line"] for row in ward.report()] == ["3", "4", "5", "6", "7", "8", "9"]
    assert ward.problems() == []


def test_line_numbers_are_physical_lines(ward: Any, events: Any) -> None:
    file, layout = events('A,Referred,05/01/2026,"three\nlines\nhere"', "B,Nothing,05/01/2026,",
                          head="case,what,when,note")  # fmt: skip
    assert ward.take(file, layout)["accepted"] == 1
    assert ward.report()[0]["line"] == "5"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(ward: Any, events: Any, end: str) -> None:
    file, layout = events()
    file.write_bytes(end.join(["case,what,when", LINE, LINE.replace("A", "B", 1)]).encode())
    assert ward.take(file, layout)["accepted"] == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n\n", "no heading line"),
        ("case,what,when\nA,Referred,05/01/2026\n".encode("utf-16-le"), "UTF-16 without its mark"),
        ("case,what,when\n".encode("utf-16"), "is utf-16 and the layout states utf-8-sig"),
        (b"PK\x03\x04 zip", "zip"),
        (b"case,what,when\n" + b"x" * 4_100_000, "characters"),
    ],
)
def test_what_is_no_such_table_is_refused_with_exit_2(
    ward: Any, events: Any, content: bytes, says: str
) -> None:
    file, layout = events()
    file.write_bytes(content)
    with pytest.raises(CaseReviewError, match=says) as caught:
        ward.take(file, layout)
    assert caught.value.exit_code == 2


def test_folders_pipes_and_missing_files_are_refused(
    ward: Any, events: Any, tmp_path: Path
) -> None:
    _, layout = events()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe, tmp_path / "none.csv"):
        with pytest.raises(Unreadable):
            ward.take(path, layout)


def test_headings_alone_are_an_honest_nothing(ward: Any, events: Any) -> None:
    heard: list[str] = []
    got = ward.take(*events(), tell=heard.append)
    assert got == {
        "accepted": 0, "unchanged": 0, "rejected": 0, "warned": 0, "cases": 0, "run": None,
        "report": None,
    }  # fmt: skip
    assert exit_code(got) == 0
    assert "nothing to import" in heard[0]


def test_a_dry_run_tells_the_same_and_writes_nothing(ward: Any, events: Any) -> None:
    made = events(LINE, "A,Nonsense,05/01/2026", "B,Treated,05/01/2026")
    before = ward.sql("SELECT count(*), max(number) FROM entries")
    dry = ward.take(*made, dry_run=True)
    assert ward.sql("SELECT count(*), max(number) FROM entries") == before
    assert ward.one("SELECT count(*) FROM counters WHERE name = 'import'") == 0
    assert dry["run"] is None
    assert len(ward.report()) == 2
    real = ward.take(*made)
    assert {k: v for k, v in real.items() if k != "run"} == {
        k: v for k, v in dry.items() if k != "run"
    }


def test_no_cell_of_the_report_becomes_a_formula(ward: Any, events: Any) -> None:
    ward.take(*events("A,=1+1,05/01/2026", "B,\x1b[2J,05/01/2026"))
    values = [row["value"] for row in ward.report()]
    assert values == ["'=1+1", "\ufffd[2J"]
    mode = (ward.folder / "report.csv").stat().st_mode & 0o777
    assert mode == 0o600


def test_too_little_room_is_told_before_anything_is_read(
    ward: Any, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = type("Usage", (), {"free": 10})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(CaseReviewError, match="MB free") as caught:
        ward.take(*events(LINE))
    assert caught.value.code == "no_space"


def test_another_pathway_another_team_and_another_role_are_refused(
    ward: Any, events: Any, library: Any
) -> None:
    made = events(LINE)
    teams.add_team(ward.desk.again(), "KIDS", pathway="childrens")
    from casereview.service.doors.importing import import_file

    with pytest.raises(Refused, match="pathway"):
        import_file(ward.desk.again(), *made, team="KIDS")
    with pytest.raises(NotFound, match="no team"):
        import_file(ward.desk.again(), *made, team="WARDS")
    users.add_user(ward.desk.again(), "audit", name="Audit", role="auditor")
    ward.desk = ward.desk.again(actor="audit")
    with pytest.raises(NotAllowed):
        ward.take(*made)


def test_the_same_command_again_repeats_its_answer(ward: Any, events: Any) -> None:
    from casereview.service.doors.importing import import_file

    desk = ward.desk.again()
    made = events(LINE)
    first = import_file(desk, *made, team="WARD")
    assert import_file(desk, *made, team="WARD")[0]["run"] == first[0]["run"] == "I1"
    assert ward.one("SELECT count(*) FROM runs") == 1
